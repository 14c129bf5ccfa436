"""Build a checklist from checked content, and turn it into JSON and back.

The content is what was written, as plain data. Its canonical JSON is hashed and stored with each published version, so
that a visit of years ago can still be read when the YAML is gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from baqylau.checklists.terms import (
    AnswerType,
    Basis,
    Checklist,
    ChecklistFaults,
    Choice,
    Fault,
    Field,
    FieldType,
    Force,
    Item,
    Limit,
    Repeat,
    Section,
    SectionKind,
    SourceKind,
    Standard,
    Text,
)

_NO_TEXT: Final[Text] = {}

Content = Mapping[str, Any]


def canonical_json(content: object) -> str:
    """Return JSON with sorted keys and no white space: the same characters for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_hash(canonical: str) -> str:
    """Return the SHA-256 of canonical JSON in UTF-8, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def build(content: Content, acts: Mapping[str, Standard]) -> Checklist:
    """Return the checklist that the content describes. The content must be without faults; acts as load_standards."""
    canonical = canonical_json(content)
    return Checklist(
        code=content["code"],
        slug=content["slug"],
        version=content["version"],
        title=_text(content["title"]),
        sections=tuple(_section(section, acts) for section in content["sections"]),
        hash=content_hash(canonical),
        content=canonical,
    )


def build_act(act: str, content: Content) -> Standard:
    """Return an act of standards.yaml as a standard without a place in it."""
    days = [date.fromisoformat(content[key]) if content.get(key) else None for key in ("valid_from", "valid_to")]
    texts = _text(content["short"]), _text(content["title"])
    return Standard(act, "", Force(content["force"]), *texts, *days)


def fields_of(content: Content) -> tuple[Field, ...]:
    """Return every field of an item's answer in order; those that its type implies come first."""
    kind = AnswerType(content["type"])
    label = _text(content.get("value_label", _NO_TEXT))
    unit, choices = content.get("unit"), _choices(content)
    main: list[Field]
    match kind:
        case AnswerType.SCALE:
            main = [Field(basis.value, FieldType.RATING, _NO_TEXT, is_main=True) for basis in Basis]
        case AnswerType.RATIO:
            main = [
                Field(part, FieldType.COUNT, _text(content[part]), is_main=True)
                for part in ("numerator", "denominator")
            ]
            main.append(Field("ratio", FieldType.COMPUTED, _NO_TEXT, "percent", is_entered=False, is_main=True))
        case AnswerType.COMPUTED:
            main = [Field("value", FieldType.COMPUTED, _NO_TEXT, unit, is_entered=False, is_main=True)]
        case _:
            main = [Field("value", FieldType(kind.value), label, unit, choices, is_main=True)]
    if kind is AnswerType.MEASURE:
        main += [
            Field("instrument", FieldType.TEXT, _NO_TEXT, is_main=True, is_optional=True),
            Field("time", FieldType.TIME, _NO_TEXT, is_main=True, is_optional=True),
        ]
    beside = (
        Field(one["id"], FieldType(one["type"]), _text(one["label"]), one.get("unit"), _choices(one), is_optional=True)
        for one in content.get("fields", ())
    )
    return (*main, *beside)


def to_json(checklist: Checklist) -> str:
    """Return everything that is needed to read the version back: its content, the acts it names, its hash."""
    named = {
        standard.act: standard
        for item in checklist.items.values()
        for standard in (*item.standards, *(limit.standard for limit in item.limits))
    }
    acts = {act: _act_content(standard) for act, standard in named.items()}
    return canonical_json({"acts": acts, "content": json.loads(checklist.content), "hash": checklist.hash})


def from_json(text: str) -> Checklist:
    """Return the checklist that to_json wrote. Raise ChecklistFaults if the content is not what was hashed."""
    stored = json.loads(text)
    checklist = build(stored["content"], {act: build_act(act, one) for act, one in stored["acts"].items()})
    if checklist.hash != stored["hash"]:
        name = f"{checklist.slug} v{checklist.version}"
        raise ChecklistFaults([Fault(name, 1, "", "the stored content does not fit its hash")])
    return checklist


