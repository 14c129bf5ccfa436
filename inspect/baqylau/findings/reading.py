"""The answers of a visit as a person reads them while writing: line by line, in the page's language, with who told what.

Loads everything at once, in a number of queries that does not grow with the answers; notes are shown, never copied.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from baqylau.accounts.queries import names_of
from baqylau.answers.models import Evidence
from baqylau.answers.queries import by_key, evidence_of, heads_of, revisions_by_id
from baqylau.answers.rules import answers_for_rules
from baqylau.answers.terms import AnswerKey, Head
from baqylau.answers.wording import answer_lines, computed_in_words
from baqylau.checklists.rules import Context, assessments, computed_values
from baqylau.checklists.terms import Basis, Checklist, FieldType, Item, Rating, Standard
from baqylau.findings.models import Finding
from baqylau.findings.queries import sections_of
from baqylau.findings.rules import Proposal, carrier_items, in_sight, propose
from baqylau.findings.standards import acts
from baqylau.i18n import Text, Translate
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit, visit_context


class Show(StrEnum):
    """Which of the answers that speak are listed."""

    ALL = "all"
    WAITING = "waiting"
    NOT_MET = "not_met"
    CONFLICT = "conflict"
    URGENT = "urgent"
    PHOTO = "photo"
    GOOD_PRACTICE = "good_practice"


@dataclass(frozen=True)
class Told:
    """One head: what one person recorded."""

    head: Head
    observer: str
    #: [(label, what was answered)]; the ratings of a scale stand in `ratings`.
    words: Sequence[tuple[str, str]]
    #: {"national": "not_met", …} of a scale, "not seen" included; empty otherwise.
    ratings: Mapping[str, str]

    @property
    def at(self) -> datetime:
        """When it was recorded, by the tablet's clock."""
        return self.head.recorded_at


@dataclass(frozen=True)
class Row:
    """One answer to an item: the only one, or that of one row of a repeat. Two `told` are a conflict."""

    label: str
    told: Sequence[Told]
    #: The computed number; "" for an item that is entered.
    computed: str
    national: Rating | None
    international: Rating | None


@dataclass(frozen=True)
class Line:
    """An item with everything that was answered to it."""

    item: Item
    rows: Sequence[Row]
    photos: Sequence[Evidence]
    proposal: Proposal | None


