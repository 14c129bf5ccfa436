"""What is frozen into a snapshot, and above all what is not."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from baqylau.answers.queries import by_key, heads_of
from baqylau.answers.rules import answers_for_rules
from baqylau.checklists.loading import load, load_standards
from baqylau.checklists.rules import Standing
from baqylau.checklists.terms import Checklist
from baqylau.findings.terms import DraftState, Priority
from baqylau.locations import shipped
from baqylau.places.terms import AuthorityLevel, Region
from baqylau.reports import schemas as s
from baqylau.reports.actions import release_passage
from baqylau.reports.answers import _limits
from baqylau.reports.compose import _population, compose, region_names
from baqylau.reports.models import DissentingOpinion, Report, ReportText
from baqylau.reports.passages import faults_of_visit
from baqylau.reports.queries import text_of
from baqylau.reports.recorded import Recorded
from baqylau.reports.render import snapshot_bytes
from baqylau.reports.rules import POPULATION_ITEM, band_from, language_written
from baqylau.reports.terms import Kind, ReportState
from baqylau.settings import Settings
from baqylau.storage.models import Blob
from baqylau.visits.actions import protect_name, record_obstruction
from baqylau.visits.models import Obstruction
from baqylau.visits.queries import visit_context
from baqylau.visits.terms import Ground, ObstructionAccount
from tests.factories.answers import make_evidence, make_revision, make_row
from tests.factories.checklists import make_checklist_version
from tests.factories.findings import make_finding, make_recommendation
from tests.factories.places import make_authority, make_place
from tests.factories.reports import ACTION, ESTABLISHED, ISSUED_AT, READY_AT, Written, make_ready, make_written

CANARY = "Жасырынқанарейка"


def snapshot_of(session: Session, written: Written, settings: Settings) -> s.Snapshot:
    session.flush()
    head = s.ReportHead(number=written.visit.number, version=1, issued_at=ISSUED_AT)
    return compose(session, written.visit, head, written.chair.id, settings)


def _line(snapshot: s.Snapshot, item: str) -> s.AnswerLine:
    return next(line for domain in snapshot.answers for line in domain.lines if line.item == item)


def test_the_snapshot_holds_the_visit_its_place_and_its_group(session: Session, settings: Settings) -> None:
    ministry = make_authority(session, level=AuthorityLevel.MINISTRY)
    regional = make_authority(session, parent=ministry)
    place = make_place(session, authority=make_authority(session, level=AuthorityLevel.FACILITY, parent=regional))
    written = make_ready(session, place=place)
    make_ready(session)
    snapshot = snapshot_of(session, written, settings)
    assert snapshot.place.owner == ministry.name
    assert snapshot.place.region["ru"]
    assert [member.name for member in snapshot.visit.group if member.is_leader] == [written.leader.name]
    assert snapshot.visit.persons_met_from == 30
    assert snapshot.complaints_received == 6
    assert snapshot.council.name == written.council.name
    assert snapshot.verify_address == "http://127.0.0.1:8000/verify"


@pytest.mark.parametrize("region", list(Region))
def test_every_region_has_a_name_in_each_language(region: Region) -> None:
    names = region_names(region)
    assert set(names) == {"kk", "ru", "en"}
    assert names["en"].isascii()
    assert not any(names[language].isascii() for language in ("kk", "ru"))


def test_only_what_is_approved_is_printed(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    shared = {"visit": written.visit, "writer": written.member}
    for state in (DraftState.DRAFT, DraftState.REVIEWED, DraftState.DROPPED):
        make_finding(session, **shared, state=state, established={"en": CANARY})
        make_recommendation(session, **shared, findings=[written.finding], state=state, action={"en": CANARY})
    snapshot = snapshot_of(session, written, settings)
    assert [finding.established for domain in snapshot.domains for finding in domain.findings] == [ESTABLISHED]
    assert [(one.action, one.findings) for one in snapshot.recommendations] == [(ACTION, ["D.1"])]
    assert snapshot.domains[0].findings[0].recommendations == [1]
    assert CANARY not in snapshot.model_dump_json()


def test_a_finding_is_printed_with_its_standards_and_their_force(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    photos = [make_evidence(session, written.visit, written.member.id, is_withdrawn=gone) for gone in (True, False)]
    make_finding(
        session,
        visit=written.visit,
        writer=written.member,
        state=DraftState.APPROVED,
        section="F",
        items=["F1"],
        sources=["P"],
        photos=photos,
    )
    facts = snapshot_of(session, written, settings).domains[-1].findings[0]
    assert (facts.number, facts.is_alleged) == ("F.1", True)
    assert [(one.act, one.at, one.force) for one in facts.standards] == [
        ("PEC", "115(5)", "binding"),
        ("MR", "14", "un_soft_law"),
    ]
    assert [(photo.number, photo.sha256) for photo in facts.photos] == [(1, photos[1].blob_sha256)]


def test_answers_are_counted_and_rated_by_both_norms(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    visit, author = written.visit, written.member.id
    rows = [make_row(session, visit, author, f"Cell {number}").row_id for number in (1, 2)]
    for row, area, people in zip(rows, (9.0, 30.0), (4, 6), strict=True):
        make_revision(session, visit, author, "D1", row_id=row, value={"value": area})
        make_revision(session, visit, author, "D2", row_id=row, value={"value": people, "beds": people})
    make_revision(session, visit, author, "F1", value={"value": "no"}, sources=["D"])
    snapshot = snapshot_of(session, written, settings)
    (area,) = [one for one in snapshot.measurements if one.item == "D3"]
    assert [(row.label, row.value, row.national, row.international) for row in area.rows] == [
        ("1", 2.25, "not_met", "not_met"),
        ("2", 5.0, "met", "met"),
    ]
    assert [(limit.basis, limit.bound) for limit in area.limits] == [("national", "2.5"), ("international", "4")]
    tally = {one.section: one for one in snapshot.tallies}
    assert (tally["D"].national.not_met, tally["F"].international.not_met, tally["F"].national.not_met) == (2, 1, 0)
    assert (_line(snapshot, "D3").national, _line(snapshot, "F1").international) == ("not_met", "not_met")
    assert _line(snapshot, "F1").answer["ru"] == "нет"
    assert _line(snapshot, "F1").sources == ["D"]
    assert snapshot.visit.source_items == {"O": 5, "P": 0, "S": 0, "D": 1}
    assert snapshot.visit.checklists[0].items_answered == 8


def test_a_row_out_of_sight_takes_its_answers_with_it(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    visit, author = written.visit, written.member.id
    label = make_row(session, visit, author)
    make_revision(session, visit, author, "D1", row_id=label.row_id, value={"value": 9.0})
    removed = {"label": "Cell 12", "removed": True}
    make_row(session, visit, author, row_id=label.row_id, value=removed, supersedes=[label.id])
    snapshot = snapshot_of(session, written, settings)
    assert snapshot.measurements == []


def test_notes_free_texts_labels_and_protected_names_stay_behind(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    visit, author = written.visit, written.member.id
    row = make_row(session, visit, author, f"Cell of {CANARY}", note=CANARY)
    make_revision(
        session, visit, author, "D1", row_id=row.row_id, value={"value": 9.0, "instrument": CANARY}, note=CANARY
    )
    make_revision(session, visit, author, "F3", value={"value": CANARY}, note=CANARY, sources=["P"])
    make_revision(session, visit, author, "F1", value={"value": "yes"}, note=CANARY)
    make_evidence(session, visit, author, caption=CANARY)
    protect_name(session, written.actor(session, "leader"), visit, CANARY, settings.keys, READY_AT)
    visit.purpose = CANARY
    snapshot = snapshot_of(session, written, settings)
    assert _line(snapshot, "F3").answer["en"] == "recorded, not printed"
    assert CANARY not in snapshot_bytes(snapshot).decode()


def test_an_answer_marked_as_confidential_stays_inside_the_council(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    make_revision(
        session, written.visit, written.member.id, "F1", value={"value": "no"}, flags=["confidential"], sources=["P"]
    )
    snapshot = snapshot_of(session, written, settings)
    line = _line(snapshot, "F1")
    assert (line.national, line.international, line.answer["en"]) == (None, None, "recorded, not printed")
    assert line.sources == []
    assert {one.section: one for one in snapshot.tallies}["F"].international.not_met == 0


def test_what_is_worked_out_from_a_confidential_answer_stays_inside_too(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    visit, author = written.visit, written.member.id
    rows = [make_row(session, visit, author, f"Cell {number}").row_id for number in (1, 2)]
    for row, flags in zip(rows, ([], ["confidential"]), strict=True):
        make_revision(session, visit, author, "D1", row_id=row, value={"value": 9.0}, sources=["D"])
        make_revision(
            session, visit, author, "D2", row_id=row, value={"value": 4, "beds": 4}, flags=flags, sources=["P"]
        )
    snapshot = snapshot_of(session, written, settings)
    for item in ("D2", "D3"):
        line = _line(snapshot, item)
        assert (line.national, line.international, line.sources) == (None, None, [])
        assert line.answer["en"] == "recorded, not printed"
    assert [one.item for one in snapshot.measurements] == ["D1"]
    assert snapshot.visit.source_items["P"] == 0
    assert snapshot.visit.source_items["D"] == 2


@pytest.mark.parametrize(("flags", "population"), [([], 412), (["confidential"], None)])
def test_the_number_of_persons_held_is_kept_back_when_it_is_confidential(
    session: Session, settings: Settings, flags: list[str], population: int | None
) -> None:
    written = make_ready(session)
    recorded = _with_population(session, written, flags)
    assert _population([recorded], settings.smallest_count) == population


def _full_checklist() -> Checklist:
    forms = shipped("forms")
    return load(forms / "full-visit" / "v1.yaml", load_standards(forms / "standards.yaml"))


def _with_population(session: Session, written: Written, flags: list[str]) -> Recorded:
    """Return the full checklist's own question on persons held, answered with 412."""
    checklist = _full_checklist()
    make_revision(session, written.visit, written.member.id, POPULATION_ITEM, value={"value": 412}, flags=flags)
    heads = by_key(heads_of(session, written.visit.id))
    own = {key: group for key, group in heads.items() if key[0] == POPULATION_ITEM}
    context = visit_context(session, written.visit)
    return Recorded(checklist, context, Standing(checklist, context, answers_for_rules(own), {}), own)


