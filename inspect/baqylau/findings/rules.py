"""What the answers of a visit give reason to establish, and what a finding or recommendation still lacks; pure.

`propose` only proposes: nothing is a finding until a person takes it, and no note is ever copied into a text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from baqylau.answers.rules import rows_of
from baqylau.answers.terms import AnswerKey, Flag, Head
from baqylau.checklists.rules import Context, assessments, needed_items
from baqylau.checklists.terms import (
    LANGUAGES,
    Answer,
    AnswerType,
    Assessment,
    Basis,
    Checklist,
    Item,
    Rating,
    SourceKind,
    Standard,
)
from baqylau.findings.terms import TERM_DAYS, FindingKind, Priority, Severity

Heads = Mapping[AnswerKey, list[Head]]
#: {(item id, row id): how the answer stands to both bases}, once for each way in which conflicts may be settled.
Standings = Sequence[Mapping[AnswerKey, Mapping[Basis, Assessment]]]

#: Ratings that give reason for a finding, the worst first.
SHORT_OF = (Rating.NOT_MET, Rating.PARTLY)
#: What stands for the words that a person still has to write; a text that holds it is not written yet.
GAP = "[…]"

_WORST_FIRST = (*SHORT_OF, Rating.MET)
#: What the group saw or read itself, and not only heard.
_NOT_ONLY_SAID = {SourceKind.OBSERVATION.value, SourceKind.DOCUMENT.value}


class PhotoOf(Protocol):
    """A photo, as far as a proposal needs to know it."""

    id: UUID
    item_id: str
    row_id: str


@dataclass(frozen=True)
class Proposal:
    """What a finding about one item would rest on; rows of a repeat are gathered."""

    item_id: str
    section: str
    kind: FindingKind
    is_urgent: bool
    #: A guess for the person to confirm; None for good practice.
    severity: Severity | None
    #: Heads of the rows that give reason for it; of a computed item, the heads it is computed from.
    revisions: tuple[UUID, ...]
    photos: tuple[UUID, ...]
    #: Union of the sources of these heads, in the order O P S D.
    sources: tuple[str, ...]
    standards: tuple[Standard, ...]
    #: The worst of all rows; None when nothing can be said.
    national: Rating | None
    international: Rating | None
    #: Two heads stand against each other: it cannot be taken until a person has settled which holds.
    is_conflict: bool
    #: Rows that give reason for it, of all rows that were answered; (1, 1) outside repeats.
    rows: tuple[int, int] = (1, 1)

    @property
    def items(self) -> tuple[str, ...]:
        """The items that a finding made of it rests on."""
        return (self.item_id,)

    @property
    def is_alleged(self) -> bool:
        """Tell whether it rests on statements alone so far."""
        return is_alleged(self.sources)


def propose(
    checklist: Checklist, context: Context, heads: Heads, photos: Iterable[PhotoOf] = (), day: date | None = None
) -> list[Proposal]:
    """Return one proposal for each item whose answer falls short, is urgent or is good practice, in the order of asking.

    `day` is the visit's: standards that were not in force on it are left out; None = all are taken. An item with a
    conflict is proposed when any of its heads gives reason to, and says so.
    """
    seen = in_sight(checklist, heads)
    rows = {repeat: [row for row, _label in named] for repeat, named in rows_of(checklist, seen).items()}
    standings = [assessments(checklist, context, answers, rows) for answers in _ways_to_settle(seen)]
    weighing = _Weighing(checklist, seen, standings, list(photos), day)
    found = (weighing.proposal(item) for item in checklist.items.values())
    return [proposal for proposal in found if proposal is not None]


class _Weighing:
    """One visit's answers, weighed item by item."""

    def __init__(
        self,
        checklist: Checklist,
        heads: Heads,
        standings: Standings,
        photos: Sequence[PhotoOf],
        day: date | None,
    ) -> None:
        self._checklist = checklist
        self._heads = heads
        self._standings = standings
        self._photos = photos
        self._day = day
        #: {item id: its rows that were asked or answered}.
        self._rows: dict[str, dict[str, None]] = {}
        for item_id, row in (*(key for standing in standings for key in standing), *heads):
            self._rows.setdefault(item_id, {})[row] = None

    def proposal(self, item: Item) -> Proposal | None:
        """Return what this item gives reason to establish, None when nothing."""
        rows = list(self._rows.get(item.id, ()))
        speaking = [row for row in rows if self._speaks(item, row)]
        if not speaking:
            return None
        carriers = [key for row in speaking for key in self._carriers(item, row)]
        carrying = _unique_heads(
            head for key in carriers for head in self._heads.get(key, ()) if head.value is not None
        )
        national, international = (self._worst(item, rows, basis) for basis in Basis)
        flags = {flag for head in carrying for flag in head.flags} if item.type is not AnswerType.COMPUTED else set()
        is_urgent = Flag.URGENT in flags
        falls_short = national in SHORT_OF or international in SHORT_OF
        praised = Flag.GOOD_PRACTICE in flags and not falls_short and not is_urgent
        kind = FindingKind.GOOD_PRACTICE if praised else FindingKind.SHORTCOMING
        return Proposal(
            item_id=item.id,
            section=item.section,
            kind=kind,
            is_urgent=is_urgent,
            severity=guess_severity(kind, is_urgent, national, international),
            revisions=tuple(head.id for head in carrying),
            photos=tuple(photo.id for photo in self._photos if self._shows(photo, item, speaking)),
            sources=in_order(source for head in carrying for source in head.sources),
            standards=self._standards(item, speaking),
            national=national,
            international=international,
            is_conflict=any(len(self._heads.get(key, ())) > 1 for key in carriers),
            rows=(len(speaking), max(len(speaking), sum(self._is_answered(item, row) for row in rows))),
        )

    def _speaks(self, item: Item, row: str) -> bool:
        """Tell whether this row gives reason for a finding: it falls short, or somebody marked it.

        A mark counts even where the item is not asked any more: an urgent observation must not vanish with a change of
        the place's facts.
        """
        marks = {Flag.URGENT, Flag.GOOD_PRACTICE}
        heads = self._heads.get((item.id, row), ())
        if any(head.value is not None and marks & set(head.flags) for head in heads):
            return True
        return any(one.rating in SHORT_OF for one in self._stands(item, row))

    def _stands(self, item: Item, row: str, basis: Basis | None = None) -> Iterator[Assessment]:
        for standing in self._standings:
            found = standing.get((item.id, row), {})
            yield from (one for held_against, one in found.items() if basis in (None, held_against))

    def _worst(self, item: Item, rows: Iterable[str], basis: Basis) -> Rating | None:
        ratings = {one.rating for row in rows for one in self._stands(item, row, basis)}
        return next((rating for rating in _WORST_FIRST if rating in ratings), None)

    def _carriers(self, item: Item, row: str) -> list[AnswerKey]:
        """Return the keys of the answers that carry this row: its own, or those that a computed item is computed from."""
        items = (self._checklist.items[one] for one in carrier_items(self._checklist, item))
        return [(one.id, row if one.repeat else "") for one in items]

    def _is_answered(self, item: Item, row: str) -> bool:
        return any(head.value is not None for key in self._carriers(item, row) for head in self._heads.get(key, ()))

    def _shows(self, photo: PhotoOf, item: Item, rows: Sequence[str]) -> bool:
        return any((photo.item_id, photo.row_id) in self._carriers(item, row) for row in rows)

    def _standards(self, item: Item, rows: Sequence[str]) -> tuple[Standard, ...]:
        """Return the standards whose limits do not hold, then the item's own, without those not in force on the day."""
        broken = (
            limit.standard
            for row in rows
            for one in self._stands(item, row)
            if one.rating in SHORT_OF
            for limit in one.limits
        )
        named = {str(one): one for one in (*broken, *item.standards)}.values()
        return tuple(one for one in named if self._day is None or one.is_valid_on(self._day))


