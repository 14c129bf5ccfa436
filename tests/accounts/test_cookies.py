from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response
from sqlmodel import Session, select

from baqylau import clock
from baqylau.accounts import actions, cookies
from baqylau.accounts.models import SignInSession, User
from baqylau.app import Application
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from tests.factories.people import make_user

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def begin(app: Application, **overrides: Any) -> tuple[User, str]:
    with app.database.transaction() as session:
        make_user(session)
        user = make_user(session, **overrides)
        token = actions.begin_session(session, user.id, "test", app.baqylau_settings, NOW)
        return user, token


def who(app: Application, token: str, at: datetime) -> User | None:
    with app.test_request_context(headers={"Cookie": f"{cookies.NAME}={token}"} if token else {}), clock.fixed_at(at):
        return cookies.user_of_request(app.database, app.baqylau_settings)


def last_seen(app: Application) -> datetime:
    with app.database.reading() as session:
        return session.exec(select(SignInSession)).one().last_seen_at


def test_the_cookie_leads_to_its_person(app: Application) -> None:
    user, token = begin(app)

    found = who(app, token, NOW)

    assert found is not None
    assert (found.id, found.name) == (user.id, user.name)


@pytest.mark.parametrize("token", ["", "x", "Ә", "a" * 43])
def test_any_other_value_leads_to_nobody(app: Application, token: str) -> None:
    begin(app)

    assert who(app, token, NOW) is None


def test_the_hash_in_the_table_is_no_token(app: Application) -> None:
    begin(app)
    with app.database.reading() as session:
        stored = session.exec(select(SignInSession)).one().token_hash

    assert who(app, stored, NOW) is None


def test_a_sign_in_that_is_not_used_ends_and_one_that_is_used_ends_with_the_day(app: Application) -> None:
    _user, token = begin(app)
    settings = app.baqylau_settings
    assert (settings.session_idle_hours, settings.session_hours) == (1, 24)

    assert who(app, token, NOW + timedelta(minutes=60)) is None
    for minutes in range(0, 24 * 60, 50):
        assert who(app, token, NOW + timedelta(minutes=minutes)) is not None
    assert who(app, token, NOW + timedelta(hours=24)) is None


def test_use_is_noted_once_a_minute(app: Application) -> None:
    _user, token = begin(app)

    who(app, token, NOW + timedelta(seconds=59))
    assert last_seen(app) == NOW
    who(app, token, NOW + timedelta(seconds=60))
    assert last_seen(app) == NOW + timedelta(seconds=60)
    who(app, token, NOW + timedelta(seconds=100))
    assert last_seen(app) == NOW + timedelta(seconds=60)


def test_a_database_that_cannot_be_written_keeps_nobody_from_reading(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    _user, token = begin(app)

    def full(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(cookies.queries, "note_use_of_sign_in", full)

    assert who(app, token, NOW + timedelta(minutes=5)) is not None


def test_a_sign_in_that_was_ended_elsewhere_is_over_at_once(app: Application) -> None:
    user, token = begin(app)
    with app.database.transaction() as session:
        row = session.exec(select(SignInSession)).one()
        actions.end_session(session, Actor(user.id, "", "kk"), row.id, NOW)

    assert who(app, token, NOW) is None


def test_a_disabled_person_is_signed_in_nowhere(app: Application) -> None:
    user, token = begin(app)
    with app.database.transaction() as session:
        kept = session.get(User, user.id) or pytest.fail("gone")
        kept.is_active = False  # by hand, so that the sign-in itself stays open

    assert who(app, token, NOW) is None


@pytest.mark.parametrize("is_secure", [True, False])
def test_the_cookie_is_closed_to_scripts_and_other_sites(app: Flask, settings: Settings, is_secure: bool) -> None:
    response = Response()

    with app.test_request_context():
        cookies.set_cookie(response, "token", settings.model_copy(update={"secure_cookies": is_secure}))

    header = response.headers["Set-Cookie"]
    assert header.startswith("baqylau_sign_in=token;")
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    assert ("Secure" in header) is is_secure


def test_the_browser_forgets_the_cookie(app: Flask, session: Session) -> None:
    response = Response()

    with app.test_request_context():
        cookies.clear_cookie(response)

    assert "Max-Age=0" in response.headers["Set-Cookie"]
