"""Tables of the register of places."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import Json, UtcDateTime, new_id, one_of, short_text
from baqylau.places.terms import AuthorityLevel, PlaceKind, Region


class Authority(SQLModel, table=True):
    """An authority that can be addressed by a recommendation."""

    __tablename__ = "authority"
    __table_args__ = (one_of("level", AuthorityLevel),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: dict[str, str] = Field(sa_type=Json)
    level: str = Field(sa_type=short_text(20))
    #: The authority above it; None at the top.
    parent_id: UUID | None = Field(default=None, foreign_key="authority.id")


class Place(SQLModel, table=True):
    """A place of deprivation of liberty."""

    __tablename__ = "place"
    __table_args__ = (
        one_of("kind", PlaceKind),
        one_of("region", Region),
        CheckConstraint('"limit" IS NULL OR "limit" > 0', name="limit_positive"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: The register's own code, such as "ATY-03"; unique.
    code: str = Field(sa_type=short_text(20), unique=True)
    kind: str = Field(sa_type=short_text(30))
    name: dict[str, str] = Field(sa_type=Json)
    #: Answers for the place; the chain of parents leads to the ministry.
    authority_id: UUID = Field(foreign_key="authority.id")
    region: str = Field(sa_type=short_text(20), index=True)
    #: Official limit of places (PEC 115(2)); None = not known.
    limit: int | None = None
    limit_on: date | None = None
    #: Values of GroupHeld.
    groups: list[str] = Field(default_factory=list, sa_type=Json)
    is_open: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class ConflictOfInterest(SQLModel, table=True):
    """A person declared to have served, worked or a relative at a place, and stays away from its visits."""

    __tablename__ = "conflict_of_interest"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    declared_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
