"""Tables of visits."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text
from baqylau.visits.terms import Ground, VisitKind, VisitState


class Visit(SQLModel, table=True):
    """A visit of a council to a place."""

    __tablename__ = "visit"
    __table_args__ = (
        one_of("kind", VisitKind),
        one_of("state", VisitState),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("state <> 'cancelled' OR end_reason <> ''", name="cancelled_with_reason"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: "ATY-2026-007": council, year, running number; unique.
    number: str = Field(sa_type=short_text(30), unique=True)
    council_id: UUID = Field(foreign_key="council.id", index=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    kind: str = Field(sa_type=short_text(20))
    state: str = Field(default=VisitState.PLANNED, sa_type=short_text(20), index=True)
    #: Article or order it rests on, in three languages.
    legal_basis: dict[str, str] = Field(sa_type=Json)
    starts_on: date
    ends_on: date
    #: What it is to find out; working text of the group.
    purpose: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    #: When the head of the place was given notice; always None for the NPM.
    notice_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: Why it was cancelled.
    end_reason: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    planned_by: UUID = Field(foreign_key="account.id")
    planned_at: datetime = Field(sa_type=UtcDateTime)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    concluded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VisitMember(SQLModel, table=True):
    """A member of the visiting group."""

    __tablename__ = "visit_member"
    __table_args__ = (
        # One leader a visit, and no more.
        Index(
            "uq_visit_member_leader",
            "visit_id",
            unique=True,
            sqlite_where=text("is_leader"),
            postgresql_where=text("is_leader"),
        ),
    )

    visit_id: UUID = Field(foreign_key="visit.id", primary_key=True)
    user_id: UUID = Field(foreign_key="account.id", primary_key=True, index=True)
    is_leader: bool = False
    #: Sections this member takes first; empty = all.
    sections: list[str] = Field(default_factory=list, sa_type=Json)


class VisitChecklist(SQLModel, table=True):
    """A checklist version that the visit is recorded by."""

    __tablename__ = "visit_checklist"

    visit_id: UUID = Field(foreign_key="visit.id", primary_key=True)
    checklist_version_id: UUID = Field(foreign_key="checklist_version.id", primary_key=True)


class Obstruction(SQLModel, table=True):
    """A refusal of access or another obstruction of the visit (PEC 49(1)). Append-only."""

    __tablename__ = "obstruction"
    __table_args__ = (one_of("ground", Ground),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    happened_at: datetime = Field(sa_type=UtcDateTime)
    #: Position of the official, not the name.
    official: str = Field(sa_type=short_text(200))
    ground: str = Field(sa_type=short_text(30))
    account: str = Field(sa_column=Column(Text, nullable=False))
    #: True: the visit could not be made at all.
    stopped_visit: bool
    recorded_by: UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class ProtectedName(SQLModel, table=True):
    """A name that must not occur in anything that leaves: the group adds it, the lint of the report looks for it."""

    __tablename__ = "protected_name"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: Encrypted with the installation's key: the list itself is the most dangerous table.
    sealed_name: str = Field(sa_column=Column(Text, nullable=False))
    added_by: UUID = Field(foreign_key="account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
