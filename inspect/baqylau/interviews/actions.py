"""Change keys, take in sealed notes, raise alerts and follow them up."""

import os
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from baqylau.audit.actions import record
from baqylau.errors import conflict, invalid
from baqylau.i18n import lazy as _
from baqylau.interviews import queries, rules
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
from baqylau.interviews.terms import (
    BLOB_BYTES,
    LEAST_SLOTS,
    MEDIA_TYPE,
    MOST_SLOTS,
    MOST_VERSIONS,
    Outcome,
    Sign,
)
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor
from baqylau.storage.actions import store
from baqylau.storage.files import path_of
from baqylau.visits.models import Visit
from baqylau.visits.queries import subject_of_visit
from baqylau.visits.terms import VisitState


def add_key(session: Session, actor: Actor, public_key: str, now: datetime) -> MemberKey:
    """Let this be the actor's present key; the one before is retired at once and the new one waits for its approval.

    Raises `interviews.key_not_valid`, `interviews.key_known`.
    """
    key_text = public_key.strip()
    if not rules.is_public_key(key_text):
        raise invalid(
            "interviews.key_not_valid",
            _("This is not the public part of a key. Nothing was changed; make the key again."),
        )
    if queries.find_key_text(session, key_text) is not None:
        raise conflict("interviews.key_known", _("This key was handed in before. Make a new one; nothing was changed."))
    before = queries.present_key(session, actor.user_id)
    key = MemberKey(
        user_id=actor.user_id, number=(before.number if before else 0) + 1, public_key=key_text, made_at=now
    )
    session.add(key)
    session.flush()
    # The fingerprint stands in the chain of events: a key that a server swapped in would show there.
    digits = "-".join(rules.fingerprint(key_text))
    record(session, "interviews.add_key", actor.user_id, ("member_key", key.id), now, fingerprint=digits)
    return key


def approve_key(session: Session, actor: Actor, key: MemberKey, now: datetime) -> None:
    """Let notes be sealed to this key: the actor compared its fingerprint with its member in person.

    Raises `interviews.approve_own_key`, `interviews.key_approved`.
    """
    if key.user_id == actor.user_id:
        raise conflict(
            "interviews.approve_own_key",
            _("Nobody approves their own key. Ask somebody else who may approve keys here."),
        )
    if queries.approval_of(session, key.id) is not None:
        raise conflict("interviews.key_approved", _("This key is approved already. Nothing was changed."))
    session.add(MemberKeyApproval(key_id=key.id, approved_by=actor.user_id, approved_at=now))
    session.flush()
    digits = "-".join(rules.fingerprint(key.public_key))
    record(session, "interviews.approve_key", actor.user_id, ("member_key", key.id), now, fingerprint=digits)


def propose_recovery_key(
    session: Session, actor: Actor, council_id: UUID, label: str, public_key: str, now: datetime
) -> RecoveryKey:
    """Propose whose recovery key notes are sealed to as well; an empty key proposes that there be none any more.

    Raises `interviews.recovery_key_not_valid`.
    """
    key_text = public_key.strip()
    if key_text and not rules.is_public_key(key_text):
        raise invalid(
            "interviews.recovery_key_not_valid", _("This is not the public part of a key. Nothing was changed.")
        )
    number = queries.count_recovery_keys(session, council_id) + 1
    key = RecoveryKey(
        council_id=council_id,
        number=number,
        label=label,
        public_key=key_text,
        proposed_by=actor.user_id,
        proposed_at=now,
    )
    session.add(key)
    session.flush()
    record(session, "interviews.propose_recovery_key", actor.user_id, ("council", council_id), now, key=key.id)
    return key


def confirm_recovery_key(session: Session, actor: Actor, key: RecoveryKey, now: datetime) -> None:
    """Let the proposed recovery key hold from now on, by a second person.

    Raises `interviews.confirm_own_proposal`, `interviews.recovery_key_confirmed`.
    """
    if key.proposed_by == actor.user_id:
        raise conflict(
            "interviews.confirm_own_proposal",
            _("A second person confirms what you proposed. Nothing was changed."),
        )
    if session.get(RecoveryKeyConfirmation, key.id) is not None:
        raise conflict("interviews.recovery_key_confirmed", _("This is confirmed already. Nothing was changed."))
    session.add(RecoveryKeyConfirmation(key_id=key.id, confirmed_by=actor.user_id, confirmed_at=now))
    session.flush()
    record(session, "interviews.confirm_recovery_key", actor.user_id, ("council", key.council_id), now, key=key.id)


