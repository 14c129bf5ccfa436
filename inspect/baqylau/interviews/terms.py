"""The words of confidential interviews."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

#: Bytes of one slot as it is sent (static/js/tablet/notes/envelope.js).
BLOB_BYTES = 20 * 1024
MEDIA_TYPE = "application/x-age-note"
#: Slots of a visit on each tablet, unless its leader sets another number before it begins.
DEFAULT_SLOTS = 24
LEAST_SLOTS, MOST_SLOTS = 8, 96
#: So many versions of one slot are kept: one a day and one at the end for longer than a tablet may keep a visit.
MOST_VERSIONS = 200
#: A tablet's note format takes so many recipients.
MOST_RECIPIENTS = 40
PROTOCOL = 2


class Sign(StrEnum):
    """What an alert tells."""

    RECONTACT = "recontact"  # somebody wishes to be met again
    FEAR = "fear"  # somebody fears harm for having talked
    HARM = "harm"  # signs of harm already done


class Outcome(StrEnum):
    """What following an alert up has shown."""

    NO_SIGNS = "no_signs"
    SIGNS_SEEN = "signs_seen"
    NOT_MET = "not_met"  # could not be met: moved, released, access refused


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom notes of a visit are sealed."""

    #: The person's id, or that of the council's recovery key.
    id: UUID
    name: str
    #: "age1…".
    key: str
    is_leader: bool = False

    def as_json(self) -> dict[str, str]:
        """Return it as a tablet takes it along."""
        return {
            "id": str(self.id),
            "name": self.name,
            "key": self.key,
            "part": "leader" if self.is_leader else "member",
        }


@dataclass(frozen=True)
class KeyLine:
    """A member with the present key, for whoever approves it; `groups` are the eight of its fingerprint."""

    user_id: UUID
    name: str
    key_id: UUID | None
    groups: tuple[str, ...]
    made_on: date | None
    approved_by: str | None
    approved_on: date | None
    is_own: bool


@dataclass(frozen=True)
class RecoveryLine:
    """A recovery key of a council that was proposed, confirmed or not."""

    key_id: UUID
    label: str
    groups: tuple[str, ...]
    proposed_by: str
    is_confirmed: bool
    may_confirm: bool


@dataclass(frozen=True)
class SealedBlob:
    """One sealed slot for its readers."""

    device: UUID
    author: UUID
    author_name: str
    is_apart: bool
    sha256: str
