"""What may be recorded: one revision weighed against the checklist; pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from baqylau.answers.terms import AnswerKey, Head
from baqylau.checklists.entries import check_answer
from baqylau.checklists.terms import AnswerProblem, Checklist, Item, Repeat

_LABEL_LENGTH = 80


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a revision as it was sent; the same id with another hash is a clash."""
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    # Half a surrogate pair is refused later, with a code; it must not stop the whole batch here.
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()


def problems_with(
    checklists: Iterable[Checklist], item_id: str, row_id: str, value: Mapping[str, Any] | None
) -> list[AnswerProblem]:
    """Return why this value cannot be the answer to this item in this row; empty when it can.

    A value of None takes the answer back and is always possible. A repeat's own id stands for the row itself:
    `{"label": text}` names it, `{"label": text, "removed": true}` takes it out of sight.
    """
    for checklist in checklists:
        if item := checklist.items.get(item_id):
            if bool(item.repeat) != bool(row_id):
                return [AnswerProblem("row_missing" if item.repeat else "row_unexpected", "", {})]
            return [] if value is None else check_answer(item, value)
        if repeat_of(checklist, item_id):
            return _problems_with_row(row_id, value)
    return [AnswerProblem("unknown_item", "", {"item": item_id})]


def repeat_of(checklist: Checklist, repeat_id: str) -> Repeat | None:
    """Return the checklist's repeat of that id."""
    repeats = (repeat for section in checklist.sections for repeat in section.repeats)
    return next((repeat for repeat in repeats if repeat.id == repeat_id), None)


def item_of(checklists: Iterable[Checklist], item_id: str) -> Item | None:
    """Return the item of that id of any of the visit's checklists; None for a repeat's id and for an unknown one."""
    return next((checklist.items[item_id] for checklist in checklists if item_id in checklist.items), None)


def row_label(heads: Mapping[AnswerKey, list[Head]], item: Item | None, row_id: str) -> str:
    """Return the name of the row in which an answer stands; "" outside repeats and for a row without a name."""
    if item is None or item.repeat is None or not row_id:
        return ""
    group = heads.get((item.repeat, row_id), [])
    return str((group[-1].value or {}).get("label", "")) if group else ""


def _problems_with_row(row_id: str, value: Mapping[str, Any] | None) -> list[AnswerProblem]:
    if not row_id:
        return [AnswerProblem("row_missing", "", {})]
    if value is None or set(value) - {"label", "removed"}:
        return [AnswerProblem("row_label_wrong", "", {})]
    label = value.get("label")
    if not isinstance(label, str) or not label.strip() or len(label) > _LABEL_LENGTH:
        return [AnswerProblem("row_label_wrong", "label", {"most": _LABEL_LENGTH})]
    if not isinstance(value.get("removed", False), bool):
        return [AnswerProblem("row_label_wrong", "removed", {})]
    return []


def settled(heads: Mapping[AnswerKey, list[Head]]) -> dict[AnswerKey, Head]:
    """Return the one answer of each item and row that is not in conflict and was not taken back."""
    return {key: group[0] for key, group in heads.items() if len(group) == 1 and group[0].value is not None}


def answers_for_rules(heads: Mapping[AnswerKey, list[Head]]) -> dict[AnswerKey, Mapping[str, Any]]:
    """Return `{(item, row): value}` for the rules of checklists; of a conflict, the head that arrived last stands in.

    Answers of a row that was taken out of sight are left out with it.
    """
    latest = {key: group[-1].value for key, group in heads.items()}
    removed = {row for (_, row), value in latest.items() if row and value and value.get("removed")}
    return {key: value for key, value in latest.items() if value is not None and key[1] not in removed}


def rows_of(checklist: Checklist, heads: Mapping[AnswerKey, list[Head]]) -> dict[str, list[tuple[str, str]]]:
    """Return `{repeat id: [(row id, label)]}` of the rows in sight, in the order in which they arrived."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (item_id, row_id), group in heads.items():
        value = group[-1].value
        if row_id and value and repeat_of(checklist, item_id) and not value.get("removed"):
            found.setdefault(item_id, []).append((row_id, str(value["label"])))
    return found
