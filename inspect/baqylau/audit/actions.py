"""Write to the audit log."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from baqylau.audit.models import AuditEvent
from baqylau.audit.queries import last_event

_START = "0" * 64
_LOCK = 7_134_501  # an arbitrary number: the audit chain's advisory lock in PostgreSQL


def record(
    session: Session,
    act: str,
    actor_id: UUID | None,
    subject: tuple[str, object],
    now: datetime,
    **details: Any,
) -> AuditEvent:
    """Append one event to the chain, in the caller's transaction.

    `subject` is (kind, id). `details` may hold ids, codes and numbers, never a text that a person wrote.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two transactions must not both follow the same event; SQLite has one writer at a time anyway.
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = last_event(session)
    kind, subject_id = subject
    event = AuditEvent(
        number=(before.number if before else 0) + 1,
        at=now,
        actor_id=str(actor_id) if actor_id else None,
        act=act,
        subject_kind=kind,
        subject_id=str(subject_id),
        details=json.loads(json.dumps(details, default=str)),
        previous_hash=before.hash if before else _START,
        hash="",
    )
    event.hash = event_hash(event)
    session.add(event)
    session.flush()
    return event


def event_hash(event: AuditEvent) -> str:
    """Return the SHA-256 of the event's content together with the hash before it."""
    content: Mapping[str, Any] = {
        "number": event.number,
        "at": event.at.isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "act": event.act,
        "subject": [event.subject_kind, event.subject_id],
        "details": event.details,
        "previous": event.previous_hash,
    }
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
