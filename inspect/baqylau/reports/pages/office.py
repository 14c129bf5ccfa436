"""The page of one visit's report, the acts on it, and its sealed files."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import secure_filename

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.errors import Problem, not_found
from baqylau.findings.queries import Earlier
from baqylau.i18n import LANGUAGES, in_language
from baqylau.places.queries import get_place
from baqylau.reports import actions, labels, queries
from baqylau.reports.desk import Desk, desk_of
from baqylau.reports.pages.start import blueprint, present_settings
from baqylau.reports.render import hash_in_groups
from baqylau.reports.terms import NextAct, ReportState
from baqylau.reports.webforms import DissentForm, IssueForm, ReleaseForm, texts_form
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, requires
from baqylau.storage.files import read
from baqylau.visits.models import Visit
from baqylau.visits.queries import get_visit, subject_of_visit

#: Codes of refusals that are said in the form whose act was refused.
_SAID_IN_FORM = frozenset(
    {
        "reports.changed_meanwhile",
        "reports.passed_exceeds_received",
        "reports.own_passage",
        "reports.reason_missing",
        "reports.reason_stopped",
        "reports.not_ready",
    }
)
#: The browser's own viewer needs its styles, and the page of the report shows the file in a frame.
_FILE_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("/visits/<uuid:visit_id>/report")
@requires(Action.REPORT_VIEW, subject=subject_of_visit)
def show(visit_id: UUID) -> ResponseReturnValue:
    """Show how far the report is, what is open, and its versions."""
    return _page(get_visit(current_session(), visit_id))


@blueprint.post("/visits/<uuid:visit_id>/report/texts")
@requires(Action.REPORT_WRITE, subject=subject_of_visit)
def write(visit_id: UUID) -> ResponseReturnValue:
    """Keep the report's own texts."""
    visit = get_visit(current_session(), visit_id)
    earlier = queries.earlier_recommendations(current_session(), visit)
    form = texts_form(queries.text_of(current_session(), visit_id), _called(earlier))
    if form.validate():
        try:
            actions.write_text(current_session(), current_actor(), visit, form.texts, form.seen_at, clock.now())
        except Problem as problem:
            _say(form, problem)
        else:
            flash(_("The texts of the report are saved."), "good")
            return _back_to(visit_id)
    return _page(visit, texts=form)


@blueprint.post("/visits/<uuid:visit_id>/report/dissent")
@requires(Action.DISSENT_WRITE, subject=subject_of_visit)
def dissent(visit_id: UUID) -> ResponseReturnValue:
    """Keep the person's own dissenting opinion, or take it back."""
    visit, actor = get_visit(current_session(), visit_id), current_actor()
    form = DissentForm(None, actor.language)
    if not form.validate():
        return _page(visit, dissent=form)
    opinion = form.opinion.data
    actions.write_dissent(current_session(), actor, visit, form.language.data, opinion, clock.now())
    flash(_("Your opinion is saved; the report prints it.") if opinion else _("Your opinion is taken back."), "good")
    return _back_to(visit_id)


@blueprint.post("/visits/<uuid:visit_id>/report/ready")
@requires(Action.REPORT_WRITE, subject=subject_of_visit)
def ready(visit_id: UUID) -> ResponseReturnValue:
    """Say that the report is ready."""
    visit = get_visit(current_session(), visit_id)
    actions.mark_ready(current_session(), current_actor(), visit, present_settings(), clock.now())
    flash(_("The report is marked as ready. Another person issues it now."), "good")
    return _back_to(visit_id)


@blueprint.post("/visits/<uuid:visit_id>/report/release/<passage_hash>/<rule>")
@requires(Action.REPORT_RELEASE_PASSAGE, subject=subject_of_visit)
def release(visit_id: UUID, passage_hash: str, rule: str) -> ResponseReturnValue:
    """Let a stopped passage through."""
    visit, form = get_visit(current_session(), visit_id), ReleaseForm(passage_hash, rule)
    if form.validate():
        try:
            actions.release_passage(
                current_session(),
                current_actor(),
                visit,
                passage_hash,
                rule,
                form.reason.data,
                present_settings(),
                clock.now(),
            )
        except Problem as problem:
            _say(form, problem)
        else:
            flash(_("The passage is released, with your reason."), "good")
            return _back_to(visit_id)
    return _page(visit, release=form)


