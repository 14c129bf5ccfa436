"""Look whether an expression means something: whether its names exist and its comparisons can ever hold.

A typing slip such as place.kind == "polise_ivs" would otherwise hide an item on every visit and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from baqylau.checklists.grammar import (
    CONDITIONS,
    Arithmetic,
    Comparison,
    Listing,
    Literal,
    Logic,
    Name,
    Negative,
    Not,
    Selected,
    Tree,
    parse,
    walk,
)
from baqylau.checklists.terms import (
    CONTEXT_NAMES,
    MAIN_FIELDS,
    PLACE_GROUPS,
    PLACE_KINDS,
    VISIT_KINDS,
    YESNO,
    AnswerType,
    ExpressionError,
    Field,
    FieldType,
    Rating,
)


@dataclass(frozen=True, slots=True)
class Known:
    """An item that expressions may name. `fields` is None where the item is too faulty to know them."""

    type: AnswerType | None
    repeat: str | None
    fields: tuple[Field, ...] | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """What sort of value a part of an expression has: number, text, choice, choices, list, condition or unknown."""

    sort: str
    values: tuple[str, ...] = ()


_UNKNOWN: Final = _Kind("unknown")
_CONTEXT: Final = {
    "place.kind": _Kind("choice", PLACE_KINDS),
    "place.groups": _Kind("choices", PLACE_GROUPS),
    "place.limit": _Kind("number"),
    "visit.kind": _Kind("choice", VISIT_KINDS),
}
_SORTS: Final = {
    FieldType.RATING: _Kind("choice", tuple(one.value for one in Rating)),
    FieldType.YESNO: _Kind("choice", YESNO),
    FieldType.COUNT: _Kind("number"),
    FieldType.MEASURE: _Kind("number"),
    FieldType.COMPUTED: _Kind("number"),
    FieldType.TEXT: _Kind("text"),
    FieldType.DATE: _Kind("text"),
    FieldType.TIME: _Kind("text"),
}


def expression_faults(source: str, is_condition: bool, repeat: str | None, items: Mapping[str, Known]) -> list[str]:
    """Return what is wrong with an expression that stands in an item of that repeat."""
    try:
        tree = parse(source)
    except ExpressionError as error:
        return [str(error)]
    reader = _Reader(repeat, items)
    found = list(reader.unknown_names(tree))
    if is_condition and not isinstance(tree, CONDITIONS):
        found.append('it must be a condition, such as A1 == "yes"')
    if not is_condition and isinstance(tree, CONDITIONS):
        found.append("it must be a number, not a condition")
    for part in walk(tree):
        found += reader.misuses(part)
    return found


class _Reader:
    def __init__(self, repeat: str | None, items: Mapping[str, Known]) -> None:
        self._repeat = repeat
        self._items = items

    def unknown_names(self, tree: Tree) -> Iterator[str]:
        for part in walk(tree):
            if isinstance(part, Name):
                message = self._refusal(part.name)
                if message:
                    yield f"column {part.column}: {message}"

    def _refusal(self, name: str) -> str | None:
        """Return why nothing of that name can be meant here, or None."""
        item_id, _, field = name.partition(".")
        if name in CONTEXT_NAMES:
            return None
        if item_id in ("place", "visit"):
            return f'unknown name "{name}"; one of {", ".join(CONTEXT_NAMES)}'
        item = self._items.get(item_id)
        if item is None:
            return f'unknown item "{item_id}"'
        if item.repeat not in (None, self._repeat):
            return f"{item_id} is answered once for each {item.repeat}; only an item of the same repeat can name it"
        known = [one.id for one in item.fields or ()]
        if field and item.fields is not None and field not in known:
            return f'{item_id} has no field "{field}"; one of {", ".join(known)}'
        return None

    def _kind(self, part: Tree) -> _Kind:
        match part:
            case Literal():
                return _Kind("text") if isinstance(part.value, str) else _Kind("number")
            case Listing():
                return _Kind("list")
            case Name():
                return self._kind_of_name(part.name)
            case Negative() | Arithmetic():
                return _Kind("number")
            case _:
                return _Kind("condition")

    def _kind_of_name(self, name: str) -> _Kind:
        if name in _CONTEXT:
            return _CONTEXT[name]
        item_id, _, field_id = name.partition(".")
        item = self._items.get(item_id)
        if item is None or item.fields is None or item.type is None:
            return _UNKNOWN
        wanted = field_id or MAIN_FIELDS[item.type]
        field = next((one for one in item.fields if one.id == wanted), None)
        if field is None:
            return _UNKNOWN
        if field.type in (FieldType.SINGLE, FieldType.MULTI):
            sort = "choice" if field.type is FieldType.SINGLE else "choices"
            return _Kind(sort, tuple(choice.id for choice in field.choices))
        return _SORTS[field.type]

    def misuses(self, part: Tree) -> Iterator[str]:
        """Give what is wrong with one part, not looking into its own parts."""
        match part:
            case Not():
                yield from self._condition_wanted("not", part.operand)
            case Logic():
                for side in (part.left, part.right):
                    yield from self._condition_wanted(part.op, side)
            case Negative():
                yield from self._number_wanted(part.operand)
            case Arithmetic():
                for side in (part.left, part.right):
                    yield from self._number_wanted(side)
            case Comparison():
                yield from self._comparison(part)
            case Selected():
                kind = self._kind(part.name)
                if kind.sort not in ("choice", "choices", "unknown"):
                    yield f"{part.name.name} has no choices"
                elif kind.values and part.choice not in kind.values:
                    yield _no_choice(part.choice, part.name.name, kind)

    def _condition_wanted(self, word: str, part: Tree) -> Iterator[str]:
        if not isinstance(part, CONDITIONS):
            yield f'"{word}" joins conditions; {_shown(part)} is none'

    def _number_wanted(self, part: Tree) -> Iterator[str]:
        if self._kind(part).sort not in ("number", "unknown"):
            yield f"{_shown(part)} is not a number"

    def _comparison(self, part: Comparison) -> Iterator[str]:
        left, right = self._kind(part.left), self._kind(part.right)
        if part.op in ("in", "not in") and right.sort not in ("list", "choices", "unknown"):
            yield f'{_shown(part.right)} is no list; "{part.op}" needs one on its right'
        elif part.op in ("in", "not in") and left.sort in ("list", "choices", "condition"):
            yield f'{_shown(part.left)} cannot stand to the left of "{part.op}"'
        elif part.op in ("in", "not in"):
            against = part.right.values if isinstance(part.right, Listing) else ()
            for value in against:
                yield from self._pair(part.left, Literal(value))
            if right.sort == "choices":
                yield from self._pair(part.left, part.right)
        elif "choices" in (left.sort, right.sort):
            several = part.left if left.sort == "choices" else part.right
            yield f'{_shown(several)} holds several choices; ask selected({_shown(several)}, "…")'
        elif part.op in ("<", "<=", ">", ">=") and "choice" in (left.sort, right.sort):
            yield f"{_shown(part.left if left.sort == 'choice' else part.right)} is a choice and has no order"
        else:
            yield from self._pair(part.left, part.right)

    def _pair(self, left: Tree, right: Tree) -> Iterator[str]:
        """Give why two single values can never be equal."""
        first, second = self._kind(left), self._kind(right)
        for one, other, kind in ((left, right, first), (right, left, second)):
            if isinstance(one, Name) and isinstance(other, Literal) and kind.values:
                if not isinstance(other.value, str) or other.value not in kind.values:
                    yield _no_choice(other.value, one.name, kind)
                return
        texts = ("text", "choice", "choices")
        sorts = tuple("text" if kind.sort in texts else kind.sort for kind in (first, second))
        if "unknown" not in sorts and (sorts[0] != sorts[1] or sorts[0] in ("list", "condition")):
            yield f"{_shown(left)} and {_shown(right)} cannot be compared"


def _no_choice(value: float | str, name: str, kind: _Kind) -> str:
    shown = f'"{value}"' if isinstance(value, str) else f"{value:g}"
    return f"{shown} is no choice of {name}; one of {', '.join(kind.values)}"


def _shown(part: Tree) -> str:
    match part:
        case Name():
            return part.name
        case Literal():
            return f'"{part.value}"' if isinstance(part.value, str) else f"{part.value:g}"
        case Listing():
            return "a list"
        case Negative() | Arithmetic():
            return "a number"
        case _:
            return "a condition"
