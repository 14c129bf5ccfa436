"""The decisions of a checklist on one visit: what is asked, what is computed, how an answer stands to its norms.

Pure: it knows the checklist, the place and visit as {"place.kind": …}, and the answers. static/js/relevance.js decides
the same on the tablet. An answer to an item that is not asked any more counts as not given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import cast

from baqylau.checklists.entries import check_answer, is_answered
from baqylau.checklists.expressions import EMPTY, Lookup, Value, as_number, compare, evaluate, names, parse
from baqylau.checklists.terms import (
    CONTEXT_NAMES,
    MAIN_FIELDS,
    Answer,
    Answers,
    AnswerType,
    Assessment,
    Basis,
    Checklist,
    Item,
    Key,
    Limit,
    Progress,
    Rating,
    Rows,
)

__all__ = [
    "Context",
    "Standing",
    "assess",
    "assessments",
    "check_answer",
    "computed_values",
    "evaluation_order",
    "field_value",
    "is_answered",
    "is_within",
    "needed_items",
    "never_reused",
    "progress",
    "question_hash",
    "questions",
    "relevant_items",
]

#: {"place.kind": "remand", "place.groups": ["men"], "place.limit": 800, "visit.kind": "periodic"}.
Context = Mapping[str, Value]

_WEIGHTY = (Rating.MET, Rating.PARTLY, Rating.NOT_MET)


class Standing:
    """How a visit stands at one moment: the items asked, the computed values, the values that names have.

    `rows` names the rows of each repeat; rows with an answer need not be named. A repeat without any row counts as
    one row with the id "", so that a cell nobody measured is missed and not forgotten.
    """

    def __init__(self, checklist: Checklist, context: Context, answers: Answers, rows: Rows | None = None) -> None:
        self._checklist = checklist
        self._context = context
        self._answers = answers
        self._rows = _rows(checklist, answers, rows or {})
        self._asked: dict[Key, bool] = {}
        #: {(item id, row id): the number, or None where an answer it needs is missing}; the per cents of ratios too.
        self.computed: dict[Key, float | None] = {}
        order, _ = evaluation_order(_needs(checklist.items.values()))
        for item_id in order:
            for key in self.keys(checklist.items[item_id]):
                self._decide(checklist.items[item_id], key)

    def keys(self, item: Item) -> Iterator[Key]:
        """Give (item id, row id) for each time the item stands in this visit, asked or not."""
        rows = self._rows[item.repeat] if item.repeat else ("",)
        return ((item.id, row) for row in rows)

    def is_asked(self, key: Key) -> bool:
        """Tell whether the item is to be answered in that row."""
        return self._asked.get(key, False)

    def lookup(self, item: Item, row: str) -> Lookup:
        """Return what gives names their values when they stand in that item and row."""
        return lambda name: self._value(name, item.repeat, row)

    def answer(self, item: Item, row: str) -> Answer | None:
        """Return the answer that counts: what was entered or computed, None for an item not asked."""
        key = (item.id, row)
        if not self.is_asked(key):
            return None
        if item.type is AnswerType.COMPUTED:
            value = self.computed.get(key)
            return None if value is None else {"value": value}
        return self._answers.get(key)

    def _decide(self, item: Item, key: Key) -> None:
        lookup = self.lookup(item, key[1])
        asked = item.relevance is None or evaluate(parse(item.relevance), lookup) is True
        self._asked[key] = asked
        if not asked:
            return
        if item.type is AnswerType.COMPUTED and item.expression is not None:
            self.computed[key] = as_number(evaluate(parse(item.expression), lookup))
        elif item.type is AnswerType.RATIO:
            self.computed[key] = as_number(field_value(item, self._answers.get(key), "ratio"))

    def _value(self, name: str, repeat: str | None, row: str) -> Value:
        if name in CONTEXT_NAMES:
            return self._context.get(name)
        item_id, _, field = name.partition(".")
        item = self._checklist.items.get(item_id)
        if item is None or item.repeat not in (None, repeat):
            return EMPTY
        return field_value(item, self.answer(item, row if item.repeat else ""), field or MAIN_FIELDS[item.type])


def relevant_items(checklist: Checklist, context: Context, answers: Answers, rows: Rows | None = None) -> list[Key]:
    """Return (item id, row id) of everything asked, in the order of asking."""
    standing = Standing(checklist, context, answers, rows)
    return [key for item in checklist.items.values() for key in standing.keys(item) if standing.is_asked(key)]


def computed_values(
    checklist: Checklist, context: Context, answers: Answers, rows: Rows | None = None
) -> dict[Key, float | None]:
    """Return the value of each computed item and the per cent of each ratio asked; None where answers are missing."""
    return Standing(checklist, context, answers, rows).computed


def field_value(item: Item, answer: Answer | None, field: str) -> Value:
    """Return what a field of an answer is worth in an expression; EMPTY when it was not filled in."""
    if not answer or "status" in answer:
        return EMPTY
    if item.type is AnswerType.RATIO and field == "ratio":
        upper, lower = (as_number(cast(Value, answer.get(name))) for name in ("numerator", "denominator"))
        # First times 100: 7 of 100 must give 7 exactly.
        return EMPTY if upper is None or not lower else as_number(100 * upper / lower)
    value = answer.get(field)
    return EMPTY if value in ("", [], ()) else cast(Value, value)


def assess(item: Item, answer: Answer | None, context: Context, lookup: Lookup) -> dict[Basis, Assessment]:
    """Return how an answer stands to the national and the international norm.

    A scale is what the monitor rated. Otherwise every limit that applies must hold: `not_met` names those that do not,
    `met` those that do; None means that no limit applies or that the field it looks at is empty. For a computed item
    the answer is {"value": the number}. `lookup` gives `when` its names, as Standing.lookup does.
    """
    if item.type is AnswerType.SCALE:
        return {basis: Assessment(_rated(answer, basis)) for basis in Basis}
    found: dict[Basis, Assessment] = {}
    for basis in Basis:
        held: list[Limit] = []
        broken: list[Limit] = []
        for limit in item.limits:
            value = field_value(item, answer, limit.field)
            if limit.basis is basis and value is not EMPTY and _applies(limit, context, lookup):
                (held if is_within(limit, value) else broken).append(limit)
        rating = Rating.NOT_MET if broken else Rating.MET if held else None
        found[basis] = Assessment(rating, tuple(broken or held))
    return found


def assessments(
    checklist: Checklist, context: Context, answers: Answers, rows: Rows | None = None
) -> dict[Key, dict[Basis, Assessment]]:
    """Return how every item asked stands to its norms, computed items and each row included."""
    standing = Standing(checklist, context, answers, rows)
    return {
        key: assess(item, standing.answer(item, key[1]), context, standing.lookup(item, key[1]))
        for item in checklist.items.values()
        for key in standing.keys(item)
        if standing.is_asked(key)
    }


def is_within(limit: Limit, value: Value) -> bool:
    """Tell whether a value keeps to the limit; of several choices, each must."""
    each = value if isinstance(value, list | tuple) else [value]
    return bool(each) and all(compare(limit.op, one, limit.bound) for one in each)


def progress(checklist: Checklist, context: Context, answers: Answers, rows: Rows | None = None) -> dict[str, Progress]:
    """Return {section id: how many items are asked and answered}; computed items are not asked of anybody."""
    standing = Standing(checklist, context, answers, rows)
    found = {}
    for section in checklist.sections:
        entered = [item for item in section.items if item.type is not AnswerType.COMPUTED]
        asked = [(item, key) for item in entered for key in standing.keys(item) if standing.is_asked(key)]
        done = sum(is_answered(item, answers.get(key)) for item, key in asked)
        found[section.id] = Progress(len(asked), done)
    return found


def evaluation_order(needs: Mapping[str, Iterable[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the item ids so that each comes after those it needs, and the cycles that forbid such an order.

    `needs` is {item id: item ids named in its relevance and its expression}. A cycle lists its ids, the first one
    again at the end; the ids on a cycle are left out of the order.
    """
    left = {item_id: list(named) for item_id, named in needs.items()}
    cycles: list[list[str]] = []
    while True:
        sorter = TopologicalSorter({one: [other for other in left[one] if other in left] for one in left})
        try:
            return list(sorter.static_order()), cycles
        except CycleError as error:
            # graphlib lists a cycle from the needed to the needing; people read it the other way round.
            cycle = list(reversed(error.args[1]))
            cycles.append(cycle)
            for one in cycle[1:]:
                left.pop(one, None)


