"""Tables of the exchange with tablets: devices, what is kept apart, parts of photos on their way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, one_of, short_text
from baqylau.sync.terms import ApartKind, ApartReason


class Device(SQLModel, table=True):
    """What one person has taken along of one visit on one tablet; the id is made there."""

    __tablename__ = "device"

    id: UUID = Field(primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    #: As its person calls it.
    label: str = Field(default="", sa_type=short_text(120))
    #: The visit key, sealed to the leader's key on the tablet: opaque here, never to be opened by the server.
    recovery: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    made_at: datetime = Field(sa_type=UtcDateTime)
    #: When the visit was taken off the tablet.
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KeptApart(SQLModel, table=True):
    """A revision or photo from somebody who may not record any more. Append-only; the decision is a row of its own."""

    __tablename__ = "kept_apart"
    __table_args__ = (one_of("kind", ApartKind), one_of("reason", ApartReason))

    #: The id of the revision or photo.
    id: UUID = Field(primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    device_id: UUID = Field(foreign_key="device.id", index=True)
    author_id: UUID = Field(foreign_key="account.id")
    kind: str = Field(sa_type=short_text(20))
    #: What was sent, as it was sent: the revision, or the facts of the photo.
    body: str = Field(sa_column=Column(Text, nullable=False))
    #: SHA-256 of the body, or of the photo as it was sent.
    sent_sha256: str = Field(sa_type=short_text(64))
    #: The photo, re-encoded; None for a revision.
    blob_sha256: str | None = Field(default=None, foreign_key="blob.sha256")
    width: int = 0
    height: int = 0
    reason: str = Field(sa_type=short_text(20))
    received_at: datetime = Field(sa_type=UtcDateTime)


class KeptApartDecision(SQLModel, table=True):
    """The chair's or coordinator's decision on what was kept apart. Append-only."""

    __tablename__ = "kept_apart_decision"
    __table_args__ = (CheckConstraint("taken OR reason <> ''", name="refused_with_reason"),)

    kept_apart_id: UUID = Field(foreign_key="kept_apart.id", primary_key=True)
    #: True: it is an answer of the visit now.
    taken: bool
    reason: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    decided_by: UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)


class PhotoPart(SQLModel, table=True):
    """A part of a photo that has not arrived whole; its bytes lie in the folder `parts`."""

    __tablename__ = "photo_part"
    __table_args__ = (CheckConstraint("number >= 0 AND number < total", name="number_in_order"),)

    photo_id: UUID = Field(primary_key=True)
    #: From 0.
    number: int = Field(primary_key=True)
    total: int
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    user_id: UUID = Field(foreign_key="account.id")
    size: int
    sha256: str = Field(sa_type=short_text(64))
    received_at: datetime = Field(sa_type=UtcDateTime)
