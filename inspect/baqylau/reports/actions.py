"""Write the report's own texts, release passages, mark as ready, issue, correct."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from baqylau.audit.actions import record
from baqylau.findings.queries import lock_visit
from baqylau.i18n import LANGUAGES
from baqylau.jobs.actions import ask_for
from baqylau.jobs.models import Job
from baqylau.jobs.queries import newest_job
from baqylau.jobs.terms import JobState
from baqylau.reports import queries, refusals, rules
from baqylau.reports.compose import compose
from baqylau.reports.making import MAKE, STEPS
from baqylau.reports.models import DissentingOpinion, PassageRelease, Report, ReportText
from baqylau.reports.passages import Passage, faults_in, faults_of_visit, known_of_visit
from baqylau.reports.readiness import readiness
from baqylau.reports.render import snapshot_bytes
from baqylau.reports.schemas import ReportHead
from baqylau.reports.terms import LAST_STEPS, EarlierState, Kind, ReportState, Where
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from baqylau.storage.actions import store
from baqylau.visits.models import Visit

Texts = Mapping[str, str]


@dataclass(frozen=True)
class OwnTexts:
    """What the council writes for the report itself; texts are `{language: text}`, numbers None when not stated."""

    summary: dict[str, str]
    reprisal_checks: dict[str, str]
    complaints_received: int | None
    complaints_passed: int | None
    persons_met: int | None
    #: {recommendation id: how the visit found it}, of those that were checked.
    earlier_states: dict[str, str]


def write_text(
    session: Session, actor: Actor, visit: Visit, texts: OwnTexts, seen: datetime | None, now: datetime
) -> ReportText:
    """Keep the report's own texts; whoever said that the report was ready must look again.

    `seen` is when the texts that the writer has seen were written, None for none. Raises `reports.changed_meanwhile`,
    `reports.being_made`, `reports.passed_exceeds_received`, `reports.earlier_unknown`.
    """
    _lock(session, visit)
    text = queries.text_of(session, visit.id)
    if seen != (text.written_at if text else None):
        raise refusals.changed_meanwhile()
    if (texts.complaints_passed or 0) > (texts.complaints_received or 0):
        raise refusals.passed_exceeds_received()
    earlier = {str(one.recommendation.id) for one in queries.earlier_recommendations(session, visit)}
    if set(texts.earlier_states) - earlier or set(texts.earlier_states.values()) - set(EarlierState):
        raise refusals.earlier_unknown()
    if text is None:
        text = ReportText(visit_id=visit.id, written_by=actor.user_id, written_at=now)
        session.add(text)
    for name, value in asdict(texts).items():
        setattr(text, name, value)
    text.written_by, text.written_at = actor.user_id, now
    text.ready_by = text.ready_at = None
    session.flush()
    record(session, "reports.write_text", actor.user_id, ("visit", visit.id), now)
    return text


def write_dissent(session: Session, actor: Actor, visit: Visit, language: str, words: str, now: datetime) -> None:
    """Keep the actor's own dissenting opinion (PEC 46(4)); an empty one takes it back."""
    _lock(session, visit)
    dissent = queries.dissent_of(session, visit.id, actor.user_id)
    if not words.strip():
        if dissent is not None:
            session.delete(dissent)
    elif dissent is None:
        session.add(
            DissentingOpinion(visit_id=visit.id, user_id=actor.user_id, language=language, text=words, written_at=now)
        )
    else:
        dissent.language, dissent.text = language, words
    _look_again(session, visit.id)
    session.flush()
    record(session, "reports.write_dissent", actor.user_id, ("visit", visit.id), now, taken_back=not words.strip())


def mark_ready(session: Session, actor: Actor, visit: Visit, settings: Settings, now: datetime) -> None:
    """Say that the report is ready to be issued by somebody else; refuses while anything in it is open."""
    _lock(session, visit)
    found = [one for one in readiness(session, visit, settings, actor).obstacles if one.kind not in LAST_STEPS]
    text = queries.text_of(session, visit.id)
    if found or text is None:
        raise refusals.not_ready(len(found))
    text.ready_by, text.ready_at = actor.user_id, now
    session.flush()
    record(session, "reports.mark_ready", actor.user_id, ("visit", visit.id), now)


def release_passage(
    session: Session,
    actor: Actor,
    visit: Visit,
    passage_hash: str,
    rule: str,
    reason: str,
    settings: Settings,
    now: datetime,
) -> None:
    """Let a passage through that a rule of the lint stopped; by another person than its writer, with a reason.

    Raises `reports.no_fault`, `reports.own_passage`, `reports.release_reason_missing`.
    """
    stopped = [
        fault
        for fault in faults_of_visit(session, visit, settings)
        if (fault.passage.hash, fault.rule.value, fault.is_released) == (passage_hash, rule, False)
    ]
    if not stopped:
        raise refusals.no_fault()
    if any(fault.passage.written_by == actor.user_id for fault in stopped):
        raise refusals.own_passage()
    if not reason.strip():
        raise refusals.release_reason_missing()
    session.add(
        PassageRelease(
            visit_id=visit.id,
            passage_hash=passage_hash,
            rule=rule,
            reason=reason.strip(),
            released_by=actor.user_id,
            released_at=now,
        )
    )
    session.flush()
    record(session, "reports.release_passage", actor.user_id, ("visit", visit.id), now, rule=rule, passage=passage_hash)


