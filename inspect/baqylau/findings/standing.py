"""How the findings stand as a step of a visit: what the visit's page and the first page are told about them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from baqylau.findings.queries import counts_by_state
from baqylau.findings.terms import DraftState
from baqylau.visits.queries import get_visit
from baqylau.visits.steps import Step, StepName, StepState, Turn
from baqylau.visits.terms import VisitState

_OVER = {VisitState.CONCLUDED, VisitState.REFUSED}


def steps_of_findings(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, Step]:
    """Return {visit id: the step of its findings}; a visit without any finding is left out."""
    counted = counts_by_state(session, visit_ids)
    return {
        visit_id: step_of_findings(states, is_over=get_visit(session, visit_id).state in _OVER)
        for visit_id, states in counted.items()
        if any(count for state, count in states.items() if state is not DraftState.DROPPED)
    }


def step_of_findings(states: Mapping[DraftState, int], *, is_over: bool) -> Step:
    """Return the step: done when everything is approved and nothing more can be recorded, else whose turn it is."""
    if states.get(DraftState.DRAFT):
        return Step(StepName.FINDINGS, StepState.GOES_ON, Turn.GROUP)
    if states.get(DraftState.REVIEWED) or not is_over:
        return Step(StepName.FINDINGS, StepState.GOES_ON, Turn.LEADER)
    return Step(StepName.FINDINGS, StepState.DONE, Turn.LEADER)
