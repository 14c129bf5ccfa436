"""Look at what no schema can say: ids and where they belong, what each type needs, limits, standards, cycles.

Works on the lined content, item by item; items that the schema refused are only remembered by their ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from baqylau.checklists.building import fields_of
from baqylau.checklists.checking.meaning import Known, expression_faults
from baqylau.checklists.checking.wording import Finding, Path, quoted
from baqylau.checklists.rules import evaluation_order, needed_items
from baqylau.checklists.terms import YESNO, AnswerType, ExpressionError, Field, FieldType

_RESERVED: Final = (
    "value",
    "national",
    "international",
    "numerator",
    "denominator",
    "ratio",
    "status",
    "instrument",
    "time",
)
#: What a type must say beside text and guidance.
_NEEDS: Final = {
    "measure": ("unit",),
    "computed": ("unit", "expression"),
    "single": ("choices",),
    "multi": ("choices",),
    "ratio": ("numerator", "denominator"),
}
#: Keys that mean something for these types only.
_ONLY_FOR: Final = {
    "unit": ("count", "measure", "computed"),
    "choices": ("single", "multi"),
    "numerator": ("ratio",),
    "denominator": ("ratio",),
    "expression": ("computed",),
    "value_label": ("count", "measure", "yesno", "single", "multi", "text", "date"),
    "fields": ("scale", "count", "measure", "yesno", "single", "multi", "ratio", "text", "date"),
    "limits": ("count", "measure", "yesno", "single", "multi", "ratio", "text", "date", "computed"),
}
_NUMBERS: Final = (FieldType.COUNT, FieldType.MEASURE, FieldType.COMPUTED)
_UNORDERED: Final = ("==", "!=", "in")


@dataclass(slots=True)
class _Entry:
    """An item with the path to it, its section and whether the schema took it."""

    path: Path
    content: dict[str, Any]
    section: dict[str, Any]
    is_sound: bool
    fields: tuple[Field, ...] | None = field(default=None)

    @property
    def id(self) -> str:
        return str(self.content.get("id", ""))


def structure_findings(content: object, refused: Iterable[Path], acts: Iterable[str]) -> Iterator[Finding]:
    """Give every fault of a checklist's content that the schema does not see. `refused` are the schema's paths."""
    sections = [(at, one) for at, one in enumerate(_list(content, "sections")) if isinstance(one, dict)]
    entries = _entries(sections, {path[:4] for path in refused})
    known = {
        entry.id: Known(_type(entry.content), _name(entry.content, "repeat"), entry.fields)
        for entry in reversed(entries)
        if entry.id
    }
    yield from _repeated_ids(sections, entries)
    for entry in entries:
        if entry.is_sound:
            yield from _item(entry, known, tuple(acts))
    yield from _cycles(entries)


def identity_findings(content: object, file: PurePath) -> Iterator[Finding]:
    """Give what does not fit between the content and the file's own name."""
    if not isinstance(content, dict):
        return
    slug, version = content.get("slug"), content.get("version")
    if isinstance(slug, str) and slug != file.parent.name:
        yield Finding(("slug",), f'the slug "{slug}" is not the name of the folder, "{file.parent.name}"')
    if isinstance(version, int) and file.name != f"v{version}.yaml":
        yield Finding(("version",), f"version {version} does not fit the name of the file, {file.name}")


def _entries(sections: list[tuple[int, dict[str, Any]]], refused: set[Path]) -> list[_Entry]:
    found = []
    for at, section in sections:
        for index, item in enumerate(_list(section, "items")):
            path: Path = ("sections", at, "items", index)
            if isinstance(item, dict):
                entry = _Entry(path, item, section, path not in refused)
                needs = _NEEDS.get(str(item.get("type")), ())
                if entry.is_sound and all(need in item for need in needs):
                    entry.fields = fields_of(item)
                found.append(entry)
    return found


