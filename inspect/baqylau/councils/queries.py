"""Read councils and memberships."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.councils.models import Council, Membership
from baqylau.errors import not_found
from baqylau.rights.terms import Actor, CouncilKind, MembershipOf, Role, Subject


def actor_of(session: Session, user: User, on: date | None = None) -> Actor:
    """Return the person with the memberships in force on the day (today): a membership that ended gives nothing more."""
    day = on or clock.now().date()
    found = session.exec(
        select(Membership, Council)
        .where(Membership.council_id == Council.id, Membership.user_id == user.id, _in_force(day))
        .order_by(col(Membership.starts_on))
    ).all()
    memberships = tuple(
        MembershipOf(council.id, CouncilKind(council.kind), Role(membership.role)) for membership, council in found
    )
    return Actor(user.id, user.name, user.language, user.is_administrator, memberships)


def _in_force(day: date) -> ColumnElement[bool]:
    return (col(Membership.starts_on) <= day) & or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= day)


def get_council(session: Session, council_id: UUID) -> Council:
    """Return the council; raises not_found."""
    council = session.get(Council, council_id)
    if council is None:
        raise not_found()
    return council


def subject_of_council(session: Session, council_id: UUID) -> Subject:
    """Return the council as a subject of rights."""
    council = get_council(session, council_id)
    return Subject(council_id=council.id, council_kind=CouncilKind(council.kind))


def members_of(session: Session, council_id: UUID, on: date) -> Sequence[tuple[Membership, User]]:
    """Return the memberships in force on the day with their people, by name."""
    found = (
        select(Membership, User)
        .where(Membership.user_id == User.id, Membership.council_id == council_id, _in_force(on))
        .order_by(col(User.name), col(Membership.role))
    )
    return session.exec(found).all()


def find_council_by_code(session: Session, code: str) -> Council | None:
    """Return the council with this code, None if there is none."""
    return session.exec(select(Council).where(Council.code == code)).first()


def councils_with_sizes(session: Session, on: date) -> Sequence[tuple[Council, int]]:
    """Return all councils by kind and code, each with the number of people who hold a role in it on the day."""
    sizes = (
        select(col(Membership.council_id), func.count(col(Membership.user_id).distinct()).label("size"))
        .where(_in_force(on))
        .group_by(col(Membership.council_id))
        .subquery()
    )
    found = (
        select(Council, func.coalesce(sizes.c.size, 0))
        .outerjoin(sizes, sizes.c.council_id == col(Council.id))
        .order_by(col(Council.kind), col(Council.code))
    )
    return [(council, int(size)) for council, size in session.exec(found).all()]


def all_memberships_of(session: Session, council_id: UUID) -> Sequence[tuple[Membership, User]]:
    """Return the memberships of the council, past and future ones too, the latest first, with their people."""
    found = (
        select(Membership, User)
        .where(Membership.user_id == User.id, Membership.council_id == council_id)
        .order_by(col(Membership.starts_on).desc(), col(User.name))
    )
    return session.exec(found).all()


def get_membership(session: Session, council_id: UUID, membership_id: UUID) -> Membership:
    """Return the membership of this council; raises not_found, also for one of another council."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.council_id != council_id:
        raise not_found()
    return membership


def memberships_of_users(
    session: Session, user_ids: Iterable[UUID], on: date
) -> dict[UUID, list[tuple[Council, Membership]]]:
    """Return the memberships in force on the day by person; people without any are left out."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    found = (
        select(Membership, Council)
        .where(Membership.council_id == Council.id, col(Membership.user_id).in_(wanted), _in_force(on))
        .order_by(col(Council.code))
    )
    by_user: dict[UUID, list[tuple[Council, Membership]]] = {}
    for membership, council in session.exec(found):
        by_user.setdefault(membership.user_id, []).append((council, membership))
    return by_user


def roles_that_could_clash(session: Session, council_id: UUID, user_id: UUID) -> Sequence[tuple[Membership, Council]]:
    """Return every membership of the person and every one of the council, at any time."""
    found = select(Membership, Council).where(
        Membership.council_id == Council.id,
        or_(col(Membership.council_id) == council_id, col(Membership.user_id) == user_id),
    )
    return session.exec(found).all()
