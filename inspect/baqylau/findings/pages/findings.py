"""The answers that speak beside the findings; one finding, to read or to write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.accounts.queries import names_of
from baqylau.answers.models import Evidence
from baqylau.answers.terms import Consent, Permission
from baqylau.db.session import current_session
from baqylau.findings import actions, queries, refusals
from baqylau.findings.models import Finding
from baqylau.findings.pages.desk import Desk, Lack, desk_of, gathered, lines_of
from baqylau.findings.pages.start import blueprint, carried_out, page_language, show_form
from baqylau.findings.reading import Reading, Show, read_answers
from baqylau.findings.rules import in_order, is_written, missing_languages
from baqylau.findings.terms import DraftState
from baqylau.findings.webforms import ActForm, FindingForm, PhotoForm, TakeForm
from baqylau.i18n import in_language
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits.queries import get_visit, subject_of_visit

LINES_ON_A_PAGE = 12


@blueprint.get("/visits/<uuid:visit_id>/findings")
@requires(Action.FINDINGS_VIEW, subject=subject_of_visit)
def index(visit_id: UUID) -> str:
    """Show the answers that speak, and the findings by section with what each still lacks."""
    desk, reading = desk_of(visit_id), read_answers(current_session(), get_visit(current_session(), visit_id))
    findings = queries.findings_of(current_session(), visit_id, with_dropped=True)
    show, section = _asked(reading)
    listed = reading.listed(show, section, findings)
    pages = max(1, -(-len(listed) // LINES_ON_A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    shown = listed[(page - 1) * LINES_ON_A_PAGE : page * LINES_ON_A_PAGE]
    return render_template(
        "findings/index.html",
        reading=reading,
        lines=lines_of(reading, shown),
        listed=len(listed),
        page=page,
        pages=pages,
        show=show,
        section=section,
        taken=_by_item(findings),
        groups=_by_section(reading, findings),
        links=queries.links_of(current_session(), visit_id),
        missing=gathered(queries.texts_missing(current_session(), visit_id)),
        missing_languages=missing_languages,
        take_form=TakeForm(),
        **desk.words(),
    )


def _asked(reading: Reading) -> tuple[Show, str]:
    """Return the filter of the address; what it does not know is as if nothing were asked."""
    show, section = request.args.get("show", ""), request.args.get("section", "")
    return (Show(show) if show in set(Show) else Show.ALL), (section if section in reading.sections else "")


def _by_item(findings: list[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        for item_id in finding.items:
            grouped.setdefault(item_id, []).append(finding)
    return grouped


def _by_section(reading: Reading, findings: list[Finding]) -> list[tuple[str, Mapping[str, str], list[Finding]]]:
    """Return [(section id, its title, its findings)] in the order of the checklists, sections without any left out."""
    order = {**reading.sections, **{one.section: {} for one in findings if one.section not in reading.sections}}
    grouped = {section: [one for one in findings if one.section == section] for section in order}
    return [(section, order[section], found) for section, found in grouped.items() if found]


@blueprint.post("/visits/<uuid:visit_id>/findings/take")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def take(visit_id: UUID) -> ResponseReturnValue:
    """Make a finding of a proposal and go on to write its text."""
    form, reading = TakeForm(), read_answers(current_session(), get_visit(current_session(), visit_id))
    proposal = reading.proposals.get(form.item_id.data or "")
    if not form.validate_on_submit() or proposal is None:
        raise refusals.not_proposed()
    finding = actions.take_proposal(current_session(), current_actor(), visit_id, proposal, clock.now())
    return redirect(url_for("findings.edit", visit_id=visit_id, finding_id=finding.id))


@blueprint.route("/visits/<uuid:visit_id>/findings/new", methods=["GET", "POST"])
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def new(visit_id: UUID) -> ResponseReturnValue:
    """Write a finding that no answer proposes."""
    desk, reading = desk_of(visit_id), read_answers(current_session(), get_visit(current_session(), visit_id))
    if not desk.may_write:
        raise refusals.visit_not_begun()
    form = _form(desk, reading, None)
    if carried_out(form, lambda: _save(desk, reading, form, None)):
        return _saved(visit_id, form.finding_id.data)
    return _form_page(desk, reading, form, None)


@blueprint.get("/visits/<uuid:visit_id>/findings/<uuid:finding_id>")
@requires(Action.FINDINGS_VIEW, subject=subject_of_visit)
def edit(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Show the finding: its form to whoever writes on it, else as it will be printed, to be read and judged.

    `?mode=text` and `?mode=form` ask for one of the two.
    """
    desk, finding = desk_of(visit_id), queries.get_finding(current_session(), visit_id, finding_id)
    reading = read_answers(current_session(), desk.visit)
    if _wants_form(desk, finding):
        return _form_page(desk, reading, _form(desk, reading, finding), finding)
    return _text_page(desk, reading, finding)


def _wants_form(desk: Desk, finding: Finding) -> bool:
    """Tell whether to show the form: to a writer, of one's own draft or one without a text, or when it is asked for."""
    if not desk.may_write or request.args.get("mode") == "text":
        return False
    if request.args.get("mode") == "form":
        return True
    has_text = any(is_written(text) for text in finding.established.values())
    return finding.state == DraftState.DRAFT and (not has_text or finding.written_by == current_actor().user_id)


