"""Which answers stand: the same whatever the order in which revisions arrive."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, text

from baqylau.answers.queries import (
    conflicts_of,
    count_revisions,
    evidence_of,
    get_evidence,
    heads_of,
    history_of,
    version_of,
)
from baqylau.errors import Problem
from tests.factories.answers import Scene, make_evidence, make_revision, make_row, make_scene


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session)


def head_ids(session: Session, visit_id: UUID) -> set[UUID]:
    return {head.id for head in heads_of(session, visit_id)}


def test_a_superseded_revision_does_not_stand(session: Session, scene: Scene) -> None:
    first = make_revision(session, scene.visit, scene.leader.id)
    second = make_revision(session, scene.visit, scene.leader.id, supersedes=[first.id])
    make_revision(session, scene.other_visit, scene.stranger.id)
    assert head_ids(session, scene.visit.id) == {second.id}
    assert [one.id for one in history_of(session, scene.visit.id, ("D4", ""))] == [first.id, second.id]
    assert count_revisions(session, scene.visit.id) == 2


def test_two_who_answer_alike_or_differently_are_a_conflict_until_a_revision_names_both(
    session: Session, scene: Scene
) -> None:
    first = make_revision(session, scene.visit, scene.leader.id)
    second = make_revision(session, scene.visit, scene.member.id)
    assert [head.id for head in conflicts_of(session, scene.visit.id)["D4", ""]] == [first.id, second.id]
    make_revision(session, scene.visit, scene.leader.id, supersedes=[first.id, second.id])
    assert conflicts_of(session, scene.visit.id) == {}


def test_the_same_item_in_two_rows_is_no_conflict(session: Session, scene: Scene) -> None:
    for _ in range(2):
        row = make_row(session, scene.visit, scene.leader.id)
        make_revision(session, scene.visit, scene.leader.id, "D1", row_id=row.row_id, value={"value": 9})
    assert conflicts_of(session, scene.visit.id) == {}


def test_a_revision_hides_nothing_of_another_item_row_or_visit(session: Session, scene: Scene) -> None:
    """A wrong or hostile list of superseded ids must not make other answers vanish."""
    kept = [
        make_revision(session, scene.visit, scene.leader.id, "F1", value={"value": "yes"}),
        make_revision(session, scene.visit, scene.leader.id, "D1", row_id=str(uuid4()), value={"value": 9}),
        make_revision(session, scene.other_visit, scene.stranger.id),
    ]
    make_revision(session, scene.visit, scene.member.id, "D4", supersedes=[one.id for one in kept])
    assert {kept[0].id, kept[1].id} < head_ids(session, scene.visit.id)
    assert head_ids(session, scene.other_visit.id) == {kept[2].id}


def test_the_version_changes_with_every_revision_photo_and_withdrawal(session: Session, scene: Scene) -> None:
    versions = [version_of(session, scene.visit.id)]
    make_revision(session, scene.visit, scene.leader.id)
    versions.append(version_of(session, scene.visit.id))
    make_evidence(session, scene.visit, scene.leader.id)
    versions.append(version_of(session, scene.visit.id))
    make_evidence(session, scene.visit, scene.leader.id, is_withdrawn=True)
    versions.append(version_of(session, scene.visit.id))
    assert len(set(versions)) == 4
    make_revision(session, scene.other_visit, scene.stranger.id)
    make_evidence(session, scene.other_visit, scene.stranger.id, is_withdrawn=True)
    assert version_of(session, scene.visit.id) == versions[-1]


def test_a_withdrawn_photo_and_one_of_another_visit_are_not_found(session: Session, scene: Scene) -> None:
    kept = make_evidence(session, scene.visit, scene.leader.id)
    gone = make_evidence(session, scene.visit, scene.leader.id, is_withdrawn=True)
    foreign = make_evidence(session, scene.other_visit, scene.stranger.id)
    assert [one.id for one in evidence_of(session, scene.visit.id)] == [kept.id]
    assert get_evidence(session, scene.visit.id, kept.id) == kept
    for other in (gone.id, foreign.id, uuid4()):
        with pytest.raises(Problem) as refused:
            get_evidence(session, scene.visit.id, other)
        assert refused.value.code == "app.not_found"


@pytest.mark.parametrize("statement", ["UPDATE answer_revision SET note = 'x'", "DELETE FROM answer_revision"])
def test_the_database_refuses_to_change_or_delete_an_answer(session: Session, scene: Scene, statement: str) -> None:
    make_revision(session, scene.visit, scene.leader.id)
    with pytest.raises(DBAPIError, match="append-only"):
        session.exec(text(statement))  # type: ignore[call-overload]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, set[int]]]:
    """Return revisions of two items; each names some earlier ones, of its own item or by mistake of the other."""
    found: list[tuple[str, set[int]]] = []
    for at in range(draw(st.integers(1, 9))):
        earlier = draw(st.sets(st.integers(0, at - 1), max_size=3)) if at else set()
        found.append((draw(st.sampled_from(["D4", "F1"])), earlier))
    return found


def reference(history: list[tuple[str, set[int]]]) -> set[int]:
    """Return the heads by the rule alone: nothing of the same item names them."""
    replaced = {old for item, olds in history for old in olds if history[old][0] == item}
    return set(range(len(history))) - replaced


@given(history=histories(), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_heads_are_the_same_whatever_the_order_of_arrival(
    session: Session, scene: Scene, history: list[tuple[str, set[int]]], order: Random
) -> None:
    ids = [uuid4() for _ in history]
    arrivals = list(range(len(history)))
    order.shuffle(arrivals)
    with rolled_back(session):
        for at in arrivals:
            item, olds = history[at]
            make_revision(session, scene.visit, scene.leader.id, item, [ids[old] for old in olds], id=ids[at])
        assert head_ids(session, scene.visit.id) == {ids[at] for at in reference(history)}


@contextmanager
def rolled_back(session: Session) -> Iterator[None]:
    """Let the block leave nothing."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
