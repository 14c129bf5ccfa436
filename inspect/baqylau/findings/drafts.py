"""The life that findings and recommendations share: draft, reviewed, approved, dropped; and draft again after a change.

Sets columns of a row that `actions` holds locked; audits nothing itself, because the act belongs to the action.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from baqylau.checklists.terms import LANGUAGES
from baqylau.errors import not_found
from baqylau.findings import refusals
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.terms import DraftState
from baqylau.rights.terms import Actor

Draft = Finding | Recommendation


def lock(session: Session, row: Draft) -> None:
    """Read the row anew and let nobody else change it until this transaction ends."""
    session.flush()
    session.refresh(row, with_for_update=True)


def written(actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the columns of a text that this person has just written: a draft that nobody has looked at."""
    return {
        "state": DraftState.DRAFT.value,
        "written_by": actor.user_id,
        "written_at": now,
        "reviewed_by": None,
        "reviewed_at": None,
        "approved_by": None,
        "approved_at": None,
    }


def set_columns(row: Draft, columns: Mapping[str, Any]) -> None:
    """Set several columns."""
    for column, value in columns.items():
        setattr(row, column, value)


def holds(row: Draft, columns: Mapping[str, Any]) -> bool:
    """Tell whether the row has all these values already."""
    return all(getattr(row, column) == value for column, value in columns.items())


def refuse_wrong_visit(row: Draft, visit_id: UUID) -> None:
    """Refuse an id that belongs to another visit, without a word about that one."""
    if row.visit_id != visit_id:
        raise not_found()


def refuse_other_text(row: Draft, read_at: datetime | None) -> None:
    """Refuse to write over or to judge a text that is not the one the person has read."""
    if row.written_at != read_at:
        raise refusals.changed_meanwhile()


def review(session: Session, actor: Actor, row: Draft, read_at: datetime, now: datetime) -> bool:
    """Note the review; False when this person has reviewed the same text already."""
    lock(session, row)
    refuse_other_text(row, read_at)
    if row.state == DraftState.REVIEWED and row.reviewed_by == actor.user_id:
        return False
    if row.state != DraftState.DRAFT:
        raise refusals.wrong_state()
    if row.written_by == actor.user_id:
        raise refusals.own_text()
    set_columns(row, {"state": DraftState.REVIEWED.value, "reviewed_by": actor.user_id, "reviewed_at": now})
    session.flush()
    return True


def may_be_approved(session: Session, actor: Actor, row: Draft, read_at: datetime) -> bool:
    """Tell whether there is anything to approve: False when this person has approved the same text already."""
    lock(session, row)
    refuse_other_text(row, read_at)
    if row.state == DraftState.APPROVED and row.approved_by == actor.user_id:
        return False
    if row.state not in {DraftState.DRAFT, DraftState.REVIEWED}:
        raise refusals.wrong_state()
    if row.written_by == actor.user_id:
        raise refusals.own_text()
    return True


def approve(session: Session, actor: Actor, row: Draft, now: datetime) -> None:
    """Note the approval; whoever approves a draft that nobody reviewed has reviewed it too."""
    columns: dict[str, Any] = {"state": DraftState.APPROVED.value, "approved_by": actor.user_id, "approved_at": now}
    if row.reviewed_by is None:
        columns |= {"reviewed_by": actor.user_id, "reviewed_at": now}
    set_columns(row, columns)
    session.flush()


def drop(session: Session, row: Draft) -> bool:
    """Take the row out; False when it is out already."""
    lock(session, row)
    if row.state == DraftState.DROPPED:
        return False
    nobody = dict.fromkeys(("reviewed_by", "reviewed_at", "approved_by", "approved_at"))
    set_columns(row, {"state": DraftState.DROPPED.value, **nobody})
    session.flush()
    return True


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts without blank ones and without space around them, with Unix line ends."""
    stripped = {language: texts.get(language, "").replace("\r\n", "\n").strip() for language in LANGUAGES}
    return {language: text for language, text in stripped.items() if text}


def stored(value: StrEnum | None) -> str | None:
    """Return the value of an enum as it is stored."""
    return None if value is None else value.value
