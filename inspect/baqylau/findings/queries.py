"""Read findings and recommendations, what they rest on, what they still lack, and what the answers propose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from baqylau.answers.models import Evidence, EvidenceWithdrawal
from baqylau.checklists.terms import Checklist
from baqylau.councils.models import Council
from baqylau.councils.queries import get_council
from baqylau.errors import not_found
from baqylau.findings.models import (
    Finding,
    FindingEvidence,
    FindingRevision,
    Recommendation,
    RecommendationFinding,
)
from baqylau.findings.rules import lacking_in_finding, lacking_in_recommendation
from baqylau.findings.terms import DraftState
from baqylau.places.models import Authority
from baqylau.rights.terms import CouncilKind
from baqylau.visits.models import Visit


@dataclass(frozen=True)
class PhotoLink:
    """A photo that is printed with a finding."""

    evidence: Evidence
    caption: Mapping[str, str]


@dataclass(frozen=True)
class Links:
    """What the findings and recommendations of one visit hang together with."""

    #: {finding id: ids of the answer revisions that carry it}.
    revisions: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    #: {finding id: its photos that were not withdrawn, oldest first}.
    photos: Mapping[UUID, Sequence[PhotoLink]] = field(default_factory=dict)
    #: {finding id: the recommendations that follow from it, by number}, without dropped ones.
    recommendations: Mapping[UUID, Sequence[Recommendation]] = field(default_factory=dict)
    #: {recommendation id: the findings that it follows from, by number}, dropped findings left out.
    findings: Mapping[UUID, Sequence[Finding]] = field(default_factory=dict)


class Missing(NamedTuple):
    """A text that the report needs in a language in which nobody has written it."""

    #: "finding" or "recommendation".
    kind: str
    #: As it is printed: "D.2", "7".
    number: str
    #: "established", "whereabouts", "caption", "action", "sign".
    field: str
    language: str


@dataclass(frozen=True)
class Earlier:
    """A recommendation of an earlier visit to the same place."""

    recommendation: Recommendation
    visit: Visit
    authority: Authority


def get_finding(session: Session, visit_id: UUID, finding_id: UUID) -> Finding:
    """Return the visit's finding of that id, dropped or not; raises not_found."""
    finding = session.get(Finding, finding_id)
    if finding is None or finding.visit_id != visit_id:
        raise not_found()
    return finding


def get_recommendation(session: Session, visit_id: UUID, recommendation_id: UUID) -> Recommendation:
    """Return the visit's recommendation of that id, dropped or not; raises not_found."""
    recommendation = session.get(Recommendation, recommendation_id)
    if recommendation is None or recommendation.visit_id != visit_id:
        raise not_found()
    return recommendation


def findings_of(session: Session, visit_id: UUID, *, with_dropped: bool = False) -> list[Finding]:
    """Return the findings of the visit by section and number."""
    found = select(Finding).where(Finding.visit_id == visit_id)
    if not with_dropped:
        found = found.where(Finding.state != DraftState.DROPPED)
    return list(session.exec(found.order_by(col(Finding.section), col(Finding.position))))


def recommendations_of(session: Session, visit_id: UUID, *, with_dropped: bool = False) -> list[Recommendation]:
    """Return the recommendations of the visit by number."""
    found = select(Recommendation).where(Recommendation.visit_id == visit_id)
    if not with_dropped:
        found = found.where(Recommendation.state != DraftState.DROPPED)
    return list(session.exec(found.order_by(col(Recommendation.position))))


def finding_with_item(session: Session, visit_id: UUID, item_id: str) -> Finding | None:
    """Return the first finding of the visit that rests on the item, one that stands before a dropped one."""
    found = [one for one in findings_of(session, visit_id, with_dropped=True) if item_id in one.items]
    return min(found, key=lambda one: one.state == DraftState.DROPPED, default=None)


def revisions_of(session: Session, finding_id: UUID) -> set[UUID]:
    """Return the ids of the answer revisions that carry the finding."""
    found = select(FindingRevision.revision_id).where(FindingRevision.finding_id == finding_id)
    return set(session.exec(found))


