"""Writing, marking, releasing, issuing: who may do what, in which order, and what the audit log keeps of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from baqylau.audit.models import AuditEvent
from baqylau.db.engine import Database
from baqylau.errors import Problem
from baqylau.findings.terms import DraftState
from baqylau.jobs.actions import end
from baqylau.jobs.models import Job
from baqylau.jobs.terms import JobState
from baqylau.reports import actions, queries
from baqylau.reports.actions import OwnTexts
from baqylau.reports.models import DissentingOpinion, PassageRelease, Report
from baqylau.reports.passages import faults_of_visit
from baqylau.reports.terms import ReportState
from baqylau.settings import Settings
from baqylau.storage.files import read
from tests.factories.findings import make_recommendation
from tests.factories.places import make_place
from tests.factories.reports import (
    CHECKS,
    ISSUED_AT,
    READY_AT,
    REASON,
    SUMMARY,
    Written,
    make_ready,
    make_seal,
    make_text,
    make_written,
)

TEXTS = OwnTexts(SUMMARY, CHECKS, 6, 5, 35, {})


@pytest.fixture
def written(session: Session, settings: Settings) -> Written:
    make_seal(settings)
    return make_ready(session)


def _issue(session: Session, written: Written, settings: Settings, **reason: str) -> Report:
    report, _job = actions.issue_report(
        session, written.actor(session, "chair"), written.visit, reason, settings, ISSUED_AT
    )
    return report


def _finish(session: Session, report: Report, state: ReportState = ReportState.ISSUED) -> None:
    """Let the job have run without rendering anything."""
    report.state = state
    report.issued_at = ISSUED_AT if state is ReportState.ISSUED else None
    session.flush()


def _ready_again(session: Session, written: Written, settings: Settings) -> None:
    actions.mark_ready(session, written.actor(session, "leader"), written.visit, settings, READY_AT)


def _acts(session: Session) -> list[str]:
    return [event.act for event in session.exec(select(AuditEvent).order_by(AuditEvent.number))]


def test_texts_are_kept_and_take_the_mark_away(session: Session, written: Written) -> None:
    actor = written.actor(session, "secretary")
    text = actions.write_text(session, actor, written.visit, TEXTS, READY_AT, ISSUED_AT)
    assert (text.summary, text.complaints_passed, text.written_by) == (SUMMARY, 5, written.secretary.id)
    assert (text.ready_by, text.ready_at) == (None, None)
    assert _acts(session)[-1] == "reports.write_text"


def test_nobody_writes_over_texts_that_they_have_not_seen(session: Session, written: Written) -> None:
    actor = written.actor(session, "secretary")
    for seen in (None, READY_AT - timedelta(seconds=1)):
        with pytest.raises(Problem, match=r"reports\.changed_meanwhile"):
            actions.write_text(session, actor, written.visit, TEXTS, seen, ISSUED_AT)


def test_no_more_complaints_are_passed_on_than_were_received(session: Session, written: Written) -> None:
    texts = replace(TEXTS, complaints_received=2, complaints_passed=3)
    with pytest.raises(Problem, match=r"reports\.passed_exceeds_received"):
        actions.write_text(session, written.actor(session, "leader"), written.visit, texts, READY_AT, ISSUED_AT)


def test_only_earlier_recommendations_of_this_place_have_a_state(
    session: Session, settings: Settings, written: Written
) -> None:
    elsewhere = make_recommendation(session, visit=make_written(session, place=make_place(session)).visit)
    texts = replace(TEXTS, earlier_states={str(elsewhere.id): "resolved"})
    with pytest.raises(Problem, match=r"reports\.earlier_unknown"):
        actions.write_text(session, written.actor(session, "leader"), written.visit, texts, READY_AT, ISSUED_AT)


def test_a_dissenting_opinion_is_written_changed_and_taken_back(session: Session, written: Written) -> None:
    member, leader = written.actor(session, "member"), written.actor(session, "leader")
    actions.write_dissent(session, leader, written.visit, "kk", "Келіспеймін.", ISSUED_AT)
    for words in ("No.", "Not so."):
        actions.write_dissent(session, member, written.visit, "en", words, ISSUED_AT)
    own = queries.dissent_of(session, written.visit.id, written.member.id)
    assert own is not None
    assert own.text == "Not so."
    text = queries.text_of(session, written.visit.id)
    assert text is not None
    assert text.ready_by is None
    actions.write_dissent(session, member, written.visit, "en", "  ", ISSUED_AT)
    assert [one.user_id for one in session.exec(select(DissentingOpinion))] == [written.leader.id]


def test_a_report_with_an_open_point_is_not_marked(session: Session, settings: Settings, written: Written) -> None:
    written.finding.state, written.finding.approved_by = DraftState.REVIEWED, None
    session.flush()
    with pytest.raises(Problem, match=r"reports\.not_ready"):
        _ready_again(session, written, settings)


def test_nobody_issues_what_they_marked_as_ready(session: Session, settings: Settings, written: Written) -> None:
    actions.mark_ready(session, written.actor(session, "chair"), written.visit, settings, READY_AT)
    with pytest.raises(Problem, match=r"reports\.not_ready"):
        _issue(session, written, settings)
    assert queries.reports_of(session, written.visit.id) == []


def _stop(session: Session, settings: Settings, written: Written) -> tuple[str, str]:
    """Let the lint stop a passage of the secretary's, and return its hash and rule."""
    text = queries.text_of(session, written.visit.id)
    assert text is not None
    text.summary = {**SUMMARY, "en": "Two women asked to be moved."}
    session.flush()
    (fault,) = faults_of_visit(session, written.visit, settings)
    return fault.passage.hash, fault.rule.value


