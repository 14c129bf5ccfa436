"""Read the audit log."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from baqylau.audit.models import AuditEvent


def last_event(session: Session) -> AuditEvent | None:
    """Return the newest event, None in an empty log."""
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.number).desc()).limit(1)).first()


def events_of(session: Session, subject_kind: str, subject_id: object) -> Sequence[AuditEvent]:
    """Return what was done to one thing, oldest first."""
    found = select(AuditEvent).where(AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == str(subject_id))
    return session.exec(found.order_by(col(AuditEvent.number))).all()


def events_after(session: Session, number: int, limit: int) -> Sequence[AuditEvent]:
    """Return at most `limit` events after `number`, in the chain's order."""
    found = select(AuditEvent).where(col(AuditEvent.number) > number).order_by(col(AuditEvent.number)).limit(limit)
    return session.exec(found).all()