def findings_under(session: Session, recommendation_id: UUID) -> set[UUID]:
    """Return the ids of the findings that the recommendation follows from, dropped ones included."""
    found = select(RecommendationFinding.finding_id).where(RecommendationFinding.recommendation_id == recommendation_id)
    return set(session.exec(found))


def has_approved_finding(session: Session, recommendation_id: UUID) -> bool:
    """Tell whether at least one finding that the recommendation follows from is approved."""
    found = (
        select(func.count())
        .select_from(Finding)
        .join(RecommendationFinding, col(RecommendationFinding.finding_id) == col(Finding.id))
        .where(
            RecommendationFinding.recommendation_id == recommendation_id,
            Finding.state == DraftState.APPROVED,
        )
    )
    return session.exec(found).one() > 0


def photos_of(session: Session, finding_id: UUID) -> dict[UUID, dict[str, str]]:
    """Return {evidence id: caption} of the photos linked to the finding, withdrawn ones included."""
    found = select(FindingEvidence).where(FindingEvidence.finding_id == finding_id)
    return {link.evidence_id: link.caption for link in session.exec(found)}


def links_of(session: Session, visit_id: UUID) -> Links:
    """Return what the findings and recommendations of the visit hang together with, in three queries."""
    recommendations, findings = _recommendations_and_findings(session, visit_id)
    return Links(
        revisions=_revisions_by_finding(session, visit_id),
        photos=_photos_by_finding(session, visit_id),
        recommendations=recommendations,
        findings=findings,
    )


def _revisions_by_finding(session: Session, visit_id: UUID) -> dict[UUID, list[UUID]]:
    grouped: dict[UUID, list[UUID]] = {}
    found = (
        select(FindingRevision.finding_id, FindingRevision.revision_id)
        .join(Finding, col(Finding.id) == col(FindingRevision.finding_id))
        .where(Finding.visit_id == visit_id)
        .order_by(col(FindingRevision.revision_id))
    )
    for finding_id, revision_id in session.exec(found):
        grouped.setdefault(finding_id, []).append(revision_id)
    return grouped


def _photos_by_finding(session: Session, visit_id: UUID) -> dict[UUID, list[PhotoLink]]:
    grouped: dict[UUID, list[PhotoLink]] = {}
    withdrawn = exists().where(col(EvidenceWithdrawal.evidence_id) == col(Evidence.id))
    found = (
        select(FindingEvidence, Evidence)
        .where(FindingEvidence.evidence_id == Evidence.id, FindingEvidence.finding_id == Finding.id)
        .where(Finding.visit_id == visit_id, ~withdrawn)
        .order_by(col(Evidence.received_at), col(Evidence.id))
    )
    for link, evidence in session.exec(found):
        grouped.setdefault(link.finding_id, []).append(PhotoLink(evidence, link.caption))
    return grouped


def _recommendations_and_findings(
    session: Session, visit_id: UUID
) -> tuple[dict[UUID, list[Recommendation]], dict[UUID, list[Finding]]]:
    recommendations: dict[UUID, list[Recommendation]] = {}
    findings: dict[UUID, list[Finding]] = {}
    found = (
        select(Recommendation, Finding)
        .where(
            RecommendationFinding.recommendation_id == Recommendation.id,
            RecommendationFinding.finding_id == Finding.id,
        )
        .where(Recommendation.visit_id == visit_id)
        .order_by(col(Recommendation.position), col(Finding.section), col(Finding.position))
    )
    for recommendation, finding in session.exec(found):
        if recommendation.state != DraftState.DROPPED:
            recommendations.setdefault(finding.id, []).append(recommendation)
        if finding.state != DraftState.DROPPED:
            findings.setdefault(recommendation.id, []).append(finding)
    return recommendations, findings


