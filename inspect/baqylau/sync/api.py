"""The tablet's API, `/api/v1`: what is taken along down, revisions and photos up. Answers are JSON with stable codes.

What is marked "protocol 1" served the page that recorded without the tablet shell, and goes with it.
"""

import hashlib
from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Blueprint, Response, after_this_request, current_app, jsonify, make_response, request
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from baqylau import clock
from baqylau.answers.actions import add_evidence
from baqylau.answers.photos import MEDIA_TYPE, clean_photo
from baqylau.answers.queries import find_evidence
from baqylau.answers.rules import problems_with
from baqylau.db.session import current_session
from baqylau.errors import Problem, conflict, invalid
from baqylau.i18n import LANGUAGES, local_time
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, requires
from baqylau.rights.terms import Subject
from baqylau.settings import Settings
from baqylau.storage.actions import store
from baqylau.sync import queries
from baqylau.sync.actions import end_device, register_device, take_batch, take_items
from baqylau.sync.bundle import OPEN_STATES, bundle_of, recorded_of
from baqylau.sync.photos import (
    SentPart,
    again,
    cleaned,
    drop_stale_parts,
    forget_parts,
    keep_part,
    put_together,
    remove_part_files,
    take_photo,
)
from baqylau.sync.receipts import public_keys, signed_receipt
from baqylau.sync.refusals import not_open
from baqylau.sync.schemas import OLD_PROTOCOL, PROTOCOL, Batch, NewDevice, OldBatch, Result, SentPhoto, SentPhotoFacts
from baqylau.sync.take_along import manifest, part_named, until
from baqylau.sync.terms import Delivery, Held
from baqylau.sync.weighing import place_of
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, get_visit, subject_of_visit
from baqylau.visits.terms import VisitState

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1")

Sent = TypeVar("Sent", bound=BaseModel)


def subject_of_delivery(session: Session, visit_id: UUID, **_rest: object) -> Subject:
    """Return the visit as something that the signed-in person may deliver to; raises not_found.

    Who records the visit owns the delivery, and so does who took it along once: what was recorded in good faith is
    taken in or kept apart, never turned away.
    """
    subject, actor = subject_of_visit(session, visit_id), current_actor()
    if may(actor, Action.ANSWERS_RECORD, subject) or queries.has_device(session, visit_id, actor.user_id):
        return replace(subject, owner=actor.user_id)
    return subject


# What is taken along


@blueprint.get("/visits/<uuid:visit_id>/take-along")
@requires(Action.ANSWERS_RECORD, subject_of_visit)
def take_along(visit_id: UUID) -> dict[str, Any]:
    """Give the list of what a tablet needs, each part with its hash."""
    session = current_session()
    return manifest(session, get_visit(session, visit_id), current_actor(), _settings().tablet_days)


@blueprint.get("/visits/<uuid:visit_id>/take-along/<name>")
@requires(Action.ANSWERS_RECORD, subject_of_visit)
def take_along_part(visit_id: UUID, name: str) -> Response:
    """Give one part; `?sha256=` refuses it when it is not the one of the tablet's list any more."""
    session = current_session()
    part = part_named(session, get_visit(session, visit_id), current_actor(), name, request.args.get("sha256", ""))
    response = make_response(part.content)
    response.headers["Content-Type"] = "application/json"
    return response


@blueprint.post("/visits/<uuid:visit_id>/devices")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def devices(visit_id: UUID) -> Response:
    """Note that the visit is taken along on a device, and give the keys that the tablet keeps."""
    session, actor, now, settings = current_session(), current_actor(), clock.now(), _settings()
    new = _read(NewDevice)
    if queries.find_device(session, visit_id, new.device) is None:
        _must_record(session, visit_id)
    device = register_device(session, actor, visit_id, new, now)
    _remove_after_commit(*drop_stale_parts(session, settings, now))
    last_day = until(get_visit(session, visit_id), settings.tablet_days)
    return jsonify(protocol=PROTOCOL, device=str(device.id), until=last_day.isoformat(), **public_keys(settings.keys))


