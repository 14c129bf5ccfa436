"""What a tablet needs to record a visit, as one JSON value: visit, place, checklists, people, what is recorded."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from baqylau.accounts.queries import names_of
from baqylau.answers.models import Evidence
from baqylau.answers.queries import evidence_of, heads_of, version_of
from baqylau.answers.terms import Head
from baqylau.checklists.loading import show
from baqylau.checklists.terms import LANGUAGES, Checklist
from baqylau.places.queries import get_place
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor
from baqylau.sync.schemas import PROTOCOL
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, group_of, subject_of_visit, visit_context
from baqylau.visits.terms import VisitState

#: States in which answers are taken: after the end, too, for a tablet may come back to a network late.
OPEN_STATES = (VisitState.UNDER_WAY, VisitState.CONCLUDED)


def bundle_of(session: Session, visit: Visit, actor: Actor, language: str = "") -> dict[str, Any]:
    """Return the bundle; the people who recorded are named, so that a conflict can be talked over.

    With a `language` the texts of the checklists come in that one only, which is a third of the whole.
    """
    subject = subject_of_visit(session, visit.id)
    place = get_place(session, visit.place_id)
    checklists = checklists_of_visit(session, visit.id)
    return {
        "protocol": PROTOCOL,
        "visit": {"id": str(visit.id), "number": visit.number, "state": visit.state, "kind": visit.kind},
        "place": {"name": dict(place.name), "code": place.code},
        "context": dict(visit_context(session, visit)),
        "checklists": _in_one_language([show(checklist) for checklist in checklists], language),
        "acts": _in_one_language(acts_of(checklists), language),
        "sections": {str(member.user_id): list(member.sections) for member, _ in group_of(session, visit.id)},
        "me": {
            "id": str(actor.user_id),
            "records": may(actor, Action.ANSWERS_RECORD, subject) and visit.state == VisitState.UNDER_WAY,
            "settles": may(actor, Action.ANSWERS_SETTLE, subject) and visit.state in OPEN_STATES,
            "withdraws": may(actor, Action.EVIDENCE_WITHDRAW, subject),
        },
        **recorded_of(session, visit, actor),
    }


def recorded_of(session: Session, visit: Visit, actor: Actor, seen: str = "") -> dict[str, Any]:
    """Return the part of the bundle that changes while people record; only its version when that is `seen`."""
    version = version_of(session, visit.id)
    if version == seen:
        return {"version": version}
    heads = heads_of(session, visit.id)
    may_see_photos = may(actor, Action.EVIDENCE_VIEW, subject_of_visit(session, visit.id))
    photos = evidence_of(session, visit.id) if may_see_photos else ()
    authors = {head.author_id for head in heads} | {photo.author_id for photo in photos}
    return {
        "version": version,
        "people": {str(user_id): name for user_id, name in names_of(session, authors).items()},
        "heads": [_head(head) for head in heads],
        "photos": [_photo(photo) for photo in photos],
    }


def acts_of(checklists: Iterable[Checklist]) -> dict[str, Mapping[str, str]]:
    """Return {act: its short name} for the standards that items and limits name."""
    items = (item for checklist in checklists for item in checklist.items.values())
    standards = (one for item in items for one in (*item.standards, *(limit.standard for limit in item.limits)))
    return {standard.act: dict(standard.short) for standard in standards}


def _head(head: Head) -> Mapping[str, Any]:
    return {
        "id": str(head.id),
        "item": head.item_id,
        "row": head.row_id,
        "value": head.value,
        "sources": list(head.sources),
        "note": head.note,
        "flags": list(head.flags),
        "author": str(head.author_id),
        "recorded_at": head.recorded_at.isoformat(),
        "received_at": head.received_at.isoformat(),
    }


def _photo(photo: Evidence) -> Mapping[str, Any]:
    return {
        "id": str(photo.id),
        "item": photo.item_id,
        "row": photo.row_id,
        "caption": photo.caption,
        "author": str(photo.author_id),
        "received_at": photo.received_at.isoformat(),
    }


def _in_one_language(value: Any, language: str) -> Any:
    """Return the value with every {"kk": …, "ru": …, "en": …} cut down to {language: …}; "" keeps all three."""
    if not language:
        return value
    if isinstance(value, list):
        return [_in_one_language(one, language) for one in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == set(LANGUAGES):
        return {language: value[language]}
    return {name: _in_one_language(one, language) for name, one in value.items()}
