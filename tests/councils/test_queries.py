from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import Session

from baqylau.councils import queries
from baqylau.errors import Problem
from baqylau.rights.terms import CouncilKind, Role
from tests.factories.people import make_council, make_membership, make_user

DAY = date(2026, 11, 23)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Count the statements that the block sends."""
    seen: list[str] = []
    engine = session.get_bind()

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (date(2026, 1, 1), None, True),
        (DAY, DAY, True),
        (date(2026, 1, 1), date(2026, 11, 22), False),
        (date(2026, 11, 24), None, False),
    ],
)
def test_a_role_is_held_from_its_first_to_its_last_day(
    session: Session, starts_on: date, ends_on: date | None, holds: bool
) -> None:
    user = make_user(session)
    make_membership(session)
    membership = make_membership(session, user=user, role=Role.CHAIR, starts_on=starts_on, ends_on=ends_on)

    actor = queries.actor_of(session, user, DAY)

    found = [(one.council_id, one.council_kind, one.role) for one in actor.memberships]
    assert found == ([(membership.council_id, CouncilKind.COMMISSION, Role.CHAIR)] if holds else [])


def test_councils_are_counted_by_people_who_hold_a_role_today(session: Session) -> None:
    empty, council = make_council(session, code="A"), make_council(session, code="B")
    twice = make_user(session)
    make_membership(session, council=council, user=twice)
    make_membership(session, council=council, user=twice, role=Role.SECRETARY)
    make_membership(session, council=council)
    make_membership(session, council=council, ends_on=date(2026, 5, 1))
    make_membership(session, council=council, starts_on=date(2027, 1, 1))

    with counted(session) as statements:
        found = queries.councils_with_sizes(session, DAY)

    assert [(one.id, size) for one, size in found] == [(empty.id, 0), (council.id, 2)]
    assert len(statements) == 1


def test_memberships_of_many_people_take_one_query(session: Session) -> None:
    first, second, left = make_user(session), make_user(session), make_user(session)
    make_membership(session)
    make_membership(session, user=first, role=Role.MONITOR)
    make_membership(session, user=second, role=Role.CHAIR)
    make_membership(session, user=left, ends_on=date(2026, 5, 1))

    with counted(session) as statements:
        found = queries.memberships_of_users(session, [first.id, second.id, left.id], DAY)

    assert {user: [row.role for _council, row in rows] for user, rows in found.items()} == {
        first.id: ["monitor"],
        second.id: ["chair"],
    }
    assert len(statements) == 1
    assert queries.memberships_of_users(session, [], DAY) == {}


def test_a_membership_is_found_in_its_own_council_alone(session: Session) -> None:
    membership, other = make_membership(session), make_council(session)

    assert queries.get_membership(session, membership.council_id, membership.id).id == membership.id
    with pytest.raises(Problem) as refused:
        queries.get_membership(session, other.id, membership.id)
    assert refused.value.code == "app.not_found"


def test_former_and_coming_members_are_listed_too(session: Session) -> None:
    council = make_council(session)
    make_membership(session)
    rows = [
        make_membership(session, council=council, starts_on=start, ends_on=end)
        for start, end in ((date(2026, 1, 1), date(2026, 5, 1)), (date(2027, 1, 1), None), (date(2026, 6, 1), None))
    ]

    found = [row.id for row, _user in queries.all_memberships_of(session, council.id)]

    assert found == [rows[1].id, rows[2].id, rows[0].id]
    assert [row.id for row, _user in queries.members_of(session, council.id, DAY)] == [rows[2].id]
