"""The recommendations of a visit; one recommendation, to read or to write, with advice on its wording."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.accounts.queries import names_of
from baqylau.checklists.terms import LANGUAGES
from baqylau.db.session import current_session
from baqylau.findings import actions, queries, refusals
from baqylau.findings.advice import Advice, Ground, action_pattern, double_smart_prompts
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.pages.desk import Desk, desk_of, gathered
from baqylau.findings.pages.start import blueprint, carried_out, page_language, show_form, today
from baqylau.findings.rules import GAP, due_on, is_written, missing_languages
from baqylau.findings.terms import Cause, DraftState, Priority, Severity
from baqylau.findings.webforms import ActForm, RecommendationForm
from baqylau.i18n import in_language
from baqylau.places.models import Authority
from baqylau.places.queries import all_authorities, chain_of, get_place, tree_of_authorities
from baqylau.places.terms import AuthorityLevel
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits.queries import subject_of_visit

_FIELDS = {
    "findings.due_beyond_term": "due_on",
    "findings.unknown_addressee": "authority_id",
    "findings.unknown_finding": "findings",
    "findings.not_repeated": "repeats_id",
}
#: Letters of an earlier recommendation that a choice shows.
_SHOWN = 90


@blueprint.get("/visits/<uuid:visit_id>/recommendations")
@requires(Action.FINDINGS_VIEW, subject=subject_of_visit)
def recommendations(visit_id: UUID) -> str:
    """Show the recommendations by number, what each lacks, and the earlier ones to the same place."""
    desk, session = desk_of(visit_id), current_session()
    found = queries.recommendations_of(session, visit_id, with_dropped=True)
    links = queries.links_of(session, visit_id)
    authorities = {one.id: one for one in all_authorities(session)}
    standing = queries.findings_of(session, visit_id)
    return render_template(
        "findings/recommendations.html",
        found=found,
        links=links,
        authorities=authorities,
        without=[one for one in standing if one.kind == "shortcoming" and not links.recommendations.get(one.id)],
        has_findings=bool(standing),
        advice={
            one.id: _advice_on(one, authorities[one.authority_id], links.findings.get(one.id, ())) for one in found
        },
        earlier=queries.earlier_recommendations(session, desk.visit.place_id, desk.visit),
        repeated={one.repeats_id for one in found if one.state != DraftState.DROPPED},
        missing=gathered(queries.texts_missing(session, visit_id)),
        missing_languages=missing_languages,
        **desk.words(),
    )


@blueprint.route("/visits/<uuid:visit_id>/recommendations/new", methods=["GET", "POST"])
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def new_recommendation(visit_id: UUID) -> ResponseReturnValue:
    """Write a recommendation; `?finding=` names what it follows from, `?repeats=` the earlier one that it repeats."""
    desk = desk_of(visit_id)
    if not desk.may_write:
        raise refusals.visit_not_begun()
    form = _form(desk, None)
    if carried_out(form, lambda: _save(desk, form, form.recommendation_id.data), _FIELDS):
        return _saved(visit_id, form.recommendation_id.data)
    return _form_page(desk, form, None)


@blueprint.get("/visits/<uuid:visit_id>/recommendations/<uuid:recommendation_id>")
@requires(Action.FINDINGS_VIEW, subject=subject_of_visit)
def edit_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    """Show the recommendation: its form to whoever writes on it, else as it will be printed, to be read and judged.

    `?mode=text` and `?mode=form` ask for one of the two.
    """
    desk, found = desk_of(visit_id), queries.get_recommendation(current_session(), visit_id, recommendation_id)
    is_own_draft = found.state == DraftState.DRAFT and found.written_by == current_actor().user_id
    asked = request.args.get("mode", "form" if is_own_draft else "text")
    if desk.may_write and asked == "form":
        return _form_page(desk, _form(desk, found), found)
    return _text_page(desk, found)


@blueprint.post("/visits/<uuid:visit_id>/recommendations/<uuid:recommendation_id>")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def save_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    """Take the recommendation as it was entered."""
    desk, found = desk_of(visit_id), queries.get_recommendation(current_session(), visit_id, recommendation_id)
    form = _form(desk, found)
    if carried_out(form, lambda: _save(desk, form, found.id), _FIELDS):
        return _saved(visit_id, recommendation_id)
    if found.written_at != form.instant():
        # Whoever has read how it stands now may write over it.
        form.read_at.data = found.written_at.isoformat()
    return _form_page(desk, form, found)


def _saved(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    flash(_("Saved. Another member can now review and approve it."), "good")
    address = url_for(
        "findings.edit_recommendation", visit_id=visit_id, recommendation_id=recommendation_id, mode="text"
    )
    return redirect(address)


def _save(desk: Desk, form: RecommendationForm, recommendation_id: UUID) -> Recommendation:
    return actions.write_recommendation(
        current_session(),
        current_actor(),
        desk.visit.id,
        form.draft(),
        today(),
        clock.now(),
        recommendation_id,
        form.instant(),
    )


def _form(desk: Desk, recommendation: Recommendation | None) -> RecommendationForm:
    session, language = current_session(), page_language()
    linked = queries.findings_under(session, recommendation.id) if recommendation else set()
    findings = queries.findings_of(session, desk.visit.id, with_dropped=True)
    earlier = queries.earlier_recommendations(session, desk.visit.place_id, desk.visit)
    return RecommendationForm(
        findings=[
            (one.id, _in_short(one, language))
            for one in findings
            if one.id in linked or one.state != DraftState.DROPPED
        ],
        authorities=_addressees(desk, language),
        earlier=[(one.recommendation.id, _earlier_in_short(one, language)) for one in earlier],
        today=today(),
        recommendation=recommendation,
        linked=sorted(linked),
        data={} if recommendation else _begun(desk, earlier),
    )


def _in_short(finding: Finding, language: str) -> str:
    text = in_language(finding.established, language) or _("no text yet")
    return f"{finding.number}  {_shortened(text)}"


def _earlier_in_short(earlier: queries.Earlier, language: str) -> str:
    one = earlier.recommendation
    return f"{earlier.visit.number}/{one.position}  {_shortened(in_language(one.action, language))}"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"


def _addressees(desk: Desk, language: str) -> list[tuple[UUID, str]]:
    """Return all authorities, those that answer for the place first, from the place upwards."""
    chain = chain_of(current_session(), get_place(current_session(), desk.visit.place_id).authority_id)
    others = [one for one, _depth in tree_of_authorities(current_session(), language) if one not in chain]
    return [(one.id, in_language(one.name, language)) for one in (*chain, *others)]


def _begun(desk: Desk, earlier: list[queries.Earlier]) -> dict[str, Any]:
    """Return what a new form begins with: the pattern for the place's own authority, or the one that is repeated."""
    authority = chain_of(current_session(), get_place(current_session(), desk.visit.place_id).authority_id)[0]
    begun: dict[str, Any] = {"findings": request.args.getlist("finding", UUID), "authority_id": authority.id}
    texts = {language: action_pattern(language, AuthorityLevel(authority.level)) for language in LANGUAGES}
    repeated = next((one for one in earlier if str(one.recommendation.id) == request.args.get("repeats")), None)
    if repeated is not None:
        texts |= repeated.recommendation.action
        begun |= {"authority_id": repeated.authority.id, "repeats_id": repeated.recommendation.id}
        begun |= {f"sign_{language}": text for language, text in repeated.recommendation.sign.items()}
    return begun | {f"action_{language}": text for language, text in texts.items()}