def earlier_recommendations(session: Session, place_id: UUID, before: Visit) -> list[Earlier]:
    """Return the approved recommendations of earlier visits to the place, the latest visit first, then by number.

    Those of the same council, or, within the national preventive mechanism, of any of its groups: what another body has
    approved may not have left its house yet. One that a later of these visits repeats is left out; the repetition
    stands for it.
    """
    earlier = and_(col(Visit.place_id) == place_id, _is_earlier(Visit, before), _of_the_same_body(session, before))
    repetition, later = aliased(Recommendation), aliased(Visit)
    repeated = exists().where(
        col(repetition.repeats_id) == col(Recommendation.id),
        col(repetition.state) == DraftState.APPROVED.value,
        col(repetition.visit_id) == col(later.id),
        _is_earlier(later, before),
    )
    found = (
        select(Recommendation, Visit, Authority)
        .where(
            Recommendation.visit_id == Visit.id,
            Recommendation.authority_id == Authority.id,
            Visit.council_id == Council.id,
        )
        .where(Recommendation.state == DraftState.APPROVED, earlier, ~repeated)
        .order_by(col(Visit.starts_on).desc(), col(Visit.number).desc(), col(Recommendation.position))
    )
    return [Earlier(*row) for row in session.exec(found)]


def _is_earlier(visit: type[Visit], before: Visit) -> ColumnElement[bool]:
    """Return the condition that a visit began on an earlier day; of one day, the smaller number comes first."""
    same_day = and_(col(visit.starts_on) == before.starts_on, col(visit.number) < before.number)
    return or_(col(visit.starts_on) < before.starts_on, same_day)


def _of_the_same_body(session: Session, visit: Visit) -> ColumnElement[bool]:
    council = get_council(session, visit.council_id)
    if council.kind == CouncilKind.NPM_GROUP:
        return col(Council.kind) == CouncilKind.NPM_GROUP.value
    return col(Visit.council_id) == visit.council_id


def texts_missing(session: Session, visit_id: UUID) -> list[Missing]:
    """Return what the report of the visit needs and nobody has written yet: findings by number, then recommendations.

    Dropped ones need nothing.
    """
    links = links_of(session, visit_id)
    found: list[Missing] = []
    for finding in findings_of(session, visit_id):
        captions = [photo.caption for photo in links.photos.get(finding.id, ())]
        lacking = lacking_in_finding(finding.established, finding.whereabouts, captions)
        found += [Missing("finding", finding.number, name, language) for name, language in lacking]
    for one in recommendations_of(session, visit_id):
        lacking = lacking_in_recommendation(one.action, one.sign)
        found += [Missing("recommendation", str(one.position), name, language) for name, language in lacking]
    return found


def sections_of(checklists: Iterable[Checklist]) -> dict[str, Mapping[str, str]]:
    """Return {section id: title} of the visit's checklists in the order of asking."""
    return {section.id: section.title for checklist in checklists for section in checklist.sections}


def lock_visit(session: Session, visit_id: UUID) -> Visit:
    """Return the visit and let nobody else number findings or recommendations of it until this transaction ends.

    PostgreSQL holds the row; SQLite has one writing transaction at a time anyway.
    """
    visit = session.get(Visit, visit_id, with_for_update=True)
    if visit is None:
        raise not_found()
    return visit


def next_finding_position(session: Session, visit_id: UUID, section: str) -> int:
    """Return the number after the last finding of the section, dropped ones counted: a number is never given twice."""
    found = select(func.max(Finding.position)).where(Finding.visit_id == visit_id, Finding.section == section)
    return (session.exec(found).one() or 0) + 1


def next_recommendation_position(session: Session, visit_id: UUID) -> int:
    """Return the number after the last recommendation of the visit, dropped ones counted."""
    found = select(func.max(Recommendation.position)).where(Recommendation.visit_id == visit_id)
    return (session.exec(found).one() or 0) + 1


def counts_by_state(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, dict[DraftState, int]]:
    """Return {visit id: {state: how many findings and recommendations}} for several visits; those without any left out."""
    found: dict[UUID, dict[DraftState, int]] = {}
    for table in (Finding, Recommendation):
        counted = (
            select(table.visit_id, table.state, func.count())
            .where(col(table.visit_id).in_(visit_ids))
            .group_by(col(table.visit_id), col(table.state))
        )
        for visit_id, state, count in session.exec(counted):
            states = found.setdefault(visit_id, {})
            states[DraftState(state)] = states.get(DraftState(state), 0) + count
    return found
