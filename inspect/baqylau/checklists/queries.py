"""Read published checklists back from their stored JSON; the YAML is never asked again."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from baqylau.checklists.loading import from_json
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.terms import Checklist
from baqylau.errors import not_found


def published(session: Session) -> Sequence[ChecklistVersion]:
    """Return everything that was ever published, by slug, the newest version of each first."""
    found = select(ChecklistVersion).order_by(col(ChecklistVersion.slug), col(ChecklistVersion.version).desc())
    return session.exec(found).all()


def newest_of_each(session: Session) -> list[ChecklistVersion]:
    """Return the newest version of each checklist, by slug."""
    newest_ones = (
        select(col(ChecklistVersion.slug).label("slug"), func.max(ChecklistVersion.version).label("version"))
        .group_by(col(ChecklistVersion.slug))
        .subquery()
    )
    found = (
        select(ChecklistVersion)
        .join(
            newest_ones,
            (col(ChecklistVersion.slug) == newest_ones.c.slug)
            & (col(ChecklistVersion.version) == newest_ones.c.version),
        )
        .order_by(col(ChecklistVersion.slug))
    )
    return list(session.exec(found))


def get_version(session: Session, version_id: UUID) -> ChecklistVersion:
    """Return the published version with this id; raises not_found."""
    version = session.get(ChecklistVersion, version_id)
    if version is None:
        raise not_found()
    return version


def find_numbered(session: Session, slug: str, number: int) -> ChecklistVersion | None:
    """Return the version of that number, if it was published."""
    found = select(ChecklistVersion).where(ChecklistVersion.slug == slug, ChecklistVersion.version == number)
    return session.exec(found).first()


def newest(session: Session, slug: str) -> ChecklistVersion | None:
    """Return the newest version of the checklist, None when there is none of that slug."""
    found = select(ChecklistVersion).where(ChecklistVersion.slug == slug)
    return session.exec(found.order_by(col(ChecklistVersion.version).desc()).limit(1)).first()


def versions_of(session: Session, slug: str) -> Sequence[ChecklistVersion]:
    """Return the published versions of one checklist, the oldest first."""
    found = select(ChecklistVersion).where(ChecklistVersion.slug == slug)
    return session.exec(found.order_by(col(ChecklistVersion.version))).all()


def checklist_of(session: Session, version_id: UUID) -> Checklist:
    """Return the checklist of a published version, as it was on that day; raises not_found."""
    return read_stored(get_version(session, version_id))


def read_stored(version: ChecklistVersion) -> Checklist:
    """Return the checklist that a row holds; raises ChecklistFaults when the row does not fit its hash."""
    return _parsed(version.content)


@lru_cache(maxsize=32)
def _parsed(content: str) -> Checklist:
    # Keyed by the content's own hash: a checklist is frozen, so every reader may have the same one.
    return from_json(content)
