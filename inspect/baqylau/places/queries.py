"""Read the register of places, its authorities and the declared conflicts of interest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.errors import not_found
from baqylau.places import rules
from baqylau.places.models import Authority, ConflictOfInterest, Place
from baqylau.places.terms import PlaceKind, Region

_LONGEST_CHAIN = 10


@dataclass(frozen=True)
class PlacesPage:
    """One page of the register."""

    places: Sequence[Place]
    #: How many places there are in all that match.
    total: int
    page: int
    pages: int


def get_place(session: Session, place_id: UUID) -> Place:
    """Return the place; raises not_found."""
    place = session.get(Place, place_id)
    if place is None:
        raise not_found()
    return place


def find_place_by_code(session: Session, code: str) -> Place | None:
    """Return the place with this code, None if there is none."""
    return session.exec(select(Place).where(Place.code == code)).first()


def places_page(
    session: Session,
    search: str = "",
    kind: PlaceKind | None = None,
    region: Region | None = None,
    *,
    is_open: bool | None = None,
    page: int = 1,
    size: int = 50,
) -> PlacesPage:
    """Return one page of the places that match, by code; `is_open` None = closed ones too.

    Search looks at code and names without regard to the size of letters. SQLite knows small and large letters of ASCII
    alone, so Kazakh and Russian names are compared here: the register has hundreds of rows, not millions.
    """
    conditions = _conditions(kind, region, is_open)
    if search.strip():
        rows = session.exec(select(Place.id, Place.code, Place.name).where(*conditions).order_by(Place.code)).all()
        matching = [row[0] for row in rows if rules.is_found(search, row[1], *row[2].values())]
        shown = matching[(page - 1) * size : page * size]
        places = session.exec(select(Place).where(col(Place.id).in_(shown)).order_by(Place.code)).all()
        return PlacesPage(places, len(matching), page, -(-len(matching) // size))
    total = session.exec(select(func.count()).select_from(Place).where(*conditions)).one()
    found = select(Place).where(*conditions).order_by(Place.code).offset((page - 1) * size).limit(size)
    return PlacesPage(session.exec(found).all(), total, page, -(-total // size))


def _conditions(kind: PlaceKind | None, region: Region | None, is_open: bool | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(col(Place.kind) == kind.value)
    if region is not None:
        conditions.append(col(Place.region) == region.value)
    if is_open is not None:
        conditions.append(col(Place.is_open).is_(is_open))
    return conditions


def places_by_id(session: Session, place_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Return places by id; ids that lead nowhere are left out."""
    wanted = set(place_ids)
    if not wanted:
        return {}
    return {place.id: place for place in session.exec(select(Place).where(col(Place.id).in_(wanted)))}


def get_authority(session: Session, authority_id: UUID) -> Authority:
    """Return the authority; raises not_found."""
    authority = session.get(Authority, authority_id)
    if authority is None:
        raise not_found()
    return authority


def all_authorities(session: Session) -> Sequence[Authority]:
    """Return all authorities, in no order: they are few and are put into a tree by `tree_of_authorities`."""
    return session.exec(select(Authority)).all()


def tree_of_authorities(session: Session, language: str) -> list[tuple[Authority, int]]:
    """Return all authorities with their depth, each under the one above it, by name in `language`."""
    below: dict[UUID | None, list[Authority]] = {}
    for authority in all_authorities(session):
        below.setdefault(authority.parent_id, []).append(authority)
    tree: list[tuple[Authority, int]] = []

    def walk(parent_id: UUID | None, depth: int) -> None:
        for authority in sorted(below.get(parent_id, []), key=lambda one: rules.folded(one.name.get(language, ""))):
            tree.append((authority, depth))
            walk(authority.id, depth + 1)

    walk(None, 0)
    return tree


def chain_of(session: Session, authority_id: UUID) -> list[Authority]:
    """Return the authority and those above it, up to the ministry or the government; raises not_found."""
    chain = [get_authority(session, authority_id)]
    while (above := chain[-1].parent_id) is not None and len(chain) < _LONGEST_CHAIN:
        chain.append(get_authority(session, above))
    return chain


def ids_below(session: Session, authority_id: UUID) -> set[UUID]:
    """Return the ids of the authority and of all that stand under it, at any distance."""
    below: dict[UUID | None, list[UUID]] = {}
    for authority in all_authorities(session):
        below.setdefault(authority.parent_id, []).append(authority.id)
    found, waiting = set[UUID](), [authority_id]
    while waiting:
        present = waiting.pop()
        if present not in found:
            found.add(present)
            waiting.extend(below.get(present, []))
    return found


def conflicted_user_ids(session: Session, place_id: UUID) -> frozenset[UUID]:
    """Return the people who have declared a conflict of interest with the place that has not ended."""
    found = select(ConflictOfInterest.user_id).where(
        ConflictOfInterest.place_id == place_id, col(ConflictOfInterest.ended_at).is_(None)
    )
    return frozenset(session.exec(found).all())


def conflicted_user_ids_by_place(session: Session, place_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the same for many places at once; places without any are left out."""
    wanted = set(place_ids)
    if not wanted:
        return {}
    found = select(ConflictOfInterest.place_id, ConflictOfInterest.user_id).where(
        col(ConflictOfInterest.place_id).in_(wanted), col(ConflictOfInterest.ended_at).is_(None)
    )
    people: dict[UUID, set[UUID]] = {}
    for place_id, user_id in session.exec(found):
        people.setdefault(place_id, set()).add(user_id)
    return {place_id: frozenset(users) for place_id, users in people.items()}


def conflicts_of(session: Session, user_id: UUID) -> Sequence[tuple[ConflictOfInterest, Place]]:
    """Return the person's conflicts of interest, open ones first, with their places."""
    found = (
        select(ConflictOfInterest, Place)
        .where(ConflictOfInterest.place_id == Place.id, ConflictOfInterest.user_id == user_id)
        .order_by(col(ConflictOfInterest.ended_at).is_not(None), col(Place.code), col(ConflictOfInterest.declared_at))
    )
    return session.exec(found).all()


def open_conflict(session: Session, user_id: UUID, place_id: UUID) -> ConflictOfInterest | None:
    """Return the person's conflict of interest with the place that has not ended, None without one."""
    found = select(ConflictOfInterest).where(
        ConflictOfInterest.user_id == user_id,
        ConflictOfInterest.place_id == place_id,
        col(ConflictOfInterest.ended_at).is_(None),
    )
    return session.exec(found).first()


def find_conflict_of(session: Session, conflict_id: UUID, user_id: UUID) -> ConflictOfInterest | None:
    """Return the person's own conflict of interest, None if it is another's or does not exist."""
    found = select(ConflictOfInterest).where(
        ConflictOfInterest.id == conflict_id, ConflictOfInterest.user_id == user_id
    )
    return session.exec(found).first()


def lock_declarer(session: Session, user_id: UUID) -> None:
    """Let the person declare one conflict at a time, so that pressing the button twice declares one."""
    session.exec(select(User.id).where(User.id == user_id).with_for_update()).first()
