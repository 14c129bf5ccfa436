"""The words of visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class VisitKind(StrEnum):
    """Kinds of visits: three of the NPM (PEC 45(1)), one of a commission (PEC 38)."""

    PERIODIC = "periodic"
    INTERIM = "interim"
    SPECIAL = "special"
    COMMISSION = "commission"


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"
    REFUSED = "refused"  # access was refused: see the obstruction record


class Ground(StrEnum):
    """Ground that was given for a refusal of access or an obstruction."""

    NO_GROUND = "no_ground"
    NO_MANDATE_ACCEPTED = "no_mandate_accepted"
    LOCK_DOWN = "lock_down"  # regime of special conditions (PEC 38(6), 101)
    QUARANTINE = "quarantine"
    NO_NOTICE = "no_notice"
    DEVICES = "devices"
    OTHER = "other"


@dataclass(frozen=True)
class Plan:
    """What is decided about a visit before its group is named."""

    council_id: UUID
    place_id: UUID
    kind: VisitKind
    starts_on: date
    ends_on: date
    purpose: str
    #: {"kk": …, "ru": …, "en": …}.
    legal_basis: Mapping[str, str]


@dataclass(frozen=True)
class GroupMember:
    """A member of the visiting group; `sections` empty = all."""

    user_id: UUID
    is_leader: bool = False
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObstructionAccount:
    """What a member of the group tells about a refusal of access or another obstruction."""

    happened_at: datetime
    #: Position of the official, not the name.
    official: str
    ground: Ground
    account: str
    stopped_visit: bool
