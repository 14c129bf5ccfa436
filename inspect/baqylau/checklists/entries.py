"""What may be entered as the answer to an item: the checks on the value object that a tablet or a page sends.

Pure, and the same for every edge. Problems are codes with the values that a message needs; pages translate them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from baqylau.checklists.terms import (
    COUNT_RANGE,
    UNITS,
    YESNO,
    AnswerProblem,
    AnswerType,
    Field,
    FieldType,
    Item,
    Rating,
    Status,
)

MAX_TEXT: Final = 4000
YEARS: Final = (1900, 2100)
#: A choice of this id says that no other one applies.
NONE: Final = "none"

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# Control characters have no look on paper, and half a surrogate pair cannot be stored as UTF-8.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

_Found = tuple[str, Mapping[str, object]]


def check_answer(item: Item, value: object) -> list[AnswerProblem]:
    """Return what is wrong with an answer object; an empty list when it can be taken.

    An empty object is an answer taken back. A field that was not filled in is left out, never null. Codes: not_an_object,
    nothing_entered, status_on_scale, status_with_fields, unknown_status, unknown_field, computed_field, not_a_number,
    not_finite, not_whole, out_of_range, not_a_text, blank, too_long, unprintable, not_a_date, not_a_time, not_a_list,
    unknown_choice, repeated_choice, nothing_chosen, none_with_others.
    """
    if not isinstance(value, Mapping):
        return [AnswerProblem("not_an_object", "", {})]
    if not value:
        return []
    if item.type is AnswerType.COMPUTED:
        return [AnswerProblem("nothing_entered", "", {})]
    if "status" in value:
        return _check_status(item, value)
    fields = {field.id: field for field in item.fields}
    problems = []
    for name, entered in value.items():
        field = fields.get(name) if isinstance(name, str) else None
        if field is None:
            problems.append(AnswerProblem("unknown_field", str(name)[:80], {}))
        elif not field.is_entered:
            problems.append(AnswerProblem("computed_field", field.id, {}))
        else:
            problems += [AnswerProblem(code, field.id, params) for code, params in _CHECKS[field.type](field, entered)]
    return problems


def is_answered(item: Item, answer: Mapping[str, object] | None) -> bool:
    """Tell whether the item needs no more attention: all its main fields are filled, or a status is given."""
    if not answer:
        return False
    needed = [field.id for field in item.fields if field.is_main and field.is_entered and not field.is_optional]
    return "status" in answer or (bool(needed) and all(answer.get(name) not in (None, "", []) for name in needed))


def _check_status(item: Item, value: Mapping[str, object]) -> list[AnswerProblem]:
    status = value["status"]
    problems = []
    if item.type is AnswerType.SCALE:
        problems.append(AnswerProblem("status_on_scale", "status", {}))
    elif status not in tuple(Status):
        problems.append(AnswerProblem("unknown_status", "status", {"choices": [one.value for one in Status]}))
    if len(value) > 1:
        problems.append(AnswerProblem("status_with_fields", "status", {}))
    return problems


def _number(value: object, low: float, high: float) -> Iterator[_Found]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield "not_a_number", {}
    elif isinstance(value, float) and not math.isfinite(value):
        yield "not_finite", {}
    elif not low <= value <= high:
        yield "out_of_range", {"low": low, "high": high}


def _measure(field: Field, value: object) -> Iterator[_Found]:
    return _number(value, *UNITS[field.unit or "points"])


def _count(field: Field, value: object) -> Iterator[_Found]:
    yield from _number(value, *(UNITS[field.unit] if field.unit else COUNT_RANGE))
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        yield "not_whole", {}
    if field.unit and isinstance(value, int | float) and UNITS[field.unit][0] <= value < 0:
        yield "out_of_range", {"low": 0, "high": UNITS[field.unit][1]}


def _text(_field: Field, value: object) -> Iterator[_Found]:
    if not isinstance(value, str):
        yield "not_a_text", {}
        return
    if not value.strip():
        yield "blank", {}
    if len(value) > MAX_TEXT:
        yield "too_long", {"most": MAX_TEXT, "length": len(value)}
    if _UNPRINTABLE.search(value):
        yield "unprintable", {}


def _date(_field: Field, value: object) -> Iterator[_Found]:
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError
        if not YEARS[0] <= date.fromisoformat(value).year <= YEARS[1]:
            yield "out_of_range", {"low": f"{YEARS[0]}-01-01", "high": f"{YEARS[1]}-12-31"}
    except ValueError:
        yield "not_a_date", {}


def _time(_field: Field, value: object) -> Iterator[_Found]:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        yield "not_a_time", {}


def _one_of(allowed: tuple[str, ...], value: object) -> Iterator[_Found]:
    if not isinstance(value, str) or value not in allowed:
        yield "unknown_choice", {"choices": list(allowed)}


def _rating(_field: Field, value: object) -> Iterator[_Found]:
    return _one_of(tuple(one.value for one in Rating), value)


def _yesno(_field: Field, value: object) -> Iterator[_Found]:
    return _one_of(YESNO, value)


def _single(field: Field, value: object) -> Iterator[_Found]:
    return _one_of(tuple(choice.id for choice in field.choices), value)


def _multi(field: Field, value: object) -> Iterator[_Found]:
    if not isinstance(value, list | tuple):
        yield "not_a_list", {}
        return
    if not value:
        yield "nothing_chosen", {}
    allowed = tuple(choice.id for choice in field.choices)
    if any(not isinstance(one, str) or one not in allowed for one in value):
        yield "unknown_choice", {"choices": list(allowed)}
        return
    if len(set(value)) < len(value):
        yield "repeated_choice", {}
    if NONE in value and set(value) != {NONE}:
        yield "none_with_others", {}


_CHECKS: Final[Mapping[FieldType, Callable[[Field, object], Iterator[_Found]]]] = {
    FieldType.RATING: _rating,
    FieldType.COUNT: _count,
    FieldType.MEASURE: _measure,
    FieldType.YESNO: _yesno,
    FieldType.SINGLE: _single,
    FieldType.MULTI: _multi,
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
}
