"""The words of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Flag(StrEnum):
    """What a monitor may mark an answer with."""

    URGENT = "urgent"  # an immediate observation to the head of the place
    CONFIDENTIAL = "confidential"  # stays inside the council
    GOOD_PRACTICE = "good_practice"


class Permission(StrEnum):
    """Permission of the administration for a photo of security objects (PEC 32(4))."""

    NOT_NEEDED = "not_needed"
    GIVEN = "given"
    REFUSED = "refused"


class Consent(StrEnum):
    """Consent of the persons shown (PEC 32(5))."""

    NO_PERSONS = "no_persons"
    GIVEN = "given"
    NOT_GIVEN = "not_given"


#: An answer is told apart by item and, within a repeat, by row; the row is "" outside repeats.
AnswerKey = tuple[str, str]


@dataclass(frozen=True)
class Head:
    """A revision that nothing supersedes."""

    id: UUID
    item_id: str
    row_id: str
    value: dict[str, Any] | None  # None = the answer was taken back
    sources: tuple[str, ...]
    note: str
    flags: tuple[str, ...]
    author_id: UUID
    recorded_at: datetime
    received_at: datetime

    @property
    def key(self) -> AnswerKey:
        """Item and row."""
        return self.item_id, self.row_id


@dataclass(frozen=True)
class NewRevision:
    """A revision as it was sent, checked by its form (`sync.schemas`) and by the checklist (`rules`)."""

    id: UUID
    item_id: str
    row_id: str
    value: Mapping[str, Any] | None
    sources: tuple[str, ...]
    note: str
    flags: tuple[str, ...]
    recorded_at: datetime
    supersedes: tuple[UUID, ...]
    content_hash: str
    #: SHA-256 of the bytes that were sent; None where a revision is not sent as bytes of its own.
    sent_sha256: str | None = None


@dataclass(frozen=True)
class NewEvidence:
    """A photo's own facts, as they are sent beside the image."""

    id: UUID
    item_id: str
    row_id: str
    caption: str
    permission: str
    consent: str
    recorded_at: datetime
    sent_sha256: str


@dataclass(frozen=True)
class Origin:
    """Whose a revision or photo is, and when it reached the server, where the person who acts now only hands it over."""

    author_id: UUID
    #: The tablet, as it names itself.
    device: str
    received_at: datetime


class Outcome(StrEnum):
    """What became of a revision that was handed over."""

    SAVED = "saved"
    REPEATED = "repeated"  # was there already, with the same content
    CLASH = "clash"  # another content is there under the same id; it stays


@dataclass(frozen=True)
class Handed:
    """What became of one revision, and when it reached the server; None for a clash."""

    outcome: Outcome
    received_at: datetime | None