@blueprint.post("/visits/<uuid:visit_id>/devices/<uuid:device_id>/end")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def device_end(visit_id: UUID, device_id: UUID) -> dict[str, Any]:
    """Note that the visit was taken off the device."""
    session, actor = current_session(), current_actor()
    device = queries.own_device(session, visit_id, device_id, actor.user_id)
    end_device(session, actor, device, clock.now())
    return {"protocol": PROTOCOL, "device": str(device.id)}


@blueprint.get("/visits/<uuid:visit_id>/bundle")
@requires(Action.ANSWERS_VIEW, subject_of_visit)
def bundle(visit_id: UUID) -> dict[str, Any]:
    """Give all that is needed to record the visit, and what is recorded; `?language=` gives texts in that one only."""
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else ""
    return bundle_of(current_session(), get_visit(current_session(), visit_id), current_actor(), language)


# What is delivered


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
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def revisions(visit_id: UUID) -> Response | dict[str, Any]:
    """Take a batch of revisions; the answer holds a result for each and a receipt, and is sent only after the commit."""
    sent = _json()
    if isinstance(sent, dict) and sent.get("protocol") == OLD_PROTOCOL:
        return _old_revisions(visit_id, sent)
    session, batch, now = current_session(), _read(Batch), clock.now()
    delivery = _delivery(session, visit_id, batch.device, batch.author)
    results = take_items(session, current_actor(), delivery, batch.items, now)
    have = list(dict.fromkeys(Held(UUID(one.id), one.sha256) for one in results if one.state != "refused"))
    return with_receipt({"results": [result.model_dump(mode="json") for result in results]}, delivery, have)


@blueprint.get("/visits/<uuid:visit_id>/receipt")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def receipt(visit_id: UUID) -> Response:
    """Give a receipt for all that is held of a device, `?after=<id>` the next page, and who is signed in, and a token."""
    session, actor = current_session(), current_actor()
    after = _uuid_argument("after")
    device = queries.own_device(session, visit_id, _uuid_argument("device") or UUID(int=0), actor.user_id)
    delivery = _delivery_of(session, get_visit(session, visit_id), device.id)
    have = queries.held_of(session, visit_id, device.id, after)
    more = len(have) == queries.RECEIPT_SIZE
    about = {"person": str(actor.user_id), "token": generate_csrf(), "more": more}
    return with_receipt(about, delivery, have)


def with_receipt(body: dict[str, Any], delivery: Delivery, have: list[Held]) -> Response:
    """Return the answer to which a receipt is added once everything is committed.

    `Application.dispatch_request` commits after the view; Flask calls what `after_this_request` was given after that. A
    commit that fails makes another answer, with another status: then nothing is signed at all.
    """
    content = {"protocol": PROTOCOL, **body}
    response = jsonify(content)

    @after_this_request
    def _sign(answer: Response) -> Response:
        if answer is response:
            keys = _settings().keys
            held = [(str(one.id), one.sha256) for one in have]
            signed = signed_receipt(keys, delivery.visit_id, delivery.device_id, held, clock.now())
            answer.set_data(jsonify({**content, **signed}).get_data())
        return answer

    return response


# Photos


@blueprint.put("/visits/<uuid:visit_id>/photos/<uuid:photo_id>/parts/<int:number>")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def photo_part(visit_id: UUID, photo_id: UUID, number: int) -> dict[str, Any]:
    """Keep one part of a photo; the same part again changes nothing."""
    settings = _settings()
    if (request.content_length or 0) > settings.part_bytes:
        raise Problem(
            "sync.part_too_large",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "This part of the photo is too large. Nothing was kept; the photo stays on the tablet.",
        )
    content = request.get_data(cache=False)
    total = request.args.get("of", 0, type=int)
    part = SentPart(photo_id, number, total, content, request.headers.get("X-Content-SHA256", "").lower())
    state = keep_part(current_session(), current_actor().user_id, visit_id, part, settings, clock.now())
    return {"protocol": PROTOCOL, "photo": str(photo_id), "part": number, "state": state}


