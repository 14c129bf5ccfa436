"""How often one network address may have reports verified: failures count as failed sign-ins do, apart from them.

A file or a hash that is ours costs nothing; whoever sends rubbish waits ever longer, and nobody is locked out.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from baqylau.accounts import queries, rules
from baqylau.accounts.models import SignInAttempt
from baqylau.accounts.terms import ATTEMPTS_HOURS
from baqylau.accounts.tokens import address_key

#: Failures that cost no waiting: a newsroom behind one address tries many files.
FREE_FAILURES = 30


def key_of(keys: Path, address: str) -> str:
    """Return the keyed hash under which failures from a network address count, another one than for signing in."""
    return hashlib.sha256(f"verify|{address_key(keys, address)}".encode()).hexdigest()


def seconds_to_wait(session: Session, key: str, now: datetime) -> int:
    """Return how many seconds the next verification must wait, 0 if it may be made now."""
    since = now - timedelta(hours=ATTEMPTS_HOURS)
    return rules.waiting_seconds(queries.failures_of(session, key, since), FREE_FAILURES, now)


def count_failure(session: Session, key: str, now: datetime) -> None:
    """Count a verification that found nothing of ours; failures of yesterday are forgotten.

    No event of the audit log: it would let anybody fill the log with nothing.
    """
    queries.delete_attempts_before(session, now - timedelta(hours=ATTEMPTS_HOURS))
    session.add(SignInAttempt(key=key, at=now, succeeded=False))
    session.flush()
