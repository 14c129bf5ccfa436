"""The steps of a visit, each with its state and whose turn it is: what the visit's page and the first page show.

This room knows the steps up to the recording; findings and reports are told about by the rooms above, each with a
`Teller` that it hands to `tell_about`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from baqylau.visits.rules import is_large_enough, needs_notice
from baqylau.visits.terms import VisitKind, VisitState


class StepName(StrEnum):
    """What is to be done for a visit, in this order."""

    PLAN = "plan"
    TEAM = "team"
    LETTERS = "letters"
    RECORDING = "recording"
    FINDINGS = "findings"
    REPORT = "report"


class StepState(StrEnum):
    """How a step stands."""

    LATER = "later"  # something else comes first
    NEXT = "next"
    GOES_ON = "goes_on"
    DONE = "done"
    DROPPED = "dropped"  # the visit ended before it


class Turn(StrEnum):
    """Whose turn a step is."""

    HEAD = "head"  # chair of the commission, coordinator of the NPM
    LEADER = "leader"
    GROUP = "group"


@dataclass(frozen=True)
class Step:
    """One step of one visit. `turn` and `due_on` say something only while it is next or goes on."""

    name: StepName
    state: StepState
    turn: Turn
    due_on: date | None = None

    @property
    def waits(self) -> bool:
        """Tell whether somebody is to do something now."""
        return self.state in {StepState.NEXT, StepState.GOES_ON}


@dataclass(frozen=True)
class Standing:
    """What decides the steps of one visit."""

    kind: VisitKind
    state: VisitState
    starts_on: date
    ends_on: date
    checklists: int
    group_size: int
    has_leader: bool
    has_notice: bool


#: Tells {visit id: step} of one name for several visits; a visit left out keeps what this room says of it.
Teller = Callable[[Session, Sequence[UUID]], Mapping[UUID, Step]]

_tellers: dict[StepName, Teller] = {}


def tell_about(name: StepName, teller: Teller) -> None:
    """Let `teller` say from now on how the step stands; a room above calls this when its pages are loaded."""
    _tellers[name] = teller


def told(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, dict[StepName, Step]]:
    """Return what the rooms above say, {visit id: {step name: step}}."""
    found: dict[UUID, dict[StepName, Step]] = {visit_id: {} for visit_id in visit_ids}
    for name, teller in _tellers.items():
        for visit_id, step in teller(session, visit_ids).items():
            found[visit_id][name] = step
    return found


def steps_of(standing: Standing, news: Mapping[StepName, Step] | None = None) -> list[Step]:
    """Return the steps in their order; `news` is what the rooms above say of theirs."""
    own = [_plan(standing), _team(standing), _letters(standing), _recording(standing)]
    after = [
        Step(StepName.FINDINGS, _after_visit(standing), Turn.GROUP),
        Step(StepName.REPORT, StepState.LATER if _is_over(standing) else _after_visit(standing), Turn.LEADER),
    ]
    if standing.state is VisitState.CANCELLED:
        return [*own, *after]
    return [*own, *((news or {}).get(step.name, step) for step in after)]


def next_step(steps: Sequence[Step]) -> Step | None:
    """Return the first step that waits for somebody, None when none does."""
    return next((step for step in steps if step.waits), None)


def _before(standing: Standing, is_done: bool, can_begin: bool) -> StepState:
    """Return the state of a step that belongs to the preparation."""
    if is_done:
        return StepState.DONE
    if standing.state is not VisitState.PLANNED:
        return StepState.DROPPED
    return StepState.NEXT if can_begin else StepState.LATER


def _plan(standing: Standing) -> Step:
    return Step(StepName.PLAN, _before(standing, standing.checklists > 0, True), Turn.HEAD, standing.starts_on)


def _team(standing: Standing) -> Step:
    return Step(StepName.TEAM, _before(standing, _has_team(standing), True), Turn.HEAD, standing.starts_on)


def _letters(standing: Standing) -> Step:
    # An NPM's mandate letter is printed when it is needed; a commission must also give notice, which is recorded.
    is_done = standing.has_notice if needs_notice(standing.kind) else _has_team(standing)
    return Step(StepName.LETTERS, _before(standing, is_done, _has_team(standing)), Turn.LEADER, standing.starts_on)


def _recording(standing: Standing) -> Step:
    if standing.state is VisitState.UNDER_WAY:
        return Step(StepName.RECORDING, StepState.GOES_ON, Turn.GROUP, standing.ends_on)
    is_ready = standing.checklists > 0 and _has_team(standing)
    is_ready = is_ready and (standing.has_notice or not needs_notice(standing.kind))
    state = _before(standing, standing.state is VisitState.CONCLUDED, is_ready)
    return Step(StepName.RECORDING, state, Turn.LEADER, standing.starts_on)


def _has_team(standing: Standing) -> bool:
    return standing.has_leader and is_large_enough(standing.kind, standing.group_size)


def _is_over(standing: Standing) -> bool:
    return standing.state in {VisitState.CONCLUDED, VisitState.REFUSED}


def _after_visit(standing: Standing) -> StepState:
    if standing.state is VisitState.CANCELLED:
        return StepState.DROPPED
    return StepState.NEXT if _is_over(standing) else StepState.LATER
