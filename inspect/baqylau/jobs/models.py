"""Table of jobs."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, new_id, one_of, short_text
from baqylau.jobs.terms import JobState


class Job(SQLModel, table=True):
    """One piece of long work."""

    __tablename__ = "job"
    __table_args__ = (one_of("state", JobState),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: What is to be done, such as "reports.make".
    kind: str = Field(sa_type=short_text(40))
    #: Id of the thing it is done to.
    subject_id: UUID = Field(index=True)
    state: str = Field(default=JobState.WAITING, sa_type=short_text(20), index=True)
    #: Steps done, of `steps`.
    done: int = 0
    steps: int = 1
    #: Stable code of what went wrong; None otherwise.
    trouble: str | None = Field(default=None, sa_type=short_text(80))
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
