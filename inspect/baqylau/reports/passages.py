"""The passages of a visit's report that the council wrote, each weighed by the lint, with who wrote it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from baqylau.councils.queries import get_council
from baqylau.i18n import local_time
from baqylau.places.queries import all_authorities, get_place
from baqylau.reports import queries
from baqylau.reports.disclosure import Known, Rule, hits
from baqylau.reports.rules import language_written
from baqylau.reports.terms import Kind, Where
from baqylau.settings import Settings
from baqylau.visits.models import Visit
from baqylau.visits.queries import group_of, obstructions_of, protected_names


@dataclass(frozen=True)
class Passage:
    """A text in one language, where it stands, and who wrote it last."""

    where: Where
    language: str
    text: str
    written_by: UUID

    @property
    def hash(self) -> str:
        """SHA-256 of the text: a release holds for these very words."""
        return hashlib.sha256(f"{self.language}|{self.text}".encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """A passage that one rule of the lint stopped."""

    passage: Passage
    rule: Rule
    #: Where in the text the words stand that the rule stopped, [(start, end)].
    spans: tuple[tuple[int, int], ...]
    is_released: bool = False

    @property
    def quoted(self) -> list[str]:
        """The words that the rule stopped."""
        return [self.passage.text[start:end] for start, end in self.spans]


def passages_of(session: Session, visit: Visit, time_zone: str) -> Iterator[Passage]:
    """Give every text that people wrote and that would be printed; days are those of `time_zone`."""
    written = queries.written_up(session, visit.id)
    for link in written.findings:
        finding = link.finding
        texts: dict[str, Mapping[str, str]] = {"established": finding.established, "whereabouts": finding.whereabouts}
        yield from _in_languages(Kind.FINDING, finding.number, finding.id, texts, finding.written_by)
        for photo in link.photos:
            caption = {"caption": photo.caption}
            yield from _in_languages(Kind.FINDING, finding.number, finding.id, caption, finding.written_by)
    for one in written.recommendations:
        recommendation = one.recommendation
        texts = {"action": recommendation.action, "sign": recommendation.sign}
        number, writer = str(recommendation.position), recommendation.written_by
        yield from _in_languages(Kind.RECOMMENDATION, number, recommendation.id, texts, writer)
    if text := queries.text_of(session, visit.id):
        texts = {"summary": text.summary, "reprisal_checks": text.reprisal_checks}
        yield from _in_languages(Kind.REPORT, "", None, texts, text.written_by)
    yield from _of_obstructions(session, visit, time_zone)
    for dissent, name in queries.dissents_of(session, visit.id):
        where = Where(Kind.DISSENT, name, "dissent")
        yield Passage(where, dissent.language, dissent.text, dissent.user_id)


def _of_obstructions(session: Session, visit: Visit, time_zone: str) -> Iterator[Passage]:
    for one in obstructions_of(session, visit.id):
        day = local_time(one.happened_at, time_zone).date().isoformat()
        for field, words in (("official", one.official), ("account", one.account)):
            where = Where(Kind.OBSTRUCTION, day, field, one.id)
            yield Passage(where, language_written(words), words, one.recorded_by)


def withheld_obstructions(faults: Iterable[Fault]) -> frozenset[UUID]:
    """Return ids of the obstructions whose words stay out of the report: stopped, and released by nobody."""
    return frozenset(
        fault.passage.where.id
        for fault in faults
        if fault.passage.where.kind is Kind.OBSTRUCTION and fault.passage.where.id and not fault.is_released
    )


def _in_languages(
    kind: Kind, number: str, subject: UUID | None, texts: Mapping[str, Mapping[str, str]], writer: UUID
) -> Iterator[Passage]:
    for field, by_language in texts.items():
        for language, text in by_language.items():
            if text.strip():
                yield Passage(Where(kind, number, field, subject), language, text, writer)


def faults_of_visit(session: Session, visit: Visit, settings: Settings) -> list[Fault]:
    """Return the passages that the lint stops, the released ones marked; one for each passage and rule."""
    known = known_of_visit(session, visit, settings)
    released = queries.releases_of(session, visit.id)
    found = [
        fault for passage in passages_of(session, visit, settings.time_zone) for fault in faults_in(passage, known)
    ]
    return [
        Fault(fault.passage, fault.rule, fault.spans, (fault.passage.hash, fault.rule.value) in released)
        for fault in found
    ]


def faults_in(passage: Passage, known: Known) -> list[Fault]:
    """Return what the lint stops in one passage, by rule."""
    spans: dict[Rule, list[tuple[int, int]]] = {}
    for hit in hits(passage.text, known):
        spans.setdefault(hit.rule, []).append((hit.start, hit.end))
    return [Fault(passage, rule, tuple(found)) for rule, found in spans.items()]


def known_of_visit(session: Session, visit: Visit, settings: Settings) -> Known:
    """Return what the lint is told about this visit."""
    place, council = get_place(session, visit.place_id), get_council(session, visit.council_id)
    harmless = [*place.name.values(), *council.name.values()]
    harmless += [name for authority in all_authorities(session) for name in authority.name.values()]
    harmless += [user.name for _member, user in group_of(session, visit.id)]
    names = tuple(protected_names(session, visit.id, settings.keys).values())
    return Known(names, tuple(harmless), settings.smallest_count)
