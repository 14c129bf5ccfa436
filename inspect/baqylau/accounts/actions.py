"""Create people, invite them, let them choose passwords and second factors, begin and end sign-ins."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from baqylau.accounts import passwords, queries, rules, second_factor, tokens
from baqylau.accounts.models import Invitation, RecoveryCode, SignInAttempt, SignInSession, User
from baqylau.accounts.refusals import code_wrong, invitation_over
from baqylau.accounts.terms import ATTEMPTS_HOURS, LENGTH_ALONE, Person
from baqylau.audit.actions import record
from baqylau.errors import conflict, invalid, not_found
from baqylau.i18n import LANGUAGES
from baqylau.i18n import lazy as _
from baqylau.settings import Settings

_BROWSER_LENGTH = 200


def create_user(
    session: Session,
    actor: Person | None,
    login: str,
    name: str,
    language: str,
    is_administrator: bool,
    now: datetime,
) -> User:
    """Add a person who cannot sign in until an invitation is used; a role is granted by a council, never here.

    Raises `accounts.login_taken`, `accounts.login_not_valid`.
    """
    login = rules.normal_login(login)
    if not rules.is_login(login) or language not in LANGUAGES or not name.strip():
        raise invalid(
            "accounts.login_not_valid",
            _("A sign-in name has 3 to 80 Latin letters, digits, dots or hyphens. Nobody was added."),
        )
    if queries.find_user_by_login(session, login) is not None:
        raise conflict("accounts.login_taken", _("Somebody has this sign-in name already. Nobody was added."))
    user = User(login=login, name=name.strip(), language=language, is_administrator=is_administrator, created_at=now)
    session.add(user)
    session.flush()
    record(session, "accounts.create_user", _id_of(actor), ("account", user.id), now, administrator=is_administrator)
    return user


def invite(session: Session, actor: Person | None, user_id: UUID, settings: Settings, now: datetime) -> str:
    """Return the token of a new one-time invitation; earlier ones stop working.

    Used for the first password and after a password or second factor was lost. Nobody invites themselves: whoever is
    signed in changes the password by giving the old one.
    """
    user = queries.get_user(session, user_id)
    if actor is not None and actor.user_id == user_id:
        raise conflict(
            "accounts.invite_oneself",
            _("You cannot invite yourself. Change your password on the page of your account."),
        )
    if not user.is_active:
        raise conflict(
            "accounts.disabled", _("This account is disabled. Enable it first, then invite the person again.")
        )
    queries.close_invitations(session, user_id, now)
    token = tokens.new_token()
    session.add(
        Invitation(
            user_id=user_id,
            token_hash=tokens.token_hash(token),
            created_by=actor.user_id if actor else None,
            created_at=now,
            expires_at=now + timedelta(hours=settings.invitation_hours),
        )
    )
    session.flush()
    record(session, "accounts.invite", _id_of(actor), ("account", user_id), now)
    return token


def accept_invitation(session: Session, token: str, password: str, now: datetime) -> User:
    """Let the holder of the token have this password; the invitation is used up.

    Ends all sign-ins and switches the second factor off: an invitation is for whoever has lost both. Raises
    `accounts.invitation_over`, `accounts.password_not_taken`.
    """
    found = queries.find_invitation(session, tokens.token_hash(token), lock=True)
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise invitation_over()
    user = queries.locked_user(session, found.user_id)
    if not user.is_active:
        raise invitation_over()
    _store_password(user, password, has_second_factor=False)
    user.totp_secret, user.totp_last_step = None, None
    queries.delete_recovery_codes(session, user.id)
    queries.end_sign_ins(session, user.id, now)
    found.used_at = now
    session.flush()
    record(session, "accounts.accept_invitation", user.id, ("account", user.id), now, invitation=found.id)
    return user


def set_password(session: Session, actor: Person, old: str, new: str, now: datetime) -> None:
    """Change one's own password; ends all sign-ins, this one too: the caller begins a new one (ASVS 7.4.3).

    Raises `accounts.password_wrong`, `accounts.password_not_taken`.
    """
    user = queries.locked_user(session, actor.user_id)
    _demand_password(user, old)
    _store_password(user, new, has_second_factor=user.totp_secret is not None)
    ended = queries.end_sign_ins(session, user.id, now)
    queries.close_invitations(session, user.id, now)
    session.flush()
    record(session, "accounts.set_password", actor.user_id, ("account", user.id), now, ended_sign_ins=ended)


def confirm_again(session: Session, actor: Person, proof: str, keys: Path, now: datetime) -> None:
    """Confirm that the signed-in person is still who signed in: by a code of the second factor, else by the password.

    Raises `accounts.code_wrong`, `accounts.password_wrong`.
    """
    user = queries.locked_user(session, actor.user_id)
    if user.totp_secret is not None:
        use_second_factor(session, actor.user_id, proof, keys, now)
        return
    _demand_password(user, proof)
    record(session, "accounts.confirm_again", actor.user_id, ("account", user.id), now)


def switch_on_totp(
    session: Session, actor: Person, secret: str, code: str, password: str, keys: Path, now: datetime
) -> list[str]:
    """Make the authenticator the second factor and return ten recovery codes, to be shown once.

    Raises `accounts.password_wrong`, `accounts.code_wrong`, `accounts.second_factor_is_on`.
    """
    user = queries.locked_user(session, actor.user_id)
    if user.totp_secret is not None:
        raise conflict(
            "accounts.second_factor_is_on", _("Your second factor is on already. Nothing was changed; reload the page.")
        )
    _demand_password(user, password)
    step = second_factor.step_of(secret, code, None, now)
    if step is None:
        raise code_wrong()
    user.totp_secret = second_factor.sealed(keys, user.id, secret)
    user.totp_last_step = step
    codes = _replace_recovery_codes(session, user.id)
    session.flush()
    record(session, "accounts.switch_on_totp", actor.user_id, ("account", user.id), now)
    return codes


def switch_off_totp(session: Session, actor: Person, password: str, now: datetime) -> None:
    """Sign in with the password alone from now on; a password below 15 characters needs its second factor.

    Raises `accounts.password_wrong`, `accounts.password_needs_second_factor`.
    """
    user = queries.locked_user(session, actor.user_id)
    _demand_password(user, password)
    if len(rules.normal_password(password)) < LENGTH_ALONE:
        raise conflict(
            "accounts.password_needs_second_factor",
            _(
                "Your password is shorter than %(length)s characters and needs the second factor. It stays on. Choose a"
                " longer password first."
            ),
            length=LENGTH_ALONE,
        )
    user.totp_secret, user.totp_last_step = None, None
    queries.delete_recovery_codes(session, user.id)
    session.flush()
    record(session, "accounts.switch_off_totp", actor.user_id, ("account", user.id), now)


def renew_recovery_codes(session: Session, actor: Person, password: str, now: datetime) -> list[str]:
    """Return ten new recovery codes, to be shown once; the old ones stop working.

    Raises `accounts.password_wrong`, `accounts.second_factor_is_off`.
    """
    user = queries.locked_user(session, actor.user_id)
    _demand_password(user, password)
    if user.totp_secret is None:
        raise conflict(
            "accounts.second_factor_is_off", _("Your second factor is off. Switch it on to get recovery codes.")
        )
    codes = _replace_recovery_codes(session, user.id)
    record(session, "accounts.renew_recovery_codes", actor.user_id, ("account", user.id), now)
    return codes


def use_second_factor(session: Session, user_id: UUID, code: str, keys: Path, now: datetime) -> None:
    """Use up the authenticator's code or a recovery code; neither works a second time.

    Raises `accounts.code_wrong`.
    """
    user = queries.locked_user(session, user_id)
    if not user.is_active or user.totp_secret is None:
        raise code_wrong()
    step = second_factor.step_of(second_factor.opened(keys, user.id, user.totp_secret), code, user.totp_last_step, now)
    if step is not None:
        user.totp_last_step = step
        session.flush()
        record(session, "accounts.use_second_factor", user.id, ("account", user.id), now)
        return
    # All are compared, so that time does not tell which one it was.
    unused = queries.unused_recovery_codes(session, user.id)
    matching = [recovery for recovery in unused if second_factor.code_matches(recovery.code_hash, code)]
    if not matching:
        raise code_wrong()
    matching[0].used_at = now
    session.flush()
    record(session, "accounts.use_recovery_code", user.id, ("account", user.id), now, left=len(unused) - 1)


def begin_session(session: Session, user_id: UUID, browser: str, settings: Settings, now: datetime) -> str:
    """Return the token of a new sign-in; `browser` is what the browser calls itself."""
    token = tokens.new_token()
    sign_in = SignInSession(
        token_hash=tokens.token_hash(token),
        user_id=user_id,
        browser=browser[:_BROWSER_LENGTH],
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=settings.session_hours),
    )
    session.add(sign_in)
    session.flush()
    record(session, "accounts.begin_session", user_id, ("account", user_id), now, sign_in=sign_in.id)
    return token


def end_session(session: Session, actor: Person, sign_in_id: UUID, now: datetime) -> None:
    """End one's own sign-in, here or on another device; one that has ended stays as it is. Raises not_found."""
    sign_in = queries.find_sign_in_of(session, sign_in_id, actor.user_id)
    if sign_in is None:
        raise not_found()
    sign_in.ended_at = sign_in.ended_at or now
    session.flush()
    record(session, "accounts.end_session", actor.user_id, ("account", actor.user_id), now, sign_in=sign_in_id)


