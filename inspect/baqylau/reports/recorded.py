"""A visit's answers weighed against one of its checklists: what the report's annexes and tallies are drawn from.

Stands between the answers, which hold notes and labels of rows, and the snapshot, which holds neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session

from baqylau.answers.queries import by_key, heads_of
from baqylau.answers.rules import answers_for_rules, rows_of
from baqylau.answers.terms import AnswerKey, Flag, Head
from baqylau.checklists.rules import Context, Standing, needed_items
from baqylau.checklists.terms import Answer, Answers, Basis, Checklist, Item, Rating
from baqylau.findings.rules import in_order
from baqylau.reports import rules
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, visit_context


@dataclass(frozen=True)
class Recorded:
    """A visit's answers weighed against one of its checklists."""

    checklist: Checklist
    context: Context
    standing: Standing
    #: The answers to this checklist's items that nothing supersedes.
    heads: Mapping[AnswerKey, list[Head]]

    def asked(self, item: Item) -> list[AnswerKey]:
        """Return (item id, row id) of each time the item was to be answered."""
        return [key for key in self.standing.keys(item) if self.standing.is_asked(key)]

    def answers(self, item: Item) -> list[Answer]:
        """Return the answers that count, without rows that nobody answered."""
        found = (self.standing.answer(item, row) for _, row in self.asked(item))
        return [answer for answer in found if answer]

    @cached_property
    def confidential(self) -> frozenset[str]:
        """Ids of the items that stay inside the council: those that a monitor marked, and what is worked out from them."""
        marked = {key[0] for key, heads in self.heads.items() if any(Flag.CONFIDENTIAL in head.flags for head in heads)}
        needs = {item.id: set(_inputs(item)) for item in self.checklist.items.values()}
        while more := {one for one, named in needs.items() if one not in marked and named & marked}:
            marked |= more
        return frozenset(marked)

    def is_confidential(self, item: Item) -> bool:
        """Tell whether nothing of the item's answers may leave, neither values and ratings nor kinds of source."""
        return item.id in self.confidential

    def rating(self, item: Item, basis: Basis) -> Rating | None:
        """Return the gravest rating of the item's rows; None when nothing may or can be said."""
        if self.is_confidential(item):
            return None
        return rules.worst(rules.item_ratings(self.standing, item, self.context, basis))

    def sources(self, item: Item) -> tuple[str, ...]:
        """Return the kinds of source that the answers rest on, in the order O P S D; none of a confidential item."""
        if self.is_confidential(item):
            return ()
        return in_order(kind for key in self.asked(item) for head in self.heads.get(key, ()) for kind in head.sources)


def _inputs(item: Item) -> list[str]:
    """Return the ids of the items from which this one's value or its limits are worked out."""
    return needed_items((item.expression, *(limit.when for limit in item.limits)))


def weigh(session: Session, visit: Visit) -> list[Recorded]:
    """Return the visit's answers weighed against each of its checklists."""
    context = visit_context(session, visit)
    heads = by_key(heads_of(session, visit.id))
    answers = answers_for_rules(heads)
    return [_weighed(checklist, context, heads, answers) for checklist in checklists_of_visit(session, visit.id)]


def _weighed(
    checklist: Checklist, context: Context, heads: Mapping[AnswerKey, list[Head]], answers: Answers
) -> Recorded:
    """Weigh the answers of rows in sight; a row that was taken out of sight takes its answers with it."""
    shown = {repeat: [row for row, _label in rows] for repeat, rows in rows_of(checklist, heads).items()}

    def is_in_sight(key: AnswerKey) -> bool:
        item = checklist.items.get(key[0])
        return item is not None and (not item.repeat or key[1] in shown.get(item.repeat, ()))

    own = {key: value for key, value in answers.items() if is_in_sight(key)}
    standing = Standing(checklist, context, own, shown)
    return Recorded(checklist, context, standing, {key: group for key, group in heads.items() if is_in_sight(key)})
