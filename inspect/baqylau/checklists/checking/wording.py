"""Say in plain words, and for which item, what schema.json refuses.

The JSON Schema decides; this module only finds the words, so that a writer of checklists need not know what a schema is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]

_LANGUAGES: Final = {"kk": "Kazakh (kk)", "ru": "Russian (ru)", "en": "English (en)"}
_ONE_OF: Final = {
    "choices": "choice",
    "fields": "field",
    "items": "item",
    "limits": "limit",
    "repeats": "repeat",
    "sections": "section",
    "sources": "source",
    "standards": "standard",
}
_TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}

_BOUNDS: Final = {
    "minItems": "must have at least {} of them",
    "minProperties": "must hold at least {}",
    "maxItems": "must not have more than {} of them",
    "maxLength": "must not be longer than {} characters",
    "minimum": "must be at least {}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a place of the content: the path to the nearest thing that is there."""

    path: Path
    message: str


def validator(schema: Mapping[str, Any], definition: str) -> Draft202012Validator:
    """Return what checks content against one definition of the schema."""
    whole = {**schema, "$ref": f"#/$defs/{definition}"}
    return Draft202012Validator(whole, format_checker=FormatChecker(["date"]))


def schema_findings(content: object, checker: Draft202012Validator) -> list[Finding]:
    """Return everything that the schema refuses, each thing once."""
    found: dict[Finding, None] = {}
    for error in checker.iter_errors(content):
        path = tuple(error.absolute_path)
        for extra, message in _messages(error, path):
            prefix = "".join(f"{part}: " for part in _parts(content, path, error))
            found[Finding(path + extra, prefix + message)] = None
    return list(found)


def where(content: object, path: Path) -> tuple[str, Path]:
    """Return the item or section that a path leads through, and the rest of the path."""
    name, rest = "", path
    for within in ("sections", "items"):
        if len(rest) < 2 or rest[0] != within:
            break
        rest = rest[2:]
        one = value_at(content, path[: len(path) - len(rest)])
        known = one.get("id") if isinstance(one, dict) else None
        place = known if isinstance(known, str) and known else int(path[len(path) - len(rest) - 1]) + 1
        outside = f" of {name}" if name and place != known else ""
        name = f"{_ONE_OF[within]} {place}{outside}"
    return name, rest


def value_at(content: object, path: Sequence[str | int]) -> object:
    """Return what stands at that path; None when there is nothing."""
    for step in path:
        if isinstance(content, dict) and isinstance(step, str):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def quoted(value: object) -> str:
    """Return a value as it may be shown in one line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + '…"'


def _parts(content: object, path: Path, error: ValidationError) -> Iterator[str]:
    """Give the names of what lies between the item and the fault: choice "other", label."""
    inside = list(where(content, path)[1])
    if error.validator not in ("required", "additionalProperties"):
        # The message itself names the last step, or the list in which it stands.
        inside = inside[: -2 if inside and isinstance(inside[-1], int) else -1]
    start = len(path) - len(where(content, path)[1])
    for at, step in enumerate(inside):
        if isinstance(step, int):
            one = value_at(content, path[: start + at + 1])
            known = one.get("id") if isinstance(one, dict) else None
            label = _ONE_OF.get(str(inside[at - 1]), str(inside[at - 1]))
            yield f"{label} {known if isinstance(known, str) else step + 1}"
        elif not (at + 1 < len(inside) and isinstance(inside[at + 1], int)):
            yield step


def _messages(error: ValidationError, path: Path) -> Iterator[tuple[Path, str]]:
    """Give (steps from the fault's place to what it is about, message)."""
    # The library types these for schemas that it did not see; ours is schema.json.
    wanted, schema = cast("Any", error.validator_value), cast("dict[str, Any]", error.schema)
    instance, subject = cast("Any", error.instance), _subject(path)
    match error.validator:
        case "required":
            yield from (((), f"{_named(name)} is missing") for name in wanted if name not in instance)
        case "additionalProperties":
            known = schema["properties"]
            one_of = ", ".join(known)
            yield from (((name,), f'unknown key "{name}"; one of {one_of}') for name in instance if name not in known)
        case "enum":
            noun = _ONE_OF.get(_last_name(path), _last_name(path))
            yield (), f"unknown {noun} {quoted(instance)}; one of {', '.join(wanted)}"
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            yield (), f"{subject} must be {' or '.join(_TYPES[kind] for kind in kinds)}"
        case "pattern" if schema["description"] == "not empty":
            yield (), f"{subject} is empty"
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            yield (instance,), f"the name {quoted(instance)} must be {schema['description']}"
        case "pattern" | "format":
            yield (), f"{subject} {quoted(instance)} must be {schema['description']}"
        case _:
            yield (), f"{subject} {_BOUNDS[str(error.validator)].format(wanted)}"


def _last_name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _named(name: str) -> str:
    return _LANGUAGES.get(name, f'"{name}"')


def _subject(path: Path) -> str:
    """Return how the last step of a path is called in a sentence."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        name = _last_name(path)
        return f"{_ONE_OF.get(name, name)} {path[-1] + 1}"
    return _named(path[-1])
