"""Read keys, recipients, sealed notes and alerts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.accounts.queries import names_of
from baqylau.councils.queries import actor_of, members_of
from baqylau.errors import not_found
from baqylau.interviews.models import (
    InterviewNote,
    InterviewSlots,
    MemberKey,
    MemberKeyApproval,
    RecoveryKey,
    RecoveryKeyConfirmation,
    ReprisalAlert,
    ReprisalFollowUp,
)
from baqylau.interviews.rules import fingerprint
from baqylau.interviews.terms import DEFAULT_SLOTS, KeyLine, Recipient, RecoveryLine, SealedBlob
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor
from baqylau.rights.terms import Actor, Subject
from baqylau.visits.models import Visit
from baqylau.visits.queries import get_visit, group_of, subject_of_visit


def subject_of_sender(session: Session, visit_id: UUID, **_rest: object) -> Subject:
    """Return the visit as a subject whose owner is the present person if the visit's group names them.

    What was sealed on a tablet is for the leader whatever became of its author since: nobody who is still named in the
    group has it refused, but it is marked (`is_apart`).
    """
    subject, actor = subject_of_visit(session, visit_id), current_actor()
    return replace(subject, owner=actor.user_id) if actor.user_id in subject.group else subject


def present_key(session: Session, user_id: UUID) -> MemberKey | None:
    """Return the person's newest key, approved or not."""
    found = select(MemberKey).where(MemberKey.user_id == user_id).order_by(col(MemberKey.number).desc())
    return session.exec(found).first()


def keys_of(session: Session, user_id: UUID) -> Sequence[tuple[MemberKey, MemberKeyApproval | None]]:
    """Return the person's keys with their approvals, the newest first."""
    found = (
        select(MemberKey, MemberKeyApproval)
        .outerjoin(MemberKeyApproval, col(MemberKeyApproval.key_id) == col(MemberKey.id))
        .where(MemberKey.user_id == user_id)
        .order_by(col(MemberKey.number).desc())
    )
    return [(key, approval) for key, approval in session.exec(found).all()]


def approval_of(session: Session, key_id: UUID) -> MemberKeyApproval | None:
    """Return the key's approval."""
    return session.get(MemberKeyApproval, key_id)


def find_key_text(session: Session, public_key: str) -> MemberKey | None:
    """Return the key with this public part, whosesoever it is and was."""
    return session.exec(select(MemberKey).where(MemberKey.public_key == public_key)).first()


def get_key_of_council(session: Session, council_id: UUID, key_id: UUID, on: date) -> MemberKey:
    """Return the key if it is the present one of somebody who holds a role in the council; raises not_found."""
    key = session.get(MemberKey, key_id)
    members = {user.id for _, user in members_of(session, council_id, on)}
    if key is None or key.user_id not in members or present_key(session, key.user_id) != key:
        raise not_found()
    return key


def recipients_of(session: Session, visit_id: UUID, on: date | None = None) -> list[Recipient]:
    """Return to whom notes of the visit are sealed today: its leader, its interviewers, the council's recovery key.

    Of people only those who may read the visit's interviews on that day and whose present key is approved: who left the
    council or the group, has a conflict of interest or is its secretary is none.
    """
    visit, subject = get_visit(session, visit_id), subject_of_visit(session, visit_id)
    day = on or clock.now().date()
    found = []
    for member, user in group_of(session, visit_id):
        key = present_key(session, user.id)
        is_approved = key is not None and approval_of(session, key.id) is not None
        if key is not None and is_approved and _may_read(session, user, subject, day):
            found.append(Recipient(user.id, user.name, key.public_key, member.is_leader))
    recovery = recovery_key_of(session, visit.council_id)
    if recovery is not None:
        found.append(Recipient(recovery.id, recovery.label, recovery.public_key))
    return found


def _may_read(session: Session, user: User, subject: Subject, day: date) -> bool:
    return user.is_active and may(actor_of(session, user, day), Action.NOTES_READ, subject)


def without_key(session: Session, visit_id: UUID, on: date) -> list[str]:
    """Return the names of those in the group to whom notes cannot be sealed, in the order of the group."""
    ids = {recipient.id for recipient in recipients_of(session, visit_id, on)}
    return [user.name for _, user in group_of(session, visit_id) if user.id not in ids]


def recovery_key_of(session: Session, council_id: UUID) -> RecoveryKey | None:
    """Return the council's recovery key in force: the newest that a second person confirmed, unless it says "none"."""
    found = (
        select(RecoveryKey)
        .join(RecoveryKeyConfirmation, col(RecoveryKeyConfirmation.key_id) == col(RecoveryKey.id))
        .where(RecoveryKey.council_id == council_id)
        .order_by(col(RecoveryKey.number).desc())
    )
    newest = session.exec(found).first()
    return newest if newest is not None and newest.public_key else None


def get_recovery_key(session: Session, council_id: UUID, key_id: UUID) -> RecoveryKey:
    """Return a proposed or confirmed recovery key of the council; raises not_found."""
    key = session.get(RecoveryKey, key_id)
    if key is None or key.council_id != council_id:
        raise not_found()
    return key


def count_recovery_keys(session: Session, council_id: UUID) -> int:
    """Return how many were ever proposed."""
    return session.exec(select(func.count()).where(RecoveryKey.council_id == council_id)).one()


