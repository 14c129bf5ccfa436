"""What a tablet may send; anything else is refused with a stable code before it reaches an action."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from baqylau.answers.rules import content_hash
from baqylau.answers.terms import Consent, Flag, NewEvidence, NewRevision, Permission
from baqylau.checklists.terms import SourceKind

PROTOCOL = 1
MOST_REVISIONS = 50
MOST_NOTE = 4000

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
_Row = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]

# Control characters have no look on paper, and half a surrogate pair cannot be stored as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("unprintable")
    return text


_Text = Annotated[str, AfterValidator(_printable)]


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
    recorded_at: AwareDatetime
    supersedes: list[UUID] = Field(default_factory=list, max_length=20)

    def as_new(self) -> NewRevision:
        """Return it in the words of `answers`, with the hash of its content."""
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
        )


class Batch(BaseModel):
    """Several revisions of one visit from one tablet; each is weighed by itself (`SentRevision`)."""

    model_config = ConfigDict(extra="forbid")

    protocol: Literal[1]
    #: Whose answers these are: a tablet may be handed on, and another sign-in must not become their author.
    author: UUID
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    revisions: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_REVISIONS)


class SentPhoto(BaseModel):
    """The facts of one photo; permission and consent are asked for every image (PEC 32(4)-(5))."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    #: Who took it, as in `Batch`.
    author: UUID
    item: _Id
    row: _Row = ""
    caption: _Text = Field(default="", max_length=300)
    permission: Permission
    consent: Consent
    recorded_at: AwareDatetime

    def as_new(self, sent_sha256: str) -> NewEvidence:
        """Return it in the words of `answers`."""
        return NewEvidence(
            self.id, self.item, self.row, self.caption, self.permission, self.consent, self.recorded_at, sent_sha256
        )


class Result(BaseModel):
    """What became of one revision."""

    id: str
    #: saved: in the database now; repeated: was there already; refused: see code.
    state: Literal["saved", "repeated", "refused"]
    code: str | None = None
    field: str = ""
    received_at: datetime | None = None
    #: The tablet's clock is ahead of the server's: the answer is kept, its own time is not to be relied on.
    clock_ahead: bool = False
