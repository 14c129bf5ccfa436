"""The tablet's API, `/api/v1`: the bundle of a visit down, revisions and photos up. Answers are JSON with stable codes."""

import hashlib
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request
from flask_wtf.csrf import generate_csrf
from pydantic import ValidationError
from sqlmodel import Session

from baqylau import clock
from baqylau.answers.actions import add_evidence
from baqylau.answers.photos import MEDIA_TYPE, clean_photo
from baqylau.answers.queries import find_evidence
from baqylau.answers.rules import problems_with
from baqylau.db.session import current_session
from baqylau.errors import Problem, conflict, invalid
from baqylau.i18n import LANGUAGES
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.settings import Settings
from baqylau.storage.actions import store
from baqylau.sync.actions import take_batch
from baqylau.sync.bundle import OPEN_STATES, bundle_of, recorded_of
from baqylau.sync.schemas import PROTOCOL, Batch, SentPhoto
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, get_visit, subject_of_visit

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1")


@blueprint.get("/visits/<uuid:visit_id>/bundle")
@requires(Action.ANSWERS_VIEW, subject_of_visit)
def bundle(visit_id: UUID) -> dict[str, Any]:
    """Give all that is needed to record the visit, and what is recorded; `?language=` gives texts in that one only."""
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else ""
    return bundle_of(current_session(), get_visit(current_session(), visit_id), current_actor(), language)


@blueprint.get("/visits/<uuid:visit_id>/heads")
@requires(Action.ANSWERS_VIEW, subject_of_visit)
def heads(visit_id: UUID) -> dict[str, Any]:
    """Give what is recorded, unless the tablet has seen it (`?seen=<version>`), who is signed in, and a fresh token.

    The token of a page ends with the sign-in that it was made in; a tablet goes on after the next one with this one.
    """
    session, actor = current_session(), current_actor()
    recorded = recorded_of(session, get_visit(session, visit_id), actor, request.args.get("seen", ""))
    return {"protocol": PROTOCOL, "person": str(actor.user_id), "token": generate_csrf(), **recorded}


@blueprint.post("/visits/<uuid:visit_id>/revisions")
@requires(Action.ANSWERS_RECORD, subject_of_visit)
def revisions(visit_id: UUID) -> dict[str, Any]:
    """Take a batch of revisions; the answer holds one result for each, and is sent only after the commit."""
    session = current_session()
    try:
        batch = Batch.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        raise invalid(
            "sync.batch_malformed",
            "The tablet sent something that cannot be read (%(place)s). What is on the tablet stays there; "
            "reload the page.",
            place=_place(error),
        ) from error
    _same_person(batch.author)
    visit = _open_visit(session, visit_id)
    checklists = checklists_of_visit(session, visit.id)
    results = take_batch(session, current_actor(), visit.id, checklists, batch, clock.now())
    return {"protocol": PROTOCOL, "results": [result.model_dump(mode="json") for result in results]}


@blueprint.post("/visits/<uuid:visit_id>/photos")
@requires(Action.ANSWERS_RECORD, subject_of_visit)
def photos(visit_id: UUID) -> tuple[dict[str, Any], int]:
    """Take one photo with its facts; the same id with the same bytes is taken once."""
    session = current_session()
    file = request.files.get("photo")
    if file is None:
        raise invalid("sync.photo_missing", "No photo was sent. Take the photo again.")
    try:
        facts = SentPhoto.model_validate(request.form.to_dict())
    except ValidationError as error:
        raise invalid(
            "sync.photo_malformed",
            "Say for each photo what it shows, and about permission and consent (%(place)s).",
            place=_place(error),
        ) from error
    _same_person(facts.author)
    return _take_photo(session, _open_visit(session, visit_id), facts, file.read())


def _take_photo(session: Session, visit: Visit, facts: SentPhoto, sent: bytes) -> tuple[dict[str, Any], int]:
    actor = current_actor()
    new = facts.as_new(hashlib.sha256(sent).hexdigest())
    if stored := find_evidence(session, new.id):
        is_same = (stored.sent_sha256, stored.visit_id, stored.author_id) == (new.sent_sha256, visit.id, actor.user_id)
        if not is_same:
            raise conflict("sync.clash", "Another photo is stored under this id. Take the photo again.")
        return _photo_taken(new.id, "repeated", stored.received_at.isoformat()), HTTPStatus.OK
    if problems_with(checklists_of_visit(session, visit.id), new.item_id, new.row_id, None):
        raise invalid("sync.unknown_item", "The checklist of this visit has no such item. Nothing was saved.")
    settings: Settings = current_app.baqylau_settings  # type: ignore[attr-defined]
    photo = clean_photo(sent, settings.photo_pixels, settings.photo_side)
    now = clock.now()
    blob = store(session, (settings.blobs, settings.keys), photo.content, MEDIA_TYPE, now)
    add_evidence(session, actor, visit.id, new, photo, blob.sha256, now)
    return _photo_taken(new.id, "saved", now.isoformat()), HTTPStatus.CREATED


def _photo_taken(evidence_id: UUID, state: str, received_at: str) -> dict[str, Any]:
    return {"protocol": PROTOCOL, "id": str(evidence_id), "state": state, "received_at": received_at}


def _place(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def _same_person(author: UUID) -> None:
    if author != current_actor().user_id:
        raise conflict(
            "sync.other_person",
            "Somebody else is signed in on this tablet now. Nothing was sent; sign in as the person who recorded it.",
        )


def _open_visit(session: Session, visit_id: UUID) -> Visit:
    visit = get_visit(session, visit_id)
    if visit.state not in OPEN_STATES:
        raise Problem(
            "sync.visit_not_open",
            HTTPStatus.CONFLICT,
            "This visit takes no answers now: it has not begun, or it was cancelled. What is on the tablet stays there.",
        )
    return visit
