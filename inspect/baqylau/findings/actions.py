"""Take proposals, write findings and recommendations, and let another member review and approve them.

Whatever changes what is printed puts an approved text back to draft: an approval is given to words, not to a number.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from baqylau.answers.queries import find_evidence, get_evidence, revisions_by_id
from baqylau.answers.terms import Consent, Permission
from baqylau.audit.actions import record
from baqylau.checklists.terms import Rating
from baqylau.db.types import new_id
from baqylau.errors import Problem
from baqylau.findings import drafts, queries, refusals
from baqylau.findings.models import (
    Finding,
    FindingEvidence,
    FindingRevision,
    Recommendation,
    RecommendationFinding,
)
from baqylau.findings.rules import Proposal, in_order, is_within_term, is_written
from baqylau.findings.terms import Cause, DraftState, FindingKind, Priority, Severity
from baqylau.places.queries import all_authorities
from baqylau.rights.terms import Actor
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit
from baqylau.visits.terms import VisitState

Texts = Mapping[str, str]

_NOT_BEGUN = {VisitState.PLANNED, VisitState.CANCELLED}


@dataclass(frozen=True)
class FindingDraft:
    """What a person enters about a finding."""

    section: str
    kind: FindingKind
    items: tuple[str, ...]
    established: Texts
    whereabouts: Texts
    sources: tuple[str, ...]
    #: (act, place in it), as in the checklist.
    standards: tuple[tuple[str, str], ...]
    national: Rating | None = None
    international: Rating | None = None
    severity: Severity | None = None
    cause: Cause | None = None
    is_urgent: bool = False


@dataclass(frozen=True)
class RecommendationDraft:
    """What a person enters about a recommendation."""

    findings: tuple[UUID, ...]
    authority_id: UUID
    priority: Priority
    due_on: date | None
    action: Texts
    sign: Texts
    repeats_id: UUID | None = None


def take_proposal(session: Session, actor: Actor, visit_id: UUID, proposal: Proposal, now: datetime) -> Finding:
    """Make a draft of a proposal, without a text: a person reads the notes and writes it.

    An item is taken once: if a finding rests on it already, that one is returned and nothing is written. Photos are not
    linked; a person chooses them.
    """
    _locked(session, visit_id)
    taken = queries.finding_with_item(session, visit_id, proposal.item_id)
    if taken is not None:
        return taken
    if proposal.is_conflict:
        raise refusals.unsettled()
    finding = _new_finding(session, actor, visit_id, proposal.section, new_id(), now)
    drafts.set_columns(finding, _columns_of_proposal(proposal))
    session.add(finding)
    session.flush()
    session.add_all(FindingRevision(finding_id=finding.id, revision_id=one) for one in proposal.revisions)
    session.flush()
    details = {"visit": visit_id, "item": proposal.item_id}
    record(session, "findings.take_proposal", actor.user_id, ("finding", finding.id), now, **details)
    return finding


def _columns_of_proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "items": list(proposal.items),
        "kind": proposal.kind.value,
        "is_urgent": proposal.is_urgent,
        "severity": drafts.stored(proposal.severity),
        "sources": list(proposal.sources),
        "standards": [{"act": one.act, "at": one.at} for one in proposal.standards],
        "national": drafts.stored(proposal.national),
        "international": drafts.stored(proposal.international),
    }


def write_finding(
    session: Session,
    actor: Actor,
    visit_id: UUID,
    draft: FindingDraft,
    now: datetime,
    finding_id: UUID | None = None,
    read_at: datetime | None = None,
) -> Finding:
    """Add the finding with that id, or change it if it exists; `finding_id` None = a new one.

    A changed one is a draft again, without reviewer and approver; the same content once more changes nothing, so a form
    that is sent twice makes one finding. `read_at` is the `written_at` of the text that the writer had before them (None
    = there was none): raises Problem `findings.changed_meanwhile` when it is another one.
    """
    visit = _locked(session, visit_id)
    _refuse_unknown_items(session, visit, draft)
    finding = session.get(Finding, finding_id, with_for_update=True, populate_existing=True) if finding_id else None
    columns = _columns_of_finding(draft)
    if finding is None:
        finding = _new_finding(session, actor, visit_id, draft.section, finding_id or new_id(), now)
        session.add(finding)
    else:
        drafts.refuse_wrong_visit(finding, visit_id)
        if finding.state != DraftState.DROPPED and finding.section == draft.section and drafts.holds(finding, columns):
            return finding
        drafts.refuse_other_text(finding, read_at)
        if finding.section != draft.section:
            finding.position = queries.next_finding_position(session, visit_id, draft.section)
            finding.section = draft.section
        drafts.set_columns(finding, drafts.written(actor, now))
    drafts.set_columns(finding, columns)
    session.flush()
    record(session, "findings.write_finding", actor.user_id, ("finding", finding.id), now, visit=visit_id)
    return finding


def _columns_of_finding(draft: FindingDraft) -> dict[str, Any]:
    is_shortcoming = draft.kind is FindingKind.SHORTCOMING
    return {
        "items": list(draft.items),
        "kind": draft.kind.value,
        # A good practice is neither grave nor urgent, and has no cause to remove.
        "is_urgent": draft.is_urgent and is_shortcoming,
        "severity": drafts.stored(draft.severity) if is_shortcoming else None,
        "cause": drafts.stored(draft.cause) if is_shortcoming else None,
        "established": drafts.clean_texts(draft.established),
        "whereabouts": drafts.clean_texts(draft.whereabouts),
        "sources": list(in_order(draft.sources)),
        "standards": [{"act": act, "at": at} for act, at in draft.standards],
        "national": drafts.stored(draft.national),
        "international": drafts.stored(draft.international),
    }


def link_revisions(
    session: Session, actor: Actor, finding: Finding, revision_ids: Collection[UUID], now: datetime
) -> None:
    """Let exactly these answer revisions of the visit carry the finding; a change puts it back to draft."""
    drafts.lock(session, finding)
    wanted, linked = set(revision_ids), queries.revisions_of(session, finding.id)
    if wanted == linked:
        return
    known = revisions_by_id(session, wanted - linked)
    if any(one not in known or known[one].visit_id != finding.visit_id for one in wanted - linked):
        raise refusals.unknown_item()
    session.execute(
        delete(FindingRevision).where(
            col(FindingRevision.finding_id) == finding.id, col(FindingRevision.revision_id).in_(linked - wanted)
        )
    )
    session.add_all(FindingRevision(finding_id=finding.id, revision_id=one) for one in sorted(wanted - linked))
    drafts.set_columns(finding, drafts.written(actor, now))
    session.flush()
    counts = {"added": len(wanted - linked), "removed": len(linked - wanted)}
    record(session, "findings.link_revisions", actor.user_id, ("finding", finding.id), now, **counts)


def link_photo(
    session: Session, actor: Actor, finding: Finding, evidence_id: UUID, caption: Texts, now: datetime
) -> None:
    """Print the photo with the finding, under this caption; a change puts the finding back to draft.

    Raises Problem `findings.photo_not_to_be_used` without the consent of the persons shown (PEC 32(5)), against a
    refused permission (PEC 32(4)) or after its withdrawal.
    """
    evidence = find_evidence(session, evidence_id)
    if evidence is None or evidence.visit_id != finding.visit_id:
        raise refusals.unknown_item()
    if evidence.consent == Consent.NOT_GIVEN or evidence.permission == Permission.REFUSED:
        raise refusals.photo_not_to_be_used()
    try:
        get_evidence(session, finding.visit_id, evidence_id)
    except Problem as problem:
        raise refusals.photo_not_to_be_used() from problem
    drafts.lock(session, finding)
    link = session.get(FindingEvidence, (finding.id, evidence_id))
    if link is not None and link.caption == drafts.clean_texts(caption):
        return
    if link is None:
        link = FindingEvidence(finding_id=finding.id, evidence_id=evidence_id)
        session.add(link)
    link.caption = drafts.clean_texts(caption)
    drafts.set_columns(finding, drafts.written(actor, now))
    session.flush()
    record(session, "findings.link_photo", actor.user_id, ("finding", finding.id), now, evidence=evidence_id)


def unlink_photo(session: Session, actor: Actor, finding: Finding, evidence_id: UUID, now: datetime) -> None:
    """Print the photo with this finding no more; a change puts the finding back to draft."""
    drafts.lock(session, finding)
    link = session.get(FindingEvidence, (finding.id, evidence_id))
    if link is None:
        return
    session.delete(link)
    drafts.set_columns(finding, drafts.written(actor, now))
    session.flush()
    record(session, "findings.unlink_photo", actor.user_id, ("finding", finding.id), now, evidence=evidence_id)


def review_finding(session: Session, actor: Actor, finding: Finding, read_at: datetime, now: datetime) -> None:
    """Note that somebody other than the writer has read the text of `read_at` and finds it right."""
    if drafts.review(session, actor, finding, read_at, now):
        record(session, "findings.review_finding", actor.user_id, ("finding", finding.id), now, visit=finding.visit_id)


def approve_finding(session: Session, actor: Actor, finding: Finding, read_at: datetime, now: datetime) -> None:
    """Let the finding be printed; the approver is not its writer, and its text stands in the approver's language.

    Other languages may still be missing: the report asks for them all. Whoever approves a draft has reviewed it too.
    """
    if drafts.may_be_approved(session, actor, finding, read_at):
        if not is_written(finding.established.get(actor.language, "")):
            raise refusals.not_written()
        if not finding.sources:
            raise refusals.no_source()
        drafts.approve(session, actor, finding, now)
        record(session, "findings.approve_finding", actor.user_id, ("finding", finding.id), now, visit=finding.visit_id)


def drop_finding(session: Session, actor: Actor, finding: Finding, now: datetime) -> None:
    """Take the finding out of the report; its number stays with it, and writing it again takes it up again."""
    if drafts.drop(session, finding):
        record(session, "findings.drop_finding", actor.user_id, ("finding", finding.id), now, visit=finding.visit_id)


def write_recommendation(
    session: Session,
    actor: Actor,
    visit_id: UUID,
    draft: RecommendationDraft,
    today: date,
    now: datetime,
    recommendation_id: UUID | None = None,
    read_at: datetime | None = None,
) -> Recommendation:
    """Add the recommendation with that id, or change it if it exists; as `write_finding` in everything else.

    `today` is the local day, from which the term of the priority is counted.
    """
    visit = _locked(session, visit_id)
    given = (
        session.get(Recommendation, recommendation_id, with_for_update=True, populate_existing=True)
        if recommendation_id
        else None
    )
    columns = _columns_of_recommendation(draft)
    linked = queries.findings_under(session, given.id) if given else set()
    if given is not None:
        drafts.refuse_wrong_visit(given, visit_id)
        if given.state != DraftState.DROPPED and drafts.holds(given, columns) and linked == set(draft.findings):
            return given
        drafts.refuse_other_text(given, read_at)
    _refuse_wrong_recommendation(session, visit, draft, linked, given.due_on if given else None, today)
    recommendation = given or Recommendation(
        id=recommendation_id or new_id(),
        visit_id=visit_id,
        position=queries.next_recommendation_position(session, visit_id),
        **columns,
        **drafts.written(actor, now),
    )
    session.add(recommendation)
    drafts.set_columns(recommendation, columns | drafts.written(actor, now))
    session.flush()
    _link_findings(session, recommendation.id, linked, set(draft.findings))
    about = ("recommendation", recommendation.id)
    record(session, "findings.write_recommendation", actor.user_id, about, now, visit=visit_id)
    return recommendation


def _columns_of_recommendation(draft: RecommendationDraft) -> dict[str, Any]:
    return {
        "authority_id": draft.authority_id,
        "priority": draft.priority.value,
        "due_on": draft.due_on,
        "action": drafts.clean_texts(draft.action),
        "sign": drafts.clean_texts(draft.sign),
        "repeats_id": draft.repeats_id,
    }


def _refuse_wrong_recommendation(
    session: Session,
    visit: Visit,
    draft: RecommendationDraft,
    linked: set[UUID],
    due_before: date | None,
    today: date,
) -> None:
    standing = {finding.id for finding in queries.findings_of(session, visit.id)}
    # A finding that was dropped later stays linked; only a new link to one is refused.
    if not draft.findings or set(draft.findings) - standing - linked:
        raise refusals.unknown_finding()
    if draft.authority_id not in {authority.id for authority in all_authorities(session)}:
        raise refusals.unknown_addressee()
    # A day that was set before and has come near must not keep anybody from mending the text.
    if draft.due_on and draft.due_on != due_before and not is_within_term(draft.priority, draft.due_on, today):
        raise refusals.due_beyond_term()
    if draft.repeats_id is not None:
        earlier = queries.earlier_recommendations(session, visit.place_id, visit)
        if draft.repeats_id not in {one.recommendation.id for one in earlier}:
            raise refusals.not_repeated()


def _link_findings(session: Session, recommendation_id: UUID, linked: set[UUID], wanted: set[UUID]) -> None:
    session.execute(
        delete(RecommendationFinding).where(
            col(RecommendationFinding.recommendation_id) == recommendation_id,
            col(RecommendationFinding.finding_id).in_(linked - wanted),
        )
    )
    session.add_all(
        RecommendationFinding(recommendation_id=recommendation_id, finding_id=one) for one in sorted(wanted - linked)
    )
    session.flush()


def review_recommendation(
    session: Session, actor: Actor, recommendation: Recommendation, read_at: datetime, now: datetime
) -> None:
    """Note that somebody other than the writer has read the text of `read_at` and finds it right."""
    if drafts.review(session, actor, recommendation, read_at, now):
        about = ("recommendation", recommendation.id)
        record(session, "findings.review_recommendation", actor.user_id, about, now, visit=recommendation.visit_id)


def approve_recommendation(
    session: Session, actor: Actor, recommendation: Recommendation, read_at: datetime, now: datetime
) -> None:
    """Let the recommendation be printed; as `approve_finding`, and at least one finding under it is approved."""
    if drafts.may_be_approved(session, actor, recommendation, read_at):
        if not is_written(recommendation.action.get(actor.language, "")):
            raise refusals.not_written()
        if not queries.has_approved_finding(session, recommendation.id):
            raise refusals.no_approved_finding()
        drafts.approve(session, actor, recommendation, now)
        about = ("recommendation", recommendation.id)
        record(session, "findings.approve_recommendation", actor.user_id, about, now, visit=recommendation.visit_id)


def drop_recommendation(session: Session, actor: Actor, recommendation: Recommendation, now: datetime) -> None:
    """Take the recommendation out of the report; its number stays with it, and writing it again takes it up again."""
    if drafts.drop(session, recommendation):
        about = ("recommendation", recommendation.id)
        record(session, "findings.drop_recommendation", actor.user_id, about, now, visit=recommendation.visit_id)


def _locked(session: Session, visit_id: UUID) -> Visit:
    """Return the visit, locked; refuse one that has not taken place."""
    visit = queries.lock_visit(session, visit_id)
    if visit.state in _NOT_BEGUN:
        raise refusals.visit_not_begun()
    return visit


def _new_finding(
    session: Session, actor: Actor, visit_id: UUID, section: str, finding_id: UUID, now: datetime
) -> Finding:
    position = queries.next_finding_position(session, visit_id, section)
    columns = drafts.written(actor, now)
    return Finding(
        id=finding_id, visit_id=visit_id, section=section, position=position, kind=FindingKind.SHORTCOMING, **columns
    )


def _refuse_unknown_items(session: Session, visit: Visit, draft: FindingDraft) -> None:
    checklists = checklists_of_visit(session, visit.id)
    known = {item_id for checklist in checklists for item_id in checklist.items}
    if draft.section not in queries.sections_of(checklists) or set(draft.items) - known:
        raise refusals.unknown_item()
