"""Pages of answers: what is recorded, conflicts, photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlmodel import Session

from baqylau import clock
from baqylau.accounts.queries import names_of
from baqylau.answers import actions, labels
from baqylau.answers.photos import MEDIA_TYPE
from baqylau.answers.queries import by_key, get_evidence, heads_of
from baqylau.answers.rules import item_of, row_label
from baqylau.answers.terms import AnswerKey, Head
from baqylau.answers.webforms import SettleForm
from baqylau.answers.wording import answer_lines
from baqylau.checklists.terms import UNITS, Item
from baqylau.db.session import current_session
from baqylau.locations import shipped
from baqylau.places.queries import get_place
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, requires
from baqylau.settings import Settings
from baqylau.storage.files import read
from baqylau.visits.queries import checklists_of_visit, get_visit, subject_of_visit

blueprint = Blueprint("answers", __name__)


@dataclass(frozen=True)
class Conflict:
    """An item that several observers answered differently."""

    item: Item | None  # None: the label of a row
    row: str
    heads: Sequence[Head]
    #: For each head, its answer as (label, value) lines.
    lines: Sequence[list[tuple[str, str]]]
    form: SettleForm


@blueprint.get("/visits/<uuid:visit_id>/record")
@requires(Action.ANSWERS_VIEW, subject_of_visit)
def record(visit_id: UUID) -> str:
    """Show what is recorded, for reading; recording happens on a tablet that has taken the visit along."""
    visit = get_visit(current_session(), visit_id)
    return render_template(
        "answers/record.html",
        visit=visit,
        place=get_place(current_session(), visit.place_id),
        subject=subject_of_visit(current_session(), visit_id),
        modules=_modules(),
        facts={
            "zone": _settings().time_zone,
            "units": {unit: list(bounds) for unit, bounds in UNITS.items()},
            "labels": labels.for_script(),
            "addresses": _addresses(visit_id),
        },
    )


@blueprint.get("/visits/<uuid:visit_id>/conflicts")
@requires(Action.ANSWERS_VIEW, subject_of_visit)
def conflicts(visit_id: UUID) -> ResponseReturnValue:
    """Show the answers that differ, side by side."""
    names, differing = _differing(current_session(), visit_id)
    forms = [SettleForm(heads, names) for heads in differing.values()]
    for form in forms:
        form.seen.data = form.now
    return _conflicts_page(visit_id, names, forms)


@blueprint.post("/visits/<uuid:visit_id>/conflicts/<item_id>", defaults={"row_id": ""})
@blueprint.post("/visits/<uuid:visit_id>/conflicts/<item_id>/<row_id>")
@requires(Action.ANSWERS_SETTLE, subject_of_visit)
def settle(visit_id: UUID, item_id: str, row_id: str) -> ResponseReturnValue:
    """Let one of the differing answers stand."""
    names, differing = _differing(current_session(), visit_id)
    if (item_id, row_id) not in differing:
        flash(gettext("These answers do not differ any more: they were settled meanwhile."), "partly")
        return redirect(url_for("answers.conflicts", visit_id=visit_id))
    sent = SettleForm(differing[item_id, row_id], names)
    if sent.validate_on_submit():
        args = (visit_id, sent.heads, sent.choice, sent.reason.data, clock.now())
        actions.settle_conflict(current_session(), current_actor(), *args)
        flash(gettext("Settled. The other answers stay in the history of the item."), "good")
        return redirect(url_for("answers.conflicts", visit_id=visit_id))
    forms = [
        sent if key == (item_id, row_id) else SettleForm(heads, names) for key, heads in differing.items()
    ]  # fmt: skip
    for form in forms:
        form.seen.data = form.now
    return _conflicts_page(visit_id, names, forms, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.get("/visits/<uuid:visit_id>/photos/<uuid:evidence_id>")
@requires(Action.EVIDENCE_VIEW, subject_of_visit)
def photo(visit_id: UUID, evidence_id: UUID) -> Response:
    """Give a photo of the visit; no cache keeps it, for the tablet may be taken away."""
    evidence = get_evidence(current_session(), visit_id, evidence_id)
    response = make_response(read((_settings().blobs, _settings().keys), evidence.blob_sha256))
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Disposition"] = f'inline; filename="{evidence.id}.jpg"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/visits/<uuid:visit_id>/photos/<uuid:evidence_id>/withdraw")
@requires(Action.EVIDENCE_WITHDRAW, subject_of_visit)
def withdraw_photo(visit_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """Let a photo not be used any more."""
    evidence = get_evidence(current_session(), visit_id, evidence_id)
    actions.withdraw_evidence(current_session(), current_actor(), evidence, clock.now())
    flash(gettext("The photo is withdrawn: it is shown nowhere any more."), "good")
    key = f"{evidence.item_id}/{evidence.row_id}".rstrip("/")
    return redirect(url_for("answers.record", visit_id=visit_id, _anchor=key))


def _conflicts_page(
    visit_id: UUID, names: Mapping[UUID, str], forms: Sequence[SettleForm], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    session = current_session()
    visit, subject = get_visit(session, visit_id), subject_of_visit(session, visit_id)
    page = render_template(
        "answers/conflicts.html",
        visit=visit,
        names=names,
        conflicts=_in_words(session, visit_id, forms),
        settles=may(current_actor(), Action.ANSWERS_SETTLE, subject),
        sources=labels.SOURCES,
        flags=labels.FLAGS,
    )
    return make_response(page, status)


def _in_words(session: Session, visit_id: UUID, forms: Sequence[SettleForm]) -> list[Conflict]:
    """Return the conflicts in the order of the checklists, each answer in words."""
    checklists = checklists_of_visit(session, visit_id)
    heads = by_key(heads_of(session, visit_id))
    language = str(cast(Any, get_locale()).language)
    order = [item_id for checklist in checklists for item_id in checklist.items]
    found = []
    for form in forms:
        item_id, row_id = form.heads[0].key
        item = item_of(checklists, item_id)
        lines = [
            answer_lines(item, head.value, language, gettext)
            if item
            else [("", str((head.value or {}).get("label", "")))]
            for head in form.heads
        ]
        found.append(Conflict(item, row_label(heads, item, row_id), form.heads, lines, form))
    return sorted(found, key=lambda one: (order.index(one.item.id) if one.item else -1, one.row))


def _differing(session: Session, visit_id: UUID) -> tuple[Mapping[UUID, str], dict[AnswerKey, list[Head]]]:
    """Return {id: name} of the observers, and the heads of each answer that has several."""
    differing = {key: heads for key, heads in by_key(heads_of(session, visit_id)).items() if len(heads) > 1}
    return names_of(session, {head.author_id for heads in differing.values() for head in heads}), differing


def _addresses(visit_id: UUID) -> dict[str, str]:
    """Return where the page's scripts find what they need."""
    language = str(cast(Any, get_locale()).language)
    return {
        "bundle": url_for("sync.bundle", visit_id=visit_id, language=language),
        "heads": url_for("sync.heads", visit_id=visit_id),
        "photo": f"{url_for('visits.show', visit_id=visit_id)}/photos",
        "conflicts": url_for("answers.conflicts", visit_id=visit_id),
    }


def _modules() -> list[str]:
    """Return the scripts of the page, so that the browser fetches them all at once and not one after the other."""
    folder = shipped("static") / "js"
    shared = ("expressions", "grammar", "graph", "norms", "relevance")
    return [f"js/{name}.js" for name in shared] + sorted(
        path.relative_to(folder.parent).as_posix()
        for path in (folder / "tablet").glob("*.js")
        if path.stem not in _TABLET_ONLY
    )


#: Scripts of the tablet's shell, which the reading page does not run.
_TABLET_ONLY = frozenset(
    {
        "delivery",
        "departure",
        "editions",
        "home",
        "ledger",
        "lock",
        "passphrases",
        "shell",
        "takealong",
        "visit",
        "worker",
    }
)


def _settings() -> Settings:
    return cast(Settings, cast(Any, current_app).baqylau_settings)
