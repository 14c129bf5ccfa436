"""Answers in words, in one language: what a person reads beside the text that they write.

Knows neither Flask nor the database: the words of enum values come through `translate`.
"""

from collections.abc import Mapping
from typing import Any

from baqylau import labels
from baqylau.answers.wording import answer_lines
from baqylau.checklists.terms import AnswerType, FieldType, Item
from baqylau.i18n import Translate, format_number


def answer_in_words(item: Item, value: Mapping[str, Any], language: str, translate: Translate) -> list[tuple[str, str]]:
    """Return [(label, what was answered)] of the fields that were filled in; the main field has the label "".

    The two ratings of a scale are left out: they are shown as marks.
    """
    ratings = {field.id for field in item.fields if field.type is FieldType.RATING}
    said = {name: one for name, one in value.items() if name not in ratings and one not in (None, "", [])}
    return answer_lines(item, said, language, translate)


def computed_in_words(item: Item, value: float | None, language: str, translate: Translate) -> str:
    """Return a computed number with its unit; "" where it could not be computed."""
    if value is None:
        return ""
    unit = "percent" if item.type is AnswerType.RATIO else item.unit
    written = format_number(value, language)
    return f"{written}\u00a0{labels.label('unit', unit, translate)}" if unit else written