def _form_page(desk: Desk, form: RecommendationForm, recommendation: Recommendation | None) -> ResponseReturnValue:
    session = current_session()
    standing = {one.id: one for one in queries.findings_of(session, desk.visit.id)}
    chosen = [standing[one] for one in form.findings.data or () if one in standing]
    authorities = {one.id: one for one in all_authorities(session)}
    writer = recommendation.written_by if recommendation else None
    return show_form(
        "findings/edit_recommendation.html",
        form=form,
        recommendation=recommendation,
        chosen=chosen,
        advice=_advice_on_form(form, authorities.get(form.authority_id.data), chosen),
        last_days={priority: due_on(priority, today()) for priority in Priority},
        gap=GAP,
        writer=names_of(session, [writer]).get(writer, "") if writer else "",
        is_stale=bool(
            recommendation and form.errors and request.form.get("read_at") != recommendation.written_at.isoformat()
        ),
        **desk.words(),
    )


def _text_page(desk: Desk, recommendation: Recommendation) -> ResponseReturnValue:
    session = current_session()
    named = (recommendation.written_by, recommendation.reviewed_by, recommendation.approved_by)
    findings = queries.links_of(session, desk.visit.id).findings.get(recommendation.id, ())
    authority = next(one for one in all_authorities(session) if one.id == recommendation.authority_id)
    earlier = queries.earlier_recommendations(session, desk.visit.place_id, desk.visit)
    missing = queries.texts_missing(session, desk.visit.id)
    about = ("recommendation", str(recommendation.position))
    return show_form(
        "findings/read_recommendation.html",
        recommendation=recommendation,
        authority=authority,
        findings=findings,
        repeats=next((one for one in earlier if one.recommendation.id == recommendation.repeats_id), None),
        advice=_advice_on(recommendation, authority, findings),
        missing=gathered(one for one in missing if (one.kind, one.number) == about),
        people=names_of(session, [one for one in named if one]),
        act_form=ActForm(data={"read_at": recommendation.written_at.isoformat()}),
        own=recommendation.written_by == current_actor().user_id,
        **desk.words(),
    )


def _advice_on(recommendation: Recommendation, authority: Authority, findings: Any) -> list[Advice]:
    return double_smart_prompts(
        recommendation.action,
        recommendation.sign,
        AuthorityLevel(authority.level),
        Priority(recommendation.priority),
        recommendation.due_on,
        [_ground(one) for one in findings],
    )


def _advice_on_form(form: RecommendationForm, authority: Authority | None, findings: list[Finding]) -> list[Advice]:
    """Return advice on what is entered; none while nothing is written."""
    action = form.action()
    if not any(is_written(text) for text in action.values()):
        return []
    priority = Priority(form.priority.data) if form.priority.data in set(Priority) else None
    level = AuthorityLevel(authority.level) if authority else None
    due = form.due_on.data
    return double_smart_prompts(action, form.sign(), level, priority, due, [_ground(one) for one in findings])


def _ground(finding: Finding) -> Ground:
    return Ground(
        severity=Severity(finding.severity) if finding.severity else None,
        is_urgent=finding.is_urgent,
        cause=Cause(finding.cause) if finding.cause else None,
        has_standards=bool(finding.standards),
    )