def issue_report(
    session: Session, actor: Actor, visit: Visit, reason: Texts, settings: Settings, now: datetime
) -> tuple[Report, Job]:
    """Freeze the snapshot and ask for the report to be made; refuses while anything stands in its way.

    A second issue is a correction: it needs `reason` in every language and supersedes the version before. Issuing takes
    two persons: one said that the report is ready, another issues it. A version that failed never left the house, so
    its number is used again.
    """
    earlier = _lock(session, visit)
    if found := readiness(session, visit, settings, actor).obstacles:
        raise refusals.not_ready(len(found))
    superseded = queries.newest_issued(session, visit.number)
    if superseded is not None:
        _check_reason(session, actor, visit, reason, settings)
    # The instant of the issue is printed and becomes the seal's, which knows no parts of a second.
    head = ReportHead(
        number=visit.number,
        version=1 + (superseded.version if superseded else 0),
        issued_at=now.replace(microsecond=0),
        supersedes=f"{superseded.number}, {superseded.version}" if superseded else None,
        reason={language: reason[language].strip() for language in LANGUAGES} if superseded else {},
    )
    content = snapshot_bytes(compose(session, visit, head, actor.user_id, settings))
    blob = store(session, (settings.blobs, settings.keys), content, "application/json", now)
    report = _version(session, visit, head, earlier, blob.sha256, actor.user_id, now)
    # The next version needs to be looked at anew.
    _look_again(session, visit.id)
    session.flush()
    about = {"visit": visit.id, "version": head.version, "snapshot": blob.sha256}
    record(session, "reports.issue_report", actor.user_id, ("report", report.id), now, **about)
    return report, ask_for(session, MAKE, report.id, STEPS, actor.user_id, now)


def _version(
    session: Session,
    visit: Visit,
    head: ReportHead,
    earlier: Sequence[Report],
    snapshot: str,
    asked_by: UUID,
    now: datetime,
) -> Report:
    """Return the row of this version, being made: a new one, or that of an attempt that failed."""
    report = next((one for one in earlier if one.version == head.version), None)
    if report is None:
        report = Report(
            visit_id=visit.id,
            number=head.number,
            version=head.version,
            snapshot_sha256=snapshot,
            asked_by=asked_by,
            asked_at=now,
        )
        session.add(report)
    report.state, report.snapshot_sha256, report.reason = ReportState.MAKING, snapshot, head.reason
    report.asked_by, report.asked_at = asked_by, now
    return report


def try_again(session: Session, actor: Actor, report: Report, now: datetime) -> Job:
    """Ask for a failed report to be made once more from the same snapshot."""
    lock_visit(session, report.visit_id)
    session.refresh(report)
    job = newest_job(session, MAKE, report.id)
    # A worker that was killed leaves a failed job and a report that still says that it is being made.
    broke_off = report.state == ReportState.MAKING and (job is None or job.state == JobState.FAILED)
    if report.state != ReportState.FAILED and not broke_off:
        raise refusals.not_failed()
    report.state = ReportState.MAKING
    session.flush()
    record(session, "reports.try_again", actor.user_id, ("report", report.id), now)
    return ask_for(session, MAKE, report.id, STEPS, actor.user_id, now)


def _lock(session: Session, visit: Visit) -> list[Report]:
    """Let nobody else write or issue this report until the transaction ends; return its versions, newest first.

    Raises `reports.being_made`.
    """
    lock_visit(session, visit.id)
    earlier = list(queries.reports_of(session, visit.id))
    if any(report.state == ReportState.MAKING for report in earlier):
        raise refusals.being_made()
    return earlier


def _look_again(session: Session, visit_id: UUID) -> None:
    if text := queries.text_of(session, visit_id):
        text.ready_by = text.ready_at = None


def _check_reason(session: Session, actor: Actor, visit: Visit, reason: Texts, settings: Settings) -> None:
    """Refuse a correction without a reason in each language, or with one that the lint stops."""
    if not rules.written_in_all(reason, LANGUAGES):
        raise refusals.reason_missing()
    known, where = known_of_visit(session, visit, settings), Where(Kind.REPORT, "", "reason")
    for language in LANGUAGES:
        for fault in faults_in(Passage(where, language, reason[language], actor.user_id), known):
            raise refusals.reason_stopped("; ".join(fault.quoted))
