"""The first page for signed-in people, and the list of visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from sqlmodel import Session

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor, own, requires
from baqylau.rights.terms import Actor, CouncilKind, Role
from baqylau.visits import labels, queries
from baqylau.visits.models import VisitMember
from baqylau.visits.pages.start import blueprint
from baqylau.visits.queries import VisitLine
from baqylau.visits.steps import Standing, Step, Turn, next_step, steps_of, told
from baqylau.visits.terms import VisitKind, VisitState

#: A visit stays among one's work so long after its last day, unless its report is out.
_KEPT_AFTER = timedelta(days=365)

_STATES = {
    "open": (VisitState.PLANNED, VisitState.UNDER_WAY),
    "over": (VisitState.CONCLUDED, VisitState.REFUSED, VisitState.CANCELLED),
}


@dataclass(frozen=True)
class Waiting:
    """A visit with the step that waits, and whether it waits for the reader."""

    line: VisitLine
    step: Step
    is_mine: bool
    is_late: bool


@blueprint.get("/")
@requires(Action.OWN_ACCOUNT, subject=own)
def my_work() -> str:
    """Show what waits for the signed-in person, by date."""
    actor, db_session = current_actor(), current_session()
    waiting = _waiting(db_session, actor, clock.now().date()) if may(actor, Action.VISITS_LIST) else []
    return render_template(
        "visits/my_work.html",
        mine=[one for one in waiting if one.is_mine],
        others=[one for one in waiting if not one.is_mine],
        labels=labels,
    )


@blueprint.get("/visits")
@requires(Action.VISITS_LIST)
def index() -> str:
    """Show the visits that the signed-in person may see."""
    shown = request.args.get("show", "")
    page = request.args.get("page", 1, type=int)
    listed = queries.visits_of(current_session(), current_actor(), page, _STATES.get(shown, ()))
    return render_template(
        "visits/index.html",
        listed=listed,
        shown=shown if shown in _STATES else "",
        labels=labels,
        VisitState=VisitState,
    )


def _waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    lines = queries.open_visits_of(session, actor, today - _KEPT_AFTER)
    ids = [line.visit.id for line in lines]
    groups, checklists = queries.members_by_visit(session, ids), queries.checklist_counts(session, ids)
    news = told(session, ids)
    found = []
    for line in lines:
        group = groups[line.visit.id]
        standing = standing_of(line, group, checklists.get(line.visit.id, 0))
        step = next_step(steps_of(standing, news[line.visit.id]))
        if step is not None:
            is_late = step.due_on is not None and step.due_on < today
            found.append(Waiting(line, step, is_turn_of(actor, line, group, step.turn), is_late))
    return sorted(found, key=lambda one: one.step.due_on or date.max)


def standing_of(line: VisitLine, group: Sequence[VisitMember], checklists: int) -> Standing:
    """Return what decides the visit's steps."""
    visit = line.visit
    return Standing(
        kind=VisitKind(visit.kind),
        state=VisitState(visit.state),
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        checklists=checklists,
        group_size=len(group),
        has_leader=any(member.is_leader for member in group),
        has_notice=visit.notice_at is not None,
    )


def is_turn_of(actor: Actor, line: VisitLine, group: Sequence[VisitMember], turn: Turn) -> bool:
    """Tell whether the actor is one of those whose turn it is."""
    if turn is Turn.HEAD:
        return any(
            (membership.role is Role.CHAIR and membership.council_id == line.council.id)
            or (membership.role is Role.COORDINATOR and line.council.kind == CouncilKind.NPM_GROUP)
            for membership in actor.memberships
        )
    return any(member.user_id == actor.user_id and (turn is Turn.GROUP or member.is_leader) for member in group)
