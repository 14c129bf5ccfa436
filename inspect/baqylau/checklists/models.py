"""Table of the checklists that were ever published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, new_id, short_text


class ChecklistVersion(SQLModel, table=True):
    """A published version: its whole content, so that old visits read the very questions they were asked. Append-only."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("slug", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(sa_type=short_text(60))
    code: str = Field(sa_type=short_text(12))
    version: int
    #: SHA-256 of the questions in `content`, as `checklists show` prints it.
    hash: str = Field(sa_type=short_text(64))
    #: Canonical JSON, `checklists.loading.to_json`.
    content: str = Field(sa_column=Column(Text, nullable=False))
    published_at: datetime = Field(sa_type=UtcDateTime)
