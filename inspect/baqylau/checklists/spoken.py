"""Say in words when an item is asked, how it is computed, where its norm lies: what people read instead of expressions."""

from collections.abc import Callable, Iterable

from flask_babel import gettext

from baqylau import labels
from baqylau.checklists.expressions import parse
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
)
from baqylau.checklists.terms import Checklist, Limit
from baqylau.i18n import format_number, in_language


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


_SIGNS = {"*": "×", "/": "÷", "-": "−"}


class Speaker:
    """Puts the expressions of one checklist into words of one language."""

    def __init__(self, checklist: Checklist, language: str) -> None:
        self._checklist = checklist
        self._language = language

    def condition(self, expression: str) -> str:
        """Return a condition or a computation in words."""
        return self._tree(parse(expression))

    def limit(self, limit: Limit, unit: str | None) -> str:
        """Return where the norm lies: "≥ 2.5 m²", "yes", "one of: always, mostly"."""
        words = self._bound(limit)
        if limit.op != "==":
            words = f"{labels.COMPARISON.get(limit.op, '')} {words}".strip()
        if unit and isinstance(limit.bound, int | float):
            words = f"{words} {_(labels.UNIT[unit]) if unit in labels.UNIT and labels.UNIT[unit] != '%' else '%'}"
        return f"{words} ({self.condition(limit.when)})" if limit.when else words

    def _bound(self, limit: Limit) -> str:
        if isinstance(limit.bound, tuple):
            return _("one of: %(values)s", values=", ".join(self._value(one) for one in limit.bound))
        return self._value(limit.bound)

    def _value(self, value: float | str) -> str:
        if not isinstance(value, str):
            return format_number(value, self._language)
        found = {choice.id: choice.label for item in self._checklist.items.values() for choice in item.choices}
        found |= {
            choice.id: choice.label
            for item in self._checklist.items.values()
            for field in item.fields
            for choice in field.choices
        }
        if value in {"yes", "no", "unknown"}:
            return {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}[value]
        return in_language(found[value], self._language) if value in found else value

    def _tree(self, tree: Tree) -> str:
        match tree:
            case Logic(op, left, right):
                both = {"first": self._inner(left, op), "second": self._inner(right, op)}
                return _("%(first)s and %(second)s", **both) if op == "and" else _("%(first)s or %(second)s", **both)
            case Not(operand):
                return _("not: %(condition)s", condition=self._tree(operand))
            case Comparison(op, left, right):
                return self._comparison(op, left, right)
            case Arithmetic(op, left, right):
                return f"{self._inner(left, op)} {_SIGNS.get(op, op)} {self._inner(right, op)}"
            case Negative(operand):
                return f"−{self._tree(operand)}"
            case Selected(name, choice):
                return _("%(name)s: “%(choice)s” is chosen", name=self._tree(name), choice=self._value(choice))
            case Answered(name):
                return _("%(name)s is answered", name=self._tree(name))
            case Name(name):
                return self._name(name)
            case Literal(value):
                return self._value(value)
            case Listing(values):
                return ", ".join(self._value(value) for value in values)

    def _inner(self, tree: Tree, op: str) -> str:
        words = self._tree(tree)
        return f"({words})" if isinstance(tree, Logic | Arithmetic) and tree.op != op else words

    def _comparison(self, op: str, left: Tree, right: Tree) -> str:
        is_negated = op in {"not in", "!="}
        for tree, other in ((left, right), (right, left)):
            if isinstance(tree, Name) and tree.name in _SAID:
                words, said, said_not = _SAID[tree.name]
                listed = ", ".join(_(words.get(one, one)) for one in _texts(other))
                return said_not(listed) if is_negated else said(listed)
        sign = labels.COMPARISON.get(op, "=" if op == "in" else "≠")
        return f"{self._tree(left)} {sign} {self._tree(right)}"

    def _name(self, name: str) -> str:
        if name == "place.limit":
            return _("the limit of places")
        item_id, _dot, field_id = name.partition(".")
        item = self._checklist.items.get(item_id)
        field = item.field(field_id) if item else None
        return f"{item_id} ({in_language(field.label, self._language)})" if field and field.label else name


def _texts(tree: Tree) -> Iterable[str]:
    values = tree.values if isinstance(tree, Listing) else (tree.value,) if isinstance(tree, Literal) else ()
    return [str(value) for value in values]


_Say = Callable[[str], str]
_SAID: dict[str, tuple[dict[str, str], _Say, _Say]] = {
    "place.kind": (
        dict(labels.PLACE_KIND),
        lambda listed: _("kind of place: %(kinds)s", kinds=listed),
        lambda listed: _("any kind of place but: %(kinds)s", kinds=listed),
    ),
    "place.groups": (
        dict(labels.GROUP),
        lambda listed: _("held here: %(groups)s", groups=listed),
        lambda listed: _("not held here: %(groups)s", groups=listed),
    ),
    "visit.kind": (
        dict(labels.VISIT_KIND),
        lambda listed: _("kind of visit: %(kinds)s", kinds=listed),
        lambda listed: _("any kind of visit but: %(kinds)s", kinds=listed),
    ),
}
