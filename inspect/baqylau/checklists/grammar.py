"""Read an expression to a tree: the tokens, the parser, and the names that a tree asks for.

Written by hand so that a checklist stays data: no code runs from it. static/js/expressions.js reads the same language,
with the same messages and columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from baqylau.checklists.terms import ExpressionError

MAX_LENGTH: Final = 500
MAX_DEPTH: Final = 30
MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of numbers and texts."""

    values: tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """An item, a field of an item, or something of the place or the visit."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """A value with the sign turned."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Not:
    """A condition turned round."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Logic:
    """Two conditions joined by `and` or `or`."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared; `in` and `not in` too."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers joined by + - * /."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Selected:
    """Whether a choice is among those chosen."""

    name: Name
    choice: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether a name has a value."""

    name: Name


Tree = Literal | Listing | Name | Negative | Not | Logic | Comparison | Arithmetic | Selected | Answered
CONDITIONS: Final = (Not, Logic, Comparison, Selected, Answered)

_TOKEN: Final = re.compile(
    r"""[ \t\r\n]+
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>"[^"\x00-\x1f]*")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)
    | (?P<sign>==|!=|<=|>=|[-+*/<>()\[\],])""",
    re.VERBOSE,
)
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in", "not")
_WORDS: Final = ("and", "or", "not", "in")


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def _tokens(source: str) -> list[_Token]:
    """Return the tokens of an expression, an `end` token last."""
    found = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(source[at], at + 1)
        at = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        text, column = match.group(), match.start() + 1
        if kind == "number" and len(text.replace(".", "")) > MAX_DIGITS:
            raise ExpressionError(f"a number of more than {MAX_DIGITS} digits", column)
        found.append(_Token("sign" if text in _WORDS else kind, text, column))
    found.append(_Token("end", "", len(source) + 1))
    return found


def _unreadable(character: str, column: int) -> ExpressionError:
    """Explain a character that begins no token."""
    if character == '"':
        return ExpressionError("the text that begins here is not closed on its line", column)
    if character == "=":
        return ExpressionError('unexpected "="; equal is written "=="', column)
    return ExpressionError(f'unexpected character "{character}"', column)


class _Parser:
    """Recursive descent; the loosest binding first: or, and, not, comparison, + -, * /, sign, value."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self._next.kind != "end":
            raise self._unexpected("")
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _has(self, *signs: str) -> bool:
        return self._next.kind == "sign" and self._next.text in signs

    def _expect(self, sign: str) -> None:
        if not self._has(sign):
            raise self._unexpected(f'"{sign}"')
        self._take()

    def _unexpected(self, wanted: str) -> ExpressionError:
        tail = f"; {wanted} is expected" if wanted else ""
        if self._next.kind == "end":
            return ExpressionError("the expression ends too early" + tail, self._next.column)
        shown = self._next.text if self._next.kind == "text" else f'"{self._next.text}"'
        return ExpressionError(f"unexpected {shown}{tail}", self._next.column)

    def _deeper(self, read: Callable[[], Tree]) -> Tree:
        """Read one level further in, and no further than the limit."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"nested more than {MAX_DEPTH} deep", self._next.column)
        tree = read()
        self._depth -= 1
        return tree

    def _either(self) -> Tree:
        tree = self._both()
        while self._has("or"):
            tree = Logic(self._take().text, tree, self._both())
        return tree

    def _both(self) -> Tree:
        tree = self._condition()
        while self._has("and"):
            tree = Logic(self._take().text, tree, self._condition())
        return tree

    def _condition(self) -> Tree:
        if self._has("not"):
            self._take()
            return Not(self._deeper(self._condition))
        return self._comparison()

    def _comparison(self) -> Tree:
        left = self._sum()
        if not self._has(*_COMPARISONS):
            return left
        op = self._take().text
        if op == "not":
            self._expect("in")
            op = "not in"
        column = self._next.column
        right = self._sum()
        if op in ("in", "not in") and not isinstance(right, Listing | Name):
            raise ExpressionError(f'"{op}" needs a list or a name on its right', column)
        if self._has(*_COMPARISONS):
            raise ExpressionError('comparisons cannot be chained; join two with "and"', self._next.column)
        return Comparison(op, left, right)

    def _sum(self) -> Tree:
        tree = self._product()
        while self._has("+", "-"):
            tree = Arithmetic(self._take().text, tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while self._has("*", "/"):
            tree = Arithmetic(self._take().text, tree, self._signed())
        return tree

    def _signed(self) -> Tree:
        if self._has("-"):
            self._take()
            return Negative(self._deeper(self._signed))
        return self._single()

    def _single(self) -> Tree:
        if self._next.kind in ("number", "text"):
            return Literal(self._constant())
        if self._next.kind == "name":
            token = self._take()
            return self._call(token) if self._has("(") else Name(token.text, token.column)
        if self._has("("):
            self._take()
            tree = self._deeper(self._either)
            self._expect(")")
            return tree
        if self._has("["):
            return self._listing()
        raise self._unexpected("a value")

    def _constant(self) -> float | str:
        if self._next.kind == "number":
            return float(self._take().text)
        if self._next.kind == "text":
            return self._take().text[1:-1]
        raise self._unexpected("a number or a text")

    def _listing(self) -> Listing:
        self._take()
        values: list[float | str] = []
        if not self._has("]"):
            values.append(self._constant())
            while self._has(","):
                self._take()
                values.append(self._constant())
        self._expect("]")
        return Listing(tuple(values))

    def _call(self, function: _Token) -> Tree:
        if function.text not in ("selected", "answered"):
            raise ExpressionError(f'unknown function "{function.text}"', function.column)
        self._expect("(")
        if self._next.kind != "name":
            raise self._unexpected("an item")
        token = self._take()
        name = Name(token.text, token.column)
        tree: Tree = Answered(name)
        if function.text == "selected":
            self._expect(",")
            if self._next.kind != "text":
                raise self._unexpected("a choice in quotation marks")
            tree = Selected(name, self._take().text[1:-1])
        self._expect(")")
        return tree


@lru_cache(maxsize=4096)
def parse(source: str) -> Tree:
    """Return the tree of an expression, or raise ExpressionError with the column of what is wrong."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH + 1)
    if not source.strip(" \t\r\n"):
        raise ExpressionError("the expression is empty", 1)
    return _Parser(source).whole()


def walk(tree: Tree) -> Iterator[Tree]:
    """Give the tree and every part of it."""
    waiting: list[Tree] = [tree]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Negative() | Not():
                waiting.append(part.operand)
            case Logic() | Comparison() | Arithmetic():
                waiting += (part.right, part.left)
            case Selected() | Answered():
                waiting.append(part.name)


@lru_cache(maxsize=4096)
def names(tree: Tree) -> frozenset[str]:
    """Return every name that the expression asks for."""
    return frozenset(part.name for part in walk(tree) if isinstance(part, Name))
