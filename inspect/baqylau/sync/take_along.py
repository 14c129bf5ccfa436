"""What a tablet takes along: parts whose exact bytes have the SHA-256 of the manifest."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlmodel import Session

from baqylau.checklists.loading import show
from baqylau.checklists.terms import Checklist
from baqylau.errors import conflict, not_found
from baqylau.places.queries import get_place
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor
from baqylau.sync.bundle import OPEN_STATES, acts_of, recorded_of
from baqylau.sync.providers import provided
from baqylau.sync.schemas import PROTOCOL
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, group_of, subject_of_visit, visit_context
from baqylau.visits.terms import VisitState

#: A visit is taken along the day before, too; its answers are delivered once the leader has begun it.
_TO_RECORD = (VisitState.PLANNED, VisitState.UNDER_WAY)


@dataclass(frozen=True)
class Part:
    """One part, as it is sent."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


def until(visit: Visit, tablet_days: int) -> date:
    """Return the last day on which a tablet may keep the visit."""
    return visit.ends_on + timedelta(days=tablet_days)


def manifest(session: Session, visit: Visit, actor: Actor, tablet_days: int) -> dict[str, Any]:
    """Return the list of parts, each with address, hash and size."""
    return {
        "protocol": PROTOCOL,
        "visit": {
            "id": str(visit.id),
            "number": visit.number,
            "state": visit.state,
            "place": dict(get_place(session, visit.place_id).name),
        },
        "until": until(visit, tablet_days).isoformat(),
        "parts": [
            {
                "name": part.name,
                "address": url_for("sync.take_along_part", visit_id=visit.id, name=part.name, sha256=part.sha256),
                "sha256": part.sha256,
                "bytes": len(part.content),
            }
            for part in parts(session, visit, actor)
        ],
    }


def part_named(session: Session, visit: Visit, actor: Actor, name: str, sha256: str) -> Part:
    """Return the part; raises `sync.part_changed` when it is not the one of the tablet's manifest any more."""
    found = next((part for part in parts(session, visit, actor) if part.name == name), None)
    if found is None:
        raise not_found()
    if sha256 and found.sha256 != sha256:
        raise conflict(
            "sync.part_changed", "Something of this visit has changed meanwhile. The tablet fetches the list anew."
        )
    return found


def parts(session: Session, visit: Visit, actor: Actor) -> list[Part]:
    """Return everything that is needed to record the visit without a network."""
    checklists = checklists_of_visit(session, visit.id)
    return [
        _part("visit", visit_part(session, visit, actor, checklists)),
        *(_part(f"checklist-{one.slug}-{one.version}", show(one)) for one in checklists),
        _part("recorded", recorded_of(session, visit, actor)),
    ]


def visit_part(session: Session, visit: Visit, actor: Actor, checklists: list[Checklist]) -> dict[str, Any]:
    """Return visit, place, people, and what other rooms provide; the same data give the same bytes."""
    subject = subject_of_visit(session, visit.id)
    place = get_place(session, visit.place_id)
    group = group_of(session, visit.id)
    return {
        "protocol": PROTOCOL,
        "visit": {
            "id": str(visit.id),
            "number": visit.number,
            "state": visit.state,
            "kind": visit.kind,
            "starts_on": visit.starts_on.isoformat(),
            "ends_on": visit.ends_on.isoformat(),
            "purpose": visit.purpose,
        },
        "place": {"name": dict(place.name), "code": place.code},
        "context": dict(visit_context(session, visit)),
        "acts": acts_of(checklists),
        "sections": {str(member.user_id): list(member.sections) for member, _ in group},
        "people": {str(user.id): user.name for _, user in group},
        "leader": next((str(user.id) for member, user in group if member.is_leader), None),
        "me": {
            "id": str(actor.user_id),
            "name": actor.name,
            "records": may(actor, Action.ANSWERS_RECORD, subject) and visit.state in _TO_RECORD,
            "settles": may(actor, Action.ANSWERS_SETTLE, subject) and visit.state in (*_TO_RECORD, *OPEN_STATES),
            "withdraws": may(actor, Action.EVIDENCE_WITHDRAW, subject),
        },
        **provided(session, visit, actor),
    }


def _part(name: str, content: Any) -> Part:
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Part(name, written.encode())
