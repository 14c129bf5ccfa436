"""Evaluate the small language of `relevance`, `when` and `expression`.

static/js/expressions.js does the same on the tablet; both run tests/checklists/expression_cases.json. Nothing here knows
items or answers: a lookup gives the value of a name. `parse`, `names` and the tree come from grammar.py.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Final

from baqylau.checklists.grammar import (
    Answered,
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
    names,
    parse,
)
from baqylau.checklists.terms import ExpressionError

__all__ = [
    "EMPTY",
    "TOLERANCE",
    "ExpressionError",
    "Lookup",
    "Scalar",
    "Tree",
    "Value",
    "as_number",
    "compare",
    "evaluate",
    "names",
    "parse",
]

#: What a name without an answer is worth.
EMPTY: Final = None

Scalar = bool | int | float | str
Value = Scalar | Sequence[Scalar] | None
#: Gives the value of "A8", "D2.beds" or "place.kind".
Lookup = Callable[[str], Value]

#: 8.4 / 2.8 is not exactly 3 in binary; no place may fail a norm by the sixteenth digit.
TOLERANCE: Final = 1e-9

_OPERATIONS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def evaluate(tree: Tree, lookup: Lookup) -> Value:
    """Return the value of the expression; EMPTY where an answer it needs is missing. Conditions are true or false."""
    match tree:
        case Literal():
            return tree.value
        case Listing():
            return tree.values
        case Name():
            return _finite(lookup(tree.name))
        case Negative():
            number = as_number(evaluate(tree.operand, lookup))
            return EMPTY if number is None else -number
        case Not():
            return evaluate(tree.operand, lookup) is not True
        case Logic():
            # Only true is true: an item answered "no" must never pass for a fulfilled condition.
            if (evaluate(tree.left, lookup) is True) is (tree.op == "or"):
                return tree.op == "or"
            return evaluate(tree.right, lookup) is True
        case Comparison():
            return compare(tree.op, evaluate(tree.left, lookup), evaluate(tree.right, lookup))
        case Arithmetic():
            return _calculate(tree.op, evaluate(tree.left, lookup), evaluate(tree.right, lookup))
        case Selected():
            chosen = lookup(tree.name.name)
            return tree.choice in chosen if isinstance(chosen, list | tuple) else chosen == tree.choice
        case Answered():
            return _finite(lookup(tree.name.name)) is not EMPTY


def as_number(value: Value) -> float | None:
    """Return a number that can be reckoned with, or None; truth values are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def compare(op: str, left: Value, right: Value) -> bool:
    """Tell whether the comparison holds; with EMPTY, or between things that cannot be compared so, it does not."""
    if left is EMPTY or right is EMPTY:
        return False
    if op in ("in", "not in"):
        if isinstance(left, list | tuple) or not isinstance(right, list | tuple):
            return False
        return any(_is_same(left, one) for one in right) is (op == "in")
    if op in ("==", "!="):
        return _is_same(left, right) is (op == "==")
    order = _order(left, right)
    if order is None:
        return False
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]


def _finite(value: Value) -> Value:
    """Return the value, or EMPTY for a number that is none."""
    if isinstance(value, int | float) and not isinstance(value, bool) and as_number(value) is None:
        return EMPTY
    return value


def _is_close(left: float, right: float) -> bool:
    return abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right))


def _is_same(left: Value, right: Value) -> bool:
    """Tell whether two values are equal; lists are, when they hold the same in any order."""
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return _is_close(first, second)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        every = (any(_is_same(one, other) for other in right) for one in left)
        return len(left) == len(right) and all(every)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return isinstance(left, str) and isinstance(right, str) and left == right


def _order(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1, or None for values without an order. Texts go by their characters, so dates by time."""
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return 0 if _is_close(first, second) else (1 if first > second else -1)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    return None


def _calculate(op: str, left: Value, right: Value) -> float | None:
    first, second = as_number(left), as_number(right)
    if first is None or second is None or (op == "/" and second == 0):
        return EMPTY
    return as_number(_OPERATIONS[op](first, second))