def test_a_measurement_is_held_against_the_limits_that_apply_to_it_alone(session: Session, settings: Settings) -> None:
    checklist = _full_checklist()
    item = checklist.items["D3"]
    place = make_place(session, kind="colony_medium")
    context = {**visit_context(session, make_ready(session, place=place).visit)}
    recorded = Recorded(
        checklist, context, Standing(checklist, context, {("D1", "a"): {"value": 9}}, {"cell": ["a"]}), {}
    )
    applying = _limits(recorded, item)
    assert 0 < len(applying) < len(item.limits)
    assert all(limit.field == "value" for limit in applying)


def test_obstructions_are_frozen_with_ground_day_and_words(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    _obstruct(session, written, "Группа ждала у ворот полтора часа.", stopped=False)
    _obstruct(session, make_ready(session), "Another visit.", stopped=False)
    (one,) = snapshot_of(session, written, settings).visit.obstructions
    assert one.model_dump() == {
        # 20:00 UTC is the next day in Almaty
        "happened_on": HAPPENED_AT.date() + timedelta(days=1),
        "ground": "no_mandate_accepted",
        "official": "дежурный помощник",
        "account": "Группа ждала у ворот полтора часа.",
        "language": "ru",
        "stopped_visit": False,
    }


def test_words_of_an_obstruction_that_the_lint_stops_stay_behind_until_they_are_released(
    session: Session, settings: Settings
) -> None:
    written = make_ready(session)
    kept = _obstruct(session, written, "Осуждённый Серик Ахметов не был допущен к беседе.", stopped=False)
    (one,) = snapshot_of(session, written, settings).visit.obstructions
    assert (one.ground, one.official, one.account) == ("no_mandate_accepted", "", "")
    (fault,) = faults_of_visit(session, written.visit, settings)
    assert (fault.passage.where.kind, fault.passage.where.field, fault.passage.where.id) == (
        Kind.OBSTRUCTION,
        "account",
        kept.id,
    )
    chair = written.actor(session, "chair")
    release_passage(
        session, chair, written.visit, fault.passage.hash, fault.rule, "A public person.", settings, READY_AT
    )
    (one,) = snapshot_of(session, written, settings).visit.obstructions
    assert one.account == "Осуждённый Серик Ахметов не был допущен к беседе."


HAPPENED_AT = READY_AT.replace(hour=20) - timedelta(days=4)


def _obstruct(session: Session, written: Written, account: str, *, stopped: bool) -> Obstruction:
    told = ObstructionAccount(HAPPENED_AT, "дежурный помощник", Ground.NO_MANDATE_ACCEPTED, account, stopped)
    at = HAPPENED_AT + timedelta(hours=2)
    return record_obstruction(session, written.actor(session, "leader"), written.visit, told, at)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Топ қақпада күтті.", "kk"),
        ("Группа ждала у ворот.", "ru"),
        ("The group waited at the gate.", "en"),
        ("The duty officer (дежурный) refused.", "en"),
        ("2026-11-27", "en"),
    ],
)
def test_the_language_of_a_record_is_told_by_its_letters(words: str, language: str) -> None:
    assert language_written(words) == language


