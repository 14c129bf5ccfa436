"""The words of the checklist room: checklist, section, item, field, choice, limit, standard.

Frozen values and enumerations only. Everything above (loading, rules, tables, pages) speaks in them; they import
nothing of the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

#: One text in the three languages: {"kk": …, "ru": …, "en": …}.
Text = Mapping[str, str]

LANGUAGES: Final = ("kk", "ru", "en")

#: (item id, row id); the row id is "" for an item outside repeats.
Key = tuple[str, str]
#: The answer object as a tablet sends it: {field id: value}.
Answer = Mapping[str, object]
Answers = Mapping[Key, Answer]
#: {repeat id: row ids in the order in which they were added}.
Rows = Mapping[str, Sequence[str]]


class AnswerType(StrEnum):
    """How an item is answered."""

    SCALE = "scale"
    COUNT = "count"
    MEASURE = "measure"
    YESNO = "yesno"
    SINGLE = "single"
    MULTI = "multi"
    RATIO = "ratio"
    TEXT = "text"
    DATE = "date"
    COMPUTED = "computed"


class FieldType(StrEnum):
    """What one field of an answer holds."""

    RATING = "rating"
    COUNT = "count"
    MEASURE = "measure"
    YESNO = "yesno"
    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    COMPUTED = "computed"


class Rating(StrEnum):
    """The scale; only the first three say something about a norm."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_SEEN = "not_seen"
    NOT_APPLICABLE = "not_applicable"


class Status(StrEnum):
    """Why an item that is not a scale holds no value."""

    NOT_SEEN = "not_seen"
    NOT_APPLICABLE = "not_applicable"


class Basis(StrEnum):
    """Against what an answer is weighed: the law of Kazakhstan, or an international standard."""

    NATIONAL = "national"
    INTERNATIONAL = "international"


class SourceKind(StrEnum):
    """Where an answer comes from."""

    OBSERVATION = "O"
    PERSON = "P"
    STAFF = "S"
    DOCUMENT = "D"


class Force(StrEnum):
    """How far a standard binds Kazakhstan."""

    BINDING = "binding"
    UN_SOFT_LAW = "un_soft_law"
    COMPARATIVE = "comparative"


class SectionKind(StrEnum):
    """The place of a section in a visit."""

    HEADER = "header"
    OPENING = "opening"
    DOMAIN = "domain"
    CLOSING = "closing"
    REPRISAL = "reprisal"


PLACE_KINDS: Final = (
    "colony_minimum",
    "colony_medium",
    "colony_maximum",
    "colony_extraordinary",
    "colony_full",
    "colony_mixed",
    "colony_minors",
    "remand",
    "police_ivs",
    "special_reception",
    "reception_distribution",
    "minors_adaptation",
    "guardhouse",
    "psychiatric",
    "social_care",
)
PLACE_GROUPS: Final = (
    "men",
    "women",
    "minors",
    "life",
    "untried",
    "foreigners",
    "mothers_with_children",
    "disabled",
)
VISIT_KINDS: Final = ("periodic", "interim", "special", "commission")

#: What an expression may ask about the place and the visit.
CONTEXT_NAMES: Final = ("place.kind", "place.groups", "place.limit", "visit.kind")

#: Units with the lowest and highest number that can be meant; beyond it a finger has slipped.
UNITS: Final[Mapping[str, tuple[float, float]]] = {
    "m2": (0, 100_000),
    "m": (0, 10_000),
    "cm": (0, 100_000),
    "lux": (0, 200_000),
    "celsius": (-90, 100),
    "minutes": (0, 1_000_000),
    "hours": (0, 100_000),
    "days": (0, 40_000),
    "weeks": (0, 6_000),
    "months": (0, 1_300),
    "seconds": (0, 10_000_000),
    "percent": (0, 10_000),
    "persons": (0, 10_000_000),
    "per_week": (0, 10_000),
    "per_month": (0, 100_000),
    "hours_per_week": (0, 168),
    "tenge": (0, 1_000_000_000_000),
    "grams": (0, 1_000_000_000),
    "dbm": (-200, 100),
    "kilometres": (0, 40_000),
    "m2_per_person": (0, 10_000),
    "persons_per_post": (0, 10_000),
    "points": (-10_000, 10_000),
}
COUNT_RANGE: Final = (0, 10_000_000)
YESNO: Final = ("yes", "no", "unknown")

#: The field that is meant when an expression or a limit names the item alone.
MAIN_FIELDS: Final[Mapping[AnswerType, str]] = {
    kind: {AnswerType.SCALE: "national", AnswerType.RATIO: "ratio"}.get(kind, "value") for kind in AnswerType
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A place in an act: PEC 115(1). `at` is "" for the act as a whole."""

    act: str
    at: str
    force: Force
    short: Text
    title: Text
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the act may be quoted for a visit of that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def __str__(self) -> str:
        return f"{self.act} {self.at}".rstrip()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be ticked."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an answer. `label` is empty where the item's own text is the label."""

    id: str
    type: FieldType
    label: Text
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    is_entered: bool = True
    is_main: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A norm that an answer can be held against: field, comparison, bound, and where the norm stands."""

    basis: Basis
    field: str
    op: str
    bound: float | str | tuple[float | str, ...]
    standard: Standard
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something that is measured several times: a cell, a person sampled."""

    id: str
    title: Text
    add: Text


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `fields` lists every field of its answer in order, those that its type implies first."""

    id: str
    section: str
    type: AnswerType
    text: Text
    guidance: Text
    sources: tuple[SourceKind, ...]
    standards: tuple[Standard, ...]
    fields: tuple[Field, ...]
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    limits: tuple[Limit, ...] = ()
    relevance: str | None = None
    expression: str | None = None
    repeat: str | None = None
    sensitive: bool = False

    def field(self, field_id: str) -> Field | None:
        """Return the field of that id, or None."""
        return next((one for one in self.fields if one.id == field_id), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a checklist that one person can take on: a domain, the opening talk."""

    id: str
    kind: SectionKind
    title: Text
    intro: Text
    repeats: tuple[Repeat, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """One version of an instrument. `hash` is the SHA-256 of `content`, the canonical JSON of what was written."""

    code: str
    slug: str
    version: int
    title: Text
    sections: tuple[Section, ...]
    hash: str
    languages: tuple[str, ...] = LANGUAGES
    content: str = field(default="", repr=False)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """{item id: item}, in the order of asking."""
        return {item.id: item for section in self.sections for item in section.items}


@dataclass(frozen=True, slots=True)
class Assessment:
    """How an answer stands to one basis; None when nothing can be said. `limits` are those that decided it."""

    rating: Rating | None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items of a section are asked and how many of these are answered."""

    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why a value cannot be taken: a stable code, the field ("" for the whole answer), values for the message."""

    code: str
    field: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file, with the line of the offending words."""

    path: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: "
        return f"{place}{self.where}: {self.message}" if self.where else place + self.message


class ExpressionError(ValueError):
    """An expression that cannot be read. `column` counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.message = message
        self.column = column


class ChecklistFaults(ValueError):
    """A file that cannot be used, with everything that is wrong in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