def set_slots(session: Session, actor: Actor, visit: Visit, slots: int, now: datetime) -> None:
    """Let each tablet of the visit fill so many slots; only before the visit begins, for tablets must not differ.

    Raises `interviews.slots_out_of_bounds`, `interviews.visit_has_begun`.
    """
    if visit.state != VisitState.PLANNED:
        raise conflict(
            "interviews.visit_has_begun", _("The visit has begun; its tablets keep the number they took along.")
        )
    if not LEAST_SLOTS <= slots <= MOST_SLOTS:
        raise invalid(
            "interviews.slots_out_of_bounds",
            _("Enter a number from %(least)s to %(most)s."),
            least=LEAST_SLOTS,
            most=MOST_SLOTS,
        )
    row = session.get(InterviewSlots, visit.id) or InterviewSlots(visit_id=visit.id, slots=slots)
    row.slots = slots
    session.add(row)
    session.flush()
    record(session, "interviews.set_slots", actor.user_id, ("visit", visit.id), now, slots=slots)


def receive_note(
    session: Session,
    actor: Actor,
    visit: Visit,
    place: tuple[UUID, int],
    content: bytes,
    folders: tuple[Path, Path],
    today: date,
    now: datetime,
) -> bool:
    """Keep a sealed slot of a tablet as its newest version; the same bytes again change nothing. Return whether they are new.

    `place` is (device, slot). Only the day is kept; the log of events has one entry for a device and day, without slot.
    Raises `interviews.visit_not_begun`, `interviews.no_such_slot`, `interviews.size`, `interviews.too_many_versions`.
    """
    device, slot = place
    if visit.state == VisitState.PLANNED:
        raise conflict("interviews.visit_not_begun", _("This visit has not begun. The notes stay on the tablet."))
    if not rules.is_slot(slot, queries.slots_of(session, visit.id)):
        raise invalid("interviews.no_such_slot", _("This visit has no such slot. The notes stay on the tablet."))
    if len(content) != BLOB_BYTES:
        raise invalid(
            "interviews.size", _("A sealed note has another size. It stays on the tablet; update the program there.")
        )
    midnight = datetime.combine(today, time(), UTC)
    blob = store(session, folders, content, MEDIA_TYPE, midnight)
    os.utime(path_of(folders[0], blob.sha256), (midnight.timestamp(), midnight.timestamp()))
    before = queries.newest_note(session, visit.id, device, slot)
    if before is not None and before.blob_sha256 == blob.sha256 and before.user_id == actor.user_id:
        return False
    version = (before.version if before else 0) + 1
    if version > MOST_VERSIONS:
        raise conflict(
            "interviews.too_many_versions", _("This tablet has sent its notes too often. Tell the administrator.")
        )
    if not queries.has_arrived_on(session, visit.id, device, today):
        record(session, "interviews.receive_note", actor.user_id, ("visit", visit.id), now, device=device)
    session.add(
        InterviewNote(
            visit_id=visit.id,
            device=device,
            slot=slot,
            version=version,
            blob_sha256=blob.sha256,
            user_id=actor.user_id,
            received_on=today,
            is_apart=not may(actor, Action.NOTES_READ, subject_of_visit(session, visit.id)),
        )
    )
    session.flush()
    return True


def open_notes(session: Session, actor: Actor, visit_id: UUID, now: datetime) -> None:
    """Note that the actor was given the visit's sealed notes to open with their own key."""
    record(session, "interviews.open_notes", actor.user_id, ("visit", visit_id), now)


def open_recovery(session: Session, actor: Actor, visit_id: UUID, now: datetime) -> None:
    """Note that the actor was given the sealed keys of the visit's tablets."""
    record(session, "interviews.open_recovery", actor.user_id, ("visit", visit_id), now)


def raise_alert(session: Session, actor: Actor, visit: Visit, sign: Sign, today: date, now: datetime) -> ReprisalAlert:
    """Let the leader know that somebody of the visit must be looked after; while one of a sign is open there is no second.

    So their number does not tell how many people talked.
    """
    before = queries.newest_alert(session, visit.id, sign)
    if before is not None and queries.follow_up_of(session, before.id) is None:
        return before
    alert = ReprisalAlert(visit_id=visit.id, sign=sign, number=(before.number if before else 0) + 1, raised_on=today)
    session.add(alert)
    session.flush()
    record(session, "interviews.raise_alert", actor.user_id, ("visit", visit.id), now, sign=sign)
    return alert


def follow_up(
    session: Session, actor: Actor, alert: ReprisalAlert, outcome: Outcome, today: date, now: datetime
) -> None:
    """Close the alert with what following it up has shown.

    Raises `interviews.alert_followed_up`.
    """
    if queries.follow_up_of(session, alert.id) is not None:
        raise conflict("interviews.alert_followed_up", _("This alert was followed up already. Nothing was changed."))
    session.add(ReprisalFollowUp(alert_id=alert.id, outcome=outcome, done_by=actor.user_id, done_on=today))
    session.flush()
    record(session, "interviews.follow_up", actor.user_id, ("visit", alert.visit_id), now, outcome=outcome)