class Reading:
    """The answers of one visit."""

    def __init__(
        self,
        checklists: Sequence[Checklist],
        heads: Mapping[AnswerKey, list[Head]],
        photos: Sequence[Evidence],
        proposals: Iterable[Proposal],
        observers: Mapping[UUID, str],
    ) -> None:
        self.checklists = checklists
        self.sections: Mapping[str, Text] = sections_of(checklists)
        #: {item id: what its answers propose}, in the order of the checklists.
        self.proposals = {one.item_id: one for one in proposals}
        self.conflicts = sum(len(group) > 1 for group in heads.values())
        self.photos = photos
        self._heads = heads
        self._observers = observers
        self._items = {item.id: checklist for checklist in reversed(checklists) for item in checklist.items.values()}
        self._ratings: dict[AnswerKey, tuple[Rating | None, Rating | None]] = {}
        self._computed: dict[AnswerKey, float | None] = {}

    @property
    def has_answers(self) -> bool:
        """Tell whether anything was recorded."""
        return bool(self._heads)

    def weigh(self, context: Context) -> None:
        """Take ratings and computed numbers from the answers as they stand; of a conflict, from the last head."""
        answers = answers_for_rules(dict(self._heads))
        for checklist in self.checklists:
            for key, found in assessments(checklist, context, answers).items():
                self._ratings[key] = (found[Basis.NATIONAL].rating, found[Basis.INTERNATIONAL].rating)
            self._computed.update(computed_values(checklist, context, answers))

    def item(self, item_id: str) -> Item | None:
        """Return the item of that id of any of the visit's checklists."""
        checklist = self._items.get(item_id)
        return checklist.items[item_id] if checklist else None

    def known_acts(self) -> dict[str, Standard]:
        """Return {act: standard} of what may be named: today's register of acts, and those of the visit's checklists."""
        pinned = {
            standard.act: standard
            for checklist in self.checklists
            for item in checklist.items.values()
            for standard in item.standards
        }
        return {**pinned, **acts()}

    def answered_items(self, section: str) -> list[str]:
        """Return the ids of the items of the section that have an answer or a computed number, in the order of asking."""
        with_heads = {key[0] for key, group in self._heads.items() if any(head.value is not None for head in group)}
        with_heads |= {key[0] for key, value in self._computed.items() if value is not None}
        items = (item for checklist in self.checklists for item in checklist.items.values())
        return list(dict.fromkeys(item.id for item in items if item.section == section and item.id in with_heads))

    def line(self, item_id: str, language: str, translate: Translate) -> Line | None:
        """Return everything that was answered to the item, in words; None for an item that the visit does not have."""
        item = self.item(item_id)
        if item is None:
            return None
        keys = [key for key in dict.fromkeys((*self._ratings, *self._heads)) if key[0] == item_id]
        rows = [self._row(item, key, language, translate) for key in keys]
        carriers = carrier_items(self._items[item_id], item)
        return Line(
            item,
            [row for row in rows if row.told or row.computed],
            [photo for photo in self.photos if photo.item_id in carriers],
            self.proposals.get(item_id),
        )

    def _row(self, item: Item, key: AnswerKey, language: str, translate: Translate) -> Row:
        told = [
            self._told(item, head, language, translate) for head in self._heads.get(key, ()) if head.value is not None
        ]
        national, international = self._ratings.get(key, (None, None))
        computed = computed_in_words(item, self._computed.get(key), language, translate)
        return Row(self._row_label(item, key[1]), told, computed, national, international)

    def _told(self, item: Item, head: Head, language: str, translate: Translate) -> Told:
        value = head.value or {}
        ratings: dict[str, str] = {basis.value: str(value[basis.value]) for basis in Basis if basis.value in value}
        return Told(
            head,
            self._observers.get(head.author_id, ""),
            answer_lines(item, _without_ratings(item, value), language, translate),
            ratings,
        )

    def _row_label(self, item: Item, row: str) -> str:
        group = self._heads.get((item.repeat or "", row), [])
        return str((group[-1].value or {}).get("label", "")) if row and group else ""

    def revisions_for(self, item_id: str) -> tuple[UUID, ...]:
        """Return the heads that would carry a finding about the item today."""
        proposal, item = self.proposals.get(item_id), self.item(item_id)
        if proposal is not None:
            return proposal.revisions
        if item is None:
            return ()
        carriers = set(carrier_items(self._items[item_id], item))
        heads = (head for key, group in self._heads.items() if key[0] in carriers for head in group)
        return tuple(head.id for head in heads if head.value is not None)

    def changed_since(self, session: Session, linked: Collection[UUID]) -> list[str]:
        """Return the ids of the items whose answers that carry a finding were replaced or taken back since."""
        standing = {head.id for group in self._heads.values() for head in group if head.value is not None}
        replaced = revisions_by_id(session, set(linked) - standing)
        return sorted({revision.item_id for revision in replaced.values()})

    def revisions_to_link(
        self, session: Session, items: Iterable[str], linked: Collection[UUID], *, renews: bool
    ) -> set[UUID]:
        """Return what carries a finding that rests on these items: for those it rested on already, what carried it.

        With `renews`, or for an item that is new to the finding, the answers as they stand today.
        """
        by_item: dict[str, set[UUID]] = {}
        for revision in revisions_by_id(session, linked).values():
            by_item.setdefault(revision.item_id, set()).add(revision.id)
        found: set[UUID] = set()
        for item_id in items:
            item = self.item(item_id)
            carriers = carrier_items(self._items[item_id], item) if item else [item_id]
            kept = set[UUID]().union(*(by_item.get(carrier, set()) for carrier in carriers))
            found |= set(self.revisions_for(item_id)) if renews or not kept else kept
        return found

    def listed(self, show: Show, section: str, findings: Iterable[Finding]) -> list[str]:
        """Return the ids of the items that speak, those of `section` ("" = all) that `show` asks for."""
        taken = {item_id for finding in findings for item_id in finding.items}
        return [
            one.item_id
            for one in self.proposals.values()
            if section in ("", one.section) and _is_shown(one, show, one.item_id in taken)
        ]


def _without_ratings(item: Item, value: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that were filled in, without the two ratings of a scale, which are shown as marks."""
    ratings = {field.id for field in item.fields if field.type is FieldType.RATING}
    return {name: one for name, one in value.items() if name not in ratings and one not in (None, "", [])}


def _is_shown(proposal: Proposal, show: Show, is_taken: bool) -> bool:
    return {
        Show.ALL: True,
        Show.WAITING: not is_taken,
        Show.NOT_MET: Rating.NOT_MET in (proposal.national, proposal.international),
        Show.CONFLICT: proposal.is_conflict,
        Show.URGENT: proposal.is_urgent,
        Show.PHOTO: bool(proposal.photos),
        Show.GOOD_PRACTICE: proposal.kind == "good_practice",
    }[show]


def read_answers(session: Session, visit: Visit) -> Reading:
    """Return the answers of the visit with what they propose."""
    heads = by_key(heads_of(session, visit.id))
    photos = evidence_of(session, visit.id)
    checklists, context = checklists_of_visit(session, visit.id), visit_context(session, visit)
    for checklist in checklists:
        heads = in_sight(checklist, heads)
    observers = names_of(session, {head.author_id for group in heads.values() for head in group})
    found: dict[str, Proposal] = {}
    for checklist in checklists:
        for proposal in propose(checklist, context, heads, photos, visit.starts_on):
            found.setdefault(proposal.item_id, proposal)
    reading = Reading(checklists, heads, photos, found.values(), observers)
    reading.weigh(context)
    return reading
