"""What the page of a report shows: how far it is, what is open and where it is mended, its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from baqylau.accounts.queries import names_of
from baqylau.findings.queries import Earlier
from baqylau.jobs.models import Job
from baqylau.jobs.queries import newest_job
from baqylau.jobs.terms import JobState
from baqylau.reports import queries
from baqylau.reports.making import MAKE
from baqylau.reports.models import DissentingOpinion, Report, ReportFile, ReportText
from baqylau.reports.passages import Fault
from baqylau.reports.readiness import Obstacle, readiness
from baqylau.reports.terms import LAST_STEPS, NextAct, ObstacleKind, ReportState, Where
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor, Subject
from baqylau.settings import Settings
from baqylau.visits.models import Visit


@dataclass(frozen=True)
class Version:
    """An issued version with its files by language."""

    report: Report
    files: Mapping[str, ReportFile]


@dataclass(frozen=True)
class Desk:
    """Everything that the page of one visit's report shows to one person."""

    next_act: NextAct
    #: What is open in the report itself, by kind in the order of the list, then by where it is mended.
    open_points: Mapping[ObstacleKind, Mapping[Where | None, Sequence[Obstacle]]]
    #: What marking, another person or the administrator takes away.
    last_steps: Sequence[ObstacleKind]
    faults: Sequence[Fault]
    text: ReportText | None
    earlier: Sequence[Earlier]
    dissents: Sequence[tuple[DissentingOpinion, str]]
    own_dissent: DissentingOpinion | None
    #: Issued versions, newest first.
    versions: Sequence[Version]
    #: The newest version while it is being made or after it failed.
    unfinished: Report | None
    #: Of the newest version.
    job: Job | None
    #: {id: name} of everybody who is named on the page.
    names: Mapping[UUID, str]

    @property
    def current(self) -> Version | None:
        """The version that is in force, None before the first is issued."""
        return self.versions[0] if self.versions else None


def desk_of(session: Session, visit: Visit, subject: Subject, actor: Actor, settings: Settings) -> Desk:
    """Return what the page shows."""
    reports = queries.reports_of(session, visit.id)
    issued = [report for report in reports if report.state == ReportState.ISSUED]
    files = queries.files_of(session, [report.id for report in issued])
    unfinished = reports[0] if reports and reports[0].state != ReportState.ISSUED else None
    job = newest_job(session, MAKE, unfinished.id) if unfinished else None
    found, text = readiness(session, visit, settings, actor), queries.text_of(session, visit.id)
    return Desk(
        next_act=_next_act(found.obstacles, unfinished, job, bool(issued), may(actor, Action.REPORT_ISSUE, subject)),
        open_points=_by_kind(found.obstacles),
        last_steps=[one.kind for one in found.obstacles if one.kind in LAST_STEPS],
        faults=found.faults,
        text=text,
        earlier=queries.earlier_recommendations(session, visit),
        dissents=queries.dissents_of(session, visit.id),
        own_dissent=queries.dissent_of(session, visit.id, actor.user_id),
        versions=[Version(report, files.get(report.id, {})) for report in issued],
        unfinished=unfinished,
        job=job,
        names=_names(session, reports, text, found.faults),
    )


def _by_kind(obstacles: Sequence[Obstacle]) -> dict[ObstacleKind, dict[Where | None, list[Obstacle]]]:
    grouped: dict[ObstacleKind, dict[Where | None, list[Obstacle]]] = {}
    for one in obstacles:
        if one.kind not in LAST_STEPS:
            grouped.setdefault(one.kind, {}).setdefault(one.where, []).append(one)
    return grouped


def _next_act(
    obstacles: Sequence[Obstacle], unfinished: Report | None, job: Job | None, is_issued: bool, may_issue: bool
) -> NextAct:
    """Return the one thing to do next; an issued report is read until somebody marks a correction as ready."""
    kinds = {one.kind for one in obstacles}
    if unfinished is not None and unfinished.state == ReportState.MAKING:
        # A worker that was killed leaves a failed job behind and the report as it was.
        return NextAct.TRY_AGAIN if job is not None and job.state == JobState.FAILED else NextAct.WAIT
    is_marked = not kinds & {ObstacleKind.NOT_MARKED_READY, ObstacleKind.CHANGED_SINCE_READY}
    if is_marked and kinds <= LAST_STEPS:
        return NextAct.ISSUE if not kinds and may_issue else NextAct.HAND_OVER
    if unfinished is not None:
        return NextAct.TRY_AGAIN
    if is_issued:
        return NextAct.READ
    return NextAct.MEND if kinds - LAST_STEPS else NextAct.MARK


def _names(
    session: Session, reports: Sequence[Report], text: ReportText | None, faults: Sequence[Fault]
) -> dict[UUID, str]:
    people = {report.asked_by for report in reports} | {fault.passage.written_by for fault in faults}
    if text is not None:
        people |= {text.written_by} | ({text.ready_by} if text.ready_by else set())
    return names_of(session, people)
