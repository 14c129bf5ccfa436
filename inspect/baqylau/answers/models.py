"""Tables of what was recorded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from baqylau.answers.terms import Consent, Permission
from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text


class AnswerRevision(SQLModel, table=True):
    """One recorded answer. Append-only by trigger; the id comes from the tablet, so a repeated delivery is the same row."""

    __tablename__ = "answer_revision"
    __table_args__ = (Index("ix_answer_revision_item", "visit_id", "item_id", "row_id"),)

    id: UUID = Field(primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id")
    #: Item of the pinned checklist, or a repeat's id for a row's own label.
    item_id: str = Field(sa_type=short_text(40))
    #: Row of a repeat; "" outside repeats.
    row_id: str = Field(default="", sa_type=short_text(36))
    #: The answer's fields (docs/checklist-format.md); None = taken back.
    value: dict[str, Any] | None = Field(default=None, sa_type=Json)
    #: Source kinds, letters of O P S D.
    sources: list[str] = Field(default_factory=list, sa_type=Json)
    note: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    flags: list[str] = Field(default_factory=list, sa_type=Json)
    author_id: UUID = Field(foreign_key="account.id", index=True)
    #: The tablet, as it names itself.
    device: str = Field(default="", sa_type=short_text(64))
    #: The tablet's clock; may be wrong, never decides an order.
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    #: This server's clock.
    received_at: datetime = Field(sa_type=UtcDateTime)
    #: SHA-256 of what the tablet sent: the same id with another hash is a clash and is refused.
    content_hash: str = Field(sa_type=short_text(64))
    #: SHA-256 of the very bytes that the tablet sent, named in receipts; None for the office's own and for protocol 1.
    sent_sha256: str | None = Field(default=None, sa_type=short_text(64))


class Supersession(SQLModel, table=True):
    """`revision_id` replaces `superseded_id`, which this server may not know yet. Append-only."""

    __tablename__ = "supersession"

    revision_id: UUID = Field(foreign_key="answer_revision.id", primary_key=True)
    superseded_id: UUID = Field(primary_key=True, index=True)


class Evidence(SQLModel, table=True):
    """A photo that belongs to an answer. Append-only; a withdrawal is a row of its own."""

    __tablename__ = "evidence"
    __table_args__ = (one_of("permission", Permission), one_of("consent", Consent))

    id: UUID = Field(primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    item_id: str = Field(sa_type=short_text(40))
    row_id: str = Field(default="", sa_type=short_text(36))
    #: The re-encoded image, without the camera's metadata.
    blob_sha256: str = Field(foreign_key="blob.sha256")
    #: SHA-256 of what the tablet sent, so that a repeated delivery is recognised.
    sent_sha256: str = Field(sa_type=short_text(64))
    caption: str = Field(default="", sa_type=short_text(300))
    permission: str = Field(sa_type=short_text(20))
    consent: str = Field(sa_type=short_text(20))
    width: int
    height: int
    author_id: UUID = Field(foreign_key="account.id")
    #: The tablet, as it names itself; "" for protocol 1.
    device: str = Field(default="", sa_type=short_text(64))
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)


class EvidenceWithdrawal(SQLModel, table=True):
    """A photo that is not to be used any more. Append-only."""

    __tablename__ = "evidence_withdrawal"

    evidence_id: UUID = Field(foreign_key="evidence.id", primary_key=True)
    withdrawn_by: UUID = Field(foreign_key="account.id")
    withdrawn_at: datetime = Field(sa_type=UtcDateTime)
    id: UUID = Field(default_factory=new_id)
