"""Read what was recorded: the heads, the conflicts among them, the history, the photos."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from baqylau.answers.models import AnswerRevision, Evidence, EvidenceWithdrawal, Supersession
from baqylau.answers.terms import AnswerKey, Head
from baqylau.errors import not_found


def heads_of(session: Session, visit_id: UUID) -> list[Head]:
    """Return the revisions of the visit that nothing supersedes, in the order in which they arrived.

    Two heads of one item and row are a conflict: both stand until a person settles it.
    """
    newer = aliased(AnswerRevision)
    # Only a revision of the same item, row and visit replaces: an id of another place in the list hides nothing there.
    replaced = exists().where(
        col(Supersession.superseded_id) == col(AnswerRevision.id),
        col(Supersession.revision_id) == col(newer.id),
        col(newer.visit_id) == col(AnswerRevision.visit_id),
        col(newer.item_id) == col(AnswerRevision.item_id),
        col(newer.row_id) == col(AnswerRevision.row_id),
    )
    found = (
        select(AnswerRevision)
        .where(AnswerRevision.visit_id == visit_id, ~replaced)
        .order_by(col(AnswerRevision.received_at), col(AnswerRevision.recorded_at), col(AnswerRevision.id))
    )
    return [_head(revision) for revision in session.exec(found)]


def _head(revision: AnswerRevision) -> Head:
    return Head(
        id=revision.id,
        item_id=revision.item_id,
        row_id=revision.row_id,
        value=revision.value,
        sources=tuple(revision.sources),
        note=revision.note,
        flags=tuple(revision.flags),
        author_id=revision.author_id,
        recorded_at=revision.recorded_at,
        received_at=revision.received_at,
    )


def by_key(heads: Iterable[Head]) -> dict[AnswerKey, list[Head]]:
    """Group heads by item and row."""
    grouped: dict[AnswerKey, list[Head]] = {}
    for head in heads:
        grouped.setdefault(head.key, []).append(head)
    return grouped


def conflicts_of(session: Session, visit_id: UUID) -> dict[AnswerKey, list[Head]]:
    """Return the items and rows that have more than one head."""
    return {key: heads for key, heads in by_key(heads_of(session, visit_id)).items() if len(heads) > 1}


def history_of(session: Session, visit_id: UUID, key: AnswerKey) -> Sequence[AnswerRevision]:
    """Return every revision of one item and row, oldest arrival first."""
    item_id, row_id = key
    found = select(AnswerRevision).where(
        AnswerRevision.visit_id == visit_id, AnswerRevision.item_id == item_id, AnswerRevision.row_id == row_id
    )
    return session.exec(
        found.order_by(col(AnswerRevision.received_at), col(AnswerRevision.recorded_at), col(AnswerRevision.id))
    ).all()


def revisions_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, AnswerRevision]:
    """Return the known ones of these revisions."""
    found = session.exec(select(AnswerRevision).where(col(AnswerRevision.id).in_(list(ids))))
    return {revision.id: revision for revision in found}


def count_revisions(session: Session, visit_id: UUID) -> int:
    """Return how many revisions the visit has."""
    return session.exec(select(func.count()).where(AnswerRevision.visit_id == visit_id)).one()


def version_of(session: Session, visit_id: UUID) -> str:
    """Return a word that changes with everything recorded for the visit: the tables only grow, so counts are enough."""
    photos = select(func.count()).where(Evidence.visit_id == visit_id)
    withdrawn = (
        select(func.count())
        .select_from(EvidenceWithdrawal)
        .join(Evidence, col(Evidence.id) == col(EvidenceWithdrawal.evidence_id))
        .where(Evidence.visit_id == visit_id)
    )
    return f"{count_revisions(session, visit_id)}-{session.exec(photos).one()}-{session.exec(withdrawn).one()}"


def evidence_of(session: Session, visit_id: UUID) -> Sequence[Evidence]:
    """Return the photos of the visit that were not withdrawn, by item, oldest first."""
    withdrawn = exists().where(col(EvidenceWithdrawal.evidence_id) == col(Evidence.id))
    found = select(Evidence).where(Evidence.visit_id == visit_id, ~withdrawn)
    return session.exec(found.order_by(col(Evidence.item_id), col(Evidence.received_at), col(Evidence.id))).all()


def find_evidence(session: Session, evidence_id: UUID) -> Evidence | None:
    """Return the photo with this id, withdrawn or not."""
    return session.get(Evidence, evidence_id)


def get_evidence(session: Session, visit_id: UUID, evidence_id: UUID) -> Evidence:
    """Return a photo of the visit that was not withdrawn; raises not_found."""
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.visit_id != visit_id or session.get(EvidenceWithdrawal, evidence_id) is not None:
        raise not_found()
    return evidence
