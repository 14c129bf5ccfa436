"""Tables of findings and recommendations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text
from baqylau.findings.terms import Cause, DraftState, FindingKind, Priority, Severity


class Finding(SQLModel, table=True):
    """What the group established about one matter."""

    __tablename__ = "finding"
    __table_args__ = (
        one_of("kind", FindingKind),
        one_of("state", DraftState),
        one_of("severity", Severity),
        one_of("cause", Cause),
        UniqueConstraint("visit_id", "section", "position"),
        # Nobody approves their own.
        CheckConstraint("approved_by IS NULL OR approved_by <> written_by", name="approved_by_another"),
        CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name="approved_by_somebody"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: Section of the checklist; with the position it makes the number "D.2".
    section: str = Field(sa_type=short_text(8))
    position: int
    #: Items whose answers it rests on.
    items: list[str] = Field(default_factory=list, sa_type=Json)
    kind: str = Field(sa_type=short_text(20))
    is_urgent: bool = False
    severity: str | None = Field(default=None, sa_type=short_text(20))
    cause: str | None = Field(default=None, sa_type=short_text(20))
    #: What was established, in each language that has been written; past tense.
    established: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    #: Where in the place; empty = the whole place.
    whereabouts: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    #: Source kinds, letters of O P S D.
    sources: list[str] = Field(default_factory=list, sa_type=Json)
    #: [{"act", "at"}], as in the checklist.
    standards: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    national: str | None = Field(default=None, sa_type=short_text(20))
    international: str | None = Field(default=None, sa_type=short_text(20))
    state: str = Field(default=DraftState.DRAFT, sa_type=short_text(20))
    #: Who wrote the text last.
    written_by: UUID = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def number(self) -> str:
        """As it is printed."""
        return f"{self.section}.{self.position}"


class FindingRevision(SQLModel, table=True):
    """An answer revision that carries a finding."""

    __tablename__ = "finding_revision"

    finding_id: UUID = Field(foreign_key="finding.id", primary_key=True)
    revision_id: UUID = Field(foreign_key="answer_revision.id", primary_key=True)


class FindingEvidence(SQLModel, table=True):
    """A photo that is printed with a finding, with its caption in each language."""

    __tablename__ = "finding_evidence"

    finding_id: UUID = Field(foreign_key="finding.id", primary_key=True)
    evidence_id: UUID = Field(foreign_key="evidence.id", primary_key=True)
    caption: dict[str, str] = Field(default_factory=dict, sa_type=Json)


class Recommendation(SQLModel, table=True):
    """One action, one addressee, one term, one sign of fulfilment."""

    __tablename__ = "recommendation"
    __table_args__ = (
        one_of("priority", Priority),
        one_of("state", DraftState),
        UniqueConstraint("visit_id", "position"),
        CheckConstraint("approved_by IS NULL OR approved_by <> written_by", name="approved_by_another"),
        CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name="approved_by_somebody"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: Number within the visit, from 1.
    position: int
    authority_id: UUID = Field(foreign_key="authority.id")
    priority: str = Field(sa_type=short_text(20))
    due_on: date | None = None
    #: What is to be done, and the sign by which its fulfilment is seen, in each language that has been written.
    action: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    sign: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    #: The earlier recommendation that this one repeats.
    repeats_id: UUID | None = Field(default=None, foreign_key="recommendation.id")
    state: str = Field(default=DraftState.DRAFT, sa_type=short_text(20))
    written_by: UUID = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecommendationFinding(SQLModel, table=True):
    """A recommendation follows from a finding."""

    __tablename__ = "recommendation_finding"

    recommendation_id: UUID = Field(foreign_key="recommendation.id", primary_key=True)
    finding_id: UUID = Field(foreign_key="finding.id", primary_key=True)
