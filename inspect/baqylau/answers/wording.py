"""Say an answer in words, field by field, in one language; static/js/tablet/describe.js does the same on the tablet.

Knows neither Flask nor the database: the language and the translator come from the caller.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from baqylau import labels
from baqylau.checklists.terms import AnswerType, Field, Item
from baqylau.i18n import Translate, format_day, format_number, in_language, lazy

_PARTS_OF_A_MEASUREMENT = {"instrument": lazy("Measured with"), "time": lazy("Time of day")}
_YESNO = {"yes": lazy("yes"), "no": lazy("no"), "unknown": lazy("unknown")}
_BASES = {"national": lazy("national law"), "international": lazy("international standards")}


def answer_lines(
    item: Item, value: Mapping[str, Any] | None, language: str, translate: Translate
) -> list[tuple[str, str]]:
    """Return (label, value) for each field that is filled, in the order of the checklist; label "" = the question itself.

    An answer taken back has no lines; a status is one line without a label.
    """
    if not value:
        return []
    if "status" in value:
        return [("", labels.label("rating", str(value["status"]), translate))]
    filled = [field for field in item.fields if field.id in value]
    return [
        (_label(item, field, language, translate), _said(field, value[field.id], language, translate))
        for field in filled
    ]


def computed_in_words(item: Item, value: float | None, language: str, translate: Translate) -> str:
    """Return a computed number with its unit; "" where it could not be computed."""
    if value is None:
        return ""
    return _number(value, "percent" if item.type is AnswerType.RATIO else item.unit, language, translate)


def _label(item: Item, field: Field, language: str, translate: Translate) -> str:
    if item.type is AnswerType.SCALE and field.is_main:
        return translate(_BASES[field.id])
    if item.type is AnswerType.MEASURE and field.is_main and field.id in _PARTS_OF_A_MEASUREMENT:
        return translate(_PARTS_OF_A_MEASUREMENT[field.id])
    return in_language(field.label, language)


def _said(field: Field, value: Any, language: str, translate: Translate) -> str:
    if isinstance(value, list):
        return ", ".join(_choice(field, one, language) for one in value)
    if isinstance(value, int | float):
        return _number(value, field.unit, language, translate)
    match field.type.value:
        case "rating":
            return labels.label("rating", value, translate)
        case "yesno":
            return translate(_YESNO.get(value, value))
        case "date":
            return format_day(date.fromisoformat(value), language)
        case _:
            return _choice(field, value, language)


def _number(value: float, unit: str | None, language: str, translate: Translate) -> str:
    written = format_number(value, language)
    return f"{written}\u00a0{labels.label('unit', unit, translate)}" if unit else written


def _choice(field: Field, value: str, language: str) -> str:
    label = next((choice.label for choice in field.choices if choice.id == value), None)
    return value if label is None else in_language(label, language)
