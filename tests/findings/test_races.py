"""Several people at once: numbers stay apart, a form sent twice at once makes one row, an approval never meets new words."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlmodel import Session

from baqylau.councils.queries import actor_of
from baqylau.db.engine import Database
from baqylau.errors import Problem
from baqylau.findings import actions, queries
from baqylau.findings.models import Finding
from baqylau.findings.reading import read_answers
from baqylau.findings.terms import DraftState
from baqylau.rights.terms import Actor
from baqylau.visits.models import Visit
from tests.factories.findings import ESTABLISHED, WRITTEN_AT, make_finding
from tests.findings.conftest import NOT_MET, Scene, make_scene, record_answer
from tests.findings.test_actions import DRAFT, NOW, TODAY, recommended

AT_ONCE = 4


@pytest.fixture
def saved(database: Database) -> tuple[Scene, Actor]:
    """Return a saved scene with one answer that falls short, and its monitor."""
    with database.transaction() as session:
        scene = make_scene(session)
        record_answer(session, scene, "D4", NOT_MET)
        return scene, actor_of(session, scene.monitor)


def at_once(database: Database, act: Callable[[Session], object]) -> list[object]:
    """Do the act in several transactions that begin at the same moment; return what each gave."""
    barrier = Barrier(AT_ONCE)

    def run(_number: int) -> object:
        barrier.wait()
        with database.transaction() as session:
            return act(session)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_findings_written_at_once_get_numbers_of_their_own(database: Database, saved: tuple[Scene, Actor]) -> None:
    scene, actor = saved
    numbers = at_once(
        database, lambda session: actions.write_finding(session, actor, scene.visit.id, DRAFT, NOW).number
    )
    assert sorted(map(str, numbers)) == ["D.1", "D.2", "D.3", "D.4"]


def test_recommendations_written_at_once_get_numbers_of_their_own(
    database: Database, saved: tuple[Scene, Actor]
) -> None:
    scene, actor = saved
    with database.transaction() as session:
        draft = recommended(scene, session, make_finding(session, visit=scene.visit))

    def write(session: Session) -> object:
        return actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW).position

    assert sorted(map(int, at_once(database, write))) == [1, 2, 3, 4]  # type: ignore[call-overload]


def test_a_form_sent_twice_at_once_makes_one_finding(database: Database, saved: tuple[Scene, Actor]) -> None:
    scene, actor = saved
    given = uuid.uuid4()
    at_once(database, lambda session: actions.write_finding(session, actor, scene.visit.id, DRAFT, NOW, given))
    with database.reading() as session:
        assert [one.id for one in queries.findings_of(session, scene.visit.id)] == [given]


def test_a_proposal_taken_twice_at_once_makes_one_finding(database: Database, saved: tuple[Scene, Actor]) -> None:
    scene, actor = saved

    def take(session: Session) -> object:
        proposal = read_answers(session, session.get_one(Visit, scene.visit.id)).proposals["D4"]
        return actions.take_proposal(session, actor, scene.visit.id, proposal, NOW).id

    assert len(set(at_once(database, take))) == 1


def test_words_that_change_while_they_are_approved_are_not_approved(
    database: Database, saved: tuple[Scene, Actor]
) -> None:
    scene, writer = saved
    with database.transaction() as session:
        finding_id = make_finding(session, visit=scene.visit, writer=scene.monitor).id
        chair = actor_of(session, scene.chair)
    has_written, may_commit = Event(), Event()

    def rewrite() -> None:
        with database.transaction() as session:
            draft = replace(DRAFT, established={**ESTABLISHED, "en": "Other words."})
            actions.write_finding(session, writer, scene.visit.id, draft, NOW, finding_id, WRITTEN_AT)
            has_written.set()
            may_commit.wait(0.5)

    def approve() -> str:
        has_written.wait(10)
        try:
            with database.transaction() as session:
                finding = session.get_one(Finding, finding_id)
                may_commit.set()
                actions.approve_finding(session, chair, finding, WRITTEN_AT, NOW + timedelta(hours=1))
        except Problem as problem:
            return problem.code
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        writing, approving = pool.submit(rewrite), pool.submit(approve)
        writing.result()
        assert approving.result() == "findings.changed_meanwhile"
    with database.reading() as session:
        finding = session.get_one(Finding, finding_id)
        assert (finding.state, finding.established["en"]) == (DraftState.DRAFT, "Other words.")
