"""Read and count people, sign-ins, invitations and attempts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from baqylau.accounts.models import Invitation, RecoveryCode, SignInAttempt, SignInSession, User
from baqylau.accounts.terms import Credentials, Failures, PersonRow
from baqylau.audit.models import AuditEvent
from baqylau.errors import not_found


def get_user(session: Session, user_id: UUID) -> User:
    """Return the person; raises not_found."""
    user = session.get(User, user_id)
    if user is None:
        raise not_found()
    return user


def locked_user(session: Session, user_id: UUID) -> User:
    """Return the person as they are now, and let nobody else change them until this transaction ends."""
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise not_found()
    return user


def find_user_by_login(session: Session, login: str) -> User | None:
    """Return the person with this sign-in name, as `rules.normal_login` writes it; None if there is nobody."""
    return session.exec(select(User).where(User.login == login)).first()


def credentials_of(session: Session, login: str) -> Credentials:
    """Return what the sign-in name leads to; one query, whether it leads to anybody or not."""
    user = find_user_by_login(session, login)
    if user is None or not user.is_active:
        return Credentials(None, None)
    return Credentials(user.id, user.password_hash)


def names_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people by id; ids that lead to nobody are left out."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.exec(select(User.id, User.name).where(col(User.id).in_(wanted)))}


def people_page(session: Session, search: str, page: int, size: int) -> tuple[Sequence[PersonRow], int]:
    """Return one page of people by sign-in name, and how many there are; `search` looks at the start of sign-in names."""
    found = select(User)
    count = select(func.count()).select_from(User)
    if search:
        matching = col(User.login).startswith(search.lower(), autoescape=True)
        found, count = found.where(matching), count.where(matching)
    rows = session.exec(found.order_by(User.login).offset((page - 1) * size).limit(size)).all()
    return [_person_row(user) for user in rows], session.exec(count).one()


def _person_row(user: User) -> PersonRow:
    return PersonRow(
        user_id=user.id,
        login=user.login,
        name=user.name,
        is_administrator=user.is_administrator,
        is_active=user.is_active,
        has_password=user.password_hash is not None,
        has_second_factor=user.totp_secret is not None,
    )


def active_people(session: Session) -> Sequence[User]:
    """Return the people who may hold a role, by name: those who may sign in and do not run the installation."""
    found = select(User).where(col(User.is_active).is_(True), col(User.is_administrator).is_(False))
    return session.exec(found.order_by(User.name, User.login)).all()


def count_active_administrators(session: Session) -> int:
    """Return how many administrators may sign in."""
    found = select(func.count()).select_from(User)
    return session.exec(found.where(col(User.is_administrator).is_(True), col(User.is_active).is_(True))).one()


def find_sign_in(session: Session, token_hash: str) -> tuple[SignInSession, User] | None:
    """Return the sign-in with this token that nobody has ended, with its person; None otherwise."""
    found = select(SignInSession, User).where(
        SignInSession.user_id == User.id,
        SignInSession.token_hash == token_hash,
        col(SignInSession.ended_at).is_(None),
        col(User.is_active).is_(True),
    )
    return session.exec(found).first()


def note_use_of_sign_in(session: Session, sign_in_id: UUID, now: datetime) -> None:
    """Let the sign-in count as used now; one that has ended stays ended."""
    used = update(SignInSession).where(col(SignInSession.id) == sign_in_id, col(SignInSession.ended_at).is_(None))
    session.execute(used.values(last_seen_at=now))


def sign_ins_of(session: Session, user_id: UUID, idle_since: datetime, now: datetime) -> Sequence[SignInSession]:
    """Return the person's sign-ins that hold, the last used first; `idle_since`: one not used since does not hold."""
    found = select(SignInSession).where(
        SignInSession.user_id == user_id,
        col(SignInSession.ended_at).is_(None),
        col(SignInSession.expires_at) > now,
        col(SignInSession.last_seen_at) > idle_since,
    )
    return session.exec(found.order_by(col(SignInSession.last_seen_at).desc())).all()


def find_sign_in_of(session: Session, sign_in_id: UUID, user_id: UUID) -> SignInSession | None:
    """Return the person's own sign-in, None if it is another's or does not exist."""
    found = select(SignInSession).where(SignInSession.id == sign_in_id, SignInSession.user_id == user_id)
    return session.exec(found).first()


def end_sign_ins(session: Session, user_id: UUID, now: datetime, but: UUID | None = None) -> int:
    """End the person's open sign-ins except `but`; return how many there were."""
    ended = update(SignInSession).where(col(SignInSession.user_id) == user_id, col(SignInSession.ended_at).is_(None))
    if but is not None:
        ended = ended.where(col(SignInSession.id) != but)
    result = session.execute(ended.values(ended_at=now).execution_options(synchronize_session="fetch"))
    return int(result.rowcount)  # type: ignore[attr-defined]


def end_sign_in(session: Session, sign_in_id: UUID, now: datetime) -> None:
    """End one open sign-in."""
    ended = update(SignInSession).where(col(SignInSession.id) == sign_in_id, col(SignInSession.ended_at).is_(None))
    session.execute(ended.values(ended_at=now).execution_options(synchronize_session="fetch"))


def find_invitation(session: Session, token_hash: str, *, lock: bool = False) -> Invitation | None:
    """Return the invitation with this token; `lock` keeps others from using it until this transaction ends."""
    found = select(Invitation).where(Invitation.token_hash == token_hash)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.exec(found).first()


def close_invitations(session: Session, user_id: UUID, now: datetime) -> None:
    """Let no earlier invitation of the person be used any more."""
    closed = update(Invitation).where(col(Invitation.user_id) == user_id, col(Invitation.used_at).is_(None))
    session.execute(closed.values(used_at=now).execution_options(synchronize_session="fetch"))


def unused_recovery_codes(session: Session, user_id: UUID) -> Sequence[RecoveryCode]:
    """Return the person's recovery codes that still work."""
    found = select(RecoveryCode).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(found.with_for_update()).all()


def count_recovery_codes(session: Session, user_id: UUID) -> int:
    """Return how many of the person's recovery codes still work."""
    found = select(func.count()).select_from(RecoveryCode)
    return session.exec(found.where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))).one()


def delete_recovery_codes(session: Session, user_id: UUID) -> None:
    """Remove all recovery codes of the person."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def failures_of(session: Session, key: str, since: datetime) -> Failures:
    """Return the failed attempts under the key that still count: since the last success and not before `since`."""
    success = (
        select(func.max(SignInAttempt.at))
        .where(SignInAttempt.key == key, col(SignInAttempt.succeeded).is_(True))
        .scalar_subquery()
    )
    found = select(func.count(), func.max(SignInAttempt.at)).where(
        SignInAttempt.key == key,
        col(SignInAttempt.succeeded).is_(False),
        col(SignInAttempt.at) > since,
        or_(success.is_(None), col(SignInAttempt.at) > success),
    )
    count, last_at = session.exec(found).one()
    return Failures(count, last_at)


def delete_attempts_before(session: Session, moment: datetime) -> None:
    """Forget attempts older than `moment`."""
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.at) < moment))


def newest_events_of(session: Session, user_id: UUID, count: int) -> Sequence[AuditEvent]:
    """Return the last `count` events of an account, newest first."""
    found = select(AuditEvent).where(AuditEvent.subject_kind == "account", AuditEvent.subject_id == str(user_id))
    return session.exec(found.order_by(col(AuditEvent.number).desc()).limit(count)).all()
