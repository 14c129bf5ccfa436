"""The cookie of a sign-in: a random token, nothing else; the database knows whose it is and until when."""

import logging
from datetime import timedelta
from uuid import UUID

from flask import Response, g, request
from sqlalchemy.exc import OperationalError

from baqylau import clock
from baqylau.accounts import queries, rules
from baqylau.accounts.models import User
from baqylau.accounts.tokens import token_hash
from baqylau.db.engine import Database
from baqylau.settings import Settings

NAME = "baqylau_sign_in"

_NOTED_EVERY = timedelta(minutes=1)
_log = logging.getLogger("baqylau.accounts")


def user_of_request(database: Database, settings: Settings) -> User | None:
    """Return who is signed in with the request's cookie, None if nobody is or the sign-in no longer holds.

    Notes the use of the sign-in at most once a minute, in a transaction of its own.
    """
    g.sign_in_id = None
    token = request.cookies.get(NAME, "")
    if not token:
        return None
    now = clock.now()
    with database.reading() as session:
        found = queries.find_sign_in(session, token_hash(token))
        if found is None:
            return None
        sign_in, user = found
        if not rules.is_in_use(sign_in.last_seen_at, sign_in.expires_at, settings.session_idle_hours, now):
            return None
        sign_in_id, last_seen_at = sign_in.id, sign_in.last_seen_at
        session.expunge(user)
    if now - last_seen_at >= _NOTED_EVERY:
        try:
            with database.transaction() as session:
                queries.note_use_of_sign_in(session, sign_in_id, now)
        except OperationalError:
            # A full disk or a busy database must not keep anybody from reading.
            _log.warning("use of sign-in not noted")
    g.sign_in_id = sign_in_id
    return user


def present_sign_in() -> UUID | None:
    """Return the id of the sign-in with which this request came, None without one that holds."""
    sign_in_id: UUID | None = g.get("sign_in_id")
    return sign_in_id


def set_cookie(response: Response, token: str, settings: Settings) -> None:
    """Give the browser the token: not readable by scripts, not sent with other sites' forms.

    SameSite is Lax and not Strict, so that a link to a visit in a letter finds its reader signed in; forms are guarded
    by their token.
    """
    response.set_cookie(
        NAME,
        token,
        max_age=settings.session_hours * 3600,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(response: Response) -> None:
    """Let the browser forget its token."""
    response.delete_cookie(NAME, path="/", httponly=True, samesite="Lax")
