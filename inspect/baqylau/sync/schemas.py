"""What a tablet may send; anything else is refused with a stable code before it reaches an action."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from baqylau.answers.rules import content_hash
from baqylau.answers.terms import Consent, Flag, NewEvidence, NewRevision, Permission
from baqylau.checklists.terms import SourceKind

PROTOCOL = 2
#: Protocol 1: revisions without bytes and receipts of their own. To be deleted with the page that speaks it: all that is
#: marked "protocol 1" in this room.
OLD_PROTOCOL = 1
MOST_REVISIONS = 50
MOST_NOTE = 4000
#: Longest JSON text of one revision: the longest note and value, each character escaped, and room to spare.
MOST_BODY = 64 * 1024
MOST_RECOVERY = 16 * 1024

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
_Row = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]

# Control characters have no look on paper, and half a surrogate pair cannot be stored as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("unprintable")
    return text


_Text = Annotated[str, AfterValidator(_printable)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

# A tablet's clock may be anything; beyond these years an instant cannot be shown in every time zone.
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _showable(instant: datetime) -> datetime:
    """Return the instant, moved into the years that can be shown: a clock that is wrong loses no answer."""
    return min(max(instant, _FIRST), _LAST)


_Instant = Annotated[AwareDatetime, AfterValidator(_showable)]


class SentRevision(BaseModel):
    """One revision."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    item: _Id
    row: _Row = ""
    value: dict[str, Any] | None
    sources: list[SourceKind] = Field(default_factory=list, max_length=4)
    note: _Text = Field(default="", max_length=MOST_NOTE)
    flags: list[Flag] = Field(default_factory=list, max_length=3)
    recorded_at: _Instant
    supersedes: list[UUID] = Field(default_factory=list, max_length=20)

    def as_new(self, sent_sha256: str | None = None) -> NewRevision:
        """Return it in the words of `answers`, with the hash of its content and that of the bytes that were sent."""
        sent = {**self.model_dump(mode="json", exclude={"id", "value"}), "value": self.value}
        return NewRevision(
            id=self.id,
            item_id=self.item,
            row_id=self.row,
            value=self.value,
            sources=tuple(dict.fromkeys(self.sources)),
            note=self.note,
            flags=tuple(dict.fromkeys(self.flags)),
            recorded_at=self.recorded_at,
            supersedes=tuple(dict.fromkeys(self.supersedes)),
            content_hash=content_hash(sent),
            sent_sha256=sent_sha256,
        )


class Batch(BaseModel):
    """Several revisions of one visit from one device; each is weighed by itself (`SentItem`, `SentRevision`)."""

    model_config = ConfigDict(extra="forbid")

    protocol: Literal[2]
    #: Whose answers these are: a tablet may be handed on, and another sign-in must not become their author.
    author: UUID
    device: UUID
    items: list[Any] = Field(min_length=1, max_length=MOST_REVISIONS)


class SentItem(BaseModel):
    """One entry of a batch or of a visit file: the JSON text of a revision, and the SHA-256 of its UTF-8 bytes."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    #: Number of the record in its vault's journal; never decides an order here.
    seq: int = Field(ge=1)
    body: Annotated[str, StringConstraints(min_length=2, max_length=MOST_BODY)]
    sha256: _Sha256


class NewDevice(BaseModel):
    """What a tablet says when a visit is taken along."""

    model_config = ConfigDict(extra="forbid")

    protocol: Literal[2]
    device: UUID
    label: Annotated[_Text, StringConstraints(max_length=120)] = ""
    recovery: Annotated[_Text, StringConstraints(max_length=MOST_RECOVERY)] = ""


class PhotoFacts(BaseModel):
    """The facts of one photo, whose parts have arrived or which stands in a visit file.

    Permission and consent are asked for every image (PEC 32(4)-(5)). What the tablet keeps beside them is passed over.
    """

    model_config = ConfigDict(extra="ignore")

    item: _Id
    row: _Row = ""
    caption: Annotated[_Text, StringConstraints(max_length=300)] = ""
    permission: Permission
    consent: Consent
    recorded_at: _Instant
    sha256: _Sha256

    def as_new(self, photo_id: UUID) -> NewEvidence:
        """Return it in the words of `answers`."""
        return NewEvidence(
            photo_id, self.item, self.row, self.caption, self.permission, self.consent, self.recorded_at, self.sha256
        )


class SentPhotoFacts(PhotoFacts):
    """The same as a request of its own."""

    protocol: Literal[2]
    #: Who took it, as in `Batch`.
    author: UUID
    device: UUID


class PhotoInFile(PhotoFacts):
    """The same as the head of a frame of a visit file."""

    id: UUID

    def is_of(self, content: bytes) -> bool:
        """Tell whether these are the bytes that the facts belong to."""
        return hashlib.sha256(content).hexdigest() == self.sha256


class OldBatch(BaseModel):
    """Several revisions of one visit from one tablet; each is weighed by itself (`SentRevision`). Protocol 1."""

    model_config = ConfigDict(extra="forbid")

    protocol: Literal[1]
    author: UUID
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    revisions: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_REVISIONS)


class SentPhoto(BaseModel):
    """The facts of one photo; permission and consent are asked for every image (PEC 32(4)-(5)). Protocol 1."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    #: Who took it, as in `OldBatch`.
    author: UUID
    item: _Id
    row: _Row = ""
    caption: _Text = Field(default="", max_length=300)
    permission: Permission
    consent: Consent
    recorded_at: _Instant

    def as_new(self, sent_sha256: str) -> NewEvidence:
        """Return it in the words of `answers`."""
        return NewEvidence(
            self.id, self.item, self.row, self.caption, self.permission, self.consent, self.recorded_at, sent_sha256
        )


class Result(BaseModel):
    """What became of one revision or photo."""

    id: str
    #: saved: in the database now; repeated: was there already; refused: see code; apart: held until the chair decides.
    state: Literal["saved", "repeated", "refused", "apart"]
    code: str | None = None
    field: str = ""
    received_at: datetime | None = None
    #: The tablet's clock is ahead of the server's: the answer is kept, its own time is not to be relied on.
    clock_ahead: bool = False
    #: SHA-256 of what was sent, for the receipt; not part of the result.
    sha256: str = Field(default="", exclude=True)
