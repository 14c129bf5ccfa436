"""One's own account, as its owner meets it."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from baqylau import clock
from baqylau.accounts import actions, passwords
from baqylau.accounts.models import SignInAttempt, SignInSession, User
from baqylau.app import Application
from tests.factories.accounts import PASSWORD, SHORT_PASSWORD, make_signer, make_signer_with_second_factor
from tests.factories.people import make_membership

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NEW_PASSWORD = "дала жел бұлт жаңбыр"
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def assel(app: Application) -> User:
    with app.database.transaction() as session:
        make_membership(session, user=make_signer(session))
        user = make_signer(session, login="assel", language="en")
        make_membership(session, user=user)
        return user


@pytest.fixture
def guarded(app: Application) -> tuple[User, pyotp.TOTP]:
    with app.database.transaction() as session:
        user, totp = make_signer_with_second_factor(
            session, app.baqylau_settings, login="guarded", language="en", codes=("k7xq-2m4a", "bbbb-bbbb")
        )
        make_membership(session, user=user)
        return user, totp


def kept(app: Application, user: User) -> User:
    with app.database.reading() as session:
        return session.get(User, user.id) or pytest.fail("gone")


def text_of(response: TestResponse) -> str:
    return html.unescape(response.text)


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_the_account_shows_what_it_holds_and_what_happened(sign_in_as: SignIn, assel: User) -> None:
    page = text_of(sign_in_as(assel.id).get("/account"))

    assert assel.name in page
    assert "this device" in page
    assert "Signed in" in page
    assert "Switch on" in page


def test_a_password_is_changed_and_other_devices_are_signed_out(
    app: Application, sign_in_as: SignIn, assel: User
) -> None:
    here, there = sign_in_as(assel.id), sign_in_as(assel.id)
    before = here.get_cookie("baqylau_sign_in")

    answer = here.post(
        "/account/password",
        data={"password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD},
    )

    assert answer.status_code == 302
    assert passwords.matches(kept(app, assel).password_hash, NEW_PASSWORD)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    after = here.get_cookie("baqylau_sign_in")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert len(_open_sessions(app, assel)) == 1


def _open_sessions(app: Application, user: User) -> list[SignInSession]:
    with app.database.reading() as session:
        found = session.exec(select(SignInSession).where(SignInSession.user_id == user.id)).all()
        return [row for row in found if row.ended_at is None]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wrong", NEW_PASSWORD, "This is not your present password"),
        (PASSWORD, SHORT_PASSWORD, "it needs at least 15 characters, or 8 with a second factor"),
        (PASSWORD, "а" * 129, "at most 128 characters"),
        (PASSWORD, "Қазақстан Қазақстан", "among the first that anybody would try"),
    ],
)
def test_a_password_that_cannot_be_changed_is_explained(
    app: Application, sign_in_as: SignIn, assel: User, old: str, new: str, message: str
) -> None:
    browser = sign_in_as(assel.id)

    answer = browser.post("/account/password", data={"password": old, "new_password": new, "new_password_again": new})

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert new not in answer.text
    assert passwords.matches(kept(app, assel).password_hash, PASSWORD)
    assert is_signed_in(browser)


def test_the_old_password_cannot_be_guessed_at_speed(app: Application, sign_in_as: SignIn, assel: User) -> None:
    browser = sign_in_as(assel.id)
    given = {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}
    for _ in range(5):
        assert browser.post("/account/password", data={"password": "wrong", **given}).status_code == 422

    answer = browser.post("/account/password", data={"password": PASSWORD, **given})

    assert "wait 0 min 5 s" in answer.text
    assert passwords.matches(kept(app, assel).password_hash, PASSWORD)
    with app.database.reading() as session:
        assert len(session.exec(select(SignInAttempt)).all()) == 10


def _offered(page: str) -> tuple[str, str]:
    secret = re.search(r'<code translate="no">([A-Z2-7 ]+)</code>', page)
    offer = re.search(r'name="offer" type="hidden" value="([^"]+)"', page)
    assert secret is not None
    assert offer is not None
    return secret[1].replace(" ", ""), offer[1]


def test_a_second_factor_is_switched_on_and_its_recovery_codes_are_shown_once(
    app: Application, sign_in_as: SignIn, assel: User
) -> None:
    browser = sign_in_as(assel.id)
    page = browser.get("/account/second-factor")
    assert "<svg" in page.text
    secret, offer = _offered(page.text)

    wrong = browser.post(
        "/account/second-factor", data={"offer": offer, "second_factor_code": "000 000", "password": PASSWORD}
    )
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    assert _offered(wrong.text)[0] == secret  # the authenticator need not be set up anew
    no_code = browser.post(
        "/account/second-factor", data={"offer": offer, "second_factor_code": "12x", "password": PASSWORD}
    )
    assert "The code has six digits." in no_code.text
    right = browser.post(
        "/account/second-factor",
        data={"offer": offer, "second_factor_code": pyotp.TOTP(secret).at(NOW), "password": PASSWORD},
    )

    assert right.status_code == 200
    codes = re.findall(r'<code translate="no">([a-z2-7-]{19})</code>', right.text)
    assert len(set(codes)) == 10
    assert kept(app, assel).totp_secret is not None
    assert not any(code in browser.get("/account").text for code in codes)
    # From now on the password alone does not sign in; a recovery code completes it.
    device = app.test_client()
    half = device.post("/sign-in", data={"login": "assel", "password": PASSWORD})
    assert "/sign-in/second-factor" in half.headers["Location"]
    assert device.post("/sign-in/second-factor", data={"second_factor_code": codes[0]}).status_code == 302
    assert is_signed_in(device)


@pytest.mark.parametrize("offer", ["", "forged"])
def test_a_secret_that_we_did_not_offer_is_replaced_by_a_new_one(
    app: Application, sign_in_as: SignIn, assel: User, offer: str
) -> None:
    secret = pyotp.random_base32()

    answer = sign_in_as(assel.id).post(
        "/account/second-factor",
        data={"offer": offer, "second_factor_code": pyotp.TOTP(secret).at(NOW), "password": PASSWORD},
    )

    assert answer.status_code == 422
    assert "Scan the new code" in answer.text
    assert kept(app, assel).totp_secret is None


def test_another_persons_offer_is_not_taken(app: Application, sign_in_as: SignIn, assel: User) -> None:
    with app.database.transaction() as session:
        other = make_signer(session)
        make_membership(session, user=other)
    secret, offer = _offered(sign_in_as(other.id).get("/account/second-factor").text)

    answer = sign_in_as(assel.id).post(
        "/account/second-factor",
        data={"offer": offer, "second_factor_code": pyotp.TOTP(secret).at(NOW), "password": PASSWORD},
    )

    assert answer.status_code == 422
    assert kept(app, assel).totp_secret is None


def test_the_second_factor_is_switched_off_by_a_password_that_can_stand_alone(
    app: Application, sign_in_as: SignIn, guarded: tuple[User, pyotp.TOTP]
) -> None:
    user, _totp = guarded
    browser = sign_in_as(user.id)

    assert browser.post("/account/second-factor/off", data={"password": "wrong"}).status_code == 422
    assert kept(app, user).totp_secret is not None
    short = {"password": PASSWORD, "new_password": SHORT_PASSWORD, "new_password_again": SHORT_PASSWORD}
    assert browser.post("/account/password", data=short).status_code == 302
    refused = browser.post("/account/second-factor/off", data={"password": SHORT_PASSWORD})
    assert refused.status_code == 422
    assert "shorter than 15 characters" in text_of(refused)
    assert kept(app, user).totp_secret is not None

    long = {"password": SHORT_PASSWORD, "new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}
    assert browser.post("/account/password", data=long).status_code == 302
    assert browser.post("/account/second-factor/off", data={"password": NEW_PASSWORD}).status_code == 302
    assert kept(app, user).totp_secret is None


def test_new_recovery_codes_are_made_for_whoever_knows_the_password(
    sign_in_as: SignIn, guarded: tuple[User, pyotp.TOTP]
) -> None:
    browser = sign_in_as(guarded[0].id)
    assert "2 left" in browser.get("/account").text

    assert browser.post("/account/recovery-codes", data={"password": "wrong"}).status_code == 422
    answer = browser.post("/account/recovery-codes", data={"password": PASSWORD})

    assert len(re.findall(r'<code translate="no">[a-z2-7-]{19}</code>', answer.text)) == 10
    assert "10 left" in browser.get("/account").text


def test_a_device_that_was_taken_away_is_signed_out(app: Application, sign_in_as: SignIn, assel: User) -> None:
    here, tablet = sign_in_as(assel.id), sign_in_as(assel.id)
    address = re.search(r'action="(/account/sign-ins/[0-9a-f-]+/end)"', here.get("/account").text)
    assert address is not None

    assert here.post(address[1]).status_code == 302

    assert is_signed_in(here)
    assert not is_signed_in(tablet)


def test_all_other_devices_are_signed_out_and_nobody_else(app: Application, sign_in_as: SignIn, assel: User) -> None:
    with app.database.transaction() as session:
        other = make_signer(session)
        make_membership(session, user=other)
    here, second, third, others = (sign_in_as(user.id) for user in (assel, assel, assel, other))

    here.post("/account/sign-ins/end-others")

    assert [is_signed_in(browser) for browser in (here, second, third, others)] == [True, False, False, True]


def test_another_persons_sign_in_cannot_be_ended(app: Application, sign_in_as: SignIn, assel: User) -> None:
    with app.database.transaction() as session:
        other = make_signer(session)
        make_membership(session, user=other)
    theirs = sign_in_as(other.id)
    (row,) = _open_sessions(app, other)

    assert sign_in_as(assel.id).post(f"/account/sign-ins/{row.id}/end").status_code == 404
    assert is_signed_in(theirs)


def test_sign_ins_that_ran_out_are_not_listed(app: Application, sign_in_as: SignIn, assel: User) -> None:
    with app.database.transaction() as session:
        for hours in (2, 30):
            actions.begin_session(
                session, assel.id, "Firefox Android", app.baqylau_settings, NOW - timedelta(hours=hours)
            )

    page = sign_in_as(assel.id).get("/account").text

    assert "Firefox, Android" not in page
    assert page.count("this device") == 1
