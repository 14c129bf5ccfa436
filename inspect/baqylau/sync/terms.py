"""The words of sync."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from baqylau.checklists.terms import Checklist
from baqylau.rights.terms import Actor


class ApartKind(StrEnum):
    """What was kept apart."""

    REVISION = "revision"
    PHOTO = "photo"


class ApartReason(StrEnum):
    """Why what a device delivered is not an answer of the visit before the chair has decided."""

    LEFT_COUNCIL = "left_council"
    LEFT_GROUP = "left_group"
    CONFLICT = "conflict"  # a conflict of interest with the place was declared since


@dataclass(frozen=True)
class Delivery:
    """What is known about a delivery before any of its items is weighed."""

    visit_id: UUID
    device_id: UUID
    #: Whose device it is; as its rights are now.
    author: Actor
    #: None = the author may record.
    apart: ApartReason | None
    checklists: tuple[Checklist, ...]


@dataclass(frozen=True)
class Held:
    """One thing of a device that the database holds, as receipts name it."""

    id: UUID
    sha256: str
