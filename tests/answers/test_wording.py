"""Answers in words."""

from typing import Any

import pytest

from baqylau.answers.wording import answer_lines
from tests.factories.checklists import small_checklist

ITEMS = small_checklist().items


def as_it_is(message: str) -> str:
    return message


@pytest.mark.parametrize(
    ("item", "value", "language", "lines"),
    [
        (
            "D4",
            {"national": "partly", "international": "not_met"},
            "en",
            [("national law", "partly met"), ("international standards", "not met")],
        ),
        ("D1", {"value": 14.2, "instrument": "laser", "time": "12:01"}, "ru",
         [("", "14,2\u00a0m²"), ("Measured with", "laser"), ("Time of day", "12:01")]),
        ("D2", {"value": 6, "beds": 5}, "kk", [("Адамдар", "6"), ("Төсектер", "5")]),
        ("D5", {"value": ["table", "window"]}, "en", [("", "Table, Window")]),
        ("F1", {"value": "no"}, "en", [("", "no")]),
        ("F2", {"numerator": 7, "denominator": 100}, "en", [("Examined", "7"), ("Arrived", "100")]),
        ("F3", {"value": "It was cold."}, "en", [("", "It was cold.")]),
        ("F1", {"status": "not_seen"}, "en", [("", "not seen")]),
        ("F1", None, "en", []),
        ("F1", {}, "en", []),
    ],
)  # fmt: skip
def test_an_answer_is_said_field_by_field(
    item: str, value: dict[str, Any] | None, language: str, lines: list[tuple[str, str]]
) -> None:
    assert answer_lines(ITEMS[item], value, language, as_it_is) == lines


def test_the_words_of_values_are_translated() -> None:
    assert answer_lines(ITEMS["F1"], {"value": "no"}, "en", str.upper) == [("", "NO")]
