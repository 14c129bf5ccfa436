"""Weigh what a tablet sent, one revision or photo by itself; no session and no request."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from baqylau.answers.rules import problems_with
from baqylau.answers.terms import Handed, NewRevision, Outcome
from baqylau.checklists.terms import Checklist
from baqylau.sync.models import KeptApart
from baqylau.sync.schemas import Result, SentItem, SentRevision

#: A tablet's clock may run ahead this far before it is remarked on.
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Weighed:
    """A revision that may be recorded, with the text that was sent for it."""

    new: NewRevision
    body: str
    sha256: str


def weigh_item(checklists: Sequence[Checklist], sent: Any) -> Weighed | Result:
    """Return the revision that an item of a batch or visit file holds, or why it cannot be taken."""
    given_id = plain(sent.get("id", "")) if isinstance(sent, dict) else ""
    try:
        item = SentItem.model_validate(sent)
        written = item.body.encode()
    except ValidationError as error:
        return refused(given_id, "sync.item_malformed", place_of(error))
    except UnicodeEncodeError:
        return refused(given_id, "sync.item_malformed", "body")
    if hashlib.sha256(written).hexdigest() != item.sha256:
        return refused(given_id, "sync.item_damaged", "sha256")
    try:
        revision = json.loads(item.body)
    except (ValueError, RecursionError):
        return refused(given_id, "sync.revision_malformed", "body")
    weighed = weigh_revision(checklists, revision, item.sha256)
    if isinstance(weighed, Result):
        return weighed.model_copy(update={"id": given_id})
    if weighed.id != item.id:
        return refused(given_id, "sync.revision_malformed", "id")
    return Weighed(weighed, item.body, item.sha256)


def weigh_revision(checklists: Sequence[Checklist], sent: Any, sent_sha256: str | None = None) -> NewRevision | Result:
    """Return the revision, or why it cannot be taken."""
    given_id = plain(sent.get("id", "")) if isinstance(sent, dict) else ""
    try:
        new = SentRevision.model_validate(sent).as_new(sent_sha256)
    except ValidationError as error:
        return refused(given_id, "sync.revision_malformed", place_of(error))
    if problems := problems_with(checklists, new.item_id, new.row_id, new.value):
        return refused(given_id, f"sync.{problems[0].code}", problems[0].field)
    return new


def refused(given_id: str, code: str, field: str = "") -> Result:
    """Return the refusal of one item."""
    return Result(id=given_id, state="refused", code=code, field=plain(field))


def recorded(new: NewRevision, handed: Handed, now: datetime) -> Result:
    """Return what became of a revision that was handed to `answers`."""
    if handed.outcome is Outcome.CLASH:
        return refused(str(new.id), "sync.clash")
    state = "saved" if handed.outcome is Outcome.SAVED else "repeated"
    ahead = is_ahead(new.recorded_at, now)
    sha256 = new.sent_sha256 or ""
    return Result(id=str(new.id), state=state, received_at=handed.received_at, clock_ahead=ahead, sha256=sha256)


def apart(kept: KeptApart, recorded_at: datetime) -> Result:
    """Return that one thing is held until the chair has decided."""
    return Result(
        id=str(kept.id),
        state="apart",
        code=f"sync.apart_{kept.reason}",
        received_at=kept.received_at,
        clock_ahead=is_ahead(recorded_at, kept.received_at),
        sha256=kept.sent_sha256,
    )


def is_ahead(recorded_at: datetime, now: datetime) -> bool:
    """Tell whether a tablet's clock is to be remarked on."""
    return recorded_at > now + CLOCK_TOLERANCE


def place_of(error: ValidationError) -> str:
    """Return the name of the field that is wrong, "" for the whole."""
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def plain(sent: object) -> str:
    """Return what was sent as a short text that can be sent back."""
    return str(sent)[:64].encode(errors="replace").decode()