def carrier_items(checklist: Checklist, item: Item) -> list[str]:
    """Return the ids of the items whose answers carry this one: itself, or those that it is computed from."""
    if item.type is not AnswerType.COMPUTED:
        return [item.id]
    found: dict[str, None] = {}
    for needed in needed_items([item.expression]):
        if needed in checklist.items:
            found.update(dict.fromkeys(carrier_items(checklist, checklist.items[needed])))
    return list(found)


def in_sight(checklist: Checklist, heads: Mapping[AnswerKey, list[Head]]) -> dict[AnswerKey, list[Head]]:
    """Return the heads without those of the checklist's rows that were taken out of sight."""
    repeats = {repeat.id for section in checklist.sections for repeat in section.repeats}
    removed = {
        key for key, group in heads.items() if key[0] in repeats and (group[-1].value or {}).get("removed") is True
    }
    repeat_of_item = {item.id: item.repeat or "" for item in checklist.items.values()}
    return {key: group for key, group in heads.items() if (repeat_of_item.get(key[0], ""), key[1]) not in removed}


def _ways_to_settle(heads: Heads) -> list[dict[AnswerKey, Answer]]:
    """Return the answers once for each place in a conflict, so that every head is weighed; once where there is none."""
    most = max((len(group) for group in heads.values()), default=1)
    ways: list[dict[AnswerKey, Answer]] = []
    for place in range(most):
        chosen = ((key, group[min(place, len(group) - 1)].value) for key, group in heads.items())
        ways.append({key: value for key, value in chosen if value is not None and not value.get("removed")})
    return ways


