"""The annexes of a report that print answers: one line an item, and the measurements against their limits.

Never a note, a free text, the label of a row, or a count by which a person could be recognised.
"""

from collections.abc import Sequence
from dataclasses import replace

from baqylau.answers import wording
from baqylau.checklists.expressions import evaluate, parse
from baqylau.checklists.rules import assess, field_value
from baqylau.checklists.terms import Answer, AnswerType, Basis, Field, FieldType, Item, Limit
from baqylau.i18n import LANGUAGES, Translate, catalogue, in_language
from baqylau.i18n import lazy as _
from baqylau.reports import rules
from baqylau.reports import schemas as s
from baqylau.reports.recorded import Recorded

_MEASURED = (AnswerType.MEASURE, AnswerType.COMPUTED, AnswerType.RATIO)
_BAND = _("fewer than %(count)s")
_WITHHELD = _("recorded, not printed")
_IN_ANNEX = _("see the annex of measurements")
#: Fields that a tablet fills in beside a measured value.
_BESIDE = {"instrument", "time"}


def answer_lines(recorded: Recorded, smallest_count: int) -> list[s.DomainAnswers]:
    """Return one line for each item asked, by domain: ratings and plain values."""
    return [
        s.DomainAnswers(
            section=section.id,
            title=dict(section.title),
            lines=[_line(recorded, item, smallest_count) for item in section.items if recorded.asked(item)],
        )
        for section in rules.domains(recorded.checklist)
    ]


def _line(recorded: Recorded, item: Item, smallest_count: int) -> s.AnswerLine:
    return s.AnswerLine(
        item=item.id,
        question=dict(item.text),
        national=recorded.rating(item, Basis.NATIONAL),
        international=recorded.rating(item, Basis.INTERNATIONAL),
        answer={language: _in_words(recorded, item, smallest_count, language) for language in LANGUAGES},
        sources=list(recorded.sources(item)),
    )


def _in_words(recorded: Recorded, item: Item, smallest_count: int, language: str) -> str:
    translate = catalogue(language).gettext
    answers = recorded.answers(item)
    if not answers or _holds_ratings_alone(item):
        return ""
    if recorded.is_confidential(item):
        return translate(_WITHHELD)
    if item.repeat:
        # Rows are not printed one by one: with few cells or persons a row is somebody.
        return translate(_IN_ANNEX if _is_measured(item) and _rows(recorded, item, smallest_count) else _WITHHELD)
    (answer,) = answers
    if "status" in answer:
        return wording.answer_lines(item, answer, language, translate)[0][1]
    parts = [_field(field, answer, item, smallest_count, language) for field in item.fields]
    if item.type is AnswerType.RATIO and (share := _share(item, answer, smallest_count)) is not None:
        parts.append(wording.computed_in_words(item, round(share, 1), language, translate))
    # What is withheld twice is said once.
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _holds_ratings_alone(item: Item) -> bool:
    return all(field.type is FieldType.RATING for field in item.fields)


def _field(field: Field, answer: Answer, item: Item, smallest_count: int, language: str) -> str:
    value = answer.get(field.id)
    if value in (None, "", []) or field.id in _BESIDE or field.type is FieldType.RATING:
        return ""
    translate = catalogue(language).gettext
    words = _printable(field, value, item, smallest_count, language, translate)
    label = in_language(field.label, language)
    return f"{label}: {words}" if label and words != translate(_WITHHELD) else words


def _printable(
    field: Field, value: object, item: Item, smallest_count: int, language: str, translate: Translate
) -> str:
    if field.type is FieldType.TEXT or (item.sensitive and field.type is not FieldType.COUNT):
        # A free text is the monitor's own and may name people; what it says is put into a finding by hand.
        return translate(_WITHHELD)
    if rules.counts_people(item, field) and rules.is_small(value, smallest_count):
        return translate(_BAND) % {"count": smallest_count}
    rounded = round(value, 2) if isinstance(value, float) else value
    return wording.answer_lines(item, {field.id: rounded}, language, translate)[0][1]


def _share(item: Item, answer: Answer, smallest_count: int) -> float | None:
    """Return the per cent of a ratio; None without a denominator, and where it would give a small count away."""
    value = field_value(item, answer, "ratio")
    hides = item.sensitive and any(
        rules.is_small(answer.get(part), smallest_count) for part in ("numerator", "denominator")
    )
    return float(value) if isinstance(value, int | float) and not hides else None


def measurements(recorded: Recorded, smallest_count: int) -> list[s.Measurement]:
    """Return what was measured or computed against limits, rows numbered and not named."""
    found = []
    for section in rules.domains(recorded.checklist):
        for item in section.items:
            rows = _rows(recorded, item, smallest_count) if _is_measured(item) else []
            if rows:
                found.append(_measurement(item, rows, _limits(recorded, item)))
    return found


def _is_measured(item: Item) -> bool:
    return item.type in _MEASURED and bool(item.limits or item.repeat) and not item.sensitive


def _limits(recorded: Recorded, item: Item) -> list[Limit]:
    """Return the limits that the annex holds the measured values against.

    Those of the measured field alone, and those that apply to this place and to any of the rows: a norm for another
    kind of place, or for something else that was asked beside it, would only mislead.
    """
    measured = "ratio" if item.type is AnswerType.RATIO else "value"

    def applies(limit: Limit, row: str) -> bool:
        lookup = recorded.standing.lookup(item, row)
        names = lambda name: recorded.context[name] if name in recorded.context else lookup(name)  # noqa: E731
        return limit.when is None or evaluate(parse(limit.when), names) is True

    return [
        limit
        for limit in item.limits
        if limit.field == measured and any(applies(limit, row) for _, row in recorded.asked(item))
    ]


def _measurement(item: Item, rows: Sequence[s.MeasurementRow], standing: Sequence[Limit]) -> s.Measurement:
    unit = "percent" if item.type is AnswerType.RATIO else item.unit or "points"
    limits = [_limit(limit) for limit in standing if isinstance(limit.bound, int | float)]
    return s.Measurement(item=item.id, question=dict(item.text), unit=unit, limits=limits, rows=list(rows))


def _limit(limit: Limit) -> s.LimitFacts:
    standard = limit.standard
    return s.LimitFacts(
        basis=limit.basis.value,
        op=limit.op,
        bound=f"{limit.bound:g}",
        standard=s.StandardFacts(
            act=standard.act,
            at=standard.at,
            short=dict(standard.short),
            title=dict(standard.title),
            force=standard.force.value,
        ),
    )


def _rows(recorded: Recorded, item: Item, smallest_count: int) -> list[s.MeasurementRow]:
    if recorded.is_confidential(item):
        return []
    found = []
    held = replace(item, limits=tuple(_limits(recorded, item)))
    for number, key in enumerate(recorded.asked(item), 1):
        answer = recorded.standing.answer(item, key[1])
        value = _measured(item, answer, smallest_count) if answer and "status" not in answer else None
        if value is not None:
            weighed = assess(held, answer, recorded.context, recorded.standing.lookup(item, key[1]))
            found.append(
                s.MeasurementRow(
                    label=str(number),
                    value=round(value, 2),
                    national=weighed[Basis.NATIONAL].rating,
                    international=weighed[Basis.INTERNATIONAL].rating,
                )
            )
    return found


def _measured(item: Item, answer: Answer, smallest_count: int) -> float | None:
    value = _share(item, answer, smallest_count) if item.type is AnswerType.RATIO else answer.get("value")
    return float(value) if isinstance(value, int | float) else None
