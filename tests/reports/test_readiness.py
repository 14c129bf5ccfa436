"""What keeps a report from being issued, one thing at a time, on a report that lacks nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from baqylau.findings.queries import texts_missing
from baqylau.findings.terms import DraftState
from baqylau.reports.disclosure import Rule
from baqylau.reports.models import PassageRelease, ReportText
from baqylau.reports.passages import faults_of_visit
from baqylau.reports.queries import text_of
from baqylau.reports.readiness import readiness
from baqylau.reports.terms import Kind, ObstacleKind
from baqylau.settings import Settings
from baqylau.visits.actions import protect_name, record_obstruction
from baqylau.visits.terms import Ground, ObstructionAccount, VisitState
from tests.factories.answers import make_evidence, make_revision
from tests.factories.findings import make_finding
from tests.factories.reports import (
    ISSUED_AT,
    READY_AT,
    SUMMARY,
    Written,
    make_ready,
    make_seal,
    make_text,
    make_written,
)


def _kinds(session: Session, written: Written, settings: Settings, who: str = "chair") -> list[ObstacleKind]:
    found = readiness(session, written.visit, settings, written.actor(session, who)).obstacles
    return list(dict.fromkeys(one.kind for one in found))


@pytest.fixture
def written(session: Session, settings: Settings) -> Written:
    make_seal(settings)
    make_ready(session)  # another report, which has nothing to do with this one
    return make_ready(session)


def test_nothing_stands_in_the_way_of_a_report_that_is_whole(
    session: Session, settings: Settings, written: Written
) -> None:
    assert _kinds(session, written, settings) == []


def test_whoever_marked_it_as_ready_does_not_issue_it(session: Session, settings: Settings, written: Written) -> None:
    assert _kinds(session, written, settings, "leader") == [ObstacleKind.MARKED_BY_SAME_PERSON]


def _begin_again(session: Session, written: Written) -> None:
    written.visit.state = VisitState.UNDER_WAY


def _contradict(session: Session, written: Written) -> None:
    at = READY_AT - timedelta(days=1)
    make_revision(session, written.visit, written.leader.id, received_at=at)


def _take_back_approval(session: Session, written: Written) -> None:
    written.finding.state, written.finding.approved_by = DraftState.REVIEWED, None


def _take_back_approval_of_recommendation(session: Session, written: Written) -> None:
    written.recommendation.state, written.recommendation.approved_by = DraftState.DRAFT, None


def _drop_findings(session: Session, written: Written) -> None:
    written.finding.state, written.finding.approved_by = DraftState.DROPPED, None


def _forget_a_language(session: Session, written: Written) -> None:
    written.finding.established = {**written.finding.established, "kk": " "}


def _leave_a_gap(session: Session, written: Written) -> None:
    written.recommendation.action = {**written.recommendation.action, "ru": "Администрации рекомендуется […]."}


def _print_a_photo_without_words(session: Session, written: Written) -> None:
    from baqylau.findings.models import FindingEvidence

    photo = make_evidence(session, written.visit, written.member.id)
    session.add(FindingEvidence(finding_id=written.finding.id, evidence_id=photo.id, caption={}))


def _say_no_sign(session: Session, written: Written) -> None:
    written.recommendation.sign = {}


def _hinder_late(session: Session, written: Written) -> None:
    told = ObstructionAccount(READY_AT, "duty officer", Ground.NO_GROUND, "The gate stayed shut.", stopped_visit=False)
    at = READY_AT + timedelta(minutes=1)
    record_obstruction(session, written.actor(session, "leader"), written.visit, told, at)


def _shorten_summary(session: Session, written: Written) -> None:
    _text(session, written).summary = {"en": SUMMARY["en"]}


def _name_somebody(session: Session, written: Written) -> None:
    _text(session, written).summary = {**SUMMARY, "ru": "Осуждённый Серик Ахметов не получил лекарств."}


def _take_back_mark(session: Session, written: Written) -> None:
    text = _text(session, written)
    text.ready_by = text.ready_at = None


def _deliver_late(session: Session, written: Written) -> None:
    make_revision(session, written.visit, written.leader.id, "F1", value={"value": "yes"}, received_at=ISSUED_AT)


def _approve_late(session: Session, written: Written) -> None:
    written.finding.approved_at = READY_AT + timedelta(minutes=1)


def _text(session: Session, written: Written) -> ReportText:
    text = text_of(session, written.visit.id)
    assert text is not None
    return text


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (_begin_again, ObstacleKind.VISIT_NOT_OVER),
        (_contradict, ObstacleKind.ANSWERS_IN_CONFLICT),
        (_drop_findings, ObstacleKind.NO_FINDINGS),
        (_take_back_approval, ObstacleKind.FINDING_NOT_APPROVED),
        (_take_back_approval_of_recommendation, ObstacleKind.RECOMMENDATION_NOT_APPROVED),
        (_forget_a_language, ObstacleKind.TEXT_MISSING),
        (_leave_a_gap, ObstacleKind.TEXT_MISSING),
        (_print_a_photo_without_words, ObstacleKind.TEXT_MISSING),
        (_say_no_sign, ObstacleKind.TEXT_MISSING),
        (_shorten_summary, ObstacleKind.TEXT_MISSING),
        (_name_somebody, ObstacleKind.PASSAGE_STOPPED),
        (_take_back_mark, ObstacleKind.NOT_MARKED_READY),
        (_deliver_late, ObstacleKind.CHANGED_SINCE_READY),
        (_approve_late, ObstacleKind.CHANGED_SINCE_READY),
        (_hinder_late, ObstacleKind.CHANGED_SINCE_READY),
    ],
)
def test_one_open_point_is_named(
    session: Session,
    settings: Settings,
    written: Written,
    spoil: Callable[[Session, Written], Any],
    expected: ObstacleKind,
) -> None:
    spoil(session, written)
    session.flush()
    assert _kinds(session, written, settings) == [expected]


def test_a_report_without_any_text_lacks_all_of_it(session: Session, settings: Settings) -> None:
    make_seal(settings)
    written = make_written(session)
    found = readiness(session, written.visit, settings, written.actor(session, "chair")).obstacles
    missing = {(one.where.field, one.language) for one in found if one.where is not None}
    assert missing == {(name, code) for name in ("summary", "reprisal_checks") for code in ("kk", "ru", "en")}
    assert found[-1].kind is ObstacleKind.NOT_MARKED_READY


def test_without_a_seal_nothing_is_issued(session: Session, settings: Settings) -> None:
    assert _kinds(session, make_ready(session), settings) == [ObstacleKind.SEAL_UNUSABLE]


def test_a_refused_visit_can_be_reported(session: Session, settings: Settings) -> None:
    make_seal(settings)
    written = make_ready(session, state=VisitState.REFUSED)
    assert _kinds(session, written, settings) == []


def test_an_open_point_says_where_it_is_mended(session: Session, settings: Settings, written: Written) -> None:
    finding = make_finding(session, visit=written.visit, writer=written.member, established={"en": "It is cold."})
    found = readiness(session, written.visit, settings, written.actor(session, "chair")).obstacles
    where = {one.where for one in found if one.kind is ObstacleKind.TEXT_MISSING}
    assert {(one.kind, one.number, one.field, one.id) for one in where if one} == {
        (Kind.FINDING, finding.number, "established", finding.id)
    }


@pytest.mark.parametrize("spoil", [_forget_a_language, _leave_a_gap, _print_a_photo_without_words, _say_no_sign])
def test_the_editor_and_the_report_ask_for_the_same_texts(
    session: Session, settings: Settings, written: Written, spoil: Callable[[Session, Written], Any]
) -> None:
    spoil(session, written)
    session.flush()
    found = readiness(session, written.visit, settings, written.actor(session, "chair")).obstacles
    asked = [
        (one.where.kind.value, one.where.number, one.where.field, one.language)
        for one in found
        if one.kind is ObstacleKind.TEXT_MISSING and one.where is not None
    ]
    assert asked == texts_missing(session, written.visit.id)
    assert asked


def test_stopped_words_of_an_obstruction_hold_nothing_up(
    session: Session, settings: Settings, written: Written
) -> None:
    """The record cannot be rewritten, so its words are left out instead."""
    account = "Осуждённый Серик Ахметов не был допущен."
    told = ObstructionAccount(READY_AT - timedelta(days=1), "duty officer", Ground.OTHER, account, stopped_visit=False)
    at = READY_AT - timedelta(hours=1)
    record_obstruction(session, written.actor(session, "leader"), written.visit, told, at)
    found = readiness(session, written.visit, settings, written.actor(session, "chair"))
    assert found.obstacles == ()
    assert [fault.rule for fault in found.faults] == [Rule.PERSON_NAME]


def test_a_released_passage_stands_in_nobodys_way_until_its_words_change(
    session: Session, settings: Settings, written: Written
) -> None:
    _name_somebody(session, written)
    (fault,) = faults_of_visit(session, written.visit, settings)
    assert fault.rule is Rule.PERSON_NAME
    assert fault.quoted == ["Серик Ахметов"]
    session.add(
        PassageRelease(
            visit_id=written.visit.id,
            passage_hash=fault.passage.hash,
            rule=fault.rule.value,
            reason="A public person.",
            released_by=written.leader.id,
            released_at=READY_AT,
        )
    )
    session.flush()
    assert _kinds(session, written, settings) == []
    text = _text(session, written)
    text.summary = {**text.summary, "ru": "Осуждённый Серик Ахметов не получил еды."}
    assert _kinds(session, written, settings) == [ObstacleKind.PASSAGE_STOPPED]


def test_a_protected_name_is_found_in_a_dissenting_opinion(
    session: Session, settings: Settings, written: Written
) -> None:
    from baqylau.reports.models import DissentingOpinion

    actor = written.actor(session, "leader")
    protect_name(session, actor, written.visit, "Мұқанов", settings.keys, READY_AT)
    session.add(
        DissentingOpinion(
            visit_id=written.visit.id,
            user_id=written.member.id,
            language="en",
            text="I do not agree: Mukanovtan was not asked.",
            written_at=READY_AT,
        )
    )
    session.flush()
    (fault,) = faults_of_visit(session, written.visit, settings)
    assert (fault.rule, fault.passage.where.kind, fault.passage.written_by) == (
        Rule.PROTECTED_NAME,
        Kind.DISSENT,
        written.member.id,
    )


def test_names_of_the_group_and_of_authorities_are_no_faults(
    session: Session, settings: Settings, written: Written
) -> None:
    text = _text(session, written)
    text.summary = {**SUMMARY, "kk": f"Топты {written.leader.name} басқарды."}
    assert _kinds(session, written, settings) == []


def test_texts_of_another_visit_do_not_count(session: Session, settings: Settings, written: Written) -> None:
    other = make_written(session)
    make_text(session, other, summary={"en": "Serik Akhmetov was not fed."})
    assert _kinds(session, written, settings) == []
