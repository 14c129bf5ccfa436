"""What may be recorded, and what of it counts."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from baqylau.answers.rules import answers_for_rules, content_hash, item_of, problems_with, row_label, rows_of, settled
from baqylau.answers.terms import AnswerKey, Head
from tests.factories.checklists import small_checklist

CHECKLISTS = [small_checklist()]
ROW = "5a0f6a3e-6c1b-4b3e-9a52-0d6c1d5c7a11"


def head(item: str, value: dict[str, Any] | None, row: str = "") -> Head:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Head(uuid4(), item, row, value, (), "", (), uuid4(), now, now)


@pytest.mark.parametrize(
    ("item", "row", "value", "code"),
    [
        ("D4", "", {"national": "met", "international": "partly"}, None),
        ("D4", "", {"national": "fine"}, "unknown_choice"),
        ("D4", "", {"status": "not_seen"}, "status_on_scale"),
        ("D4", ROW, {"national": "met"}, "row_unexpected"),
        ("D4", "", None, None),
        ("D1", ROW, {"value": 14.2, "time": "12:01"}, None),
        ("D1", "", {"value": 14.2}, "row_missing"),
        ("D1", ROW, {"value": "14,2"}, "not_a_number"),
        ("D2", ROW, {"value": 2.5}, "not_whole"),
        ("D2", ROW, {"status": "not_applicable"}, None),
        ("D3", ROW, {"value": 3}, "nothing_entered"),
        ("D5", "", {"value": ["none", "table"]}, "none_with_others"),
        ("F3", "", {"value": "\x00"}, "unprintable"),
        ("Z9", "", {"value": 1}, "unknown_item"),
        ("Z9", "", None, "unknown_item"),
    ],
)
def test_a_value_is_weighed_against_the_item_it_answers(
    item: str, row: str, value: dict[str, Any] | None, code: str | None
) -> None:
    found = problems_with(CHECKLISTS, item, row, value)
    assert [problem.code for problem in found] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("row", "value", "code"),
    [
        (ROW, {"label": "Cell 12"}, None),
        (ROW, {"label": "Cell 12", "removed": True}, None),
        (ROW, {"label": "Cell 12", "removed": "yes"}, "row_label_wrong"),
        (ROW, {"label": "  "}, "row_label_wrong"),
        (ROW, {"label": "x" * 81}, "row_label_wrong"),
        (ROW, {"label": 12}, "row_label_wrong"),
        (ROW, {"label": "Cell 12", "colour": "red"}, "row_label_wrong"),
        (ROW, {}, "row_label_wrong"),
        (ROW, None, "row_label_wrong"),
        ("", {"label": "Cell 12"}, "row_missing"),
    ],
)
def test_a_row_of_a_repeat_has_a_name_and_nothing_else(
    row: str, value: dict[str, Any] | None, code: str | None
) -> None:
    found = problems_with(CHECKLISTS, "cell", row, value)
    assert [problem.code for problem in found] == ([] if code is None else [code])


def test_the_second_checklist_of_a_visit_is_asked_too() -> None:
    both = [*CHECKLISTS, small_checklist(slug="other", prefix="X")]
    assert problems_with(both, "XF1", "", {"value": "yes"}) == []
    assert item_of(both, "XF1") is both[1].items["XF1"]
    assert item_of(both, "cell") is None


def test_the_hash_of_a_revision_does_not_depend_on_the_order_of_its_fields() -> None:
    assert content_hash({"a": 1, "b": {"c": 2, "d": 3}}) == content_hash({"b": {"d": 3, "c": 2}, "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})
    assert len(content_hash({"half a pair": "\ud800"})) == 64


def test_a_conflict_is_not_settled_and_a_withdrawn_answer_is_none() -> None:
    heads: dict[AnswerKey, list[Head]] = {
        ("D4", ""): [head("D4", {"national": "met"}), head("D4", {"national": "partly"})],
        ("D5", ""): [head("D5", None)],
        ("F1", ""): [head("F1", {"value": "yes"})],
    }
    assert list(settled(heads)) == [("F1", "")]


def test_of_a_conflict_the_last_to_arrive_counts_until_it_is_settled() -> None:
    heads = {("D4", ""): [head("D4", {"national": "met"}), head("D4", {"national": "partly"})]}
    assert answers_for_rules(heads) == {("D4", ""): {"national": "partly"}}


def test_the_answers_of_a_row_out_of_sight_do_not_count() -> None:
    other = str(uuid4())
    heads = {
        ("cell", ROW): [head("cell", {"label": "Cell 12", "removed": True}, ROW)],
        ("cell", other): [head("cell", {"label": "Cell 14"}, other)],
        ("D1", ROW): [head("D1", {"value": 10}, ROW)],
        ("D1", other): [head("D1", {"value": 20}, other)],
    }
    counted = answers_for_rules(heads)
    assert ("D1", ROW) not in counted
    assert counted["D1", other] == {"value": 20}
    assert rows_of(CHECKLISTS[0], heads) == {"cell": [(other, "Cell 14")]}


def test_an_answer_in_a_row_goes_by_the_name_of_the_row() -> None:
    heads = {("cell", ROW): [head("cell", {"label": "Cell 12"}, ROW)]}
    assert row_label(heads, CHECKLISTS[0].items["D1"], ROW) == "Cell 12"
    assert row_label(heads, CHECKLISTS[0].items["D1"], str(uuid4())) == ""
    assert row_label(heads, CHECKLISTS[0].items["D4"], "") == ""
    assert row_label(heads, None, ROW) == ""
