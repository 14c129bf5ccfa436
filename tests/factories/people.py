"""People, councils and memberships for tests: each function adds one row, flushes it and returns it."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.councils.models import Council, Membership
from baqylau.rights.terms import CouncilKind, Role

_numbers = count(1)

#: An instant before every visit of the tests.
LONG_AGO = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def make_user(session: Session, **overrides: Any) -> User:
    """Return a person who may sign in but has no password, no role and no council."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "login": f"person{number}",
        "name": f"Әсел Құрманбекқызы {number}",
        "language": "en",
        "created_at": LONG_AGO,
    }
    row = User(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_council(session: Session, **overrides: Any) -> Council:
    """Return a commission of Atyrau region, in its term through 2026 and 2027, without members."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"C{number}",
        "kind": CouncilKind.COMMISSION,
        "name": {
            "kk": f"Атырау облысының қоғамдық байқау комиссиясы {number}",
            "ru": f"Общественная наблюдательная комиссия Атырауской области {number}",
            "en": f"Public monitoring commission of Atyrau region {number}",
        },
        "region": "atyrau",
        "term_starts_on": date(2026, 1, 1),
        "term_ends_on": date(2027, 12, 31),
        "created_at": LONG_AGO,
    }
    row = Council(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_membership(session: Session, **overrides: Any) -> Membership:
    """Return an open membership since 1 January 2026; makes the person and the council that are not given.

    Takes `user` and `council` as rows, or `user_id` and `council_id`; `role` is MONITOR unless given.
    """
    user, council = overrides.pop("user", None), overrides.pop("council", None)
    values: dict[str, Any] = {
        "user_id": overrides.get("user_id") or (user or make_user(session)).id,
        "council_id": overrides.get("council_id") or (council or make_council(session)).id,
        "role": Role.MONITOR,
        "starts_on": date(2026, 1, 1),
        "created_at": LONG_AGO,
    }
    row = Membership(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_people_of_all_roles(session: Session) -> dict[str, User]:
    """Return one person for each kind of reader: the roles of one commission, of an NPM group and of the office.

    `other_chair` heads another commission; `administrator` runs the installation; `nobody` has an account and no role.
    """
    commission = make_council(session, kind=CouncilKind.COMMISSION)
    group = make_council(session, kind=CouncilKind.NPM_GROUP, region=None, term_ends_on=None)
    office = make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE, region=None, term_ends_on=None)
    roles = {
        "monitor": (commission, Role.MONITOR),
        "chair": (commission, Role.CHAIR),
        "secretary": (commission, Role.SECRETARY),
        "other_chair": (make_council(session), Role.CHAIR),
        "coordinator": (group, Role.COORDINATOR),
        "office": (office, Role.OFFICE),
    }
    people = {name: make_user(session, name=name) for name in (*roles, "nobody")}
    for name, (council, role) in roles.items():
        make_membership(session, user=people[name], council=council, role=role)
    people["administrator"] = make_user(session, name="administrator", is_administrator=True)
    return people
