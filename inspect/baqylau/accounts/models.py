"""Tables of people and their ways to sign in."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, new_id, short_text


class User(SQLModel, table=True):
    """A person who may sign in. The table's name avoids PostgreSQL's reserved word."""

    __tablename__ = "account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: Sign-in name, lower case, unique.
    login: str = Field(sa_type=short_text(80), unique=True)
    #: As it stands in mandates and on signature pages.
    name: str = Field(sa_type=short_text(160))
    #: Language of pages, "kk", "ru" or "en".
    language: str = Field(default="kk", sa_type=short_text(2))
    #: Runs the installation; sees no visit, no answer, no report draft.
    is_administrator: bool = False
    #: False: may not sign in any more; what was recorded stays.
    is_active: bool = True
    #: argon2id; None until the invitation is used.
    password_hash: str | None = Field(default=None, sa_type=short_text(200))
    #: TOTP secret, encrypted with the installation's key; None without a second factor.
    totp_secret: str | None = Field(default=None, sa_type=short_text(300))
    #: The last time step used, so that a code works once (RFC 6238, 5.2).
    totp_last_step: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_code"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    #: argon2id of the code.
    code_hash: str = Field(sa_type=short_text(200))
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A one-time right to choose a password."""

    __tablename__ = "invitation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    #: SHA-256 of the token in the link.
    token_hash: str = Field(sa_type=short_text(64), unique=True)
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInSession(SQLModel, table=True):
    """One sign-in on one device; it can be listed and ended."""

    __tablename__ = "sign_in_session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: SHA-256 of the cookie's value.
    token_hash: str = Field(sa_type=short_text(64), unique=True)
    user_id: UUID = Field(foreign_key="account.id", index=True)
    #: The browser as it named itself, shortened.
    browser: str = Field(default="", sa_type=short_text(200))
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """An attempt to sign in, counted to slow down guessing; deleted after a day."""

    __tablename__ = "sign_in_attempt"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    #: Keyed hash of the sign-in name or of the network address.
    key: str = Field(sa_type=short_text(64), index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    succeeded: bool