def show(checklist: Checklist) -> dict[str, Any]:
    """Return the checklist as plain data for a person or a program to look through: sections, and a flat list of items."""
    return {
        "code": checklist.code,
        "slug": checklist.slug,
        "version": checklist.version,
        "title": dict(checklist.title),
        "hash": checklist.hash,
        "languages": list(checklist.languages),
        "sections": [
            {
                "id": section.id,
                "kind": section.kind.value,
                "title": dict(section.title),
                "intro": dict(section.intro),
                "repeats": [
                    {"id": repeat.id, "title": dict(repeat.title), "add": dict(repeat.add)}
                    for repeat in section.repeats
                ],
            }
            for section in checklist.sections
        ],
        "items": [_show_item(item) for item in checklist.items.values()],
    }


def _show_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "section": item.section,
        "type": item.type.value,
        "text": dict(item.text),
        "guidance": dict(item.guidance),
        "sources": [source.value for source in item.sources],
        "standards": [{"act": one.act, "at": one.at, "force": one.force.value} for one in item.standards],
        "relevance": item.relevance,
        "expression": item.expression,
        "unit": item.unit,
        "choices": _show_choices(item.choices),
        "fields": [_show_field(field) for field in item.fields],
        "limits": [_show_limit(limit) for limit in item.limits],
        "repeat": item.repeat,
        "sensitive": item.sensitive,
    }


def _show_field(field: Field) -> dict[str, Any]:
    return {
        "id": field.id,
        "type": field.type.value,
        "label": dict(field.label),
        "unit": field.unit,
        "choices": _show_choices(field.choices),
        "is_entered": field.is_entered,
        "is_main": field.is_main,
        "is_optional": field.is_optional,
    }


def _show_limit(limit: Limit) -> dict[str, Any]:
    return {
        "basis": limit.basis.value,
        "field": limit.field,
        "op": limit.op,
        "bound": list(limit.bound) if isinstance(limit.bound, tuple) else limit.bound,
        "standard": str(limit.standard),
        "when": limit.when,
    }


def _show_choices(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    return [{"id": choice.id, "label": dict(choice.label)} for choice in choices]


def _act_content(standard: Standard) -> dict[str, Any]:
    days = {"valid_from": standard.valid_from, "valid_to": standard.valid_to}
    return {
        "force": standard.force.value,
        "short": dict(standard.short),
        "title": dict(standard.title),
        **{key: day.isoformat() for key, day in days.items() if day},
    }


def _section(content: Content, acts: Mapping[str, Standard]) -> Section:
    repeats = (Repeat(one["id"], _text(one["title"]), _text(one["add"])) for one in content.get("repeats", ()))
    return Section(
        id=content["id"],
        kind=SectionKind(content["kind"]),
        title=_text(content["title"]),
        intro=_text(content["intro"]),
        repeats=tuple(repeats),
        items=tuple(_item(item, content["id"], acts) for item in content["items"]),
    )


def _item(content: Content, section: str, acts: Mapping[str, Standard]) -> Item:
    return Item(
        id=content["id"],
        section=section,
        type=AnswerType(content["type"]),
        text=_text(content["text"]),
        guidance=_text(content["guidance"]),
        sources=tuple(SourceKind(one) for one in content.get("sources", ())),
        standards=tuple(_standard(one, acts) for one in content.get("standards", ())),
        fields=fields_of(content),
        unit=content.get("unit"),
        choices=_choices(content),
        limits=tuple(_limit(one, acts) for one in content.get("limits", ())),
        relevance=content.get("relevance"),
        expression=content.get("expression"),
        repeat=content.get("repeat"),
        sensitive=content.get("sensitive", False),
    )


def _limit(content: Content, acts: Mapping[str, Standard]) -> Limit:
    bound = tuple(content["bound"]) if isinstance(content["bound"], list) else content["bound"]
    standard = _standard(content["standard"], acts)
    return Limit(Basis(content["basis"]), content["field"], content["op"], bound, standard, content.get("when"))


def _standard(written: str, acts: Mapping[str, Standard]) -> Standard:
    act, _, at = written.partition(" ")
    return replace(acts[act], at=at)


def _choices(content: Content) -> tuple[Choice, ...]:
    return tuple(Choice(one["id"], _text(one["label"])) for one in content.get("choices", ()))


def _text(content: Mapping[str, str]) -> Text:
    return dict(content)