def needed_items(sources: Iterable[str | None]) -> list[str]:
    """Return the ids of the items that these expressions name."""
    named = {name.partition(".")[0] for source in sources if source for name in names(parse(source))}
    return sorted(named - {"place", "visit"})


def question_hash(item: Item) -> str:
    """Return what identifies the question that an item asks: the SHA-256 of its text in all languages."""
    text = json.dumps(dict(item.text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def questions(checklist: Checklist) -> list[tuple[str, str]]:
    """Return (item id, hash of its question) for each item."""
    return [(item.id, question_hash(item)) for item in checklist.items.values()]


def never_reused(older: Sequence[Sequence[tuple[str, str]]], newer: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ids of `newer` that were dropped once and now come back with another question.

    `older` holds the questions of each older version, the oldest first. An id that the version just before still
    has may get better words; an id that had been dropped may return only with the words that it had.
    """
    last_asked = {item_id: asked for version in older for item_id, asked in version}
    standing = {item_id for item_id, _ in older[-1]} if older else set()
    return [one for one, asked in newer if one not in standing and last_asked.get(one, asked) != asked]


def _needs(items: Iterable[Item]) -> dict[str, list[str]]:
    return {item.id: needed_items((item.relevance, item.expression)) for item in items}


def _rows(checklist: Checklist, answers: Answers, named: Rows) -> dict[str, list[str]]:
    """Return the rows of each repeat: those named, then those that only answers know; [""] when there is none."""
    found = {repeat.id: list(named.get(repeat.id, ())) for section in checklist.sections for repeat in section.repeats}
    for item_id, row in answers:
        item = checklist.items.get(item_id)
        if item is not None and item.repeat and row and row not in found[item.repeat]:
            found[item.repeat].append(row)
    return {repeat: rows or [""] for repeat, rows in found.items()}


def _rated(answer: Answer | None, basis: Basis) -> Rating | None:
    value = (answer or {}).get(basis.value)
    return next((rating for rating in _WEIGHTY if rating.value == value), None)


def _applies(limit: Limit, context: Context, lookup: Lookup) -> bool:
    if limit.when is None:
        return True
    return evaluate(parse(limit.when), lambda name: context[name] if name in context else lookup(name)) is True