def end_other_sessions(session: Session, actor: Person, but: UUID | None, now: datetime) -> int:
    """End all of one's sign-ins except `but`; return how many there were."""
    ended = queries.end_sign_ins(session, actor.user_id, now, but)
    record(session, "accounts.end_other_sessions", actor.user_id, ("account", actor.user_id), now, ended_sign_ins=ended)
    return ended


def disable_user(session: Session, actor: Person, user_id: UUID, now: datetime) -> None:
    """Let the person sign in no more; ends their sign-ins and invitations at once. What they recorded stays.

    Raises `accounts.disable_oneself`, `accounts.last_administrator`.
    """
    user = queries.locked_user(session, user_id)
    if user.id == actor.user_id:
        raise conflict("accounts.disable_oneself", _("You cannot disable your own account. Nothing was changed."))
    if user.is_administrator and user.is_active and queries.count_active_administrators(session) == 1:
        raise conflict(
            "accounts.last_administrator",
            _("This is the only administrator; nobody could run the installation. Nothing was changed."),
        )
    user.is_active = False
    queries.end_sign_ins(session, user_id, now)
    queries.close_invitations(session, user_id, now)
    session.flush()
    record(session, "accounts.disable_user", actor.user_id, ("account", user_id), now)


def enable_user(session: Session, actor: Person, user_id: UUID, now: datetime) -> None:
    """Let the person sign in again, with the password that they had."""
    user = queries.locked_user(session, user_id)
    user.is_active = True
    session.flush()
    record(session, "accounts.enable_user", actor.user_id, ("account", user_id), now)


