"""A concluded visit with its people, recorded answers and photos."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.answers.models import AnswerRevision, Evidence, Supersession
from baqylau.councils.models import Council
from baqylau.councils.queries import actor_of
from baqylau.rights.terms import Actor, Role
from baqylau.storage.models import Blob
from baqylau.visits.models import Visit
from tests.factories.findings import begun_visit
from tests.factories.people import LONG_AGO, make_council, make_membership, make_user

RECORDED_AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_arrivals = count(1)


@dataclass
class Scene:
    """A concluded visit of a commission and everybody who has to do with it."""

    visit: Visit
    council: Council
    leader: User
    monitor: User
    secretary: User
    chair: User
    outsider: User

    def actor(self, session: Session, user: User) -> Actor:
        return actor_of(session, user)


def make_scene(session: Session, **overrides: Any) -> Scene:
    council = overrides.pop("council", None) or make_council(session)
    roles = {"leader": Role.MONITOR, "monitor": Role.MONITOR, "secretary": Role.SECRETARY, "chair": Role.CHAIR}
    people = {name: make_user(session, name=f"{name.title()} Сәбит") for name in roles}
    for name, role in roles.items():
        make_membership(session, user=people[name], council=council, role=role)
    outsider = make_user(session)
    make_membership(session, user=outsider)
    visit = begun_visit(
        session,
        council=council,
        planner=people["chair"],
        leader=people["leader"],
        members=[people["monitor"]],
        **overrides,
    )
    return Scene(visit, council, **people, outsider=outsider)


@pytest.fixture
def scene(session: Session) -> Scene:
    """Return a concluded visit, with another visit beside it that nothing here may touch."""
    make_scene(session)
    return make_scene(session)


def record_answer(
    session: Session,
    scene: Scene,
    item: str,
    value: dict[str, Any] | None,
    row: str = "",
    sources: str = "O",
    note: str = "",
    flags: tuple[str, ...] = (),
    supersedes: tuple[uuid.UUID, ...] = (),
    by: User | None = None,
) -> AnswerRevision:
    """Append an answer of the monitor, unless somebody else is named."""
    revision = AnswerRevision(
        id=uuid.uuid4(),
        visit_id=scene.visit.id,
        item_id=item,
        row_id=row,
        value=value,
        sources=list(sources),
        note=note,
        flags=list(flags),
        author_id=(by or scene.monitor).id,
        device="tablet 1",
        recorded_at=RECORDED_AT,
        # Arrivals are told apart by a second each, as the order of heads is theirs.
        received_at=RECORDED_AT + timedelta(seconds=next(_arrivals)),
        content_hash=uuid.uuid4().hex,
    )
    session.add(revision)
    session.flush()
    session.add_all(Supersession(revision_id=revision.id, superseded_id=old) for old in supersedes)
    session.flush()
    return revision


def add_photo(session: Session, scene: Scene, item: str = "D4", row: str = "", **overrides: Any) -> Evidence:
    """Append a photo without persons in it."""
    blob = Blob(sha256=uuid.uuid4().hex * 2, size=10, media_type="image/jpeg", created_at=LONG_AGO)
    session.add(blob)
    session.flush()
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "visit_id": scene.visit.id,
        "item_id": item,
        "row_id": row,
        "blob_sha256": blob.sha256,
        "sent_sha256": blob.sha256,
        "caption": "the lamp over the door",
        "permission": "not_needed",
        "consent": "no_persons",
        "width": 1600,
        "height": 1200,
        "author_id": scene.monitor.id,
        "recorded_at": RECORDED_AT,
        "received_at": RECORDED_AT,
    }
    row_of = Evidence(**{**values, **overrides})
    session.add(row_of)
    session.flush()
    return row_of


NOT_MET = {"national": "not_met", "international": "not_met"}
