"""Decide about terms of councils and who may be granted what: pure, without web and database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from baqylau.councils.terms import COMMISSION_SIZE, COMMISSION_TERM_YEARS, ROLES_OF_KIND, Term
from baqylau.rights.terms import CouncilKind, Role


class SizeFault(StrEnum):
    """What is wrong with the number of a commission's members (PEC 34)."""

    TOO_FEW = "too_few"
    TOO_MANY = "too_many"


class GrantFault(StrEnum):
    """Why a role is not granted."""

    ONESELF = "oneself"  # nobody grants themselves anything
    ADMINISTRATOR = "administrator"  # who runs the installation sees no visit
    NOT_ACTIVE = "not_active"  # may not sign in
    ROLE_OF_OTHER_KIND = "role_of_other_kind"  # a council of this kind has no such role
    OUTSIDE_TERM = "outside_term"  # begins before or ends after the council's own term
    HOLDS_A_ROLE = "holds_a_role"  # one role for each person in a council at a time
    HAS_A_HEAD = "has_a_head"  # one chair or coordinator at a time
    CIVIL_SERVANT = "civil_servant"  # commission and office exclude each other (PEC 35)


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, held or will hold."""

    user_id: UUID
    council_id: UUID
    council_kind: CouncilKind
    role: Role
    term: Term


@dataclass(frozen=True)
class Candidate:
    """The person to whom a role is to be granted."""

    user_id: UUID
    is_active: bool
    is_administrator: bool


def end_of_commission_term(starts_on: date) -> date:
    """Return the last day of two calendar years (PEC 34)."""
    try:
        return starts_on.replace(year=starts_on.year + COMMISSION_TERM_YEARS) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(starts_on.year + COMMISSION_TERM_YEARS, 2, 28)


def is_term_too_long(kind: CouncilKind, term: Term) -> bool:
    """Tell whether a commission would last longer than two calendar years; other councils may be open."""
    if kind is not CouncilKind.COMMISSION:
        return False
    return term.until is None or term.until > end_of_commission_term(term.since)


def size_fault(kind: CouncilKind, people: int) -> SizeFault | None:
    """Return what is wrong with the number of members; a warning, for members may leave at any time."""
    fewest, most = COMMISSION_SIZE
    if kind is not CouncilKind.COMMISSION or fewest <= people <= most:
        return None
    return SizeFault.TOO_FEW if people < fewest else SizeFault.TOO_MANY


def overlaps(one: Term, other: Term) -> bool:
    """Tell whether two terms share a day."""
    return (other.until is None or one.since <= other.until) and (one.until is None or other.since <= one.until)


def grant_fault(
    granter: UUID | None, candidate: Candidate, wanted: Held, council_term: Term, held: Collection[Held]
) -> GrantFault | None:
    """Return why the role is not granted, None if it is.

    `held` are the roles of the candidate anywhere and those of everybody in the council.
    """
    if granter == candidate.user_id:
        return GrantFault.ONESELF
    if candidate.is_administrator:
        return GrantFault.ADMINISTRATOR
    if not candidate.is_active:
        return GrantFault.NOT_ACTIVE
    if wanted.role not in ROLES_OF_KIND[wanted.council_kind]:
        return GrantFault.ROLE_OF_OTHER_KIND
    if not _lies_within(wanted.term, council_term):
        return GrantFault.OUTSIDE_TERM
    return _clash(wanted, [other for other in held if overlaps(other.term, wanted.term)])


def _lies_within(term: Term, outer: Term) -> bool:
    return term.since >= outer.since and (outer.until is None or (term.until is not None and term.until <= outer.until))


def _clash(wanted: Held, held: Collection[Held]) -> GrantFault | None:
    for other in held:
        is_same_person = other.user_id == wanted.user_id
        is_same_council = other.council_id == wanted.council_id
        if is_same_person and is_same_council:
            return GrantFault.HOLDS_A_ROLE
        if is_same_council and wanted.role in {Role.CHAIR, Role.COORDINATOR} and other.role is wanted.role:
            return GrantFault.HAS_A_HEAD
        if is_same_person and {other.council_kind, wanted.council_kind} == {
            CouncilKind.COMMISSION,
            CouncilKind.OMBUDSMAN_OFFICE,
        }:
            return GrantFault.CIVIL_SERVANT
    return None
