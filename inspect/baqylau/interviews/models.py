"""Tables of confidential interviews: keys, sealed notes, alerts. Nothing here tells how many people talked, or when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, new_id, one_of, short_text
from baqylau.interviews.terms import LEAST_SLOTS, MOST_SLOTS, Outcome, Sign


class MemberKey(SQLModel, table=True):
    """The public part of a key that a member made. Append-only: the newest is the present one, earlier ones are retired."""

    __tablename__ = "member_key"
    __table_args__ = (UniqueConstraint("user_id", "number"), UniqueConstraint("public_key"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    #: 1, 2, 3 … for each person.
    number: int
    #: age X25519 recipient.
    public_key: str = Field(sa_type=short_text(80))
    made_at: datetime = Field(sa_type=UtcDateTime)


class MemberKeyApproval(SQLModel, table=True):
    """That somebody else compared the key's fingerprint with its member in person. Append-only."""

    __tablename__ = "member_key_approval"

    key_id: UUID = Field(foreign_key="member_key.id", primary_key=True)
    approved_by: UUID = Field(foreign_key="account.id")
    approved_at: datetime = Field(sa_type=UtcDateTime)


class RecoveryKey(SQLModel, table=True):
    """A council's recovery recipient, its private part kept apart from the council. Append-only; the newest confirmed holds."""

    __tablename__ = "recovery_key"
    __table_args__ = (UniqueConstraint("council_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    council_id: UUID = Field(foreign_key="council.id", index=True)
    number: int
    #: Who keeps the private part, as members read it on their tablets.
    label: str = Field(sa_type=short_text(120))
    #: age X25519 recipient; "" = from now on none.
    public_key: str = Field(sa_type=short_text(80))
    proposed_by: UUID = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)


class RecoveryKeyConfirmation(SQLModel, table=True):
    """The second person's word on a recovery key. Append-only."""

    __tablename__ = "recovery_key_confirmation"

    key_id: UUID = Field(foreign_key="recovery_key.id", primary_key=True)
    confirmed_by: UUID = Field(foreign_key="account.id")
    confirmed_at: datetime = Field(sa_type=UtcDateTime)


class InterviewSlots(SQLModel, table=True):
    """How many slots each tablet of a visit fills, where it is not the usual number."""

    __tablename__ = "interview_slots"
    __table_args__ = (CheckConstraint(f"slots BETWEEN {LEAST_SLOTS} AND {MOST_SLOTS}", name="slots_in_bounds"),)

    visit_id: UUID = Field(foreign_key="visit.id", primary_key=True)
    slots: int


class InterviewNote(SQLModel, table=True):
    """A sealed slot as it arrived: a note, part of one, or a cover that is none. Append-only; no instant, only the day."""

    __tablename__ = "interview_note"
    __table_args__ = (
        UniqueConstraint("visit_id", "device", "slot", "version"),
        CheckConstraint(f"slot >= 0 AND slot < {MOST_SLOTS}", name="slot_in_bounds"),
        CheckConstraint("version >= 1", name="version_counts"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    #: The tablet's vault; a table of a room above.
    device: UUID
    slot: int
    version: int
    blob_sha256: str = Field(foreign_key="blob.sha256")
    user_id: UUID = Field(foreign_key="account.id", index=True)
    received_on: date
    #: Sent by somebody who may not interview for this visit any more; the leader is told.
    is_apart: bool = False


class ReprisalAlert(SQLModel, table=True):
    """That somebody of a visit must be looked after: at least one person, never who. Append-only."""

    __tablename__ = "reprisal_alert"
    __table_args__ = (one_of("sign", Sign), UniqueConstraint("visit_id", "sign", "number"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    sign: str = Field(sa_type=short_text(20))
    #: 1, 2 … : a further one of a kind only after the one before was followed up.
    number: int
    raised_on: date


class ReprisalFollowUp(SQLModel, table=True):
    """What following an alert up has shown. Append-only."""

    __tablename__ = "reprisal_follow_up"
    __table_args__ = (one_of("outcome", Outcome),)

    alert_id: UUID = Field(foreign_key="reprisal_alert.id", primary_key=True)
    outcome: str = Field(sa_type=short_text(20))
    done_by: UUID = Field(foreign_key="account.id")
    done_on: date
