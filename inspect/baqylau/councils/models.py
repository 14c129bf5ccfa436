"""Tables of councils and memberships."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text
from baqylau.rights.terms import CouncilKind, Role


class Council(SQLModel, table=True):
    """A monitoring body."""

    __tablename__ = "council"
    __table_args__ = (
        one_of("kind", CouncilKind),
        CheckConstraint("term_ends_on IS NULL OR term_ends_on > term_starts_on", name="term_in_order"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: Short code in report numbers, such as "ATY"; unique.
    code: str = Field(sa_type=short_text(12), unique=True)
    kind: str = Field(sa_type=short_text(20))
    name: dict[str, str] = Field(sa_type=Json)
    #: Code of the region, `places.terms.Region`; None = the whole country.
    region: str | None = Field(default=None, sa_type=short_text(20))
    term_starts_on: date
    term_ends_on: date | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class Membership(SQLModel, table=True):
    """A person's role in a council, from a day to a day."""

    __tablename__ = "membership"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="term_in_order"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    council_id: UUID = Field(foreign_key="council.id", index=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    role: str = Field(sa_type=short_text(20))
    starts_on: date
    #: Last day of the membership; None = open.
    ends_on: date | None = None
    granted_by: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
