"""Pages of sync at the office: what was kept apart, and reading in a visit file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlmodel import Session

from baqylau import clock
from baqylau.accounts.queries import names_of
from baqylau.answers.photos import MEDIA_TYPE
from baqylau.answers.queries import by_key, heads_of
from baqylau.answers.rules import item_of, row_label
from baqylau.answers.wording import answer_lines
from baqylau.checklists.terms import Item
from baqylau.db.session import current_session
from baqylau.errors import Problem, not_found
from baqylau.i18n import local_time
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, requires
from baqylau.settings import Settings
from baqylau.storage.files import read
from baqylau.sync import labels, queries
from baqylau.sync.deciding import decide
from baqylau.sync.importing import Imported, device_unknown, import_file, read_visit_file
from baqylau.sync.models import Device, KeptApart
from baqylau.sync.refusals import not_open
from baqylau.sync.terms import ApartKind
from baqylau.sync.webforms import DecideForm, ImportForm
from baqylau.visits.queries import checklists_of_visit, get_visit, subject_of_visit
from baqylau.visits.terms import VisitState

blueprint = Blueprint("sync_pages", __name__)


@dataclass(frozen=True)
class ApartLine:
    """One thing that was kept apart, in words."""

    kept: KeptApart
    author: str
    device: str
    item: Item | None  # None: the label of a row
    row: str
    #: (label, value) lines of the answer; of a photo its caption.
    lines: Sequence[tuple[str, str]]
    note: str
    reason: str


@blueprint.record_once
def _let_the_form_check_its_token(state: BlueprintSetupState) -> None:
    # The check for all forms would read the file before the view can allow its size; ImportForm checks the same token.
    state.app.extensions["csrf"].exempt(f"{__name__}.{import_visit_file.__name__}")


@blueprint.app_template_global("tablet_notices")
def tablet_notices(visit_id: UUID) -> Mapping[str, Any]:
    """Return what the visit's page tells of tablets: what waits for the chair, what came after the visit was given up."""
    session, actor = current_session(), current_actor()
    visit, subject = get_visit(session, visit_id), subject_of_visit(session, visit_id)
    late = queries.late_answers(session, visit)
    return {
        "apart": queries.count_waiting_apart(session, visit_id) if may(actor, Action.APART_DECIDE, subject) else 0,
        "late_answers": late.answers,
        "late_photos": late.photos,
        "imports": may(actor, Action.ANSWERS_IMPORT, subject) and visit.state != VisitState.PLANNED,
    }


@blueprint.get("/visits/<uuid:visit_id>/kept-apart")
@requires(Action.APART_DECIDE, subject_of_visit)
def kept_apart(visit_id: UUID) -> ResponseReturnValue:
    """Show what came from people who may not record on the visit any more."""
    waiting = queries.waiting_apart(current_session(), visit_id)
    return _apart_page(visit_id, waiting, DecideForm(one.id for one in waiting))


@blueprint.post("/visits/<uuid:visit_id>/kept-apart")
@requires(Action.APART_DECIDE, subject_of_visit)
def decide_apart(visit_id: UUID) -> ResponseReturnValue:
    """Take what is ticked into the visit, or refuse it."""
    waiting = queries.waiting_apart(current_session(), visit_id)
    form = DecideForm(one.id for one in waiting)
    if not form.validate_on_submit():
        return _apart_page(visit_id, waiting, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    chosen = [one for one in waiting if str(one.id) in form.chosen.data]
    taken = bool(form.take.data)
    decide(current_session(), current_actor(), chosen, taken=taken, reason=form.reason.data, now=clock.now())
    said = gettext("Taken into the visit.") if taken else gettext("Refused. It stays readable below, with the reason.")
    flash(said, "good")
    return redirect(url_for("sync_pages.kept_apart", visit_id=visit_id))


@blueprint.get("/visits/<uuid:visit_id>/kept-apart/<uuid:kept_id>/photo")
@requires(Action.APART_DECIDE, subject_of_visit)
def apart_photo(visit_id: UUID, kept_id: UUID) -> Response:
    """Give a photo that was kept apart; no cache keeps it."""
    kept = queries.get_kept_apart(current_session(), visit_id, kept_id)
    if kept.blob_sha256 is None:
        raise not_found()
    response = make_response(read((_settings().blobs, _settings().keys), kept.blob_sha256))
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Disposition"] = f'inline; filename="{kept.id}.jpg"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/visits/<uuid:visit_id>/import")
@requires(Action.ANSWERS_IMPORT, subject_of_visit)
def import_page(visit_id: UUID) -> ResponseReturnValue:
    """Ask for a visit file."""
    return _import_page(visit_id, ImportForm())


