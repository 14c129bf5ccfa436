"""Read devices, what they delivered, what is kept apart, and parts of photos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import Session, col, select

from baqylau.accounts.queries import get_user, names_of
from baqylau.answers.models import AnswerRevision, Evidence
from baqylau.audit.models import AuditEvent
from baqylau.councils.queries import actor_of
from baqylau.errors import conflict, not_found
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor, Subject
from baqylau.sync.models import Device, KeptApart, KeptApartDecision, PhotoPart
from baqylau.sync.terms import ApartReason, Delivery, Held
from baqylau.visits.models import Obstruction, Visit
from baqylau.visits.queries import checklists_of_visit, subject_of_visit
from baqylau.visits.terms import VisitState

RECEIPT_SIZE = 500
APART_SIZE = 50


def has_device(session: Session, visit_id: UUID, user_id: UUID) -> bool:
    """Tell whether the person took the visit along on any device."""
    found = exists().where(col(Device.visit_id) == visit_id, col(Device.user_id) == user_id)
    return bool(session.exec(select(found)).one())


def find_device(session: Session, visit_id: UUID, device_id: UUID) -> Device | None:
    """Return the visit's device of this id."""
    device = session.get(Device, device_id)
    return device if device is not None and device.visit_id == visit_id else None


def own_device(session: Session, visit_id: UUID, device_id: UUID, owner_id: UUID) -> Device:
    """Return the person's device of the visit; raises `sync.device_unknown` for any other."""
    device = find_device(session, visit_id, device_id)
    if device is None or device.user_id != owner_id:
        raise conflict(
            "sync.device_unknown",
            "This visit was not taken along on this tablet by this person. Nothing was taken; what is on the tablet "
            "stays there.",
        )
    return device


def devices_of(session: Session, visit_id: UUID) -> Sequence[Device]:
    """Return the devices that took the visit along, in the order in which they did."""
    return session.exec(
        select(Device).where(Device.visit_id == visit_id).order_by(col(Device.made_at), col(Device.id))
    ).all()


def devices_to_recover(session: Session, visit_id: UUID) -> list[dict[str, str]]:
    """Return the visit's devices with the recovery copies that only the leader's key opens (`interviews.providers`)."""
    found = devices_of(session, visit_id)
    names = names_of(session, {device.user_id for device in found})
    return [
        {
            "id": str(device.id),
            "label": device.label,
            "person": names.get(device.user_id, ""),
            "recovery": device.recovery,
        }
        for device in found
    ]


def delivery_of(session: Session, visit: Visit, device: Device, today: date) -> Delivery:
    """Return what is known about a delivery of this device: whose it is, and whether they may record now."""
    author = actor_of(session, get_user(session, device.user_id), today)
    reason = reason_apart(author, subject_of_visit(session, visit.id))
    return Delivery(visit.id, device.id, author, reason, tuple(checklists_of_visit(session, visit.id)))


def reason_apart(author: Actor, subject: Subject) -> ApartReason | None:
    """Return why what this person delivers is kept apart; None while they may record."""
    if may(author, Action.ANSWERS_RECORD, subject):
        return None
    if author.user_id in subject.conflicted:
        return ApartReason.CONFLICT
    if subject.council_id not in author.council_ids:
        return ApartReason.LEFT_COUNCIL
    return ApartReason.LEFT_GROUP


def held_of(session: Session, visit_id: UUID, device_id: UUID, after: UUID | None = None) -> list[Held]:
    """Return what is held of the device, by id, after this one; at most `RECEIPT_SIZE`."""
    revisions = select(AnswerRevision.id, AnswerRevision.sent_sha256).where(
        AnswerRevision.visit_id == visit_id,
        AnswerRevision.device == str(device_id),
        col(AnswerRevision.sent_sha256).is_not(None),
    )
    photos = select(Evidence.id, Evidence.sent_sha256).where(
        Evidence.visit_id == visit_id, Evidence.device == str(device_id)
    )
    kept = select(KeptApart.id, KeptApart.sent_sha256).where(KeptApart.device_id == device_id)
    found: dict[UUID, str] = {}
    for query, column in ((revisions, AnswerRevision.id), (photos, Evidence.id), (kept, KeptApart.id)):
        later = query if after is None else query.where(col(column) > after)
        found.update(session.exec(later.order_by(col(column)).limit(RECEIPT_SIZE)).all())  # type: ignore[arg-type]
    return [Held(one, found[one]) for one in sorted(found, key=lambda one: one.hex)[:RECEIPT_SIZE]]


