import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import Session

from baqylau.errors import Problem
from baqylau.places import queries
from baqylau.places.models import Authority
from baqylau.places.terms import AuthorityLevel, PlaceKind, Region
from tests.factories.people import LONG_AGO, make_user
from tests.factories.places import make_authority, make_conflict, make_place


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


def names(text: str) -> dict[str, str]:
    return {"kk": text, "ru": text, "en": text}


def test_places_are_filtered_by_kind_region_and_state(session: Session) -> None:
    authority = make_authority(session)
    made = {
        "A": make_place(session, code="A", authority=authority, kind=PlaceKind.REMAND),
        "B": make_place(session, code="B", authority=authority, kind=PlaceKind.REMAND, region=Region.ABAI),
        "C": make_place(session, code="C", authority=authority, is_open=False),
    }
    assert len(made) == 3

    def codes(**filters: object) -> list[str]:
        return [place.code for place in queries.places_page(session, **filters).places]  # type: ignore[arg-type]

    assert codes() == ["A", "B", "C"]
    assert codes(kind=PlaceKind.REMAND) == ["A", "B"]
    assert codes(kind=PlaceKind.REMAND, region=Region.ABAI) == ["B"]
    assert codes(region=Region.ALMATY_CITY) == []
    assert codes(is_open=True) == ["A", "B"]
    assert codes(is_open=False) == ["C"]


def test_search_does_not_mind_the_size_of_kazakh_letters(session: Session) -> None:
    authority = make_authority(session)
    make_place(session, code="A", authority=authority, name=names("№ 1 Өскемен түзеу мекемесі"))
    make_place(session, code="B", authority=authority, name=names("№ 2 Қостанай мекемесі"))
    make_place(session, code="C", authority=authority, name=names("Remand centre"), region=Region.ABAI)

    found = queries.places_page(session, "ӨСКЕМЕН")
    assert [place.code for place in found.places] == ["A"]
    found = queries.places_page(session, "мекемесі")
    assert ([place.code for place in found.places], found.total) == (["A", "B"], 2)
    assert queries.places_page(session, "мекемесі", region=Region.ABAI).total == 0


@pytest.mark.parametrize(("search", "statements"), [("", 2), ("institution", 2)])
def test_a_page_takes_two_queries_however_many_places_there_are(session: Session, search: str, statements: int) -> None:
    authority = make_authority(session)
    for number in range(25):
        make_place(session, code=f"P{number:02}", authority=authority)

    with counted(session) as seen:
        found = queries.places_page(session, search, page=3, size=10)

    assert [place.code for place in found.places] == [f"P{number}" for number in range(20, 25)]
    assert (found.total, found.page, found.pages) == (25, 3, 3)
    assert len(seen) == statements
    assert queries.places_page(session, search, page=4, size=10).places == []


def test_a_place_is_found_by_its_code_or_told_to_be_none(session: Session) -> None:
    make_place(session)
    place = make_place(session, code="ATY-77")

    assert (queries.find_place_by_code(session, "ATY-77") or pytest.fail("none")).id == place.id
    assert queries.find_place_by_code(session, "aty") is None
    assert queries.get_place(session, place.id) is place
    with pytest.raises(Problem) as refused:
        queries.get_place(session, uuid.uuid4())
    assert refused.value.code == "app.not_found"
    assert set(queries.places_by_id(session, [place.id, uuid.uuid4()])) == {place.id}
    assert queries.places_by_id(session, []) == {}


def line(session: Session) -> list[Authority]:
    """Return government, ministry, committee and department, each under the one before."""
    made: list[Authority] = []
    for level in ("government", "ministry", "committee", "regional"):
        parent = made[-1] if made else None
        made.append(make_authority(session, level=level, parent=parent, name=names(level)))
    return made


def test_the_chain_leads_from_the_authority_to_the_top(session: Session) -> None:
    make_authority(session)
    made = line(session)

    chain = queries.chain_of(session, made[3].id)

    assert [one.level for one in chain] == ["regional", "committee", "ministry", "government"]
    assert [one.level for one in queries.chain_of(session, made[0].id)] == ["government"]
    with pytest.raises(Problem):
        queries.chain_of(session, uuid.uuid4())


def test_a_chain_that_was_closed_into_a_ring_by_hand_still_ends(session: Session) -> None:
    made = line(session)
    made[0].parent_id = made[3].id
    session.flush()

    assert len(queries.chain_of(session, made[3].id)) == 10
    assert queries.ids_below(session, made[1].id) == {one.id for one in made}


def test_the_tree_puts_each_authority_under_its_own(session: Session) -> None:
    made = line(session)
    make_authority(session, level=AuthorityLevel.REGIONAL, parent=made[2], name=names("a department"))
    make_authority(session, level=AuthorityLevel.PROSECUTOR, name=names("Prosecutor"))

    tree = [(one.name["en"], depth) for one, depth in queries.tree_of_authorities(session, "en")]

    assert tree == [
        ("government", 0),
        ("ministry", 1),
        ("committee", 2),
        ("a department", 3),
        ("regional", 3),
        ("Prosecutor", 0),
    ]
    assert queries.ids_below(session, made[2].id) > {made[2].id, made[3].id}


def test_conflicts_in_force_are_counted_and_ended_ones_are_not(session: Session) -> None:
    place, other = make_place(session), make_place(session)
    user, second = make_user(session), make_user(session)
    make_conflict(session, user=user, place=place)
    make_conflict(session, user=second, place=place, ended_at=LONG_AGO)
    make_conflict(session, user=second, place=other)

    assert queries.conflicted_user_ids(session, place.id) == {user.id}
    assert queries.conflicted_user_ids_by_place(session, [place.id, other.id, uuid.uuid4()]) == {
        place.id: {user.id},
        other.id: {second.id},
    }
    assert queries.conflicted_user_ids_by_place(session, []) == {}
    assert queries.open_conflict(session, second.id, place.id) is None
    listed = queries.conflicts_of(session, second.id)
    assert [(found.place_id, found.ended_at is None) for found, _place in listed] == [
        (other.id, True),
        (place.id, False),
    ]
