"""Take what tablets deliver: each revision is weighed by itself, so that one bad one loses none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from baqylau.answers.actions import record_revisions
from baqylau.answers.rules import problems_with
from baqylau.answers.terms import Handed, NewRevision, Outcome
from baqylau.checklists.terms import Checklist
from baqylau.rights.terms import Actor
from baqylau.sync.schemas import Batch, Result, SentRevision

#: A tablet's clock may run ahead this far before it is remarked on.
CLOCK_TOLERANCE = timedelta(minutes=10)


def take_batch(
    session: Session, actor: Actor, visit_id: UUID, checklists: Sequence[Checklist], batch: Batch, now: datetime
) -> list[Result]:
    """Record what can be recorded and return one result for each revision, in the order sent.

    A revision is refused alone: with a stable code, and for a wrong value with the field. The same id with the same
    content is `repeated`; with other content it is refused as `sync.clash` and what is stored stays. The audit event is
    that of `answers.actions.record_revisions`.
    """
    weighed = [_weigh(checklists, sent) for sent in batch.revisions]
    good = [new for new in weighed if isinstance(new, NewRevision)]
    handed = iter(record_revisions(session, actor, visit_id, batch.device, good, now))
    return [new if isinstance(new, Result) else _result(new, next(handed), now) for new in weighed]


def _weigh(checklists: Sequence[Checklist], sent: dict[str, Any]) -> NewRevision | Result:
    """Return the revision, or why it cannot be taken."""
    given_id = _plain(sent.get("id", ""))
    try:
        new = SentRevision.model_validate(sent).as_new()
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        return Result(id=given_id, state="refused", code="sync.revision_malformed", field=_plain(place))
    if problems := problems_with(checklists, new.item_id, new.row_id, new.value):
        return Result(id=given_id, state="refused", code=f"sync.{problems[0].code}", field=_plain(problems[0].field))
    return new


def _plain(sent: object) -> str:
    """Return what was sent as a short text that can be sent back."""
    return str(sent)[:64].encode(errors="replace").decode()


def _result(new: NewRevision, handed: Handed, now: datetime) -> Result:
    if handed.outcome is Outcome.CLASH:
        return Result(id=str(new.id), state="refused", code="sync.clash")
    ahead = new.recorded_at > now + CLOCK_TOLERANCE
    state = "saved" if handed.outcome is Outcome.SAVED else "repeated"
    return Result(id=str(new.id), state=state, received_at=handed.received_at, clock_ahead=ahead)
