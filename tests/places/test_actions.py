import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from baqylau.audit.models import AuditEvent
from baqylau.errors import Problem
from baqylau.places import actions, queries
from baqylau.places.actions import PlaceValues
from baqylau.places.models import Authority, ConflictOfInterest, Place
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region
from baqylau.rights.terms import Actor
from tests.factories.people import make_user
from tests.factories.places import make_authority, make_conflict, make_place

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAME = {"kk": "№ 7 мекеме", "ru": "Учреждение № 7", "en": "Institution No. 7"}


@pytest.fixture
def keeper(session: Session) -> Actor:
    user = make_user(session)
    return Actor(user.id, user.name, "en")


@pytest.fixture
def values(session: Session) -> PlaceValues:
    return PlaceValues(
        kind=PlaceKind.COLONY_MEDIUM,
        name=NAME,
        authority_id=make_authority(session).id,
        region=Region.ATYRAU,
        limit=450,
        limit_on=date(2026, 1, 1),
        groups=[GroupHeld.WOMEN, GroupHeld.MINORS],
    )


def last_event(session: Session) -> AuditEvent:
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.number).desc())).first() or pytest.fail("no event")


def test_a_place_is_added_and_changed_but_keeps_its_code(session: Session, keeper: Actor, values: PlaceValues) -> None:
    place = actions.create_place(session, keeper, "ATY-07", values, NOW)
    assert (place.kind, place.limit, place.groups, place.is_open) == ("colony_medium", 450, ["women", "minors"], True)
    assert (last_event(session).act, last_event(session).subject_id) == ("places.create_place", str(place.id))

    closed = replace(values, is_open=False, limit=None, limit_on=None, groups=(), kind=PlaceKind.REMAND)
    actions.edit_place(session, keeper, place.id, closed, NOW)

    assert (place.code, place.kind, place.limit, place.groups, place.is_open) == ("ATY-07", "remand", None, [], False)
    assert last_event(session).act == "places.edit_place"


def test_a_place_that_cannot_be_is_refused(session: Session, keeper: Actor, values: PlaceValues) -> None:
    make_place(session, code="ATY-07")

    def code_of(code: str, given: PlaceValues) -> str:
        with pytest.raises(Problem) as refused:
            actions.create_place(session, keeper, code, given, NOW)
        return refused.value.code

    assert code_of("ATY-07", values) == "places.code_taken"
    assert code_of("ATY-08", replace(values, name={**NAME, "kk": " "})) == "places.name_incomplete"
    assert code_of("ATY-08", replace(values, authority_id=uuid.uuid4())) == "app.not_found"
    assert len(session.exec(select(Place)).all()) == 1


def test_an_authority_stands_under_a_higher_one(session: Session, keeper: Actor) -> None:
    ministry = actions.create_authority(session, keeper, NAME, AuthorityLevel.MINISTRY, None, NOW)
    assert last_event(session).act == "places.create_authority"
    committee = actions.create_authority(session, keeper, NAME, AuthorityLevel.COMMITTEE, ministry.id, NOW)
    assert [one.id for one in queries.chain_of(session, committee.id)] == [committee.id, ministry.id]

    for level in (AuthorityLevel.MINISTRY, AuthorityLevel.GOVERNMENT, AuthorityLevel.PROSECUTOR):
        with pytest.raises(Problem) as refused:
            actions.create_authority(session, keeper, NAME, level, ministry.id, NOW)
        assert refused.value.code == "places.parent_not_above"
    assert len(session.exec(select(Authority)).all()) == 2


def test_an_authority_never_comes_to_stand_above_itself(session: Session, keeper: Actor) -> None:
    ministry = make_authority(session, level=AuthorityLevel.MINISTRY)
    committee = make_authority(session, level=AuthorityLevel.COMMITTEE, parent=ministry)
    department = make_authority(session, level=AuthorityLevel.REGIONAL, parent=committee)

    for parent in (ministry, committee, department):
        with pytest.raises(Problem) as refused:
            actions.edit_authority(session, keeper, ministry.id, NAME, AuthorityLevel.REGIONAL, parent.id, NOW)
        assert refused.value.code == "places.parent_not_above"
    with pytest.raises(Problem) as refused:
        actions.edit_authority(session, keeper, committee.id, NAME, AuthorityLevel.FACILITY, ministry.id, NOW)
    assert refused.value.code == "places.level_below"

    actions.edit_authority(session, keeper, department.id, NAME, AuthorityLevel.FACILITY, ministry.id, NOW)
    assert (department.level, department.parent_id, department.name) == ("facility", ministry.id, NAME)
    assert last_event(session).act == "places.edit_authority"


def test_a_conflict_is_declared_once_ended_and_declared_anew(session: Session, keeper: Actor) -> None:
    place, other = make_place(session), make_conflict(session)

    first = actions.declare_conflict(session, keeper, place.id, NOW)
    assert actions.declare_conflict(session, keeper, place.id, NOW + timedelta(days=1)).id == first.id
    assert queries.conflicted_user_ids(session, place.id) == {keeper.user_id}
    assert last_event(session).act == "places.declare_conflict"

    actions.end_conflict(session, keeper, first.id, NOW + timedelta(days=2))
    actions.end_conflict(session, keeper, first.id, NOW + timedelta(days=3))
    assert first.ended_at == NOW + timedelta(days=2)
    assert queries.conflicted_user_ids(session, place.id) == frozenset()
    second = actions.declare_conflict(session, keeper, place.id, NOW + timedelta(days=4))
    assert second.id != first.id
    assert other.ended_at is None


def test_a_conflict_is_ended_by_its_owner_alone(session: Session, keeper: Actor) -> None:
    theirs = make_conflict(session)

    with pytest.raises(Problem) as refused:
        actions.end_conflict(session, keeper, theirs.id, NOW)

    assert refused.value.code == "app.not_found"
    assert session.exec(select(ConflictOfInterest)).one().ended_at is None


def test_a_conflict_needs_a_place(session: Session, keeper: Actor) -> None:
    with pytest.raises(Problem) as refused:
        actions.declare_conflict(session, keeper, uuid.uuid4(), NOW)

    assert refused.value.code == "app.not_found"