def guess_severity(
    kind: FindingKind, is_urgent: bool, national: Rating | None, international: Rating | None
) -> Severity | None:
    """Return the severity to begin with; a person confirms or changes it. None for good practice."""
    if kind is FindingKind.GOOD_PRACTICE:
        return None
    ratings = (national, international)
    if is_urgent:
        return Severity.CRITICAL
    if ratings == (Rating.NOT_MET, Rating.NOT_MET):
        return Severity.HIGH
    return Severity.MEDIUM if Rating.NOT_MET in ratings else Severity.LOW


def is_alleged(sources: Iterable[str]) -> bool:
    """Tell whether a finding is printed as alleged: it rests on statements without a second independent kind of source.

    What the group observed or read in a document is established; what only persons held or only staff say is not.
    Nothing at all carries nothing.
    """
    kinds = set(sources)
    return not kinds & _NOT_ONLY_SAID and len(kinds) < 2


def in_order(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of source, each once, in the order O P S D; unknown letters are left out."""
    named = set(sources)
    return tuple(kind.value for kind in SourceKind if kind.value in named)


def due_on(priority: Priority, issued_on: date) -> date | None:
    """Return the last day that a priority allows for a report of that day; None = as agreed."""
    days = TERM_DAYS[priority]
    return None if days is None else issued_on + timedelta(days=days)


def is_within_term(priority: Priority, day: date, today: date) -> bool:
    """Tell whether a recommendation written today may be due on that day: not in the past, not beyond its priority."""
    last = due_on(priority, today)
    return today <= day and (last is None or day <= last)


def is_written(text: str) -> bool:
    """Tell whether a person has written this text: it is not blank and no gap of a pattern is left in it."""
    return bool(text.strip()) and GAP not in text


def missing_languages(texts: Mapping[str, str], languages: Iterable[str] = LANGUAGES) -> tuple[str, ...]:
    """Return the languages in which the text is not written yet, in the given order."""
    return tuple(language for language in languages if not is_written(texts.get(language, "")))


def _unique_heads(heads: Iterable[Head]) -> list[Head]:
    return list({head.id: head for head in heads}.values())


def lacking_in_finding(
    established: Mapping[str, str], whereabouts: Mapping[str, str], captions: Iterable[Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Return (text, language) of all that a report needs of a finding and nobody has written.

    What was established and the captions of its photos are needed in every language, since a photo without words says
    nothing to whoever cannot see it; where it was, as soon as that stands in one.
    """
    begun = [whereabouts] if any(words.strip() for words in whereabouts.values()) else []
    return [*_lacking("established", [established]), *_lacking("whereabouts", begun), *_lacking("caption", captions)]


def lacking_in_recommendation(action: Mapping[str, str], sign: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (text, language) of all that a report needs of a recommendation and nobody has written.

    The sign of fulfilment is needed in every language as the action is: without it nobody can tell later whether it
    was done.
    """
    return [*_lacking("action", [action]), *_lacking("sign", [sign])]


def _lacking(name: str, texts: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    languages = dict.fromkeys(language for text in texts for language in missing_languages(text))
    return [(name, language) for language in languages]
