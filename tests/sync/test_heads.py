"""The same heads everywhere, whatever the order of arrival: database, tablets and a plain model of what a head is.

Several devices record without seeing each other, or having seen a part of what others recorded; the server gets it in any
order, in part, and more than once. Nothing depends on a clock.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from baqylau.answers.actions import record_revisions
from baqylau.answers.queries import heads_of
from baqylau.answers.rules import content_hash
from baqylau.answers.terms import NewRevision, Outcome
from baqylau.db.engine import Database
from baqylau.rights.terms import Actor
from baqylau.visits.terms import VisitState
from tests.factories.answers import Scene
from tests.factories.visits import make_visit

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("BAQYLAU_HEADS_CASES", "40"))
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
KEYS = [("D4", ""), ("F1", ""), ("D5", "")]

Key = tuple[str, str]

#: Never one twice: hypothesis draws the same numbers again and again.
_ids = count(1 << 120)


@dataclass(frozen=True)
class Story:
    """What several devices recorded, and how it reached the server."""

    revisions: list[NewRevision]
    #: Indices into `revisions`: some more than once, some never.
    delivered: list[int]


def model(revisions: Iterable[NewRevision]) -> dict[Key, set[UUID]]:
    """Return the heads by the plain rule: what no known revision of the same item and row names in `supersedes`."""
    known = {one.id: one for one in revisions}
    found: dict[Key, set[UUID]] = {}
    for one in known.values():
        key = (one.item_id, one.row_id)
        if not any(one.id in other.supersedes and (other.item_id, other.row_id) == key for other in known.values()):
            found.setdefault(key, set()).add(one.id)
    return found


def story_of(random: Random) -> Story:
    """Return a story: devices with clocks years apart, each seeing a part of what the others recorded."""
    devices = random.randint(2, 4)
    offsets = [timedelta(days=random.randint(-8000, 8000)) for _ in range(devices)]
    seen: list[list[NewRevision]] = [[] for _ in range(devices)]
    revisions: list[NewRevision] = []
    for _ in range(random.randint(1, 24)):
        device = random.randrange(devices)
        if revisions and random.random() < 0.35:
            seen[device] += random.sample(revisions, random.randint(1, len(revisions)))
        key = random.choice(KEYS)
        heads = model(seen[device]).get(key, set())
        # Mostly what stands is replaced; sometimes only a part of it, as a person who settles nothing does.
        replaced = [one for one in sorted(heads, key=str) if random.random() < 0.85]
        new = _revision(key, tuple(replaced), NOW + offsets[device])
        revisions.append(new)
        seen[device].append(new)
    order = [index for index in range(len(revisions)) if random.random() < 0.9]
    delivered = order + [index for index in order if random.random() < 0.3]
    random.shuffle(delivered)
    return Story(revisions, delivered)


def _revision(key: Key, supersedes: tuple[UUID, ...], at: datetime) -> NewRevision:
    revision_id = UUID(int=next(_ids))
    value = {"national": "met", "international": "met"}
    hashed = content_hash({"id": revision_id})
    return NewRevision(revision_id, *key, value, ("O",), "", (), at, supersedes, hashed, hashed)


def heads_in(session: Session, visit_id: UUID) -> dict[Key, set[UUID]]:
    found: dict[Key, set[UUID]] = {}
    for head in heads_of(session, visit_id):
        found.setdefault(head.key, set()).add(head.id)
    return found


def deliver(session: Session, scene: Scene, story: Story) -> UUID:
    """Let the story reach a visit of its own, and return the visit; each revision is taken once."""
    visit = make_visit(session, state=VisitState.UNDER_WAY, leader=scene.leader, members=[], checklists=[])
    actor = Actor(scene.leader.id, "L", "en")
    taken: set[UUID] = set()
    for number, index in enumerate(story.delivered):
        new = story.revisions[index]
        [handed] = record_revisions(session, actor, visit.id, "tablet", [new], NOW + timedelta(seconds=number))
        assert handed.outcome is (Outcome.REPEATED if new.id in taken else Outcome.SAVED)
        taken.add(new.id)
    return visit.id


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
    database=None,
)
@given(random=st.randoms(use_true_random=False))
def test_the_database_has_the_heads_of_the_model(session: Session, scene: Scene, random: Random) -> None:
    story = story_of(random)
    visit_id = deliver(session, scene, story)
    assert heads_in(session, visit_id) == model(story.revisions[index] for index in story.delivered)
    session.rollback()


def test_tablets_database_and_model_agree_in_any_order(session: Session, scene: Scene) -> None:
    """Two tablets: one got everything revision by revision in another order, one the server's heads and what it lacks."""
    random = Random(4)
    cases, expected, conflicts = [], [], 0
    for _ in range(CASES):
        story = story_of(random)
        visit_id = deliver(session, scene, story)
        known = [story.revisions[index] for index in dict.fromkeys(story.delivered)]
        here = heads_in(session, visit_id)
        assert here == model(known)
        shuffled = random.sample(known, len(known))
        cases.append({"known": [_sent(one) for one in shuffled], "given": []})
        expected.append(_written(here))
        standing = {head for heads in here.values() for head in heads}
        given_heads = [_sent(one) for one in known if one.id in standing]
        late = [one for one in story.revisions if one not in known]
        cases.append({"known": [_sent(one) for one in late], "given": given_heads})
        expected.append(_written(_joined(here, late)))
        conflicts += sum(len(heads) > 1 for heads in here.values())
    assert conflicts > CASES / 4
    found = _by_node(cases)
    assert found == expected