def recovery_lines(session: Session, council_id: UUID, actor: Actor) -> list[RecoveryLine]:
    """Return the recovery keys of the council, the newest first."""
    keys = session.exec(
        select(RecoveryKey, RecoveryKeyConfirmation)
        .outerjoin(RecoveryKeyConfirmation, col(RecoveryKeyConfirmation.key_id) == col(RecoveryKey.id))
        .where(RecoveryKey.council_id == council_id)
        .order_by(col(RecoveryKey.number).desc())
    ).all()
    names = names_of(session, [key.proposed_by for key, _ in keys])
    return [
        RecoveryLine(
            key.id,
            key.label,
            fingerprint(key.public_key) if key.public_key else (),
            names.get(key.proposed_by, ""),
            confirmation is not None,
            confirmation is None and key.proposed_by != actor.user_id,
        )
        for key, confirmation in keys
    ]


def key_lines(session: Session, council_id: UUID, actor: Actor, on: date) -> list[KeyLine]:
    """Return the people who hold a role in the council on the day, each once, with their present keys, by name."""
    people = {user.id: user for _, user in members_of(session, council_id, on)}
    return [_key_line(session, user, actor) for user in people.values()]


def _key_line(session: Session, user: User, actor: Actor) -> KeyLine:
    key = present_key(session, user.id)
    approval = approval_of(session, key.id) if key else None
    return KeyLine(
        user_id=user.id,
        name=user.name,
        key_id=key.id if key else None,
        groups=fingerprint(key.public_key) if key else (),
        made_on=key.made_at.date() if key else None,
        approved_by=names_of(session, [approval.approved_by])[approval.approved_by] if approval else None,
        approved_on=approval.approved_at.date() if approval else None,
        is_own=user.id == actor.user_id,
    )


def slots_of(session: Session, visit_id: UUID) -> int:
    """Return how many slots each tablet of the visit fills."""
    row = session.get(InterviewSlots, visit_id)
    return row.slots if row else DEFAULT_SLOTS


def newest_note(session: Session, visit_id: UUID, device: UUID, slot: int) -> InterviewNote | None:
    """Return what arrived last for the slot of the device."""
    found = select(InterviewNote).where(
        InterviewNote.visit_id == visit_id, InterviewNote.device == device, InterviewNote.slot == slot
    )
    return session.exec(found.order_by(col(InterviewNote.version).desc())).first()


def has_arrived_on(session: Session, visit_id: UUID, device: UUID, day: date) -> bool:
    """Tell whether anything of the device arrived on the day."""
    found = select(InterviewNote.id).where(
        InterviewNote.visit_id == visit_id, InterviewNote.device == device, InterviewNote.received_on == day
    )
    return session.exec(found).first() is not None


def held_of_device(session: Session, visit_id: UUID, device: UUID, user_id: UUID) -> list[tuple[str, str]]:
    """Return [("note-<slot>", SHA-256)] of what the person's device delivered last, by slot."""
    found = select(InterviewNote).where(
        InterviewNote.visit_id == visit_id, InterviewNote.device == device, InterviewNote.user_id == user_id
    )
    newest = {note.slot: note.blob_sha256 for note in session.exec(found.order_by(col(InterviewNote.version)))}
    return [(f"note-{slot}", newest[slot]) for slot in sorted(newest)]


def blobs_for(session: Session, visit_id: UUID, actor: Actor) -> list[SealedBlob]:
    """Return all that the actor may try to open: everything for the leader of the group, else what they sent themselves."""
    found = select(InterviewNote).where(InterviewNote.visit_id == visit_id)
    if actor.user_id not in subject_of_visit(session, visit_id).leaders:
        found = found.where(InterviewNote.user_id == actor.user_id)
    notes = session.exec(found.order_by(col(InterviewNote.device), col(InterviewNote.version), col(InterviewNote.slot)))
    rows = notes.all()
    names = names_of(session, {note.user_id for note in rows})
    return [
        SealedBlob(note.device, note.user_id, names.get(note.user_id, ""), note.is_apart, note.blob_sha256)
        for note in rows
    ]


def alerts_of(session: Session, visit_id: UUID) -> list[tuple[ReprisalAlert, ReprisalFollowUp | None]]:
    """Return the visit's alerts, the open ones first, then the latest."""
    found = (
        select(ReprisalAlert, ReprisalFollowUp)
        .outerjoin(ReprisalFollowUp, col(ReprisalFollowUp.alert_id) == col(ReprisalAlert.id))
        .where(ReprisalAlert.visit_id == visit_id)
        .order_by(col(ReprisalFollowUp.alert_id).is_not(None), col(ReprisalAlert.raised_on).desc(), ReprisalAlert.sign)
    )
    return [(alert, done) for alert, done in session.exec(found).all()]


def newest_alert(session: Session, visit_id: UUID, sign: str) -> ReprisalAlert | None:
    """Return the visit's latest alert of this sign."""
    found = select(ReprisalAlert).where(ReprisalAlert.visit_id == visit_id, ReprisalAlert.sign == sign)
    return session.exec(found.order_by(col(ReprisalAlert.number).desc())).first()


def get_alert(session: Session, visit_id: UUID, alert_id: UUID) -> ReprisalAlert:
    """Return an alert of the visit; raises not_found."""
    alert = session.get(ReprisalAlert, alert_id)
    if alert is None or alert.visit_id != visit_id:
        raise not_found()
    return alert


def follow_up_of(session: Session, alert_id: UUID) -> ReprisalFollowUp | None:
    """Return what following the alert up has shown; None while it is open."""
    return session.get(ReprisalFollowUp, alert_id)


def for_tablet(session: Session, visit: Visit, _actor: Actor) -> list[dict[str, str]]:
    """Return the recipients as a tablet takes them along (a provider of `sync`)."""
    return [recipient.as_json() for recipient in recipients_of(session, visit.id)]


def slots_for_tablet(session: Session, visit: Visit, _actor: Actor) -> list[int]:
    """Return [the number of slots] as a tablet takes it along (a provider of `sync`)."""
    return [slots_of(session, visit.id)]
