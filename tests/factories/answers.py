"""Answers for tests: revisions and photos, each function adds its rows, flushes them and returns the main one."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.answers.models import AnswerRevision, Evidence, EvidenceWithdrawal, Supersession
from baqylau.answers.rules import content_hash
from baqylau.rights.terms import Role
from baqylau.storage.models import Blob
from baqylau.visits.models import Visit
from baqylau.visits.terms import VisitState
from tests.factories.checklists import make_checklist_version
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.visits import make_visit

#: An instant after the beginning of the tests' visits.
IN_THE_CELL = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)

_seconds = count(1)


def make_revision(
    session: Session, visit: Visit, author_id: UUID, item: str = "D4", supersedes: Sequence[UUID] = (), **overrides: Any
) -> AnswerRevision:
    """Return a revision that says "met" by both norms; each one arrives a second after the one before."""
    at = IN_THE_CELL + timedelta(seconds=next(_seconds))
    values: dict[str, Any] = {
        "id": uuid4(),
        "visit_id": visit.id,
        "item_id": item,
        "value": {"national": "met", "international": "met"},
        "sources": ["O"],
        "author_id": author_id,
        "device": "tablet-1",
        "recorded_at": at,
        "received_at": at,
    }
    row = AnswerRevision(**{**values, "content_hash": content_hash({"at": at}), **overrides})
    session.add(row)
    session.flush()
    session.add_all(Supersession(revision_id=row.id, superseded_id=old) for old in supersedes)
    session.flush()
    return row


def make_row(
    session: Session, visit: Visit, author_id: UUID, label: str = "Cell 12", **overrides: Any
) -> AnswerRevision:
    """Return the revision that names a row of the repeat `cell`."""
    values = {"row_id": str(uuid4()), "value": {"label": label}, "sources": []}
    return make_revision(session, visit, author_id, "cell", **{**values, **overrides})


def make_evidence(session: Session, visit: Visit, author_id: UUID, **overrides: Any) -> Evidence:
    """Return a photo of item D4 whose bytes are nowhere; `is_withdrawn` makes it one that is not used any more."""
    is_withdrawn = overrides.pop("is_withdrawn", False)
    sha256 = uuid4().hex * 2
    session.add(Blob(sha256=sha256, size=3, media_type="image/jpeg", created_at=IN_THE_CELL))
    values: dict[str, Any] = {
        "id": uuid4(),
        "visit_id": visit.id,
        "item_id": "D4",
        "blob_sha256": sha256,
        "sent_sha256": sha256,
        "caption": "The window",
        "permission": "not_needed",
        "consent": "no_persons",
        "width": 4,
        "height": 3,
        "author_id": author_id,
        "recorded_at": IN_THE_CELL,
        "received_at": IN_THE_CELL,
    }
    session.flush()
    row = Evidence(**{**values, **overrides})
    session.add(row)
    session.flush()
    if is_withdrawn:
        session.add(EvidenceWithdrawal(evidence_id=row.id, withdrawn_by=author_id, withdrawn_at=IN_THE_CELL))
        session.flush()
    return row


def photo_bytes(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    """Return a picture, its left half red and its right half blue."""
    picture = Image.new("RGB", size, (200, 20, 20))
    picture.paste((20, 20, 200), (size[0] // 2, 0, size[0], size[1]))
    written = io.BytesIO()
    picture.save(written, kind, **how)
    return written.getvalue()


def sent_revision(item: str = "D4", **overrides: Any) -> dict[str, Any]:
    """Return a revision as a tablet sends it."""
    values = {
        "id": str(uuid4()),
        "item": item,
        "row": "",
        "value": {"national": "met", "international": "met"},
        "sources": ["O"],
        "note": "",
        "flags": [],
        "recorded_at": "2026-11-23T05:00:00.000Z",
        "supersedes": [],
    }
    return {**values, **overrides}


@dataclass(frozen=True)
class Scene:
    """A visit under way, and people around it."""

    visit: Visit
    leader: User
    member: User
    #: Reads the council's visits, records none.
    secretary: User
    #: A member of another council, on a visit of their own.
    stranger: User
    other_visit: Visit


def make_scene(session: Session, **overrides: Any) -> Scene:
    """Return a visit under way with the small checklist, beside one of another council; overrides go to `make_visit`."""
    council, other = make_council(session), make_council(session)
    leader, member, secretary, stranger = (make_user(session) for _ in range(4))
    for user in (leader, member):
        make_membership(session, user=user, council=council)
    make_membership(session, user=secretary, council=council, role=Role.SECRETARY)
    make_membership(session, user=stranger, council=other)
    version = make_checklist_version(session)
    shared: dict[str, Any] = {"state": VisitState.UNDER_WAY, "checklists": [version]}
    own = {**shared, "council": council, "leader": leader, "members": [member], **overrides}
    return Scene(
        visit=make_visit(session, **own),
        leader=leader,
        member=member,
        secretary=secretary,
        stranger=stranger,
        other_visit=make_visit(session, **shared, council=other, leader=stranger, members=[]),
    )