@blueprint.post("/visits/<uuid:visit_id>/report/issue")
@requires(Action.REPORT_ISSUE, subject=subject_of_visit)
def issue(visit_id: UUID) -> ResponseReturnValue:
    """Freeze the report and have it made; pressing the button twice issues it once."""
    visit, form = get_visit(current_session(), visit_id), IssueForm()
    if any(report.state == ReportState.MAKING for report in queries.reports_of(current_session(), visit_id)):
        return _back_to(visit_id)
    if form.validate():
        try:
            actions.issue_report(
                current_session(), current_actor(), visit, form.reason, present_settings(), clock.now()
            )
        except Problem as problem:
            _say(form, problem)
        else:
            return _back_to(visit_id)
    return _page(visit, issue=form)


@blueprint.post("/reports/<uuid:report_id>/try-again")
@requires(Action.REPORT_ISSUE, subject=queries.subject_of_report)
def try_again(report_id: UUID) -> ResponseReturnValue:
    """Have a report made once more that failed."""
    report = queries.get_report(current_session(), report_id)
    actions.try_again(current_session(), current_actor(), report, clock.now())
    return _back_to(report.visit_id)


@blueprint.get("/reports/<uuid:report_id>/<language>.pdf")
@requires(Action.REPORT_VIEW, subject=queries.subject_of_report)
def file(report_id: UUID, language: str) -> Response:
    """Give a sealed file, after comparing it with its hash."""
    if language not in LANGUAGES:
        raise not_found()
    report = queries.get_report(current_session(), report_id)
    found, settings = queries.get_file(current_session(), report_id, language), present_settings()
    response = make_response(read((settings.blobs, settings.keys), found.sha256))
    response.mimetype = "application/pdf"
    name = f"{secure_filename(report.number) or 'report'}-v{report.version}-{language}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    return response


def _page(visit: Visit, **sent: FlaskForm) -> Response:
    """Return the page of the report; `sent` is the form that comes back, with status 422."""
    db_session, actor = current_session(), current_actor()
    if sent:
        # Nothing that a refused act has half done may be shown.
        db_session.rollback()
    subject = subject_of_visit(db_session, visit.id)
    desk = desk_of(db_session, visit, subject, actor, present_settings())
    is_open = desk.next_act is not NextAct.WAIT
    page = render_template(
        "reports/show.html",
        visit=visit,
        subject=subject,
        place=get_place(db_session, visit.place_id),
        desk=desk,
        texts=sent.get("texts") or texts_form(desk.text, _called(desk.earlier), formdata=None),
        dissent=sent.get("dissent") or DissentForm(desk.own_dissent, actor.language, formdata=None),
        issue=sent.get("issue") or IssueForm(formdata=None),
        sent=next(iter(sent.values()), None),
        releases=_release_forms(desk, sent.get("release")),
        may_write=is_open and may(actor, Action.REPORT_WRITE, subject),
        may_dissent=is_open and may(actor, Action.DISSENT_WRITE, subject),
        may_issue=may(actor, Action.REPORT_ISSUE, subject),
        may_release=is_open and may(actor, Action.REPORT_RELEASE_PASSAGE, subject),
        labels=labels,
        NextAct=NextAct,
        in_groups=hash_in_groups,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK)


def _release_forms(desk: Desk, sent: FlaskForm | None) -> dict[tuple[str, str], FlaskForm]:
    """Return {(hash of passage, rule): form} for every stopped passage."""
    forms: dict[tuple[str, str], FlaskForm] = {}
    for fault in desk.faults:
        form = ReleaseForm(fault.passage.hash, fault.rule.value, formdata=None)
        is_sent = sent is not None and sent.reason.id == form.reason.id
        forms[fault.passage.hash, fault.rule.value] = sent if is_sent else form
    return forms


def _called(earlier: Sequence[Earlier]) -> list[tuple[str, str]]:
    """Return [(id, how it is called on the page)] of earlier recommendations."""
    language = str(get_locale())
    return [
        (
            str(one.recommendation.id),
            _(
                "%(number)s, recommendation %(position)s: %(action)s",
                number=one.visit.number,
                position=one.recommendation.position,
                action=in_language(one.recommendation.action, language),
            ),
        )
        for one in earlier
    ]


def _say(form: FlaskForm, problem: Problem) -> None:
    """Put a refusal into the form's summary; one that the form cannot mend is a page of its own."""
    if problem.code not in _SAID_IN_FORM:
        raise problem
    form.form_errors = [*form.form_errors, _(problem.message, **problem.details)]


def _back_to(visit_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("reports.show", visit_id=visit_id))
