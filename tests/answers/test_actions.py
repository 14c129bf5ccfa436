"""Recording, settling, withdrawing: each appends, none changes what is there."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.answers.actions import record_revisions, settle_conflict, withdraw_evidence
from baqylau.answers.queries import conflicts_of, evidence_of, heads_of, history_of
from baqylau.answers.rules import content_hash
from baqylau.answers.terms import NewRevision, Outcome
from baqylau.audit.queries import events_of
from baqylau.councils.queries import actor_of
from baqylau.rights.terms import Actor
from tests.factories.answers import IN_THE_CELL, Scene, make_evidence, make_revision, make_scene


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session)


def actor(session: Session, user: User) -> Actor:
    return actor_of(session, user)


def new(item: str = "D4", supersedes: tuple[UUID, ...] = (), **overrides: object) -> NewRevision:
    made = NewRevision(
        uuid4(), item, "", {"national": "met", "international": "met"}, ("O",), "", (), IN_THE_CELL, supersedes,
        content_hash({"item": item}),
    )  # fmt: skip
    return replace(made, **overrides)  # type: ignore[arg-type]


def test_a_batch_is_recorded_with_one_event(session: Session, scene: Scene) -> None:
    batch = [new(), new("F1", value={"value": "no"}, note="The log is empty.", flags=("urgent",))]
    handed = record_revisions(session, actor(session, scene.leader), scene.visit.id, "tablet-1", batch, IN_THE_CELL)
    assert [one.outcome for one in handed] == [Outcome.SAVED, Outcome.SAVED]
    assert {head.item_id: head.value for head in heads_of(session, scene.visit.id)}["F1"] == {"value": "no"}
    events = events_of(session, "visit", scene.visit.id)
    assert [event.act for event in events] == ["answers.record_batch"]


def test_a_repeated_batch_changes_nothing_and_leaves_no_event(session: Session, scene: Scene) -> None:
    batch, leader = [new()], actor(session, scene.leader)
    record_revisions(session, leader, scene.visit.id, "tablet-1", batch, IN_THE_CELL)
    later = IN_THE_CELL + timedelta(hours=1)
    handed = record_revisions(session, leader, scene.visit.id, "tablet-1", batch, later)
    assert [(one.outcome, one.received_at) for one in handed] == [(Outcome.REPEATED, IN_THE_CELL)]
    assert len(events_of(session, "visit", scene.visit.id)) == 1


@pytest.mark.parametrize("what", ["content", "visit", "author"])
def test_the_same_id_with_something_else_is_a_clash_and_what_is_stored_stays(
    session: Session, scene: Scene, what: str
) -> None:
    first = new()
    record_revisions(session, actor(session, scene.leader), scene.visit.id, "tablet-1", [first], IN_THE_CELL)
    second = replace(first, value=None, content_hash="0" * 64) if what == "content" else first
    visit = scene.other_visit if what == "visit" else scene.visit
    who = scene.member if what == "author" else scene.leader
    handed = record_revisions(session, actor(session, who), visit.id, "tablet-2", [second], IN_THE_CELL)
    assert [(one.outcome, one.received_at) for one in handed] == [(Outcome.CLASH, None)]
    stored = history_of(session, scene.visit.id, ("D4", ""))
    assert [(one.id, one.value, one.author_id) for one in stored] == [(first.id, first.value, scene.leader.id)]


def test_settling_takes_over_one_answer_and_names_all(session: Session, scene: Scene) -> None:
    make_revision(session, scene.visit, scene.leader.id)
    chosen_row = make_revision(
        session, scene.visit, scene.member.id, value={"national": "not_met", "international": "not_met"},
        note="Two lamps of six.", flags=["urgent"], sources=["O", "P"],
    )  # fmt: skip
    heads = conflicts_of(session, scene.visit.id)["D4", ""]
    chosen = next(head for head in heads if head.id == chosen_row.id)
    leader = actor(session, scene.leader)
    settled = settle_conflict(session, leader, scene.visit.id, heads, chosen, "Counted again.", IN_THE_CELL)
    assert conflicts_of(session, scene.visit.id) == {}
    [head] = heads_of(session, scene.visit.id)
    assert (head.id, head.value, head.flags, head.sources) == (settled.id, chosen.value, ("urgent",), ("O", "P"))
    assert head.note == "Two lamps of six.\n\nCounted again."
    assert head.author_id == scene.leader.id
    assert len(history_of(session, scene.visit.id, ("D4", ""))) == 3
    assert [event.act for event in events_of(session, "revision", settled.id)] == ["answers.settle"]


def test_a_withdrawn_photo_is_not_used_any_more(session: Session, scene: Scene) -> None:
    photo = make_evidence(session, scene.visit, scene.member.id)
    other = make_evidence(session, scene.visit, scene.member.id)
    withdraw_evidence(session, actor(session, scene.leader), photo, IN_THE_CELL)
    assert [one.id for one in evidence_of(session, scene.visit.id)] == [other.id]
    assert [event.act for event in events_of(session, "evidence", photo.id)] == ["answers.withdraw_evidence"]
