"""What the visit's page is told about the step of the report."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from baqylau.reports.queries import newest_reports, texts_of
from baqylau.reports.terms import ReportState
from baqylau.visits.steps import Step, StepName, StepState, Turn


def report_steps(session: Session, visit_ids: Sequence[UUID]) -> Mapping[UUID, Step]:
    """Return how far the reports of these visits are; a visit of which nothing is written is left out."""
    found = {visit_id: _of_text(text.ready_at is not None) for visit_id, text in texts_of(session, visit_ids).items()}
    for visit_id, report in newest_reports(session, visit_ids).items():
        found[visit_id] = _OF_REPORT[ReportState(report.state)]
    return found


_OF_REPORT = {
    ReportState.MAKING: Step(StepName.REPORT, StepState.GOES_ON, Turn.HEAD),
    ReportState.FAILED: Step(StepName.REPORT, StepState.NEXT, Turn.HEAD),
    ReportState.ISSUED: Step(StepName.REPORT, StepState.DONE, Turn.HEAD),
}


def _of_text(is_ready: bool) -> Step:
    """Return the step of a report that was never issued: written by the group, issued by its head."""
    return Step(StepName.REPORT, *((StepState.NEXT, Turn.HEAD) if is_ready else (StepState.GOES_ON, Turn.LEADER)))