@blueprint.get("/visits/<uuid:visit_id>/photos/<uuid:photo_id>/parts")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def photo_parts(visit_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """Say which parts of a photo have arrived."""
    owner = (visit_id, current_actor().user_id)
    held = [
        one for one in queries.parts_of(current_session(), photo_id) if (one.visit_id, one.user_id) == owner
    ]  # fmt: skip
    total = held[0].total if held else None
    return {"protocol": PROTOCOL, "photo": str(photo_id), "of": total, "held": [one.number for one in held]}


@blueprint.post("/visits/<uuid:visit_id>/photos/<uuid:photo_id>")
@requires(Action.ANSWERS_DELIVER, subject_of_delivery)
def photo(visit_id: UUID, photo_id: UUID) -> Response:
    """Put a photo's parts together, check the whole, and store it clean; the answer carries a receipt."""
    session, settings, now = current_session(), _settings(), clock.now()
    facts = _read(SentPhotoFacts, "sync.photo_malformed")
    delivery = _delivery(session, visit_id, facts.device, facts.author)
    new = facts.as_new(photo_id)
    result = again(session, delivery, new)
    if result is None:
        sent = put_together(session, facts.author, visit_id, new, settings)
        if isinstance(sent, Result):
            # No refusal of the photo: the tablet sees that the receipt does not name it, and sends what is missing.
            return _photo_answer(sent, delivery, [])
        text = request.get_data(as_text=True)
        result = take_photo(session, current_actor(), delivery, new, text, cleaned(sent, settings), settings, now)
    _refuse_photo(result)
    forget_parts(session, photo_id)
    return _photo_answer(result, delivery, [Held(photo_id, facts.sha256)])


def _photo_answer(result: Result, delivery: Delivery, have: list[Held]) -> Response:
    """Return the answer to a photo; the files of parts whose rows are gone are removed after the commit."""
    if result.code != "sync.parts_missing":
        _remove_after_commit(UUID(result.id))
    return with_receipt(result.model_dump(mode="json"), delivery, have)


def _refuse_photo(result: Result) -> None:
    """Raise what a single photo is refused for."""
    if result.code == "sync.clash":
        raise _photo_clash()
    if result.state == "refused":
        raise _unknown_item()


# What views share


def _settings() -> Settings:
    return cast(Settings, cast(Any, current_app).baqylau_settings)


def _json() -> Any:
    """Return the JSON that was sent, None for anything else."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _read(form: type[Sent], code: str = "sync.batch_malformed") -> Sent:
    """Return what was sent as this form; raises a Problem with this code for anything else."""
    try:
        return form.model_validate(_json())
    except ValidationError as error:
        raise _malformed(code, place_of(error)) from error


def _malformed(code: str, place: str) -> Problem:
    if code == "sync.photo_malformed":
        return invalid(
            "sync.photo_malformed",
            "Say for each photo what it shows, and about permission and consent (%(place)s).",
            place=place,
        )
    return invalid(
        "sync.batch_malformed",
        "The tablet sent something that cannot be read (%(place)s). What is on the tablet stays there; reload the page.",
        place=place,
    )


def _uuid_argument(name: str) -> UUID | None:
    """Return the address's argument; raises for anything that is no id."""
    try:
        return UUID(request.args[name]) if request.args.get(name) else None
    except ValueError as error:
        raise _malformed("sync.batch_malformed", name) from error


def _delivery(session: Session, visit_id: UUID, device_id: UUID, author_id: UUID) -> Delivery:
    """Return what is known about this delivery; raises for another person, an unknown device, a visit not yet begun."""
    _same_person(author_id)
    device = queries.own_device(session, visit_id, device_id, author_id)
    visit = get_visit(session, visit_id)
    # What comes for a visit that was cancelled or refused meanwhile is taken, and its leader is told.
    if visit.state == VisitState.PLANNED:
        raise not_open()
    return _delivery_of(session, visit, device.id)


def _delivery_of(session: Session, visit: Visit, device_id: UUID) -> Delivery:
    device = queries.own_device(session, visit.id, device_id, current_actor().user_id)
    today = local_time(clock.now(), _settings().time_zone).date()
    return queries.delivery_of(session, visit, device, today)


def _must_record(session: Session, visit_id: UUID) -> None:
    """Refuse a new device of somebody who may only hand over what another device of theirs holds."""
    if not may(current_actor(), Action.ANSWERS_RECORD, subject_of_visit(session, visit_id)):
        queries.own_device(session, visit_id, UUID(int=0), current_actor().user_id)


def _same_person(author: UUID) -> None:
    if author != current_actor().user_id:
        raise conflict(
            "sync.other_person",
            "Somebody else is signed in on this tablet now. Nothing was sent; sign in as the person who recorded it.",
        )


def _photo_clash() -> Problem:
    return conflict("sync.clash", "Another photo is stored under this id. Take the photo again.")


def _unknown_item() -> Problem:
    return invalid("sync.unknown_item", "The checklist of this visit has no such item. Nothing was saved.")


def _remove_after_commit(*photo_ids: UUID) -> None:
    """Remove the files of these photos' parts once their rows are gone for good."""

    @after_this_request
    def _remove(answer: Response) -> Response:
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            for photo_id in photo_ids:
                remove_part_files(_settings().parts, photo_id)
        return answer


# Protocol 1: to be deleted with the page that records without the tablet shell. With it go OldBatch, SentPhoto and
# OLD_PROTOCOL (schemas), take_batch (actions), and tests/sync/test_api.py as far as it sends protocol 1.


def _old_revisions(visit_id: UUID, sent: Any) -> dict[str, Any]:
    session = current_session()
    try:
        batch = OldBatch.model_validate(sent)
    except ValidationError as error:
        raise _malformed("sync.batch_malformed", place_of(error)) from error
    _same_person(batch.author)
    visit = _open_visit(session, visit_id)
    checklists = checklists_of_visit(session, visit.id)
    results = take_batch(session, current_actor(), visit.id, checklists, batch, clock.now())
    return {"protocol": OLD_PROTOCOL, "results": [result.model_dump(mode="json") for result in results]}


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
        raise _malformed("sync.photo_malformed", place_of(error)) from error
    _same_person(facts.author)
    return _take_photo(session, _open_visit(session, visit_id), facts, file.read())


def _take_photo(session: Session, visit: Visit, facts: SentPhoto, sent: bytes) -> tuple[dict[str, Any], int]:
    actor = current_actor()
    new = facts.as_new(hashlib.sha256(sent).hexdigest())
    if stored := find_evidence(session, new.id):
        is_same = (stored.sent_sha256, stored.visit_id, stored.author_id) == (new.sent_sha256, visit.id, actor.user_id)
        if not is_same:
            raise _photo_clash()
        return _photo_taken(new.id, "repeated", stored.received_at.isoformat()), HTTPStatus.OK
    if problems_with(checklists_of_visit(session, visit.id), new.item_id, new.row_id, None):
        raise _unknown_item()
    settings = _settings()
    photo = clean_photo(sent, settings.photo_pixels, settings.photo_side)
    now = clock.now()
    blob = store(session, (settings.blobs, settings.keys), photo.content, MEDIA_TYPE, now)
    add_evidence(session, actor, visit.id, new, photo, blob.sha256, now)
    return _photo_taken(new.id, "saved", now.isoformat()), HTTPStatus.CREATED


def _photo_taken(evidence_id: UUID, state: str, received_at: str) -> dict[str, Any]:
    return {"protocol": OLD_PROTOCOL, "id": str(evidence_id), "state": state, "received_at": received_at}


def _open_visit(session: Session, visit_id: UUID) -> Visit:
    if not may(current_actor(), Action.ANSWERS_RECORD, subject_of_visit(session, visit_id)):
        # Protocol 1 knows no device, so there is nothing to keep apart.
        queries.own_device(session, visit_id, UUID(int=0), current_actor().user_id)
    visit = get_visit(session, visit_id)
    if visit.state not in OPEN_STATES:
        raise not_open()
    return visit
