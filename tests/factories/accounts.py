"""People who can really sign in, for tests of signing in."""

from typing import Any

import pyotp
from sqlmodel import Session

from baqylau.accounts import passwords, second_factor
from baqylau.accounts.models import RecoveryCode, User
from baqylau.settings import Settings
from tests.factories.people import make_user

#: Long enough to stand alone.
PASSWORD = "тау өзен тұман қайық"
#: Long enough only beside a second factor.
SHORT_PASSWORD = "қайық 7 тұман"


def make_signer(session: Session, password: str = PASSWORD, **overrides: Any) -> User:
    """Return a person with a password."""
    return make_user(session, password_hash=passwords.hashed(password), **overrides)


def make_signer_with_second_factor(
    session: Session, settings: Settings, password: str = PASSWORD, codes: tuple[str, ...] = (), **overrides: Any
) -> tuple[User, pyotp.TOTP]:
    """Return a person with a password, an authenticator and these recovery codes, and the authenticator."""
    user = make_signer(session, password, **overrides)
    secret = second_factor.new_secret()
    user.totp_secret = second_factor.sealed(settings.keys, user.id, secret)
    session.add_all([RecoveryCode(user_id=user.id, code_hash=second_factor.code_hash(code)) for code in codes])
    session.flush()
    return user, pyotp.TOTP(secret)
