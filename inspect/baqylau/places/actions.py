"""Keep the register of places and authorities; declare and end conflicts of interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from baqylau.audit.actions import record
from baqylau.errors import conflict, invalid, not_found
from baqylau.i18n import LANGUAGES
from baqylau.i18n import lazy as _
from baqylau.places import queries, rules
from baqylau.places.models import Authority, ConflictOfInterest, Place
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region
from baqylau.rights.terms import Actor


@dataclass(frozen=True)
class PlaceValues:
    """What the register says about a place, beside its code."""

    kind: PlaceKind
    name: Mapping[str, str]
    authority_id: UUID
    region: Region
    #: Official limit of places and the day from which it holds (PEC 115(2)); None = not known.
    limit: int | None = None
    limit_on: date | None = None
    groups: Sequence[GroupHeld] = ()
    is_open: bool = True


def create_place(session: Session, actor: Actor | None, code: str, values: PlaceValues, now: datetime) -> Place:
    """Add a place. Raises `places.code_taken`, `places.name_incomplete`."""
    _refuse_incomplete_name(values.name)
    queries.get_authority(session, values.authority_id)
    if queries.find_place_by_code(session, code) is not None:
        raise conflict("places.code_taken", _("Another place has this code. Choose another; nothing was saved."))
    place = Place(code=code, created_at=now, **_columns(values))
    session.add(place)
    session.flush()
    record(session, "places.create_place", actor.user_id if actor else None, ("place", place.id), now)
    return place


def edit_place(session: Session, actor: Actor, place_id: UUID, values: PlaceValues, now: datetime) -> Place:
    """Change what the register says about a place; its code stays, for reports carry it."""
    _refuse_incomplete_name(values.name)
    place = queries.get_place(session, place_id)
    queries.get_authority(session, values.authority_id)
    for column, value in _columns(values).items():
        setattr(place, column, value)
    session.flush()
    record(session, "places.edit_place", actor.user_id, ("place", place.id), now)
    return place


def _columns(values: PlaceValues) -> dict[str, Any]:
    return {
        "kind": values.kind.value,
        "name": dict(values.name),
        "authority_id": values.authority_id,
        "region": values.region.value,
        "limit": values.limit,
        "limit_on": values.limit_on,
        "groups": [group.value for group in values.groups],
        "is_open": values.is_open,
    }


def create_authority(
    session: Session,
    actor: Actor | None,
    name: Mapping[str, str],
    level: AuthorityLevel,
    parent_id: UUID | None,
    now: datetime,
) -> Authority:
    """Add an authority. Raises `places.name_incomplete`, `places.parent_not_above`."""
    _refuse_incomplete_name(name)
    _refuse_wrong_parent(session, level, parent_id)
    authority = Authority(name=dict(name), level=level.value, parent_id=parent_id)
    session.add(authority)
    session.flush()
    record(session, "places.create_authority", actor.user_id if actor else None, ("authority", authority.id), now)
    return authority


def edit_authority(
    session: Session,
    actor: Actor,
    authority_id: UUID,
    name: Mapping[str, str],
    level: AuthorityLevel,
    parent_id: UUID | None,
    now: datetime,
) -> Authority:
    """Change an authority. Raises `places.name_incomplete`, `places.parent_not_above`, `places.level_below`."""
    _refuse_incomplete_name(name)
    authority = queries.get_authority(session, authority_id)
    below = queries.ids_below(session, authority_id)
    if parent_id in below:
        raise _parent_not_above()
    _refuse_wrong_parent(session, level, parent_id)
    children = [one for one in queries.all_authorities(session) if one.parent_id == authority_id]
    if any(not rules.may_stand_above(AuthorityLevel(child.level), level) for child in children):
        raise invalid(
            "places.level_below",
            _("Authorities that stand under this one would be above it. Nothing was saved; change them first."),
        )
    authority.name, authority.level, authority.parent_id = dict(name), level.value, parent_id
    session.flush()
    record(session, "places.edit_authority", actor.user_id, ("authority", authority.id), now)
    return authority


def declare_conflict(session: Session, actor: Actor, place_id: UUID, now: datetime) -> ConflictOfInterest:
    """Keep the actor away from the visits of a place where they served, worked or have a relative (PEC 36(3), 43(3)).

    Declaring it again leaves it as it is.
    """
    place = queries.get_place(session, place_id)
    queries.lock_declarer(session, actor.user_id)
    declared = queries.open_conflict(session, actor.user_id, place.id)
    if declared is None:
        declared = ConflictOfInterest(user_id=actor.user_id, place_id=place.id, declared_at=now)
        session.add(declared)
        session.flush()
    record(session, "places.declare_conflict", actor.user_id, ("place", place.id), now, conflict=declared.id)
    return declared


def end_conflict(session: Session, actor: Actor, conflict_id: UUID, now: datetime) -> None:
    """End one's own conflict of interest; the register keeps from when to when it was. Raises not_found."""
    declared = queries.find_conflict_of(session, conflict_id, actor.user_id)
    if declared is None:
        raise not_found()
    declared.ended_at = declared.ended_at or now
    session.flush()
    record(session, "places.end_conflict", actor.user_id, ("place", declared.place_id), now, conflict=conflict_id)


def _refuse_incomplete_name(name: Mapping[str, str]) -> None:
    if any(not name.get(language, "").strip() for language in LANGUAGES):
        raise invalid("places.name_incomplete", _("The name is needed in all three languages. Nothing was saved."))


def _refuse_wrong_parent(session: Session, level: AuthorityLevel, parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    parent = queries.get_authority(session, parent_id)
    if not rules.may_stand_above(level, AuthorityLevel(parent.level)):
        raise _parent_not_above()


def _parent_not_above() -> Exception:
    return invalid(
        "places.parent_not_above",
        _("The authority above must be of a higher level. Nothing was saved; choose another, or none."),
    )
