"""The audit table."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, short_text


class AuditEvent(SQLModel, table=True):
    """One act. Append-only by trigger."""

    __tablename__ = "audit_event"

    #: Position in the chain, without gaps, from 1.
    number: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    )
    at: datetime = Field(sa_type=UtcDateTime)
    #: Who did it; None = the program itself or somebody not signed in.
    actor_id: str | None = Field(default=None, sa_type=short_text(36), index=True)
    #: What was done: "<room>.<verb>", such as "visits.conclude_visit".
    act: str = Field(sa_type=short_text(80), index=True)
    #: Kind and id of the thing it was done to.
    subject_kind: str = Field(sa_type=short_text(40))
    subject_id: str = Field(sa_type=short_text(64), index=True)
    #: Ids and codes only.
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    #: Hash of the event before, and of this one with it (SHA-256, hexadecimal).
    previous_hash: str = Field(sa_type=short_text(64))
    hash: str = Field(sa_type=short_text(64))