def _joined(heads: dict[Key, set[UUID]], late: list[NewRevision]) -> dict[Key, set[UUID]]:
    """Return what stands on a tablet that was given the heads and recorded the late ones itself."""
    replaced = {old for one in late for old in one.supersedes}
    found = {key: set(ids) for key, ids in heads.items()}
    for one in late:
        found.setdefault((one.item_id, one.row_id), set()).add(one.id)
    return {key: ids - replaced for key, ids in found.items() if ids - replaced}


def _sent(one: NewRevision) -> dict[str, object]:
    return {
        "id": str(one.id),
        "item": one.item_id,
        "row": one.row_id,
        "value": dict(one.value or {}),
        "supersedes": [str(old) for old in one.supersedes],
    }


def _written(heads: dict[Key, set[UUID]]) -> dict[str, list[str]]:
    return {f"{item}/{row}".rstrip("/"): sorted(str(one) for one in ids) for (item, row), ids in heads.items()}


def _by_node(cases: list[dict[str, object]]) -> list[dict[str, list[str]]]:
    script = Path(__file__).parent / "heads.mjs"
    run = subprocess.run(
        ["node", str(script)], input=json.dumps(cases).encode(), capture_output=True, check=True, cwd=ROOT
    )
    said = json.loads(run.stdout)
    assert said["keys"] == "D4/r1"
    found: list[dict[str, list[str]]] = said["heads"]
    return found


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_a_settled_conflict_is_settled_in_every_order(session: Session, scene: Scene, order: tuple[int, ...]) -> None:
    one, other = (_revision(("D4", ""), (), NOW) for _ in range(2))
    settled = _revision(("D4", ""), (one.id, other.id), NOW - timedelta(days=4000))
    visit_id = deliver(session, scene, Story([one, other, settled], list(order)))
    assert heads_in(session, visit_id) == {("D4", ""): {settled.id}}


def test_an_id_of_another_visit_replaces_nothing_here(database: Database, session: Session, scene: Scene) -> None:
    one = _revision(("D4", ""), (), NOW)
    foreign = _revision(("D4", ""), (one.id, uuid4()), NOW)
    visit_id = deliver(session, scene, Story([one], [0]))
    deliver(session, scene, Story([foreign], [0]))
    assert heads_in(session, visit_id) == {("D4", ""): {one.id}}
