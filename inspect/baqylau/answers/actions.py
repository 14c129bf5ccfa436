"""Record answers, settle conflicts, add and withdraw photos. Nothing here changes a row that exists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from baqylau.answers.models import AnswerRevision, Evidence, EvidenceWithdrawal, Supersession
from baqylau.answers.photos import Photo
from baqylau.answers.queries import revisions_by_id
from baqylau.answers.rules import content_hash
from baqylau.answers.terms import Handed, Head, NewEvidence, NewRevision, Origin, Outcome
from baqylau.audit.actions import record
from baqylau.rights.terms import Actor


def record_revisions(
    session: Session,
    actor: Actor,
    visit_id: UUID,
    device: str,
    revisions: Sequence[NewRevision],
    now: datetime,
    author_id: UUID | None = None,
) -> list[Handed]:
    """Append what is new of these revisions and return what became of each, in their order.

    Each has a savepoint of its own. The audit log notes the batch once, when it brought anything; the revisions
    themselves say who recorded what: the actor, or `author_id` when the actor only hands over.
    """
    by = author_id or actor.user_id
    known = revisions_by_id(session, [new.id for new in revisions])
    handed = [_record_one(session, by, visit_id, device, new, known, now) for new in revisions]
    saved = sum(one.outcome is Outcome.SAVED for one in handed)
    if saved:
        record(session, "answers.record_batch", actor.user_id, ("visit", visit_id), now, device=device, saved=saved)
    return handed


def _record_one(
    session: Session,
    author_id: UUID,
    visit_id: UUID,
    device: str,
    new: NewRevision,
    known: dict[UUID, AnswerRevision],
    now: datetime,
) -> Handed:
    stored = known.get(new.id)
    if stored is None:
        try:
            with session.begin_nested():
                known[new.id] = _append(session, author_id, visit_id, device, new, now)
        except IntegrityError:
            # Another delivery of the same revision won the race between our look and our insert.
            stored = revisions_by_id(session, [new.id]).get(new.id)
            if stored is None:
                raise
        else:
            return Handed(Outcome.SAVED, now)
    is_same = _is_same(stored, new) and (stored.visit_id, stored.author_id) == (visit_id, author_id)
    return Handed(Outcome.REPEATED, stored.received_at) if is_same else Handed(Outcome.CLASH, None)


def _is_same(stored: AnswerRevision, new: NewRevision) -> bool:
    """Tell whether the bytes are those that came before; protocol 1 sent none of its own, so its content is compared."""
    if stored.sent_sha256 is None or new.sent_sha256 is None:
        return stored.content_hash == new.content_hash
    return stored.sent_sha256 == new.sent_sha256


def _append(
    session: Session, author_id: UUID, visit_id: UUID, device: str, new: NewRevision, now: datetime
) -> AnswerRevision:
    revision = AnswerRevision(
        id=new.id,
        visit_id=visit_id,
        item_id=new.item_id,
        row_id=new.row_id,
        value=None if new.value is None else dict(new.value),
        sources=list(new.sources),
        note=new.note,
        flags=list(new.flags),
        author_id=author_id,
        device=device,
        recorded_at=new.recorded_at,
        received_at=now,
        content_hash=new.content_hash,
        sent_sha256=new.sent_sha256,
    )
    session.add(revision)
    session.flush()
    session.add_all(Supersession(revision_id=new.id, superseded_id=old) for old in new.supersedes)
    session.flush()
    return revision


def settle_conflict(
    session: Session, actor: Actor, visit_id: UUID, heads: Sequence[Head], chosen: Head, reason: str, now: datetime
) -> AnswerRevision:
    """Append a revision that takes over the answer of `chosen` and supersedes all of `heads`, which stay readable.

    The reason follows the chosen answer's own note in a paragraph of its own.
    """
    note = "\n\n".join(part for part in (chosen.note, reason) if part)
    supersedes = tuple(head.id for head in heads)
    content = {"item": chosen.item_id, "row": chosen.row_id, "value": chosen.value, "note": note}
    new = NewRevision(
        id=uuid4(),
        item_id=chosen.item_id,
        row_id=chosen.row_id,
        value=chosen.value,
        sources=chosen.sources,
        note=note,
        flags=chosen.flags,
        recorded_at=now,
        supersedes=supersedes,
        content_hash=content_hash({**content, "supersedes": supersedes}),
    )
    revision = _append(session, actor.user_id, visit_id, "", new, now)
    about = {"visit": visit_id, "item": chosen.item_id, "chosen": chosen.id}
    record(session, "answers.settle", actor.user_id, ("revision", new.id), now, **about)
    return revision


def take_over_revision(session: Session, visit_id: UUID, origin: Origin, new: NewRevision) -> Handed:
    """Append a revision that reached the server earlier and was kept apart; the caller writes the decision's event."""
    known = revisions_by_id(session, [new.id])
    return _record_one(session, origin.author_id, visit_id, origin.device, new, known, origin.received_at)


def add_evidence(
    session: Session,
    actor: Actor,
    visit_id: UUID,
    new: NewEvidence,
    photo: Photo,
    blob_sha256: str,
    now: datetime,
    origin: Origin | None = None,
) -> Evidence:
    """Append a photo to an answer; `origin` says whose it is and when it came, if the actor only hands it over."""
    origin = origin or Origin(actor.user_id, "", now)
    evidence = Evidence(
        id=new.id,
        visit_id=visit_id,
        item_id=new.item_id,
        row_id=new.row_id,
        blob_sha256=blob_sha256,
        sent_sha256=new.sent_sha256,
        caption=new.caption,
        permission=new.permission,
        consent=new.consent,
        width=photo.width,
        height=photo.height,
        author_id=origin.author_id,
        device=origin.device,
        recorded_at=new.recorded_at,
        received_at=origin.received_at,
    )
    session.add(evidence)
    session.flush()
    record(session, "answers.add_evidence", actor.user_id, ("evidence", new.id), now, visit=visit_id)
    return evidence


def withdraw_evidence(session: Session, actor: Actor, evidence: Evidence, now: datetime) -> None:
    """Let a photo not be used any more; its bytes stay until the retention term ends."""
    session.add(EvidenceWithdrawal(evidence_id=evidence.id, withdrawn_by=actor.user_id, withdrawn_at=now))
    session.flush()
    record(session, "answers.withdraw_evidence", actor.user_id, ("evidence", evidence.id), now, visit=evidence.visit_id)
