"""Plausible answers to every item of a checklist, the same at every run, and what three members record of them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from baqylau.checklists.rules import check_answer
from baqylau.checklists.terms import AnswerType, Checklist, Field, FieldType, Item

_NAMESPACE = UUID("6f1d1c1e-5f2a-4a0e-9d3e-2b1f3a5c7d90")

#: Cells that were measured: net area in m², persons, beds.
CELLS = ((14.2, 6, 6), (16.8, 8, 8), (9.1, 2, 2), (41.5, 18, 20), (12.4, 4, 4), (8.6, 1, 1))
#: Figures of the place that must fit together: held, limit.
_FIGURES: Mapping[str, dict[str, Any]] = {
    "P1": {"value": 412},
    "P2": {"value": 420},
}
#: How often a rating is given where no finding says otherwise.
_RATINGS = {"met": 70, "partly": 12, "not_met": 8, "not_seen": 6, "not_applicable": 4}
_NOTES = {
    "kk": ("Журналдан көшірілді.", "Екі секцияда тексерілді.", "Қызметкер түсіндірді, құжат көрсетілді."),
    "ru": ("По журналу.", "Проверено в двух секциях.", "Со слов сотрудника, документ показан."),
}
_TEXTS = {"kk": "Қосымша мәлімет топтың жазбаларында.", "ru": "Подробности в записях группы."}


def recorded(
    checklist: Checklist, judged: Mapping[str, Sequence[str]], languages: Mapping[str, str], began: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give (login of the observer, revision as a tablet sends it) for every item and every row.

    `judged` is {item id: (national, international)} where a finding has decided already; `languages` is
    {login: language}. The three observers share the sections out.
    """
    moment = began
    logins = list(languages)
    for place, section in enumerate(checklist.sections):
        login = logins[place % len(logins)]
        rows: dict[str, list[str]] = {}
        for repeat in section.repeats:
            rows[repeat.id] = [
                str(uuid5(_NAMESPACE, f"{repeat.id}{number}")) for number in range(_row_count(repeat.id))
            ]
            for number, row in enumerate(rows[repeat.id], 1):
                moment += timedelta(seconds=20)
                label = f"{repeat.title[languages[login]]} {number}"
                yield login, _revision(repeat.id, row, {"label": label}, [], "", moment)
        for item in section.items:
            if item.type is AnswerType.COMPUTED:
                continue
            for number, row in enumerate(rows.get(item.repeat or "", [""])):
                moment += timedelta(seconds=45)
                chance = random.Random(f"{item.id}/{number}")  # noqa: S311  # a demo's dice
                value = _value(item, number, judged.get(item.id), chance, languages[login])
                sources = [str(kind) for kind in item.sources[: chance.choice((1, 2, 2))]] or ["O"]
                note = chance.choice(_NOTES[languages[login]]) if chance.random() < 0.2 else ""
                yield login, _revision(item.id, row, value, sources, note, moment)


def _row_count(repeat: str) -> int:
    return len(CELLS) if repeat == "cell" else 4


def _revision(
    item: str, row: str, value: dict[str, Any], sources: list[str], note: str, moment: datetime
) -> dict[str, Any]:
    return {
        "id": str(uuid5(_NAMESPACE, f"{item}/{row}/{moment.isoformat()}")),
        "item": item,
        "row": row,
        "value": value,
        "sources": sources,
        "note": note,
        "flags": [],
        "recorded_at": moment.isoformat(),
        "supersedes": [],
    }


def _value(
    item: Item, number: int, judged: Sequence[str] | None, chance: random.Random, language: str
) -> dict[str, Any]:
    if item.repeat == "cell" and item.id in {"D1", "D2"}:
        area, persons, beds = CELLS[number]
        main: dict[str, Any] = {"value": area} if item.id == "D1" else {"value": persons, "beds": beds}
    elif item.id in _FIGURES:
        main = dict(_FIGURES[item.id])
    elif item.type is AnswerType.SCALE:
        national, international = judged or _ratings(chance)
        main = {"national": national, "international": international}
    elif judged is None and chance.random() < 0.04:
        return {"status": "not_seen"}
    else:
        main = {}
    for field in item.fields:
        if field.is_entered and field.id not in main and (not field.is_optional or chance.random() < 0.3):
            main[field.id] = _field(item, field, judged is None, chance, language)
    if item.type is AnswerType.RATIO:
        main["denominator"] = 20
        main["numerator"] = 20 if judged is None and chance.random() < 0.6 else chance.randint(9, 17)
    problems = check_answer(item, main)
    if problems:
        raise ValueError(f"the demo's answer to {item.id} cannot be taken: {problems}")
    return main


def _ratings(chance: random.Random) -> tuple[str, str]:
    national = chance.choices(list(_RATINGS), list(_RATINGS.values()))[0]
    stricter = national == "met" and chance.random() < 0.15
    return national, "partly" if stricter else national


def _field(item: Item, field: Field, keeps_to_limits: bool, chance: random.Random, language: str) -> Any:
    bounds = [limit for limit in item.limits if limit.field == field.id and limit.when is None]
    if bounds and keeps_to_limits:
        return _within(bounds[-1].op, bounds[-1].bound, field)
    if field.type is FieldType.COUNT:
        return chance.choice((0, 1, 2, 3, 6, 8, 12, 15, 24))
    if field.type is FieldType.MEASURE:
        return round(chance.uniform(*_TYPICAL.get(field.unit or "", (5, 40))), 1)
    if field.type is FieldType.YESNO:
        return chance.choice(("yes", "yes", "yes", "no"))
    if field.type is FieldType.SINGLE:
        return chance.choice(field.choices).id
    if field.type is FieldType.MULTI:
        chosen = [choice.id for choice in chance.sample(field.choices, k=min(2, len(field.choices)))]
        return [one for one in chosen if one not in {"none", "no_one"}] or chosen[:1]
    if field.type is FieldType.DATE:
        return f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}"
    if field.type is FieldType.TIME:
        return f"{chance.randint(9, 16):02d}:{chance.choice((0, 15, 30, 45)):02d}"
    return {"kk": "лазер", "ru": "лазер"}[language] if field.id == "instrument" else _TEXTS[language]


_TYPICAL = {
    "celsius": (17.5, 23.0), "lux": (60, 320), "m": (2.4, 3.2), "m2": (9, 40), "minutes": (30, 120), "hours": (2, 14),
    "days": (1, 12), "per_week": (1, 3), "per_month": (2, 4), "hours_per_week": (1, 8), "seconds": (20, 240),
    "months": (1, 9), "weeks": (1, 6),
}  # fmt: skip


def _within(op: str, bound: Any, field: Field) -> Any:
    """Return a value that keeps to the limit."""
    if op == "in":
        return bound[0] if field.type is not FieldType.MULTI else [bound[0]]
    if isinstance(bound, str):
        if op == "==":
            return [bound] if field.type is FieldType.MULTI else bound
        others = [choice.id for choice in field.choices if choice.id != bound] or ["no" if bound == "yes" else "yes"]
        return others[:1] if field.type is FieldType.MULTI else others[0]
    shift = {">=": 0, "<=": 0, "==": 0, ">": 1, "<": -1, "!=": 1}[op]
    value = bound + shift
    return int(value) if field.type is FieldType.COUNT else float(value)
