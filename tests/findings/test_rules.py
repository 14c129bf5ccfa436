"""What answers propose, severity, allegation, terms, missing languages: tables of cases."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.answers.terms import AnswerKey, Head
from baqylau.checklists.terms import Rating
from baqylau.findings.rules import (
    GAP,
    Proposal,
    carrier_items,
    due_on,
    guess_severity,
    in_order,
    in_sight,
    is_alleged,
    is_within_term,
    is_written,
    missing_languages,
    propose,
)
from baqylau.findings.terms import FindingKind, Priority, Severity
from tests.factories.checklists import small_checklist

CHECKLIST = small_checklist()
CONTEXT = {"place.kind": "colony_medium", "place.groups": ["men"], "place.limit": 400, "visit.kind": "commission"}
AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@dataclass
class Shot:
    """A photo as a proposal sees it."""

    item_id: str
    row_id: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def head(
    item: str, value: dict[str, Any] | None, row: str = "", sources: str = "O", flags: tuple[str, ...] = ()
) -> Head:
    return Head(uuid.uuid4(), item, row, value, tuple(sources), "a note", flags, uuid.uuid4(), AT, AT)


def grouped(*heads: Head) -> dict[AnswerKey, list[Head]]:
    found: dict[AnswerKey, list[Head]] = {}
    for one in heads:
        found.setdefault(one.key, []).append(one)
    return found


def proposals(
    *heads: Head, photos: tuple[Shot, ...] = (), context: Any = CONTEXT, day: date | None = None
) -> dict[str, Proposal]:
    return {one.item_id: one for one in propose(CHECKLIST, context, grouped(*heads), photos, day)}


def rated(national: str, international: str, **other: Any) -> Head:
    return head("D4", {"national": national, "international": international}, **other)


@pytest.mark.parametrize(
    ("national", "international", "severity"),
    [
        ("not_met", "not_met", Severity.HIGH),
        ("met", "not_met", Severity.MEDIUM),
        ("not_met", "met", Severity.MEDIUM),
        ("not_met", "partly", Severity.MEDIUM),
        ("partly", "partly", Severity.LOW),
        ("met", "partly", Severity.LOW),
        ("not_seen", "not_met", Severity.MEDIUM),
    ],
)
def test_a_rating_that_falls_short_is_proposed_with_a_guess_of_its_severity(
    national: str, international: str, severity: Severity
) -> None:
    proposal = proposals(rated(national, international))["D4"]
    assert proposal.kind is FindingKind.SHORTCOMING
    assert proposal.severity is severity
    assert proposal.items == ("D4",)
    assert not proposal.is_conflict


@pytest.mark.parametrize(
    ("national", "international"),
    [("met", "met"), ("not_seen", "not_seen"), ("not_applicable", "met"), ("not_applicable", "not_applicable")],
)
def test_what_is_met_or_says_nothing_is_not_proposed(national: str, international: str) -> None:
    assert proposals(rated(national, international)) == {}


def test_nothing_recorded_proposes_nothing() -> None:
    assert proposals() == {}


@pytest.mark.parametrize(("answer", "is_proposed"), [("yes", False), ("no", True), ("unknown", True)])
def test_a_limit_that_does_not_hold_is_proposed(answer: str, is_proposed: bool) -> None:
    found = proposals(head("F1", {"value": answer}, sources="D"))
    assert ("F1" in found) is is_proposed
    if is_proposed:
        assert (found["F1"].national, found["F1"].international) == (None, Rating.NOT_MET)
        assert [str(one) for one in found["F1"].standards] == ["MR 31"]


def test_an_item_without_limits_is_proposed_only_when_somebody_marked_it() -> None:
    assert proposals(head("D5", {"value": ["table"]})) == {}
    assert set(proposals(head("D5", {"value": ["table"]}, flags=("urgent",)))) == {"D5"}


def test_an_urgent_answer_is_critical_whatever_its_rating() -> None:
    proposal = proposals(rated("met", "partly", flags=("urgent",)))["D4"]
    assert proposal.is_urgent
    assert proposal.severity is Severity.CRITICAL


def test_good_practice_is_proposed_as_such_without_a_severity() -> None:
    proposal = proposals(rated("met", "met", flags=("good_practice",)))["D4"]
    assert proposal.kind is FindingKind.GOOD_PRACTICE
    assert proposal.severity is None
    assert (proposal.national, proposal.international) == (Rating.MET, Rating.MET)


def test_praise_of_what_falls_short_stays_a_shortcoming() -> None:
    assert proposals(rated("met", "not_met", flags=("good_practice",)))["D4"].kind is FindingKind.SHORTCOMING


def test_a_confidential_mark_alone_proposes_nothing() -> None:
    assert proposals(rated("met", "met", flags=("confidential",))) == {}


def test_an_answer_taken_back_proposes_nothing_nor_does_its_mark() -> None:
    assert proposals(head("D4", None, flags=("urgent",))) == {}


def test_an_item_that_is_not_asked_here_proposes_nothing_unless_it_is_urgent() -> None:
    assert proposals(head("D6", {"value": "never"})) == {}
    assert set(proposals(head("D6", {"value": "never"}, flags=("urgent",)))) == {"D6"}


def cell(row: str, area: float, people: int, **other: Any) -> tuple[Head, Head]:
    return head("D1", {"value": area}, row, **other), head("D2", {"value": people}, row, sources="D")


def test_rows_are_gathered_and_the_worst_of_them_counts() -> None:
    good, bad, worse = cell("a", 12, 2), cell("b", 9, 3), cell("c", 8, 4)
    found = proposals(*good, *bad, *worse)
    assert set(found) == {"D3"}
    proposal = found["D3"]
    assert (proposal.national, proposal.international) == (Rating.NOT_MET, Rating.NOT_MET)
    assert proposal.rows == (2, 3)


def test_a_computed_item_is_carried_by_what_it_is_computed_from_in_the_rows_that_fall_short() -> None:
    good, bad = cell("a", 12, 2), cell("b", 9, 3)
    proposal = proposals(*good, *bad)["D3"]
    assert set(proposal.revisions) == {one.id for one in bad}
    assert proposal.sources == ("O", "D")
    assert (proposal.national, proposal.international) == (Rating.MET, Rating.NOT_MET)
    assert [str(one) for one in proposal.standards] == ["CPT living space", "PEC 115(1)"]


def test_a_row_taken_out_of_sight_proposes_nothing() -> None:
    gone = head("cell", {"label": "Cell 2", "removed": True}, "b")
    assert proposals(*cell("a", 12, 2), *cell("b", 3, 3), gone) == {}
    assert set(in_sight(CHECKLIST, grouped(*cell("b", 3, 3), gone))) == {("cell", "b")}


def test_photos_of_the_rows_that_fall_short_belong_to_the_proposal() -> None:
    shots = Shot("D1", "a"), Shot("D2", "b"), Shot("D4"), Shot("D1", "b")
    found = proposals(*cell("a", 12, 2), *cell("b", 9, 3), rated("not_met", "met"), photos=shots)
    assert found["D3"].photos == (shots[1].id, shots[3].id)
    assert found["D4"].photos == (shots[2].id,)


def test_sources_are_the_union_of_the_heads_in_a_fixed_order() -> None:
    found = proposals(rated("not_met", "met", sources="SP"))["D4"]
    assert found.sources == ("P", "S")
    assert not found.is_alleged


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_heads_are_a_conflict_whichever_came_last(order: tuple[int, int]) -> None:
    pair = rated("not_met", "not_met", sources="P"), rated("met", "met", sources="O")
    proposal = proposals(*(pair[place] for place in order))["D4"]
    assert proposal.is_conflict
    assert (proposal.national, proposal.international) == (Rating.NOT_MET, Rating.NOT_MET)
    assert set(proposal.revisions) == {one.id for one in pair}


def test_a_conflict_that_gives_no_reason_either_way_is_not_proposed() -> None:
    assert proposals(rated("met", "met"), rated("met", "not_seen")) == {}


def test_an_answer_against_its_own_withdrawal_is_a_conflict() -> None:
    proposal = proposals(rated("not_met", "met"), head("D4", None))["D4"]
    assert proposal.is_conflict


def test_a_conflict_under_a_computed_item_is_its_conflict() -> None:
    area, people = cell("a", 9, 3)
    assert proposals(area, people, head("D2", {"value": 2}, "a"))["D3"].is_conflict
    assert not proposals(area, people, rated("met", "met"), rated("met", "not_met"))["D3"].is_conflict


def test_proposals_come_in_the_order_of_asking() -> None:
    found = propose(CHECKLIST, CONTEXT, grouped(head("F1", {"value": "no"}), rated("partly", "met"), *cell("a", 4, 2)))
    assert [one.item_id for one in found] == ["D3", "D4", "F1"]
    assert [one.section for one in found] == ["D", "D", "F"]


def test_a_standard_out_of_force_on_the_day_of_the_visit_is_left_out() -> None:
    checklist = small_checklist("old-constitution", words={"[PEC 115(5), MR 14]": "[C95 17, MR 14]"})
    answers = grouped(rated("not_met", "not_met"))
    before, after = (
        propose(checklist, CONTEXT, answers, day=day)[0].standards for day in (date(2026, 6, 30), date(2026, 7, 1))
    )
    assert [str(one) for one in before] == ["C95 17", "MR 14"]
    assert [str(one) for one in after] == ["MR 14"]


def test_the_carriers_of_a_computed_item_are_found_through_others() -> None:
    assert carrier_items(CHECKLIST, CHECKLIST.items["D3"]) == ["D1", "D2"]
    assert carrier_items(CHECKLIST, CHECKLIST.items["D4"]) == ["D4"]


@pytest.mark.parametrize(
    ("sources", "alleged"),
    [
        ("", True),
        ("P", True),
        ("S", True),
        ("PP", True),
        ("O", False),
        ("D", False),
        ("PS", False),
        ("OP", False),
        ("SD", False),
        ("OPSD", False),
    ],
)
def test_statements_of_one_side_alone_are_alleged(sources: str, alleged: bool) -> None:
    assert is_alleged(sources) is alleged


@given(st.lists(st.sampled_from("OPSDX")))
def test_more_sources_never_turn_what_is_established_into_an_allegation(sources: list[str]) -> None:
    known = in_order(sources)
    assert list(known) == sorted(known, key="OPSD".index)
    if not is_alleged(known):
        assert not is_alleged((*known, "P"))


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("urgent", [True, False])
def test_only_good_practice_is_without_severity(kind: FindingKind, urgent: bool) -> None:
    assert (guess_severity(kind, urgent, None, None) is None) is (kind is FindingKind.GOOD_PRACTICE)


@pytest.mark.parametrize(
    ("priority", "day"),
    [
        (Priority.IMMEDIATE, date(2026, 12, 4)),
        (Priority.SHORT, date(2027, 3, 3)),
        (Priority.MEDIUM, date(2027, 12, 2)),
        (Priority.STRUCTURAL, None),
    ],
)
def test_the_last_day_follows_from_the_priority(priority: Priority, day: date | None) -> None:
    assert due_on(priority, date(2026, 12, 1)) == day


@pytest.mark.parametrize(
    ("priority", "days", "is_within"),
    [
        (Priority.IMMEDIATE, -1, False),
        (Priority.IMMEDIATE, 0, True),
        (Priority.IMMEDIATE, 3, True),
        (Priority.IMMEDIATE, 4, False),
        (Priority.SHORT, 92, True),
        (Priority.SHORT, 93, False),
        (Priority.STRUCTURAL, 3000, True),
        (Priority.STRUCTURAL, -1, False),
    ],
)
def test_a_day_lies_between_today_and_the_end_of_the_term(priority: Priority, days: int, is_within: bool) -> None:
    today = date(2026, 12, 1)
    assert is_within_term(priority, today + timedelta(days=days), today) is is_within


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", False),
        ("  \n", False),
        (f"The place should {GAP}.", False),
        ("The place should mend it.", True),
        ("x", True),
    ],
)
def test_a_blank_text_or_one_with_a_gap_is_not_written(text: str, written: bool) -> None:
    assert is_written(text) is written


@pytest.mark.parametrize(
    ("texts", "missing"),
    [
        ({}, ("kk", "ru", "en")),
        ({"kk": "Жарық жоқ."}, ("ru", "en")),
        ({"kk": "Жарық жоқ.", "ru": " ", "en": f"{GAP}"}, ("ru", "en")),
        ({"kk": "Жарық жоқ.", "ru": "Света нет.", "en": "No light."}, ()),
    ],
)
def test_languages_without_a_text_are_named(texts: dict[str, str], missing: tuple[str, ...]) -> None:
    assert missing_languages(texts) == missing
    assert missing_languages(texts, ("ru",)) == tuple(language for language in missing if language == "ru")