def _repeated_ids(sections: list[tuple[int, dict[str, Any]]], entries: list[_Entry]) -> Iterator[Finding]:
    yield from _twice("section", [(("sections", at, "id"), section.get("id")) for at, section in sections])
    repeats = [
        (("sections", at, "repeats", index, "id"), repeat.get("id"))
        for at, section in sections
        for index, repeat in enumerate(_list(section, "repeats"))
        if isinstance(repeat, dict)
    ]
    yield from _twice("repeat", repeats)
    yield from _twice("item", [((*entry.path, "id"), entry.content.get("id")) for entry in entries])


def _twice(noun: str, ids: Sequence[tuple[Path, object]]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for path, one in ids:
        if isinstance(one, str):
            seen[one] += 1
            if seen[one] == 2:
                yield Finding(path, f'the {noun} id "{one}" is here twice')


def _item(entry: _Entry, known: Mapping[str, Known], acts: tuple[str, ...]) -> Iterator[Finding]:
    item, section = entry.content, entry.section
    if not re.fullmatch(re.escape(str(section.get("id", ""))) + "[1-9][0-9]*", entry.id):
        yield Finding((*entry.path, "id"), f"the id does not belong to section {section.get('id')}")
    repeats = (_name(repeat, "id") for repeat in _list(section, "repeats") if isinstance(repeat, dict))
    declared = [repeat for repeat in repeats if repeat is not None]
    if "repeat" in item and item["repeat"] not in declared:
        one_of = f"one of {', '.join(declared)}" if declared else "its section declares none"
        yield Finding((*entry.path, "repeat"), f'unknown repeat "{item["repeat"]}"; {one_of}')
    yield from _keys(entry)
    yield from _fields(entry)
    yield from _standards(entry, acts)
    yield from _limits(entry)
    yield from _expressions(entry, known)


def _keys(entry: _Entry) -> Iterator[Finding]:
    """Give what the type needs and is not there, and what is there and has no meaning for it."""
    item, kind = entry.content, entry.content["type"]
    for need in _NEEDS.get(kind, ()):
        if need not in item:
            yield Finding(entry.path, f'an item of type {kind} needs "{need}"')
    for key, kinds in _ONLY_FOR.items():
        if key in item and kind not in kinds:
            yield Finding((*entry.path, key), f'"{key}" has no meaning for an item of type {kind}')
    if "sources" not in item and kind != "computed" and entry.section.get("kind") == "domain":
        yield Finding(entry.path, '"sources" is missing')
    if "standards" not in item and entry.section.get("kind") == "domain":
        yield Finding(entry.path, '"standards" is missing')


def _fields(entry: _Entry) -> Iterator[Finding]:
    fields = _list(entry.content, "fields")
    paths: list[Path] = [(*entry.path, "fields", at) for at in range(len(fields))]
    yield from _twice("field", [((*path, "id"), one["id"]) for path, one in zip(paths, fields, strict=True)])
    yield from _choices(entry.content, entry.path, "")
    for path, one in zip(paths, fields, strict=True):
        prefix = f"field {one['id']}: "
        if one["id"] in _RESERVED:
            yield Finding((*path, "id"), f'the field id "{one["id"]}" is reserved')
        for need in _NEEDS.get(one["type"], ()):
            if need not in one:
                yield Finding(path, f'{prefix}a field of type {one["type"]} needs "{need}"')
        for key in ("unit", "choices"):
            if key in one and one["type"] not in _ONLY_FOR[key]:
                yield Finding((*path, key), f'{prefix}"{key}" has no meaning for a field of type {one["type"]}')
        yield from _choices(one, path, prefix)


def _choices(owner: dict[str, Any], path: Path, prefix: str) -> Iterator[Finding]:
    ids = [((*path, "choices", at, "id"), one["id"]) for at, one in enumerate(_list(owner, "choices"))]
    for finding in _twice("choice", ids):
        yield Finding(finding.path, prefix + finding.message)


def _standards(entry: _Entry, acts: tuple[str, ...]) -> Iterator[Finding]:
    named = [((*entry.path, "standards", at), one) for at, one in enumerate(_list(entry.content, "standards"))]
    named += [
        ((*entry.path, "limits", at, "standard"), one["standard"])
        for at, one in enumerate(_list(entry.content, "limits"))
    ]
    for path, standard in named:
        act = standard.partition(" ")[0]
        if act not in acts:
            yield Finding(path, f'unknown act "{act}"; one of {", ".join(acts)}')


def _limits(entry: _Entry) -> Iterator[Finding]:
    if entry.fields is None or "limits" not in entry.content or entry.content["type"] == "scale":
        return
    fields = {one.id: one for one in entry.fields}
    for at, limit in enumerate(entry.content["limits"]):
        path: Path = (*entry.path, "limits", at)
        looked_at = fields.get(limit["field"])
        if looked_at is None:
            known = ", ".join(fields)
            yield Finding((*path, "field"), f'limit {at + 1}: unknown field "{limit["field"]}"; one of {known}')
        else:
            for key, message in _bound(looked_at, limit["op"], limit["bound"]):
                yield Finding((*path, key), f"limit {at + 1}: {message}")


def _bound(looked_at: Field, op: str, bound: object) -> Iterator[tuple[str, str]]:
    """Give (key, message) for a limit that could never be decided."""
    values = bound if isinstance(bound, list) else [bound]
    if (op == "in") != isinstance(bound, list):
        yield "bound", 'a list goes with "in", and "in" with a list'
    if looked_at.type in _NUMBERS:
        if any(isinstance(one, str) for one in values):
            yield "bound", f"{looked_at.id} is a number; the bound {quoted(bound)} is not"
        return
    allowed = YESNO if looked_at.type is FieldType.YESNO else tuple(choice.id for choice in looked_at.choices)
    if looked_at.type in (FieldType.TEXT, FieldType.DATE, FieldType.TIME):
        yield "field", f"{looked_at.id} is a {looked_at.type.value} and takes no limit"
        return
    if op not in _UNORDERED:
        yield "op", f'{looked_at.id} has no order; "{op}" cannot be asked'
    for one in values:
        if one not in allowed:
            yield "bound", f"the bound {quoted(one)} is no choice of {looked_at.id}; one of {', '.join(allowed)}"


def _expressions(entry: _Entry, known: Mapping[str, Known]) -> Iterator[Finding]:
    repeat = _name(entry.content, "repeat")
    for key in ("relevance", "expression"):
        if key in entry.content:
            for message in expression_faults(entry.content[key], key == "relevance", repeat, known):
                yield Finding((*entry.path, key), f"{key}: {message}")
    for at, limit in enumerate(_list(entry.content, "limits")):
        if "when" in limit:
            for message in expression_faults(limit["when"], True, repeat, known):
                yield Finding((*entry.path, "limits", at, "when"), f"limit {at + 1}: when: {message}")


def _cycles(entries: list[_Entry]) -> Iterator[Finding]:
    needs: dict[str, list[str]] = {}
    for entry in entries:
        sources = [_name(entry.content, key) for key in ("relevance", "expression")]
        try:
            needs.setdefault(entry.id, needed_items(sources))
        except ExpressionError:
            needs.setdefault(entry.id, [])
    by_id = {entry.id: entry for entry in reversed(entries)}
    for cycle in evaluation_order(needs)[1]:
        first = min(cycle, key=list(needs).index)
        turned = cycle[cycle.index(first) : -1] + cycle[: cycle.index(first)] + [first]
        key = "expression" if "expression" in by_id[first].content else "relevance"
        yield Finding((*by_id[first].path, key), f"it depends on itself: {' needs '.join(turned)}")


def _list(content: object, key: str) -> list[Any]:
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def _name(content: dict[str, Any], key: str) -> str | None:
    found = content.get(key)
    return found if isinstance(found, str) else None


def _type(content: dict[str, Any]) -> AnswerType | None:
    kind = content.get("type")
    return AnswerType(kind) if kind in tuple(AnswerType) else None