def choose_language(session: Session, actor: Person, language: str, now: datetime) -> None:
    """Show pages in this language from now on."""
    user = queries.get_user(session, actor.user_id)
    if language not in LANGUAGES:
        raise invalid("accounts.language_unknown", _("This language is not one of the three. Nothing was changed."))
    user.language = language
    session.flush()
    record(session, "accounts.choose_language", actor.user_id, ("account", user.id), now, language=language)


def count_attempt(session: Session, key: str, of_address: str, *, succeeded: bool, now: datetime) -> None:
    """Count an attempt to sign in under the account's key and the address's; attempts of yesterday are forgotten.

    The event names the keyed hash and nobody, so that a name that nobody has leaves the same trace as one that exists.
    """
    queries.delete_attempts_before(session, now - timedelta(hours=ATTEMPTS_HOURS))
    session.add(SignInAttempt(key=key, at=now, succeeded=succeeded))
    if not succeeded:
        session.add(SignInAttempt(key=of_address, at=now, succeeded=False))
    session.flush()
    record(session, "accounts.count_attempt", None, ("sign_in_name", key), now, succeeded=succeeded)


def _demand_password(user: User, password: str) -> None:
    if not passwords.matches(user.password_hash, password):
        raise invalid("accounts.password_wrong", _("This is not your present password. Nothing was changed."))


def _store_password(user: User, password: str, *, has_second_factor: bool) -> None:
    own_words = (user.login, user.name)
    if passwords.fault_of(password, has_second_factor=has_second_factor, own_words=own_words) is not None:
        raise invalid("accounts.password_not_taken", _("This password is too easy to guess. Choose another."))
    user.password_hash = passwords.hashed(password)


def _replace_recovery_codes(session: Session, user_id: UUID) -> list[str]:
    queries.delete_recovery_codes(session, user_id)
    codes = second_factor.new_recovery_codes()
    session.add_all([RecoveryCode(user_id=user_id, code_hash=second_factor.code_hash(code)) for code in codes])
    session.flush()
    return codes


def _id_of(actor: Person | None) -> UUID | None:
    return actor.user_id if actor else None