SENSITIVE = {
    'numerator: {kk: "Тексерілді"': 'sensitive: true\n        numerator: {kk: "Тексерілді"',
}


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (2, 40, "Examined: fewer than 5; Arrived: 40"),
        (0, 40, "Examined: 0; Arrived: 40; 0 %"),
        (30, 40, "Examined: 30; Arrived: 40; 75 %"),
        (3, 4, "Examined: fewer than 5; Arrived: fewer than 5"),
    ],
)
def test_a_small_count_of_a_sensitive_item_is_a_band_and_its_share_is_withheld(
    session: Session, settings: Settings, numerator: int, denominator: int, expected: str
) -> None:
    written = make_ready(session, checklists=[make_checklist_version(session, words=SENSITIVE)])
    value = {"numerator": numerator, "denominator": denominator}
    make_revision(session, written.visit, written.member.id, "F2", value=value, sources=["D"])
    assert _line(snapshot_of(session, written, settings), "F2").answer["en"].replace("\u00a0", " ") == expected


def test_rows_of_cells_are_not_printed_one_by_one(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    visit, author = written.visit, written.member.id
    row = make_row(session, visit, author).row_id
    make_revision(session, visit, author, "D2", row_id=row, value={"value": 3, "beds": 4})
    make_revision(session, visit, author, "D1", row_id=row, value={"value": 14.0})
    snapshot = snapshot_of(session, written, settings)
    assert _line(snapshot, "D2").answer["en"] == "recorded, not printed"
    assert _line(snapshot, "D1").answer["en"] == "see the annex of measurements"


def test_what_was_not_seen_says_so(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    make_revision(session, written.visit, written.member.id, "F2", value={"status": "not_seen"})
    line = _line(snapshot_of(session, written, settings), "F2")
    assert (line.national, line.answer["kk"]) == ("not_seen", "қаралмаған")


@pytest.mark.parametrize(("count", "band"), [(None, None), (0, 0), (9, 0), (10, 10), (35, 30), (199, 190)])
def test_persons_met_are_a_band_of_ten(count: int | None, band: int | None) -> None:
    assert band_from(count) == band


def _issued(session: Session, written: Written) -> None:
    session.add(Blob(sha256=written.visit.id.hex * 2, size=1, media_type="application/json", created_at=ISSUED_AT))
    session.flush()
    session.add(
        Report(
            visit_id=written.visit.id,
            number=written.visit.number,
            version=1,
            state=ReportState.ISSUED,
            snapshot_sha256=written.visit.id.hex * 2,
            asked_by=written.chair.id,
            asked_at=ISSUED_AT,
            issued_at=ISSUED_AT,
        )
    )
    session.flush()


def test_earlier_recommendations_of_issued_reports_are_listed_with_their_state(
    session: Session, settings: Settings
) -> None:
    place = make_place(session)
    days = [ISSUED_AT.date() - timedelta(days=300 + shift) for shift in (0, 10)]
    earlier, unissued = (make_written(session, place=place, starts_on=day, ends_on=day) for day in days)
    written = make_ready(session, place=place)
    for one in (earlier, unissued):
        one.visit.council_id = written.visit.council_id
    _issued(session, earlier)
    second = make_recommendation(
        session, visit=earlier.visit, findings=[earlier.finding], writer=earlier.member, state=DraftState.APPROVED
    )
    third = make_recommendation(
        session, visit=earlier.visit, findings=[earlier.finding], writer=earlier.member, state=DraftState.APPROVED
    )
    make_recommendation(
        session,
        visit=written.visit,
        findings=[written.finding],
        writer=written.member,
        state=DraftState.APPROVED,
        repeats_id=third.id,
        priority=Priority.SHORT.value,
    )
    text = text_of(session, written.visit.id)
    assert text is not None
    text.earlier_states = {str(second.id): "resolved"}
    snapshot = snapshot_of(session, written, settings)
    assert [(one.report, one.number, one.state) for one in snapshot.earlier] == [
        (earlier.visit.number, 1, "not_checked"),
        (earlier.visit.number, 2, "resolved"),
        (earlier.visit.number, 3, "repeated"),
    ]
    assert snapshot.recommendations[-1].repeats == f"{earlier.visit.number}, 3"


def test_the_log_says_who_did_what_and_no_time_of_a_single_answer(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    make_revision(session, written.visit, written.member.id, "F1", value={"value": "yes"})
    log = snapshot_of(session, written, settings).sign_off
    acts: dict[str, set[str]] = {}
    for line in log:
        acts.setdefault(line.act, set()).add(line.who)
    assert acts == {
        "recorded": {written.member.name},
        "concluded": {written.leader.name},
        "reviewed": {written.leader.name},
        "approved": {written.leader.name},
        "issued": {written.chair.name},
    }
    assert len(log) == 5
    assert [line.at for line in log] == sorted(line.at for line in log)


def test_dissenting_opinions_are_printed_in_their_own_language(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    session.add(
        DissentingOpinion(
            visit_id=written.visit.id,
            user_id=written.member.id,
            language="ru",
            text="Не согласна.",
            written_at=READY_AT,
        )
    )
    (dissent,) = snapshot_of(session, written, settings).dissents
    assert (dissent.member, dissent.language, dissent.text) == (written.member.name, "ru", "Не согласна.")


def test_the_same_state_gives_the_same_bytes(session: Session, settings: Settings) -> None:
    written = make_ready(session)
    first, second = (snapshot_bytes(snapshot_of(session, written, settings)) for _ in range(2))
    assert first == second
    assert json.loads(first)["report"]["number"] == written.visit.number


def test_a_report_without_texts_can_be_looked_at_too(session: Session, settings: Settings) -> None:
    written = make_written(session)
    snapshot = snapshot_of(session, written, settings)
    assert (snapshot.summary, snapshot.visit.persons_met_from) == ({}, None)
    assert session.get(ReportText, UUID(str(written.visit.id))) is None
