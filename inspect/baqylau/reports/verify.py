"""Tell whether a file is one of our reports, and whether it is the current one.

Two things must hold: the seal covers the whole file and is ours, and the file's SHA-256 is one that was stored at issue.
Tells nothing that the holder of the file does not know already.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from baqylau.reports.arrangement import SHORT_HASH_DIGITS
from baqylau.reports.models import Report
from baqylau.reports.queries import find_version, newest_issued, report_by_file_hash
from baqylau.reports.terms import Authenticity
from baqylau.settings import Settings
from baqylau.signatures.keys import load_keys
from baqylau.signatures.terms import KeyTrouble, SealState
from baqylau.signatures.verify import verify_seal

HASH_UNKNOWN = "hash_unknown"
KEYS_MISSING = "keys_missing"
NUMBER_KNOWN = "number_known"

#: A report is called after its visit: "ATY-2026-007".
_NUMBER = re.compile(r"\w[\w-]{0,29}")
_MOST_VERSIONS = 999


@dataclass(frozen=True)
class Verification:
    """What was found; number and the rest are None unless the file is ours."""

    authenticity: Authenticity
    #: Finer reason, a `signatures.terms.SealReason` or one of this module's.
    reason: str
    number: str | None = None
    version: int | None = None
    #: The language of the file; None where only a number was typed.
    language: str | None = None
    issued_at: datetime | None = None
    #: The version that replaces it.
    current_version: int | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether this installation issued it."""
        return self.authenticity in {Authenticity.CURRENT, Authenticity.SUPERSEDED}


def verify_file(session: Session, settings: Settings, content: bytes) -> Verification:
    """Judge a file; whatever the bytes are, nothing is raised."""
    try:
        trusted = load_keys(settings.keys).trusted
    except KeyTrouble:
        return Verification(Authenticity.UNREADABLE, KEYS_MISSING)
    verdict = verify_seal(content, trusted)
    if verdict.state is SealState.UNREADABLE:
        return Verification(Authenticity.UNREADABLE, verdict.reason.value)
    if verdict.state is not SealState.GENUINE:
        return Verification(Authenticity.NOT_OURS, verdict.reason.value)
    found = report_by_file_hash(session, hashlib.sha256(content).hexdigest())
    if found is None:
        return Verification(Authenticity.NOT_OURS, HASH_UNKNOWN)
    report, file = found
    return _of_report(session, report, verdict.reason.value, file.language)


def verify_number(session: Session, number: str, version: int, short_hash: str) -> Verification:
    """Judge what a printed page says; a number without the right hash is not known."""
    written = number.strip().upper()
    is_possible = _NUMBER.fullmatch(written) is not None and 0 < version <= _MOST_VERSIONS
    report = find_version(session, written, version) if is_possible else None
    digits = re.sub(r"[^0-9a-f]", "", short_hash.lower())
    expected = report.snapshot_sha256[:SHORT_HASH_DIGITS] if report else ""
    if report is None or not hmac.compare_digest(digits, expected):
        return Verification(Authenticity.NOT_OURS, HASH_UNKNOWN)
    return _of_report(session, report, NUMBER_KNOWN, None)


def _of_report(session: Session, report: Report, reason: str, language: str | None) -> Verification:
    newest = newest_issued(session, report.number)
    is_current = newest is None or newest.id == report.id
    return Verification(
        Authenticity.CURRENT if is_current else Authenticity.SUPERSEDED,
        reason,
        report.number,
        report.version,
        language,
        report.issued_at,
        None if is_current or newest is None else newest.version,
    )
