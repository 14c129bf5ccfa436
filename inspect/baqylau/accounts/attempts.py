"""How long an attempt to sign in must wait: by the account and by the network address, whichever is longer."""

from datetime import datetime, timedelta
from pathlib import Path

from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer
from sqlmodel import Session

from baqylau.accounts import queries, rules, tokens
from baqylau.accounts.terms import ATTEMPTS_HOURS, FREE_FAILURES_OF_ACCOUNT, FREE_FAILURES_OF_ADDRESS
from baqylau.settings import Settings
from baqylau.storage.keys import installation_secret

#: The cookie of a browser in which somebody has signed in before.
KNOWN_BROWSER = "baqylau_known_browser"
_KNOWN_DAYS = 180


def keys_of_request(keys: Path, login: str) -> tuple[str, str]:
    """Return the keys under which this request's attempt counts: (account, address).

    A browser that has signed in to the account before is counted apart: whoever guesses at the account from elsewhere
    cannot make its owner wait.
    """
    account = tokens.account_key(keys, login)
    known = _opened(keys, request.cookies.get(KNOWN_BROWSER, ""))
    if account in known:
        account = tokens.account_key(keys, f"{login}|{known[account]}")
    return account, tokens.address_key(keys, request.remote_addr or "")


def seconds_to_wait(session: Session, keys: tuple[str, str], now: datetime) -> int:
    """Return how many seconds an attempt under these keys must wait, 0 if it may be made now."""
    since = now - timedelta(hours=ATTEMPTS_HOURS)
    return max(
        rules.waiting_seconds(queries.failures_of(session, keys[0], since), FREE_FAILURES_OF_ACCOUNT, now),
        rules.waiting_seconds(queries.failures_of(session, keys[1], since), FREE_FAILURES_OF_ADDRESS, now),
    )


def remember_browser(response: Response, login: str, settings: Settings) -> None:
    """Let the browser be known as one in which this account has signed in; the cookie signs nobody in."""
    known = _opened(settings.keys, request.cookies.get(KNOWN_BROWSER, ""))
    known.setdefault(tokens.account_key(settings.keys, login), tokens.new_token()[:16])
    newest = dict(list(known.items())[-5:])
    response.set_cookie(
        KNOWN_BROWSER,
        _serializer(settings.keys).dumps(newest),
        max_age=_KNOWN_DAYS * 24 * 3600,
        path="/sign-in",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def _serializer(keys: Path) -> URLSafeSerializer:
    return URLSafeSerializer(installation_secret(keys, "attempts.secret"), salt="known browser")


def _opened(keys: Path, cookie: str) -> dict[str, str]:
    try:
        known = _serializer(keys).loads(cookie)
    except BadData:
        return {}
    return dict(known)
