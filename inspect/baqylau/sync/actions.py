"""Take what tablets deliver: each item is weighed by itself, so that one bad one loses none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from baqylau.answers.actions import record_revisions
from baqylau.answers.models import AnswerRevision
from baqylau.answers.queries import revisions_by_id
from baqylau.answers.terms import Handed, NewRevision, Outcome
from baqylau.audit.actions import record
from baqylau.checklists.terms import Checklist
from baqylau.errors import conflict
from baqylau.rights.terms import Actor
from baqylau.sync.models import Device, KeptApart
from baqylau.sync.queries import kept_apart_by_id
from baqylau.sync.schemas import NewDevice, OldBatch, Result
from baqylau.sync.terms import ApartKind, ApartReason, Delivery
from baqylau.sync.weighing import Weighed, apart, recorded, refused, weigh_item, weigh_revision


def register_device(session: Session, actor: Actor, visit_id: UUID, new: NewDevice, now: datetime) -> Device:
    """Note that the actor takes the visit along on this device; said twice, it is noted once.

    A recovery copy that came with the first word stays. Raises `sync.device_taken` for a device of another visit or person.
    """
    device = session.get(Device, new.device)
    if device is None:
        device = Device(
            id=new.device,
            visit_id=visit_id,
            user_id=actor.user_id,
            label=new.label,
            recovery=new.recovery,
            made_at=now,
        )
        session.add(device)
        session.flush()
        record(session, "sync.register_device", actor.user_id, ("visit", visit_id), now, device=new.device)
    elif (device.visit_id, device.user_id) != (visit_id, actor.user_id):
        raise conflict(
            "sync.device_taken",
            "This tablet’s store is registered for another visit or another person. Nothing was changed; take the visit "
            "along anew.",
        )
    elif new.recovery and not device.recovery:
        device.recovery = new.recovery
        record(session, "sync.keep_recovery", actor.user_id, ("visit", visit_id), now, device=new.device)
    session.flush()
    return device


def end_device(session: Session, actor: Actor, device: Device, now: datetime) -> None:
    """Note that the visit was taken off the device; what still arrives from it is taken all the same."""
    if device.ended_at is None:
        device.ended_at = now
        session.flush()
        record(session, "sync.end_device", actor.user_id, ("visit", device.visit_id), now, device=device.id)


def take_items(session: Session, actor: Actor, delivery: Delivery, items: Sequence[Any], now: datetime) -> list[Result]:
    """Record what can be recorded and return one result for each item, in the order sent.

    `actor` hands over, the delivery's author is the author: at the office somebody may read in a colleague's visit file.
    An item is refused alone: with a stable code, and for a wrong value with the field. The same id with the same bytes
    is `repeated`; with others it is refused as `sync.clash` and what is stored stays. What comes from somebody who may
    not record any more is kept apart. The audit events are those of `record_revisions` and `_keep_apart`.
    """
    weighed = [weigh_item(delivery.checklists, item) for item in items]
    good = [one for one in weighed if isinstance(one, Weighed)]
    kept = kept_apart_by_id(session, [one.new.id for one in good])
    if delivery.apart:
        settled = _keep_apart(session, actor, delivery, good, kept, now)
    else:
        settled = _record(session, actor, delivery, good, kept, now)
    return [one if isinstance(one, Result) else next(settled) for one in weighed]


def _record(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    good: Sequence[Weighed],
    kept: dict[UUID, KeptApart],
    now: datetime,
) -> Iterator[Result]:
    """Append the revisions, but for those that wait for the chair, and give the results in order."""
    fresh = [one.new for one in good if one.new.id not in kept]
    author = delivery.author.user_id
    args = (actor, delivery.visit_id, str(delivery.device_id), fresh, now, author)
    handed = iter(record_revisions(session, *args))
    results = [
        _again(kept[one.new.id], delivery, one) if one.new.id in kept else recorded(one.new, next(handed), now)
        for one in good
    ]
    return iter(results)


def _keep_apart(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    good: Sequence[Weighed],
    kept: dict[UUID, KeptApart],
    now: datetime,
) -> Iterator[Result]:
    """Keep the revisions apart, but for those that were recorded while their author still might, in order."""
    known = revisions_by_id(session, [one.new.id for one in good])
    results, added = [], 0
    for one in good:
        if one.new.id in known:
            results.append(_known(known[one.new.id], delivery, one))
            continue
        if one.new.id not in kept:
            row = _apart_row(delivery, one, now)
            added += add_apart(session, row)
            # Another delivery of the same may have won the race: its row stands.
            kept[row.id] = kept_apart_by_id(session, [row.id])[row.id]
        results.append(_again(kept[one.new.id], delivery, one))
    if added:
        about = {"device": delivery.device_id, "kept": added, "reason": delivery.apart}
        record(session, "sync.keep_apart", actor.user_id, ("visit", delivery.visit_id), now, **about)
    return iter(results)


def _apart_row(delivery: Delivery, one: Weighed, now: datetime) -> KeptApart:
    return KeptApart(
        id=one.new.id,
        visit_id=delivery.visit_id,
        device_id=delivery.device_id,
        author_id=delivery.author.user_id,
        kind=ApartKind.REVISION,
        body=one.body,
        sent_sha256=one.sha256,
        reason=delivery.apart or ApartReason.LEFT_GROUP,
        received_at=now,
    )


def add_apart(session: Session, row: KeptApart) -> bool:
    """Add the row and tell whether it is new: another delivery of the same may have won the race."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def _known(stored: AnswerRevision, delivery: Delivery, one: Weighed) -> Result:
    """Return the result for a revision that was recorded while its author still might."""
    same = (stored.sent_sha256, stored.visit_id, stored.author_id) == _owned(delivery, one)
    return recorded(
        one.new, Handed(Outcome.REPEATED if same else Outcome.CLASH, stored.received_at), stored.received_at
    )


def _again(kept: KeptApart, delivery: Delivery, one: Weighed) -> Result:
    """Return the result for what is kept apart: the same bytes are held, others under the id are a clash."""
    if (kept.sent_sha256, kept.visit_id, kept.author_id) != _owned(delivery, one):
        return refused(str(one.new.id), "sync.clash")
    return apart(kept, one.new.recorded_at)


def _owned(delivery: Delivery, one: Weighed) -> tuple[str, UUID, UUID]:
    """Return what must be equal for two deliveries to be the same."""
    return one.sha256, delivery.visit_id, delivery.author.user_id


def take_batch(
    session: Session, actor: Actor, visit_id: UUID, checklists: Sequence[Checklist], batch: OldBatch, now: datetime
) -> list[Result]:
    """Record what can be recorded and return one result for each revision, in the order sent. Protocol 1."""
    weighed = [weigh_revision(checklists, sent) for sent in batch.revisions]
    good = [new for new in weighed if isinstance(new, NewRevision)]
    handed = iter(record_revisions(session, actor, visit_id, batch.device, good, now))
    return [new if isinstance(new, Result) else recorded(new, next(handed), now) for new in weighed]
