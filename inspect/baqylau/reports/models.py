"""Tables of reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text
from baqylau.reports.terms import ReportState


class ReportText(SQLModel, table=True):
    """The parts of a report that the council writes for the report itself; one draft a visit."""

    __tablename__ = "report_text"

    visit_id: UUID = Field(foreign_key="visit.id", primary_key=True)
    #: Summary of one page at most, in each language that has been written.
    summary: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    #: What the next visit will check to prevent reprisals.
    reprisal_checks: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    #: Torture complaints received, and passed on to the Ombudsman (PEC 43(4)); None = not stated.
    complaints_received: int | None = None
    complaints_passed: int | None = None
    #: Persons the group talked to; printed as a band.
    persons_met: int | None = None
    #: `{recommendation id: "resolved" | "open"}`: how this visit found the earlier recommendations.
    earlier_states: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    written_by: UUID = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    #: Who said that the report is ready to be issued; a second person issues it. None after any change.
    ready_by: UUID | None = Field(default=None, foreign_key="account.id")
    ready_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DissentingOpinion(SQLModel, table=True):
    """A dissenting opinion of a member of the group, attached to the report (PEC 46(4))."""

    __tablename__ = "dissenting_opinion"
    __table_args__ = (UniqueConstraint("visit_id", "user_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    user_id: UUID = Field(foreign_key="account.id")
    language: str = Field(sa_type=short_text(2))
    text: str = Field(sa_column=Column(Text, nullable=False))
    written_at: datetime = Field(sa_type=UtcDateTime)


class PassageRelease(SQLModel, table=True):
    """A passage that the lint stopped and a second person let through. Append-only."""

    __tablename__ = "passage_release"
    __table_args__ = (UniqueConstraint("visit_id", "passage_hash", "rule"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: SHA-256 of the very passage: a changed text is stopped again.
    passage_hash: str = Field(sa_type=short_text(64))
    rule: str = Field(sa_type=short_text(60))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    released_by: UUID = Field(foreign_key="account.id")
    released_at: datetime = Field(sa_type=UtcDateTime)


class Report(SQLModel, table=True):
    """One version of a visit's report, in all its languages."""

    __tablename__ = "report"
    __table_args__ = (
        one_of("state", ReportState),
        UniqueConstraint("number", "version"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: "ATY-2026-007"; the same for all versions.
    number: str = Field(sa_type=short_text(30))
    #: From 1; a correction is the next version and supersedes the one before.
    version: int
    state: str = Field(default=ReportState.MAKING, sa_type=short_text(20))
    #: SHA-256 of the snapshot's JSON, which is stored as a blob.
    snapshot_sha256: str = Field(foreign_key="blob.sha256")
    #: Why it was corrected, in three languages; empty for a first version.
    reason: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    issued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportFile(SQLModel, table=True):
    """The sealed PDF of a report in one language. Append-only."""

    __tablename__ = "report_file"

    report_id: UUID = Field(foreign_key="report.id", primary_key=True)
    language: str = Field(primary_key=True, sa_type=short_text(2))
    #: SHA-256 of the sealed bytes.
    sha256: str = Field(foreign_key="blob.sha256", unique=True)
    pages: int
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class Rendering(SQLModel, table=True):
    """A finished rendering under the hash of all that it was made from, so that nothing is rendered twice."""

    __tablename__ = "rendering"

    #: SHA-256 of snapshot, template, fonts, catalogue and renderer version.
    key: str = Field(primary_key=True, sa_type=short_text(64))
    sha256: str = Field(foreign_key="blob.sha256")
    made_at: datetime = Field(sa_type=UtcDateTime)
