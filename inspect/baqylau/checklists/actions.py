"""Publish checklists: from that moment a version stands for ever, and visits are recorded by it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from baqylau.audit.actions import record
from baqylau.checklists.loading import load, load_standards, to_json
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.queries import read_stored, versions_of
from baqylau.checklists.rules import never_reused, questions
from baqylau.checklists.terms import Checklist
from baqylau.errors import conflict
from baqylau.locations import shipped
from baqylau.rights.terms import Actor


def publish(session: Session, actor: Actor | None, checklist: Checklist, now: datetime) -> ChecklistVersion:
    """Add the version to what visits can be recorded by; the same content a second time changes nothing.

    Raises Problem `checklists.version_changed` when the number was published with other content, and
    `checklists.item_reused` when an id that an older version dropped comes back for another question. `actor` None: the
    program itself, when it is installed or upgraded.
    """
    return _publish_and_record(session, actor.user_id if actor else None, checklist, now)


def _publish_and_record(
    session: Session, actor_id: UUID | None, checklist: Checklist, now: datetime
) -> ChecklistVersion:
    before = versions_of(session, checklist.slug)
    same = next((version for version in before if version.version == checklist.version), None)
    if same is not None:
        if same.hash != checklist.hash:
            raise conflict(
                "checklists.version_changed",
                "Version %(version)s of the checklist “%(slug)s” was published with other content. "
                "What is published never changes, so nothing was published; give the new content the next number.",
                slug=checklist.slug,
                version=checklist.version,
            )
        return same
    _refuse_reused_ids(checklist, before)
    version = ChecklistVersion(
        slug=checklist.slug,
        code=checklist.code,
        version=checklist.version,
        hash=checklist.hash,
        content=to_json(checklist),
        published_at=now,
    )
    session.add(version)
    session.flush()
    record(
        session,
        "checklists.publish",
        actor_id,
        ("checklist_version", version.id),
        now,
        slug=checklist.slug,
        version=checklist.version,
        hash=checklist.hash,
    )
    return version


def _refuse_reused_ids(checklist: Checklist, before: Iterable[ChecklistVersion]) -> None:
    """Raise Problem when answers of different years under one id would answer different questions."""
    older = [questions(read_stored(version)) for version in before if version.version < checklist.version]
    if wrong := never_reused(older, questions(checklist)):
        raise conflict(
            "checklists.item_reused",
            "The checklist “%(slug)s” uses ids again that belonged to other questions: %(items)s. "
            "Nothing was published; give these items ids that were never used.",
            slug=checklist.slug,
            items=", ".join(wrong),
        )


def publish_shipped(session: Session, now: datetime, folder: Path | None = None) -> list[ChecklistVersion]:
    """Publish every checklist that came with the program (or lies in `folder`), older versions first.

    Raises ChecklistFaults for a file that cannot be used.
    """
    forms = folder or shipped("forms")
    standards = load_standards(forms / "standards.yaml")
    checklists = [load(path, standards) for path in forms.glob("*/v*.yaml")]
    checklists.sort(key=lambda checklist: (checklist.slug, checklist.version))
    return [_publish_and_record(session, None, checklist, now) for checklist in checklists]