@blueprint.post("/visits/<uuid:visit_id>/import")
@requires(Action.ANSWERS_IMPORT, subject_of_visit)
def import_visit_file(visit_id: UUID) -> ResponseReturnValue:
    """Read a visit file in and say what was in it."""
    session, settings = current_session(), _settings()
    # The checks are done; while a large file is read and its photos are cleaned, nobody has to wait for this transaction.
    session.rollback()
    request.max_content_length = settings.visit_file_bytes
    form = ImportForm()
    if not form.validate_on_submit():
        return _import_page(visit_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        imported = _import(session, visit_id, form.file.data.stream, settings)
    except Problem as problem:
        form.file.errors = [*form.file.errors, gettext(str(problem.message), **problem.details)]
        return _import_page(visit_id, form, HTTPStatus.UNPROCESSABLE_ENTITY, problem.code)
    _tell(imported)
    return redirect(url_for("sync_pages.import_page", visit_id=visit_id))


def _import(session: Session, visit_id: UUID, stream: Any, settings: Settings) -> Imported:
    found = read_visit_file(stream, visit_id, settings)
    device = queries.find_device(session, visit_id, found.header.device)
    if device is None:
        raise device_unknown()
    visit = get_visit(session, visit_id)
    if visit.state == VisitState.PLANNED:
        raise not_open()
    today = local_time(clock.now(), settings.time_zone).date()
    delivery = queries.delivery_of(session, visit, device, today)
    return import_file(session, current_actor(), delivery, found, settings, clock.now())


def _tell(imported: Imported) -> None:
    """Say in words what became of the file."""
    said = gettext(
        "The file was read. New: %(new)s, here before: %(repeated)s, refused: %(refused)s, kept apart: %(apart)s.",
        new=imported.new,
        repeated=imported.repeated,
        refused=imported.refused,
        apart=imported.apart,
    )
    flash(said, "partly" if imported.refused or imported.apart else "good")
    if imported.codes:
        listed = ", ".join(f"{code} ({count})" for code, count in imported.codes.items())
        flash(gettext("Refused because of: %(codes)s. It stays on the tablet.", codes=listed), "partly")
    if imported.is_cut_short:
        flash(
            gettext(
                "The file ends too early (sync.file_cut_short): it was not copied whole. What could be read is in the visit; "
                "copy the file once more from the tablet and read it in again."
            ),
            "bad",
        )
    if imported.damaged:
        flash(
            gettext(
                "Parts of the file that are damaged (sync.file_damaged): %(count)s. The rest is in the visit; "
                "copy the file once more from the tablet and read it in again.",
                count=imported.damaged,
            ),
            "bad",
        )


def _import_page(visit_id: UUID, form: ImportForm, status: HTTPStatus = HTTPStatus.OK, code: str = "") -> Response:
    visit = get_visit(current_session(), visit_id)
    most = _settings().visit_file_bytes // (1024 * 1024)
    return make_response(render_template("sync/import.html", visit=visit, form=form, code=code, most=most), status)


def _apart_page(
    visit_id: UUID, waiting: Sequence[KeptApart], form: DecideForm, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    session = current_session()
    decided = queries.decided_apart(session, visit_id)
    lines = _in_words(session, visit_id, [*waiting, *(kept for kept, _ in decided)])
    decisions = [decision for _, decision in decided]
    page = render_template(
        "sync/kept_apart.html",
        visit=get_visit(session, visit_id),
        waiting=lines[: len(waiting)],
        total=queries.count_waiting_apart(session, visit_id),
        decided=list(zip(lines[len(waiting) :], decisions, strict=True)),
        names=names_of(session, {decision.decided_by for decision in decisions}),
        options=list(form.chosen),
        form=form,
    )
    return make_response(page, status)


def _in_words(session: Session, visit_id: UUID, kept: Sequence[KeptApart]) -> list[ApartLine]:
    checklists, heads = checklists_of_visit(session, visit_id), by_key(heads_of(session, visit_id))
    names = names_of(session, {one.author_id for one in kept})
    devices: dict[UUID, Device] = {device.id: device for device in queries.devices_of(session, visit_id)}
    language = str(cast(Any, get_locale()).language)
    found = []
    for one in kept:
        sent = json.loads(one.body)
        item = item_of(checklists, sent["item"])
        found.append(
            ApartLine(
                kept=one,
                author=names.get(one.author_id, ""),
                device=devices[one.device_id].label if one.device_id in devices else "",
                item=item,
                row=row_label(heads, item, sent.get("row", "")),
                lines=_lines(one, item, sent, language),
                note=sent.get("note", ""),
                reason=labels.REASONS[one.reason],  # type: ignore[index]
            )
        )
    return found


def _lines(kept: KeptApart, item: Item | None, sent: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    if kept.kind == ApartKind.PHOTO:
        return [("", sent.get("caption", ""))]
    if item is None:
        return [("", str((sent["value"] or {}).get("label", "")))]
    return answer_lines(item, sent["value"], language, gettext)


def _settings() -> Settings:
    return cast(Settings, cast(Any, current_app).baqylau_settings)