def kept_apart_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, KeptApart]:
    """Return what is kept apart under these ids and was not taken in since."""
    found = select(KeptApart).where(col(KeptApart.id).in_(list(ids)), ~_taken())
    return {kept.id: kept for kept in session.exec(found)}


def _taken() -> ColumnElement[bool]:
    return exists().where(col(KeptApartDecision.kept_apart_id) == col(KeptApart.id), col(KeptApartDecision.taken))


def _decided() -> ColumnElement[bool]:
    return exists().where(col(KeptApartDecision.kept_apart_id) == col(KeptApart.id))


def waiting_apart(session: Session, visit_id: UUID) -> Sequence[KeptApart]:
    """Return what the chair has not decided on, the earliest arrival first; at most `APART_SIZE`."""
    found = select(KeptApart).where(KeptApart.visit_id == visit_id, ~_decided())
    return session.exec(found.order_by(col(KeptApart.received_at), col(KeptApart.id)).limit(APART_SIZE)).all()


def count_waiting_apart(session: Session, visit_id: UUID) -> int:
    """Return how much waits for the chair."""
    return session.exec(select(func.count()).where(KeptApart.visit_id == visit_id, ~_decided())).one()


def decided_apart(session: Session, visit_id: UUID) -> list[tuple[KeptApart, KeptApartDecision]]:
    """Return what was decided on, the latest decision first; at most `APART_SIZE`."""
    found = (
        select(KeptApart, KeptApartDecision)
        .where(KeptApart.id == KeptApartDecision.kept_apart_id, KeptApart.visit_id == visit_id)
        .order_by(col(KeptApartDecision.decided_at).desc(), col(KeptApart.id))
        .limit(APART_SIZE)
    )
    return [(kept, decision) for kept, decision in session.exec(found)]


def get_kept_apart(session: Session, visit_id: UUID, kept_id: UUID) -> KeptApart:
    """Return what is kept apart of the visit under this id; raises not_found."""
    kept = session.get(KeptApart, kept_id)
    if kept is None or kept.visit_id != visit_id:
        raise not_found()
    return kept


def parts_of(session: Session, photo_id: UUID) -> Sequence[PhotoPart]:
    """Return the parts of the photo that have arrived, in order."""
    return session.exec(select(PhotoPart).where(PhotoPart.photo_id == photo_id).order_by(col(PhotoPart.number))).all()


def count_unfinished(session: Session, visit_id: UUID, user_id: UUID) -> int:
    """Return how many photos of the person wait for further parts."""
    found = select(func.count(col(PhotoPart.photo_id).distinct()))
    return session.exec(found.where(PhotoPart.visit_id == visit_id, PhotoPart.user_id == user_id)).one()


def stale_photos(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the photos of which no part has arrived since `before`."""
    found = select(PhotoPart.photo_id).group_by(col(PhotoPart.photo_id))
    return session.exec(found.having(func.max(col(PhotoPart.received_at)) < before)).all()


def photos_in_parts(session: Session) -> set[UUID]:
    """Return the photos of which there are parts."""
    return set(session.exec(select(PhotoPart.photo_id).distinct()))


@dataclass(frozen=True)
class LateAnswers:
    """What reached a visit after it was cancelled or access was refused."""

    answers: int
    photos: int


def late_answers(session: Session, visit: Visit) -> LateAnswers:
    """Return what arrived after a visit that did not take place was ended; nothing for every other visit."""
    if visit.state not in {VisitState.CANCELLED, VisitState.REFUSED}:
        return LateAnswers(0, 0)
    cancelled = select(func.max(col(AuditEvent.at))).where(
        AuditEvent.act == "visits.cancel_visit", AuditEvent.subject_id == str(visit.id)
    )
    refused = select(func.max(col(Obstruction.recorded_at))).where(
        Obstruction.visit_id == visit.id, col(Obstruction.stopped_visit)
    )
    ended_at = session.exec(cancelled if visit.state == VisitState.CANCELLED else refused).one()
    counts = []
    for table in (AnswerRevision, Evidence):
        found = select(func.count()).where(table.visit_id == visit.id)
        counts.append(session.exec(found if ended_at is None else found.where(table.received_at > ended_at)).one())
    return LateAnswers(*counts)