def test_a_second_person_releases_a_passage_with_a_reason(
    session: Session, settings: Settings, written: Written
) -> None:
    passage, rule = _stop(session, settings, written)
    with pytest.raises(Problem, match=r"reports\.not_ready"):
        _issue(session, written, settings)
    leader = written.actor(session, "leader")
    with pytest.raises(Problem, match=r"reports\.own_passage"):
        actions.release_passage(
            session,
            written.actor(session, "secretary"),
            written.visit,
            passage,
            rule,
            "Known",
            settings,
            ISSUED_AT,
        )
    with pytest.raises(Problem, match=r"reports\.release_reason_missing"):
        actions.release_passage(session, leader, written.visit, passage, rule, " ", settings, ISSUED_AT)
    actions.release_passage(session, leader, written.visit, passage, rule, "In the press", settings, ISSUED_AT)
    assert session.exec(select(PassageRelease)).one().released_by == written.leader.id
    with pytest.raises(Problem, match=r"reports\.no_fault"):
        actions.release_passage(session, leader, written.visit, passage, rule, "Again", settings, ISSUED_AT)
    assert _issue(session, written, settings).state == ReportState.MAKING


@pytest.mark.parametrize(("passage", "rule"), [("0" * 64, "small_count"), (None, "phone")])
def test_what_is_not_stopped_cannot_be_released(
    session: Session, settings: Settings, written: Written, passage: str | None, rule: str
) -> None:
    stopped, _rule = _stop(session, settings, written)
    with pytest.raises(Problem, match=r"reports\.no_fault"):
        actions.release_passage(
            session,
            written.actor(session, "leader"),
            written.visit,
            passage or stopped,
            rule,
            "Known",
            settings,
            ISSUED_AT,
        )


def test_issuing_freezes_the_snapshot_and_asks_for_a_job(
    session: Session, settings: Settings, written: Written
) -> None:
    report = _issue(session, written, settings)
    assert (report.number, report.version, report.state) == (written.visit.number, 1, ReportState.MAKING)
    assert b'"issued_at":"2026-11-30T05:00:00Z"' in read((settings.blobs, settings.keys), report.snapshot_sha256)
    job = session.exec(select(Job)).one()
    assert (job.subject_id, job.state, job.steps) == (report.id, JobState.WAITING, 6)
    text = queries.text_of(session, written.visit.id)
    assert text is not None
    assert text.ready_by is None
    assert [act for act in _acts(session) if act.startswith("reports.")] == ["reports.issue_report"]


def test_while_a_report_is_being_made_nothing_of_it_changes(
    session: Session, settings: Settings, written: Written
) -> None:
    _issue(session, written, settings)
    chair = written.actor(session, "chair")
    for act in (
        lambda: _issue(session, written, settings),
        lambda: _ready_again(session, written, settings),
        lambda: actions.write_text(session, chair, written.visit, TEXTS, READY_AT, ISSUED_AT),
        lambda: actions.write_dissent(session, chair, written.visit, "en", "No.", ISSUED_AT),
    ):
        with pytest.raises(Problem, match=r"reports\.being_made"):
            act()


def test_a_correction_needs_a_second_mark_and_a_reason_in_every_language(
    session: Session, settings: Settings, written: Written
) -> None:
    _finish(session, _issue(session, written, settings))
    with pytest.raises(Problem, match=r"reports\.not_ready"):
        _issue(session, written, settings, **REASON)
    _ready_again(session, written, settings)
    with pytest.raises(Problem, match=r"reports\.reason_missing"):
        _issue(session, written, settings, **{**REASON, "kk": " "})
    with pytest.raises(Problem, match=r"reports\.reason_stopped"):
        _issue(session, written, settings, **{**REASON, "en": "Serik Akhmetov was named."})
    report = _issue(session, written, settings, **REASON)
    assert (report.version, report.reason) == (2, REASON)


def test_a_version_that_failed_leaves_its_number_to_the_next_attempt(
    session: Session, settings: Settings, written: Written
) -> None:
    failed = _issue(session, written, settings)
    _finish(session, failed, ReportState.FAILED)
    _ready_again(session, written, settings)
    again = _issue(session, written, settings)
    assert (again.id, again.version, again.state) == (failed.id, 1, ReportState.MAKING)


def test_only_what_failed_is_tried_again(session: Session, settings: Settings, written: Written) -> None:
    report = _issue(session, written, settings)
    chair = written.actor(session, "chair")
    with pytest.raises(Problem, match=r"reports\.not_failed"):
        actions.try_again(session, chair, report, ISSUED_AT)
    _finish(session, report, ReportState.FAILED)
    job = actions.try_again(session, chair, report, ISSUED_AT + timedelta(minutes=1))
    assert (report.state, job.subject_id) == (ReportState.MAKING, report.id)


def test_a_report_whose_worker_was_killed_is_tried_again(
    session: Session, settings: Settings, written: Written
) -> None:
    report = _issue(session, written, settings)
    end(session, session.exec(select(Job)).one().id, "jobs.crash", ISSUED_AT)
    session.expire_all()
    assert report.state == ReportState.MAKING
    actions.try_again(session, written.actor(session, "chair"), report, ISSUED_AT + timedelta(minutes=1))
    assert session.exec(select(Job).where(Job.state == JobState.WAITING)).one().subject_id == report.id


def test_a_refused_issue_leaves_nothing_behind(database: Database, settings: Settings) -> None:
    make_seal(settings)
    with database.transaction() as opened:
        written = make_written(opened)
        make_text(opened, written, ready_by=written.chair.id)
    with pytest.raises(Problem), database.transaction() as opened:
        _issue(opened, written, settings)
    with database.reading() as opened:
        assert opened.exec(select(Report)).all() == []
        assert opened.exec(select(Job)).all() == []
