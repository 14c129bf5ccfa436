"""Decide on what was kept apart: it becomes an answer of the visit, its author and device kept, or is refused."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from baqylau.answers.actions import add_evidence, take_over_revision
from baqylau.answers.photos import Photo
from baqylau.answers.terms import Origin, Outcome
from baqylau.audit.actions import record
from baqylau.errors import conflict
from baqylau.rights.terms import Actor
from baqylau.sync.models import KeptApart, KeptApartDecision
from baqylau.sync.schemas import PhotoFacts, SentRevision
from baqylau.sync.terms import ApartKind


def decide(
    session: Session, actor: Actor, kept: Sequence[KeptApart], *, taken: bool, reason: str, now: datetime
) -> None:
    """Write the same decision on each of these of one visit; what is taken is an answer or photo of the visit from now on.

    Nothing is decided twice: the database holds one decision for each. A refusal says why, and what was refused stays.
    """
    for one in kept:
        if taken:
            _take(session, actor, one, now)
        session.add(
            KeptApartDecision(
                kept_apart_id=one.id, taken=taken, reason=reason, decided_by=actor.user_id, decided_at=now
            )
        )
    session.flush()
    if kept:
        about = {"taken": taken, "count": len(kept), "ids": sorted(str(one.id) for one in kept)}
        record(session, "sync.decide_apart", actor.user_id, ("visit", kept[0].visit_id), now, **about)


def _take(session: Session, actor: Actor, kept: KeptApart, now: datetime) -> None:
    origin = Origin(kept.author_id, str(kept.device_id), kept.received_at)
    if kept.kind == ApartKind.PHOTO:
        new = PhotoFacts.model_validate_json(kept.body).as_new(kept.id)
        photo = Photo(b"", kept.width, kept.height)
        add_evidence(session, actor, kept.visit_id, new, photo, kept.blob_sha256 or "", now, origin)
        return
    new_revision = SentRevision.model_validate(json.loads(kept.body)).as_new(kept.sent_sha256)
    if take_over_revision(session, kept.visit_id, origin, new_revision).outcome is Outcome.CLASH:
        raise conflict(
            "sync.apart_clash",
            "Another answer is stored under the id of one of these. Nothing was decided; refuse that one with the reason.",
        )
