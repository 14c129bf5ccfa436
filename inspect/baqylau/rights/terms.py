"""The words of rights: bodies, roles, the person who asks, the thing that is asked about."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class CouncilKind(StrEnum):
    """What kind of monitoring body."""

    COMMISSION = "commission"  # public monitoring commission of a region (PEC 33-35)
    NPM_GROUP = "npm_group"  # group of the national preventive mechanism (PEC 39-46)
    OMBUDSMAN_OFFICE = "ombudsman_office"  # office of the Commissioner for Human Rights


class Role(StrEnum):
    """What a person is, within a council, within a visit, or for the installation."""

    MONITOR = "monitor"
    CHAIR = "chair"
    SECRETARY = "secretary"
    COORDINATOR = "coordinator"  # NPM coordinator
    OFFICE = "office"  # ombudsman's office
    GROUP_LEADER = "group_leader"  # follows from the visit's group, is never granted
    ADMINISTRATOR = "administrator"  # of the installation
    PUBLIC = "public"  # anybody, signed in or not


@dataclass(frozen=True)
class MembershipOf:
    """A membership in force today."""

    council_id: UUID
    council_kind: CouncilKind
    role: Role


@dataclass(frozen=True)
class Actor:
    """Who is asking: a signed-in person with the memberships in force today."""

    user_id: UUID
    name: str
    language: str
    is_administrator: bool = False
    memberships: tuple[MembershipOf, ...] = ()

    @property
    def council_ids(self) -> frozenset[UUID]:
        """The councils in which this person has any role today."""
        return frozenset(membership.council_id for membership in self.memberships)


@dataclass(frozen=True)
class Subject:
    """What is asked about, as far as rights need to know it."""

    council_id: UUID | None = None
    council_kind: CouncilKind | None = None
    #: Members of the visit's group, and its leaders among them.
    group: frozenset[UUID] = field(default_factory=frozenset)
    leaders: frozenset[UUID] = field(default_factory=frozenset)
    #: A visit before its beginning is known to its group and its chair only.
    is_secret_plan: bool = False
    #: The person whose own thing it is.
    owner: UUID | None = None
    #: People who have a declared conflict of interest with it.
    conflicted: frozenset[UUID] = field(default_factory=frozenset)
