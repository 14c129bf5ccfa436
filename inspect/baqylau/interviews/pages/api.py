"""The API of sealed notes: slots and alerts up from the tablet, ciphertext down to the page that opens it."""

import hashlib
import json
import struct
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, make_response, request

from baqylau import clock
from baqylau.accounts import step_up
from baqylau.db.session import current_session
from baqylau.errors import invalid
from baqylau.i18n import lazy as _
from baqylau.interviews import actions, providers, queries
from baqylau.interviews.blueprint import blueprint, present_settings, today
from baqylau.interviews.terms import PROTOCOL, Sign
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.storage.files import read
from baqylau.visits.queries import get_visit, subject_of_visit


@blueprint.put("/api/v1/visits/<uuid:visit_id>/notes/<int:slot>")
@requires(Action.NOTES_SEND, subject=queries.subject_of_sender)
def put_note(visit_id: UUID, slot: int) -> tuple[dict[str, Any], int]:
    """Take one sealed slot of a tablet; the same bytes are taken once."""
    db_session, settings = current_session(), present_settings()
    content = request.get_data()
    sha256 = hashlib.sha256(content).hexdigest()
    if request.headers.get("X-Content-SHA256", "") != sha256:
        raise invalid(
            "interviews.cut_short", _("The note did not arrive whole. It stays on the tablet and is sent again.")
        )
    is_new = actions.receive_note(
        db_session,
        current_actor(),
        get_visit(db_session, visit_id),
        (_device(request.headers.get("X-Device", "")), slot),
        content,
        (settings.blobs, settings.keys),
        today(),
        clock.now(),
    )
    state = "saved" if is_new else "repeated"
    return {"protocol": PROTOCOL, "sha256": sha256, "state": state}, HTTPStatus.CREATED if is_new else HTTPStatus.OK


@blueprint.get("/api/v1/visits/<uuid:visit_id>/notes/held")
@requires(Action.NOTES_SEND, subject=queries.subject_of_sender)
def held(visit_id: UUID) -> dict[str, Any]:
    """Tell, signed, what the person's tablet has delivered last: a tablet deletes nothing before it has seen this."""
    device = _device(request.args.get("device", ""))
    have = queries.held_of_device(current_session(), visit_id, device, current_actor().user_id)
    receipt = providers.receipt_of(present_settings().keys, visit_id, device, have, clock.now())
    return {"protocol": PROTOCOL, "have": have, **receipt}


@blueprint.post("/api/v1/visits/<uuid:visit_id>/alerts")
@requires(Action.NOTES_SEND, subject=queries.subject_of_sender)
def put_alert(visit_id: UUID) -> dict[str, Any]:
    """Take an alert: its sign and nothing else."""
    db_session, sent = current_session(), request.get_json(silent=True)
    sign = sent.get("sign") if isinstance(sent, dict) else None
    if sign not in [one.value for one in Sign]:
        raise invalid("interviews.unknown_sign", _("This alert is not known. Update the program on the tablet."))
    actions.raise_alert(db_session, current_actor(), get_visit(db_session, visit_id), Sign(sign), today(), clock.now())
    return {"protocol": PROTOCOL, "sign": sign}


@blueprint.post("/api/v1/visits/<uuid:visit_id>/notes/open")
@requires(Action.NOTES_READ, subject=subject_of_visit)
def open_notes(visit_id: UUID) -> Response:
    """Give the reader's page what it may try to open: a head (32 bits of length, JSON) and the sealed blobs one after another.

    Always the covers too: the server does not know which are notes.
    """
    db_session, actor, settings, now = current_session(), current_actor(), present_settings(), clock.now()
    step_up.demand(now)
    found = queries.blobs_for(db_session, visit_id, actor)
    head = json.dumps(
        [{"device": str(one.device), "author": one.author_name, "apart": one.is_apart} for one in found]
    ).encode()
    blobs = [read((settings.blobs, settings.keys), one.sha256) for one in found]
    actions.open_notes(db_session, actor, visit_id, now)
    response = make_response(struct.pack(">I", len(head)) + head + b"".join(blobs))
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/api/v1/visits/<uuid:visit_id>/recoveries")
@requires(Action.TABLET_KEY_RECOVER, subject=subject_of_visit)
def recoveries(visit_id: UUID) -> dict[str, Any]:
    """Give the leader's page the sealed keys of the visit's tablets."""
    now = clock.now()
    step_up.demand(now)
    devices = providers.devices_of(current_session(), visit_id)
    actions.open_recovery(current_session(), current_actor(), visit_id, now)
    return {"protocol": PROTOCOL, "devices": devices}


def _device(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise invalid(
            "interviews.no_device", _("The tablet did not say which one it is. Update the program there.")
        ) from error