@blueprint.post("/visits/<uuid:visit_id>/findings/<uuid:finding_id>")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def save(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Take the text as it was entered, with the answers and photos it rests on."""
    desk, finding = desk_of(visit_id), queries.get_finding(current_session(), visit_id, finding_id)
    reading = read_answers(current_session(), desk.visit)
    form = _form(desk, reading, finding)
    if carried_out(form, lambda: _save(desk, reading, form, finding)):
        return _saved(visit_id, finding_id)
    if finding.written_at != form.instant():
        # Whoever has read how it stands now may write over it.
        form.read_at.data = finding.written_at.isoformat()
    return _form_page(desk, reading, form, finding)


def _saved(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    flash(_("Saved. Another member can now review and approve it."), "good")
    return redirect(url_for("findings.edit", visit_id=visit_id, finding_id=finding_id, mode="text"))


def _save(desk: Desk, reading: Reading, form: FindingForm, finding: Finding | None) -> None:
    session, actor, now = current_session(), current_actor(), clock.now()
    finding_id, draft = finding.id if finding else form.finding_id.data, form.draft()
    written = actions.write_finding(session, actor, desk.visit.id, draft, now, finding_id, form.instant())
    linked = queries.revisions_of(session, written.id)
    wanted = reading.revisions_to_link(session, draft.items, linked, renews=bool(form.renews.data))
    actions.link_revisions(session, actor, written, wanted, now)
    if desk.may_see_photos:
        _save_photos(form, written, now)


def _save_photos(form: FindingForm, finding: Finding, now: datetime) -> None:
    session, actor = current_session(), current_actor()
    printed = queries.photos_of(session, finding.id)
    for entry in form.photos:
        photo: PhotoForm = entry.form
        if photo.is_printed.data:
            actions.link_photo(session, actor, finding, photo.evidence_id.data, photo.caption(), now)
        elif photo.evidence_id.data in printed:
            actions.unlink_photo(session, actor, finding, photo.evidence_id.data, now)


def _form(desk: Desk, reading: Reading, finding: Finding | None) -> FindingForm:
    section = finding.section if finding else _asked(reading)[1] or next(iter(reading.sections), "")
    asked = [item_id for item_id in request.args.getlist("item") if reading.item(item_id)]
    items = list(dict.fromkeys((*(finding.items if finding else asked), *reading.answered_items(section))))
    language = page_language()
    begun = {} if finding else {"section": section, "items": asked}
    return FindingForm(
        sections=[(one, f"{one}  {in_language(title, language)}") for one, title in reading.sections.items()],
        items=[(item_id, item_id) for item_id in items],
        acts=reading.known_acts(),
        visit_day=desk.visit.starts_on,
        finding=finding,
        data={"photos": _photo_values(desk, reading, finding, items), **begun},
    )


def _photo_values(desk: Desk, reading: Reading, finding: Finding | None, items: list[str]) -> list[dict[str, Any]]:
    """Return what the form says of each photo of these items, the finding's own first; nothing to who may not see them."""
    if not desk.may_see_photos:
        return []
    printed = queries.photos_of(current_session(), finding.id) if finding else {}
    lines = lines_of(reading, items)
    carriers = {photo.id for line in lines for photo in line.photos}
    photos = [one for one in reading.photos if one.id in printed or (one.id in carriers and may_be_printed(one))]
    return [
        {
            "evidence_id": photo.id,
            "is_printed": photo.id in printed,
            **{f"caption_{language}": text for language, text in printed.get(photo.id, {}).items()},
        }
        for photo in sorted(photos, key=lambda one: one.id not in printed)
    ]


def may_be_printed(photo: Evidence) -> bool:
    """Tell whether a photo may leave the council: the persons shown agreed, and nobody refused (PEC 32(4)-(5))."""
    return photo.consent != Consent.NOT_GIVEN and photo.permission != Permission.REFUSED


def _form_page(desk: Desk, reading: Reading, form: FindingForm, finding: Finding | None) -> ResponseReturnValue:
    linked = queries.revisions_of(current_session(), finding.id) if finding else set()
    items = [choice.value for choice in form.items.choices]
    ticked = set(form.items.data or ())
    return show_form(
        "findings/edit.html",
        form=form,
        finding=finding,
        lines=[line for line in lines_of(reading, items) if line.item.id in ticked or line.proposal],
        silent=[line for line in lines_of(reading, items) if line.item.id not in ticked and not line.proposal],
        reading=reading,
        photos={photo.id: photo for photo in reading.photos},
        changed=reading.changed_since(current_session(), linked),
        acts=reading.known_acts(),
        writer=names_of(current_session(), [finding.written_by]).get(finding.written_by) if finding else "",
        is_stale=bool(finding and form.errors and request.form.get("read_at") != finding.written_at.isoformat()),
        **desk.words(),
    )


def _text_page(desk: Desk, reading: Reading, finding: Finding) -> ResponseReturnValue:
    links = queries.links_of(current_session(), desk.visit.id)
    named = (finding.written_by, finding.reviewed_by, finding.approved_by)
    people = names_of(current_session(), [one for one in named if one])
    return render_template(
        "findings/read.html",
        finding=finding,
        sources=in_order(finding.sources),
        lines=lines_of(reading, list(finding.items)),
        changed=reading.changed_since(current_session(), links.revisions.get(finding.id, ())),
        photos=links.photos.get(finding.id, ()),
        recommendations=links.recommendations.get(finding.id, ()),
        missing=_missing_of(desk, finding),
        people=people,
        acts=reading.known_acts(),
        reading=reading,
        act_form=ActForm(data={"read_at": finding.written_at.isoformat()}),
        own=finding.written_by == current_actor().user_id,
        **desk.words(),
    )


def _missing_of(desk: Desk, finding: Finding) -> list[Lack]:
    missing = queries.texts_missing(current_session(), desk.visit.id)
    return gathered(one for one in missing if (one.kind, one.number) == ("finding", finding.number))
