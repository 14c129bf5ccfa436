"""Who sees which visits, and what is said about one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.councils.models import Council
from baqylau.councils.queries import actor_of
from baqylau.errors import Problem
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor, CouncilKind, Role
from baqylau.visits import queries
from baqylau.visits.models import Visit
from baqylau.visits.terms import VisitState
from tests.factories.checklists import make_checklist_version
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.places import make_conflict, make_place
from tests.factories.visits import AT_THE_GATE, FIRST_DAY, make_visit


def person(session: Session, council: Council | None = None, role: Role = Role.MONITOR, **overrides: Any) -> User:
    user = make_user(session, **overrides)
    if council is not None:
        make_membership(session, user=user, council=council, role=role)
    return user


def actor(session: Session, user: User) -> Actor:
    return actor_of(session, user, FIRST_DAY)


def seen_by(session: Session, user: User) -> set[str]:
    return {line.visit.number for line in queries.visits_of(session, actor(session, user)).lines}


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_a_visit_that_does_not_exist_is_not_found(session: Session) -> None:
    for look in (queries.get_visit, queries.subject_of_visit):
        with pytest.raises(Problem) as caught:
            look(session, uuid4())
        assert caught.value.code == "app.not_found"


def test_the_subject_holds_what_rights_need(session: Session) -> None:
    council = make_council(session, kind=CouncilKind.NPM_GROUP)
    leader, member, partial = person(session, council), person(session, council), person(session, council)
    visit = make_visit(session, council=council, leader=leader, members=[member])
    make_conflict(session, user=partial, place_id=visit.place_id)
    make_conflict(session, user=member, place_id=visit.place_id, ended_at=AT_THE_GATE)
    subject = queries.subject_of_visit(session, visit.id, kind="mandate")
    assert (subject.council_id, subject.council_kind) == (council.id, CouncilKind.NPM_GROUP)
    assert (subject.group, subject.leaders) == ({leader.id, member.id}, {leader.id})
    assert subject.is_secret_plan
    assert subject.conflicted == {partial.id}


def test_a_plan_is_seen_by_its_group_and_its_head_and_by_nobody_else(session: Session) -> None:
    council, other = make_council(session), make_council(session)
    leader, member = person(session, council), person(session, council)
    visit = make_visit(session, council=council, leader=leader, members=[member])
    chair, secretary = person(session, council, Role.CHAIR), person(session, council, Role.SECRETARY)
    assert all(seen_by(session, user) == {visit.number} for user in (leader, member, chair))
    blind = [
        secretary, person(session, council), person(session, other, Role.CHAIR), person(session, is_administrator=True),
        person(session, make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE), Role.OFFICE), person(session),
    ]  # fmt: skip
    assert all(seen_by(session, user) == set() for user in blind)
    visit.state, visit.began_at = VisitState.UNDER_WAY, AT_THE_GATE
    session.flush()
    assert seen_by(session, secretary) == {visit.number}
    assert all(seen_by(session, user) == set() for user in blind[1:])


def test_the_list_says_what_the_table_of_rights_says(session: Session) -> None:
    """Every person against every visit: SQL and `access.may` must agree."""
    councils = [make_council(session), make_council(session), *_npm_councils(session)]
    office = make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE)
    place = make_place(session)
    people = [person(session), person(session, is_administrator=True), person(session, office, Role.OFFICE)]
    visits: list[Visit] = []
    for council in councils:
        roles = [Role.MONITOR, Role.MONITOR, Role.SECRETARY, _head_role(council)]
        members = [person(session, council, role) for role in roles]
        left = make_user(session)
        make_membership(session, user=left, council=council, ends_on=FIRST_DAY - timedelta(days=1))
        people += [*members, left]
        make_conflict(session, user=members[1], place=place)
        for state, where in product(VisitState, (place, make_place(session))):
            visits.append(
                make_visit(
                    session, council=council, place=where, state=state, leader=members[0], members=[members[1], left]
                )
            )
    chair = person(session, councils[0], Role.CHAIR)
    make_conflict(session, user=chair, place=place)
    for user in [*people, chair]:
        who = actor(session, user)
        allowed = {
            visit.number for visit in visits if may(who, Action.VISIT_VIEW, queries.subject_of_visit(session, visit.id))
        }
        listed = {line.visit.number for page in (1, 2) for line in queries.visits_of(session, who, page).lines}
        assert listed == allowed, user.login
        assert queries.visits_of(session, who).total == len(allowed)


def _npm_councils(session: Session) -> list[Council]:
    return [make_council(session, kind=CouncilKind.NPM_GROUP) for _ in range(2)]


def _head_role(council: Council) -> Role:
    return Role.CHAIR if council.kind == CouncilKind.COMMISSION else Role.COORDINATOR


def test_the_list_is_paged_with_the_latest_first_in_two_queries(session: Session) -> None:
    council, place = make_council(session), make_place(session)
    chair, version = person(session, council, Role.CHAIR), make_checklist_version(session)
    for day in range(queries.PAGE_SIZE + 3):
        starts_on = FIRST_DAY + timedelta(days=day)
        make_visit(session, council=council, place=place, starts_on=starts_on, checklists=[version])
    who = actor(session, chair)
    session.expunge_all()
    with counted(session) as statements:
        first = queries.visits_of(session, who, 1)
        assert {line.place.code for line in first.lines} == {place.code}
    assert len(statements) == 2
    assert (len(first.lines), first.pages, first.total) == (queries.PAGE_SIZE, 2, queries.PAGE_SIZE + 3)
    assert first.lines[0].visit.starts_on == FIRST_DAY + timedelta(days=queries.PAGE_SIZE + 2)
    assert len(queries.visits_of(session, who, 2).lines) == 3
    assert queries.visits_of(session, who, 99).number == 2
    assert queries.visits_of(session, who, 1, [VisitState.CONCLUDED]).total == 0


def test_a_person_without_visits_gets_one_empty_page(session: Session) -> None:
    make_visit(session)
    listed = queries.visits_of(session, actor(session, person(session)), 3)
    assert (listed.lines, listed.number, listed.pages, listed.total) == ([], 1, 1, 0)


def test_the_group_comes_with_its_leader_first_then_by_name(session: Session) -> None:
    council = make_council(session)
    users = [person(session, council, name=name) for name in ("Я", "Б", "А")]
    visit = make_visit(session, council=council, leader=users[0], members=users[1:])
    make_visit(session)
    assert [user.name for _member, user in queries.group_of(session, visit.id)] == ["Я", "А", "Б"]


def test_checklists_come_in_the_pinned_version(session: Session) -> None:
    first = make_checklist_version(session, slug="short-look")
    visit = make_visit(session, checklists=[first, make_checklist_version(session, slug="a-look", prefix="X")])
    make_checklist_version(session, slug="short-look", version=2)
    assert [(one.slug, one.version) for one in queries.checklists_of_visit(session, visit.id)] == [
        ("a-look", 1),
        ("short-look", 1),
    ]


def test_the_context_is_what_expressions_ask_for(session: Session) -> None:
    place = make_place(session, kind="remand", groups=["women", "untried"], limit=None)
    visit = make_visit(session, council=make_council(session, kind=CouncilKind.NPM_GROUP), place=place)
    assert queries.visit_context(session, visit) == {
        "place.kind": "remand",
        "place.groups": ["women", "untried"],
        "place.limit": None,
        "visit.kind": "periodic",
    }


def test_earlier_visits_are_those_concluded_before_at_the_same_place(session: Session) -> None:
    place = make_place(session)
    days = [date(2025, 5, 5), date(2026, 3, 3), date(2026, 11, 23)]
    old, recent, _today = (make_visit(session, place=place, state=VisitState.CONCLUDED, starts_on=day) for day in days)
    make_visit(session, place=place, state=VisitState.CANCELLED, starts_on=days[0])
    make_visit(session, state=VisitState.CONCLUDED, starts_on=days[0])
    assert list(queries.earlier_visits(session, place.id, FIRST_DAY)) == [recent, old]


def test_places_in_reach_are_open_in_the_region_and_without_ones_own_conflict(session: Session) -> None:
    council, npm = make_council(session), make_council(session, kind=CouncilKind.NPM_GROUP)
    chair = person(session, council, Role.CHAIR)
    near, far = make_place(session), make_place(session, region="abai")
    make_place(session, is_open=False)
    own = make_place(session)
    make_conflict(session, user=chair, place=own)
    make_conflict(session, user=chair, place=near, ended_at=AT_THE_GATE)
    make_conflict(session, place=near)
    assert list(queries.places_in_reach(session, council, chair.id)) == [near]
    everywhere = [place.code for place in queries.places_in_reach(session, npm, uuid4())]
    assert {near.code, far.code, own.code} == set(everywhere)


def test_one_plans_for_the_councils_that_one_heads_while_their_term_lasts(session: Session) -> None:
    council, over = make_council(session, code="B"), make_council(session, code="A", term_ends_on=date(2026, 6, 30))
    chair = person(session, council, Role.CHAIR)
    make_membership(session, user=chair, council=over, role=Role.CHAIR)
    npm = _npm_councils(session)
    coordinator = person(session, npm[0], Role.COORDINATOR)
    assert queries.councils_to_plan_for(session, actor(session, chair), FIRST_DAY) == [council]
    assert {one.id for one in queries.councils_to_plan_for(session, actor(session, coordinator), FIRST_DAY)} == {
        one.id for one in npm
    }
    assert queries.councils_to_plan_for(session, actor(session, person(session, council)), FIRST_DAY) == []


def test_the_head_signs_for_the_council_on_the_day(session: Session) -> None:
    council = make_council(session)
    person(session, council)
    assert queries.head_of(session, council, FIRST_DAY) is None
    chair = person(session, council, Role.CHAIR)
    assert queries.head_of(session, council, FIRST_DAY) == chair
