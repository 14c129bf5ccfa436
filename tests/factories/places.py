"""Authorities, places and conflicts of interest for tests: each function adds one row, flushes it and returns it."""

from datetime import date
from itertools import count
from typing import Any

from sqlmodel import Session

from baqylau.places.models import Authority, ConflictOfInterest, Place
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region
from tests.factories.people import LONG_AGO, make_user

_numbers = count(1)


def make_authority(session: Session, **overrides: Any) -> Authority:
    """Return a regional department without an authority above it; takes `parent` as a row or `parent_id`."""
    number = next(_numbers)
    parent = overrides.pop("parent", None)
    values: dict[str, Any] = {
        "name": {
            "kk": f"Атырау облысы бойынша қылмыстық-атқару жүйесі департаменті {number}",
            "ru": f"Департамент уголовно-исполнительной системы по Атырауской области {number}",
            "en": f"Penal department for Atyrau region {number}",
        },
        "level": AuthorityLevel.REGIONAL,
        "parent_id": parent.id if parent else None,
    }
    row = Authority(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_place(session: Session, **overrides: Any) -> Place:
    """Return an open medium-security institution for men with 400 places; takes `authority` as a row or `authority_id`."""
    number = next(_numbers)
    authority = overrides.pop("authority", None)
    values: dict[str, Any] = {
        "code": f"ATY-{number:03}",
        "kind": PlaceKind.COLONY_MEDIUM,
        "name": {"kk": f"№ {number} мекеме", "ru": f"Учреждение № {number}", "en": f"Institution No. {number}"},
        "authority_id": overrides.get("authority_id") or (authority or make_authority(session)).id,
        "region": Region.ATYRAU,
        "limit": 400,
        "limit_on": date(2026, 1, 1),
        "groups": [GroupHeld.MEN.value],
        "created_at": LONG_AGO,
    }
    row = Place(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_conflict(session: Session, **overrides: Any) -> ConflictOfInterest:
    """Return a declared conflict of interest; takes `user` and `place` as rows, or their ids."""
    user, place = overrides.pop("user", None), overrides.pop("place", None)
    values: dict[str, Any] = {
        "user_id": overrides.get("user_id") or (user or make_user(session)).id,
        "place_id": overrides.get("place_id") or (place or make_place(session)).id,
        "declared_at": LONG_AGO,
    }
    row = ConflictOfInterest(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row
