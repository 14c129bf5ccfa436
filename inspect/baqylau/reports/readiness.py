"""What stands between a visit and the issue of its report: a list that the page shows and the action obeys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from baqylau.answers.queries import by_key, heads_of
from baqylau.answers.terms import Head
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.rules import lacking_in_finding, lacking_in_recommendation, missing_languages
from baqylau.findings.terms import DraftState
from baqylau.reports import queries
from baqylau.reports.models import ReportText
from baqylau.reports.passages import Fault, faults_of_visit
from baqylau.reports.queries import WrittenUp
from baqylau.reports.terms import Kind, ObstacleKind, Where
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from baqylau.signatures.keys import load_keys
from baqylau.signatures.terms import KeyTrouble
from baqylau.visits.models import Obstruction, Visit
from baqylau.visits.queries import obstructions_of
from baqylau.visits.terms import VisitState

#: A visit to which access was refused is reported too.
_OVER = {VisitState.CONCLUDED, VisitState.REFUSED}


@dataclass(frozen=True)
class Obstacle:
    """One open point: what, and where to mend it."""

    kind: ObstacleKind
    where: Where | None = None
    #: The language in which a text is missing or was stopped.
    language: str = ""
    #: Item whose answers stand against each other.
    item: str = ""
    #: The lint's fault, for a stopped passage.
    fault: Fault | None = None


@dataclass(frozen=True)
class Readiness:
    """Everything open, and every passage that the lint stopped, released ones too."""

    obstacles: tuple[Obstacle, ...]
    faults: tuple[Fault, ...]


def readiness(session: Session, visit: Visit, settings: Settings, actor: Actor) -> Readiness:
    """Return everything that keeps `actor` from issuing the visit's report; no obstacles when nothing does."""
    heads = heads_of(session, visit.id)
    written, text = queries.written_up(session, visit.id), queries.text_of(session, visit.id)
    faults = tuple(faults_of_visit(session, visit, settings))
    changed_at = _changed_at(written, heads, obstructions_of(session, visit.id))
    obstacles = (
        *_of_visit(visit, heads),
        *_of_findings(written),
        *_of_recommendations(written),
        *_of_own_texts(text),
        *_of_passages(faults),
        *_of_seal(settings),
        *_of_mark(text, actor.user_id, changed_at),
    )
    return Readiness(obstacles, faults)


def _of_visit(visit: Visit, heads: list[Head]) -> Iterator[Obstacle]:
    if visit.state not in _OVER:
        yield Obstacle(ObstacleKind.VISIT_NOT_OVER)
    in_conflict = (key[0] for key, standing in by_key(heads).items() if len(standing) > 1)
    for item in dict.fromkeys(in_conflict):
        yield Obstacle(ObstacleKind.ANSWERS_IN_CONFLICT, item=item)


def _of_findings(written: WrittenUp) -> Iterator[Obstacle]:
    if not written.findings:
        yield Obstacle(ObstacleKind.NO_FINDINGS)
    for link in written.findings:
        finding, where = link.finding, (Kind.FINDING, link.finding.number)
        if finding.state != DraftState.APPROVED:
            yield Obstacle(ObstacleKind.FINDING_NOT_APPROVED, Where(*where, id=finding.id))
        captions = [photo.caption for photo in link.photos]
        for field, language in lacking_in_finding(finding.established, finding.whereabouts, captions):
            yield Obstacle(ObstacleKind.TEXT_MISSING, Where(*where, field, finding.id), language)


def _of_recommendations(written: WrittenUp) -> Iterator[Obstacle]:
    for link in written.recommendations:
        one, where = link.recommendation, (Kind.RECOMMENDATION, str(link.recommendation.position))
        if one.state != DraftState.APPROVED:
            yield Obstacle(ObstacleKind.RECOMMENDATION_NOT_APPROVED, Where(*where, id=one.id))
        for field, language in lacking_in_recommendation(one.action, one.sign):
            yield Obstacle(ObstacleKind.TEXT_MISSING, Where(*where, field, one.id), language)


def _of_own_texts(text: ReportText | None) -> Iterator[Obstacle]:
    yield from _missing(Where(Kind.REPORT, "", "summary"), text.summary if text else {})
    yield from _missing(Where(Kind.REPORT, "", "reprisal_checks"), text.reprisal_checks if text else {})


def _missing(where: Where, text: Mapping[str, str]) -> Iterator[Obstacle]:
    yield from (Obstacle(ObstacleKind.TEXT_MISSING, where, language) for language in missing_languages(text))


def _of_passages(faults: tuple[Fault, ...]) -> Iterator[Obstacle]:
    for fault in faults:
        passage = fault.passage
        # The record of an obstruction cannot be rewritten: its stopped words are left out, and hold nothing up.
        if not fault.is_released and passage.where.kind is not Kind.OBSTRUCTION:
            yield Obstacle(ObstacleKind.PASSAGE_STOPPED, passage.where, passage.language, fault=fault)


def _of_seal(settings: Settings) -> Iterator[Obstacle]:
    try:
        load_keys(settings.keys)
    except KeyTrouble:
        yield Obstacle(ObstacleKind.SEAL_UNUSABLE)


def _of_mark(text: ReportText | None, actor_id: UUID, changed_at: datetime | None) -> Iterator[Obstacle]:
    if text is None or text.ready_at is None:
        yield Obstacle(ObstacleKind.NOT_MARKED_READY)
    elif changed_at is not None and changed_at > text.ready_at:
        yield Obstacle(ObstacleKind.CHANGED_SINCE_READY)
    elif text.ready_by == actor_id:
        yield Obstacle(ObstacleKind.MARKED_BY_SAME_PERSON)


def _changed_at(written: WrittenUp, heads: list[Head], obstructions: Sequence[Obstruction]) -> datetime | None:
    """Return when something that is printed last changed; whoever marked the report has not seen it after."""
    texts: list[Finding | Recommendation] = [link.finding for link in written.findings]
    texts += [link.recommendation for link in written.recommendations]
    moments = [head.received_at for head in heads] + [one.recorded_at for one in obstructions]
    moments += [at for one in texts for at in (one.written_at, one.approved_at) if at is not None]
    return max(moments, default=None)
