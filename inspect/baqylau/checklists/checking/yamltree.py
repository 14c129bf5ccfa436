"""Read YAML as plain data that remembers its lines, and refuse what a checklist has no use for.

Anchors, aliases, tags, repeated keys and several documents are refused: each can make a file say something else than
what a person reads in it. Words such as yes, no, on and dates stay text, as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_DEPTH: Final = 20

_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_FLOAT: Final = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_PLAIN_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}


class LinedDict(dict[str, object]):
    """A mapping with the line of each of its keys."""

    lines: dict[str, int]


class LinedList(list[object]):
    """A list with the line of each of its values."""

    lines: list[int]


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something that is wrong with the writing as such, in a line of the file."""

    line: int
    message: str


@dataclass(slots=True)
class Tree:
    """What a file holds, None if it could not be read, and what is wrong with the writing."""

    content: object = None
    flaws: list[Flaw] = field(default_factory=list)


class _Stop(Exception):
    """The rest of the file cannot be read to any use."""


def read_tree(path: Path) -> Tree:
    """Return the content of a YAML file with its lines and flaws. Raise OSError when there is no such file."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        return Tree(None, [Flaw(1, f"the file is larger than {MAX_BYTES} bytes")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Tree(None, [Flaw(raw.count(b"\n", 0, error.start) + 1, "the file is not UTF-8")])
    composer = _Composer(text)
    try:
        composer.compose()
    except _Stop:
        composer.tree.content = None
    composer.tree.flaws.sort()
    return composer.tree


class _Composer:
    """Build lined data from the parser's events, one value at a time."""

    def __init__(self, text: str) -> None:
        self.tree = Tree()
        self._text = text
        self._events: Iterator[yaml.Event] = self._parsed()
        self._depth = 0

    def _parsed(self) -> Iterator[yaml.Event]:
        """Give the events of the file; where they break off, note why and stop."""
        try:
            yield from yaml.parse(self._text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = error.problem or error.context
            # What becomes of relevance: "men" in place.groups, the slip that is made most.
            hint = (
                "; is a value that begins with a quotation mark quoted as a whole?"
                if "expected key" in f"{problem}"
                else ""
            )
            self._stop(mark.line + 1 if mark else 1, f"not YAML: {problem}{hint}")
        except yaml.reader.ReaderError as error:
            before = self._text.encode()[: error.position]
            self._stop(before.count(b"\n") + 1, f"not YAML: {error.reason}")
        except yaml.YAMLError as error:
            self._stop(1, f"not YAML: {error}")

    def _stop(self, line: int, message: str) -> None:
        self._flaw(line, message)
        raise _Stop

    def _flaw(self, line: int, message: str) -> None:
        self.tree.flaws.append(Flaw(line, message))

    def compose(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(_line(event), "a second document; a file holds one")
                if event.version or event.tags:
                    self._flaw(_line(event), "directives are not allowed")
            elif isinstance(event, yaml.NodeEvent):
                self.tree.content = self._value(event)

    def _value(self, event: yaml.Event) -> object:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            self._flaw(line, f"the alias *{event.anchor} is not allowed; write the words out")
            return None
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._flaw(line, f"the anchor &{event.anchor} is not allowed")
        tag = getattr(event, "tag", None)
        if tag:
            self._flaw(line, f"the tag {tag} is not allowed")
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else _plain(event.value)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._stop(line, f"nested more than {MAX_DEPTH} deep")
        value = self._mapping() if isinstance(event, yaml.MappingStartEvent) else self._list()
        self._depth -= 1
        return value

    def _list(self) -> LinedList:
        found = LinedList()
        found.lines = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.lines.append(_line(event))
            found.append(self._value(event))
        return found

    def _mapping(self) -> LinedDict:
        found = LinedDict()
        found.lines = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_line = _line(event)
            key = self._value(event)
            value = self._value(next(self._events))
            name = key if isinstance(key, str) else _written(event)
            if name is None:
                self._flaw(key_line, "a key must be a word")
            elif name in found:
                self._flaw(key_line, f'the key "{name}" is here twice')
            else:
                found[name] = value
                found.lines[name] = key_line
        return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _written(event: yaml.Event) -> str | None:
    """Return the characters of a key such as 1 or true, which is a word here as any other; None for a list."""
    return event.value if isinstance(event, yaml.ScalarEvent) else None


def _plain(text: str) -> object:
    """Return what an unquoted word means: null, true, false, a number, or itself."""
    if text.lower() in _PLAIN_WORDS:
        return _PLAIN_WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        # 4.0 and 4 are one number, and must give one canonical JSON.
        return int(number) if number.is_integer() else number
    return text


def line_of(content: object, path: Sequence[str | int]) -> int:
    """Return the line of the key or the entry at that path, or of the nearest one around it that is there."""
    line = 1
    for step in path:
        found: int | None = None
        if isinstance(content, LinedDict) and isinstance(step, str):
            found, content = content.lines.get(step), content.get(step)
        elif isinstance(content, LinedList) and isinstance(step, int):
            found, content = content.lines[step], content[step]
        if found is None:
            break
        line = found
    return line
