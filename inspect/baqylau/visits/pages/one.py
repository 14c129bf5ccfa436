"""One visit: its steps, its group, its letters, its history."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, make_response, render_template
from sqlmodel import Session

from baqylau import clock
from baqylau.accounts.queries import names_of
from baqylau.audit.models import AuditEvent
from baqylau.audit.queries import events_of
from baqylau.councils.queries import get_council
from baqylau.db.session import current_session
from baqylau.errors import not_found
from baqylau.i18n import LANGUAGES, local_time
from baqylau.places.queries import get_place
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, requires
from baqylau.rights.terms import Actor, CouncilKind, Subject
from baqylau.visits import labels, queries, refusals, rules
from baqylau.visits.letters import LetterFacts, LetterKind, render_letter
from baqylau.visits.models import Visit
from baqylau.visits.pages.lists import standing_of
from baqylau.visits.pages.start import blueprint, present_settings
from baqylau.visits.queries import VisitLine, subject_of_visit
from baqylau.visits.steps import Step, StepName, StepState, steps_of, told
from baqylau.visits.terms import VisitKind, VisitState

_AFTER_BEGINNING = {VisitState.UNDER_WAY, VisitState.CONCLUDED}
_WRITTEN_UP = {*_AFTER_BEGINNING, VisitState.REFUSED}


@blueprint.get("/visits/<uuid:visit_id>")
@requires(Action.VISIT_VIEW, subject=subject_of_visit)
def show(visit_id: UUID) -> str:
    """Show the visit with its steps and what the reader may do."""
    db_session, actor = current_session(), current_actor()
    visit, subject = queries.get_visit(db_session, visit_id), subject_of_visit(db_session, visit_id)
    line = VisitLine(visit, get_council(db_session, visit.council_id), get_place(db_session, visit.place_id))
    group = queries.group_of(db_session, visit_id)
    versions = queries.versions_of_visit(db_session, visit_id)
    standing = standing_of(line, [member for member, _user in group], len(versions))
    steps = steps_of(standing, told(db_session, [visit_id])[visit_id])
    events = events_of(db_session, "visit", visit_id) if may(actor, Action.AUDIT_VIEW, subject) else []
    return render_template(
        "visits/show.html",
        visit=visit,
        line=line,
        subject=subject,
        group=group,
        checklists=queries.checklists_of_visit(db_session, visit_id),
        steps=[(step, _address(step, visit, actor, subject)) for step in steps],
        acts=_acts(visit, actor, subject, steps),
        needs_notice=rules.needs_notice(VisitKind(visit.kind)),
        may_begin_at=rules.earliest_begin(visit.notice_at) if visit.notice_at else None,
        obstructions=queries.obstructions_of(db_session, visit_id),
        events=[(event, labels.ACTS.get(event.act)) for event in reversed(events)],
        people={str(user_id): name for user_id, name in names_of(db_session, _actors_in(events)).items()},
        letter_kinds=_letter_kinds(visit) if standing.has_leader else [],
        labels=labels,
        VisitState=VisitState,
    )


@blueprint.get("/visits/<uuid:visit_id>/letters/<kind>/<letter_language>.pdf")
@requires(Action.VISIT_VIEW, subject=subject_of_visit)
def letter(visit_id: UUID, kind: str, letter_language: str) -> Response:
    """Give a letter of the visit as PDF."""
    visit = queries.get_visit(current_session(), visit_id)
    if kind not in set(LetterKind) or letter_language not in LANGUAGES:
        raise not_found()
    if kind not in _letter_kinds(visit):
        raise refusals.no_notice_for_npm()
    pdf = render_letter(_letter_facts(current_session(), visit), LetterKind(kind), letter_language)
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{visit.number}-{kind}-{letter_language}.pdf"'
    return response


def _letter_kinds(visit: Visit) -> list[LetterKind]:
    return [LetterKind.MANDATE, *([LetterKind.NOTICE] if rules.needs_notice(VisitKind(visit.kind)) else [])]


def _letter_facts(session: Session, visit: Visit) -> LetterFacts:
    council, place = get_council(session, visit.council_id), get_place(session, visit.place_id)
    today = local_time(clock.now(), present_settings().time_zone).date()
    signer = queries.head_of(session, council, today)
    return LetterFacts(
        number=visit.number,
        council_name=council.name,
        council_kind=CouncilKind(council.kind),
        visit_kind=str(visit.kind),
        place_name=place.name,
        place_kind=str(place.kind),
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        legal_basis=visit.legal_basis,
        group=tuple((user.name, member.is_leader) for member, user in queries.group_of(session, visit.id)),
        signer=signer.name if signer else "",
        issued_on=today,
    )


def _address(step: Step, visit: Visit, actor: Actor, subject: Subject) -> tuple[str, dict[str, object]] | None:
    """Return where the step is done, (endpoint, address values); None where the reader cannot go now."""
    state, at = VisitState(visit.state), {"visit_id": visit.id}
    ways: dict[StepName, tuple[str, Action, bool]] = {
        StepName.PLAN: ("visits.edit", Action.VISIT_EDIT_PLAN, rules.may_change_plan(state)),
        StepName.TEAM: ("visits.group", Action.VISIT_EDIT_PLAN, rules.may_change_group(state)),
        StepName.LETTERS: ("visits.show", Action.VISIT_VIEW, step.state is not StepState.LATER),
        StepName.RECORDING: ("answers.record", Action.ANSWERS_VIEW, state in _AFTER_BEGINNING),
        StepName.FINDINGS: ("findings.index", Action.FINDINGS_VIEW, state in _WRITTEN_UP),
        StepName.REPORT: ("reports.show", Action.REPORT_VIEW, state in _WRITTEN_UP),
    }
    endpoint, action, is_open = ways[step.name]
    if not is_open or not may(actor, action, subject):
        return None
    return endpoint, {**at, "_anchor": "letters"} if step.name is StepName.LETTERS else dict(at)


def _acts(visit: Visit, actor: Actor, subject: Subject, steps: list[Step]) -> set[str]:
    """Return the acts on the visit that are possible now and that the reader may do."""
    state = VisitState(visit.state)
    can_begin = all(step.state is StepState.DONE for step in steps[:3]) and (
        visit.notice_at is None or rules.is_notice_in_time(visit.notice_at, clock.now())
    )
    possible = {
        "begin": (Action.VISIT_BEGIN, state is VisitState.PLANNED and can_begin),
        "conclude": (Action.VISIT_CONCLUDE, state is VisitState.UNDER_WAY),
        "cancel": (Action.VISIT_CANCEL, state is VisitState.PLANNED),
        "notice": (Action.VISIT_EDIT_PLAN, state is VisitState.PLANNED and rules.needs_notice(VisitKind(visit.kind))),
        "obstruction": (Action.OBSTRUCTION_RECORD, state is not VisitState.CANCELLED),
        "names": (Action.NAMES_PROTECT, state is not VisitState.CANCELLED),
    }
    return {name for name, (action, is_open) in possible.items() if is_open and may(actor, action, subject)}


def _actors_in(events: Sequence[AuditEvent]) -> set[UUID]:
    return {UUID(event.actor_id) for event in events if event.actor_id}
