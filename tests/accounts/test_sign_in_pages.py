"""Signing in, as a person meets it."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select
from werkzeug.test import TestResponse

from baqylau import clock
from baqylau.accounts import actions, attempts, cookies, passwords
from baqylau.accounts.models import SignInAttempt, SignInSession, User
from baqylau.app import Application
from baqylau.audit.models import AuditEvent
from baqylau.settings import Settings
from tests.factories.accounts import PASSWORD, make_signer, make_signer_with_second_factor
from tests.factories.people import make_membership, make_user

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
WRONG = "Sign-in name or password is not right"


@pytest.fixture(autouse=True)
def _noise(app: Application) -> None:
    with app.database.transaction() as session:
        make_signer(session)
        make_user(session)


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def assel(app: Application) -> User:
    with app.database.transaction() as session:
        user = make_signer(session, login="assel", language="en")
        make_membership(session, user=user)
        return user


def sign_in(browser: FlaskClient, login: str = "assel", password: str = PASSWORD, **fields: str) -> TestResponse:
    return browser.post("/sign-in?lang=en", data={"login": login, "password": password, **fields})


def text_of(response: TestResponse) -> str:
    return html.unescape(response.text)


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/sign-in").status_code == 302  # a signed-in person is led on


def sessions(app: Application) -> list[SignInSession]:
    with app.database.reading() as session:
        return list(session.exec(select(SignInSession).order_by(col(SignInSession.created_at))))


def test_name_and_password_sign_a_person_in_and_lead_back(client: FlaskClient, assel: User) -> None:
    asked = client.get("/account")
    assert asked.status_code == 302
    assert asked.headers["Location"] == "/sign-in?then=/account"
    assert 'value="/account"' in client.get(asked.headers["Location"]).text

    answer = sign_in(client, then="/account")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert is_signed_in(client)


def test_the_name_may_be_typed_in_capitals(client: FlaskClient, assel: User) -> None:
    assert sign_in(client, " ASSEL ").status_code == 302


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(client: FlaskClient, assel: User, then: str) -> None:
    assert sign_in(client, then=then).headers["Location"] == "/"
    assert client.get("/sign-in", query_string={"then": then}).headers["Location"] == "/"


@pytest.mark.parametrize("login", ["assel", "nobody", "invited", "disabled", "әсел"])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    app: Application, client: FlaskClient, assel: User, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.database.transaction() as session:
        make_user(session, login="invited")
        make_signer(session, login="disabled", is_active=False)
    hashed = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: hashed.append(1) or matches(*given))

    answer = sign_in(client, login, "wrong password entirely" if login == "assel" else PASSWORD)

    assert answer.status_code == 422
    assert WRONG in answer.text
    assert hashed == [1]
    assert f'value="{login}"' in answer.text  # what was written stays
    assert PASSWORD not in answer.text
    with app.database.reading() as session:
        assert len(session.exec(select(SignInAttempt)).all()) == 2  # account and address
        assert len(session.exec(select(AuditEvent)).all()) == 1
    # But for the name that was typed (and what is made anew for each page) nothing tells them apart.
    other = sign_in(app.test_client(), "somebody-else", "wrong password entirely")
    assert _plain(answer.text, login) == _plain(other.text, "somebody-else")


def _plain(page: str, login: str) -> str:
    import re

    return re.sub(r'(nonce|content|value)="[^"]*"', "", page).replace(login, "")


def test_empty_fields_are_told_beside_the_fields(client: FlaskClient) -> None:
    answer = sign_in(client, "", "")

    assert answer.status_code == 422
    assert "Enter your sign-in name." in answer.text
    assert "Enter your password." in answer.text


def test_failures_cost_ever_more_waiting_and_never_lock(app: Application, client: FlaskClient, assel: User) -> None:
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 422

    waiting = sign_in(client)
    assert waiting.status_code == 429
    assert waiting.headers["Retry-After"] == "5"
    assert "wait 0 min 5 s" in waiting.text
    assert not is_signed_in(client)

    with clock.fixed_at(NOW + timedelta(seconds=5)):
        assert sign_in(client, password="wrong").status_code == 422
        assert sign_in(client).headers["Retry-After"] == "10"
    with clock.fixed_at(NOW + timedelta(seconds=15)):
        assert sign_in(client).status_code == 302
        assert is_signed_in(client)
        assert sign_in(app.test_client(), password="wrong").status_code == 422  # counted from the beginning


def test_a_name_that_nobody_has_waits_as_long(client: FlaskClient) -> None:
    for _ in range(5):
        sign_in(client, "nobody")

    assert sign_in(client, "nobody").headers["Retry-After"] == "5"


def test_a_refused_attempt_while_waiting_does_not_lengthen_the_wait(client: FlaskClient, assel: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    for _ in range(20):
        sign_in(client, password="wrong")

    assert sign_in(client).headers["Retry-After"] == "5"


def test_one_address_that_tries_many_names_waits_and_another_does_not(app: Application, assel: User) -> None:
    guesser, elsewhere = app.test_client(), app.test_client()
    for number in range(25):
        answer = guesser.post(
            "/sign-in", data={"login": f"name{number}", "password": "wrong"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
        )
        assert answer.status_code == 422

    assert (
        guesser.post(
            "/sign-in", data={"login": "assel", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
        ).status_code
        == 429
    )
    assert (
        elsewhere.post(
            "/sign-in", data={"login": "assel", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.8"}
        ).status_code
        == 302
    )


def test_who_guesses_from_elsewhere_does_not_make_the_owner_wait(app: Application, assel: User) -> None:
    own, guesser = app.test_client(), app.test_client()
    assert sign_in(own).status_code == 302
    own.post("/sign-out")
    with clock.fixed_at(NOW + timedelta(minutes=1)):
        for _ in range(5):
            sign_in(guesser, password="wrong")

        assert sign_in(guesser).status_code == 429
        assert sign_in(own).status_code == 302
    # The browser that is known has its own five failures, no more.
    with clock.fixed_at(NOW + timedelta(minutes=2)):
        for _ in range(5):
            sign_in(own, password="wrong")
        assert sign_in(own).status_code == 429


def test_a_forged_known_browser_changes_nothing(app: Application, assel: User) -> None:
    guesser = app.test_client()
    for number in range(5):
        guesser.set_cookie(attempts.KNOWN_BROWSER, f"forged{number}", path="/sign-in")
        sign_in(guesser, password="wrong")

    assert sign_in(guesser).status_code == 429


def test_guesses_sent_side_by_side_are_judged_one_after_the_other(
    app: Application, client: FlaskClient, assel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = passwords.matches

    def others_fail_meanwhile(*given: str) -> bool:
        keys = attempts.keys_of_request(app.baqylau_settings.keys, "assel")
        with app.database.transaction() as session:
            for _ in range(5):
                actions.count_attempt(session, *keys, succeeded=False, now=clock.now())
        return matches(*given)

    monkeypatch.setattr(passwords, "matches", others_fail_meanwhile)

    assert sign_in(client).status_code == 429


def test_the_addresses_of_people_are_not_kept(app: Application, client: FlaskClient, assel: User) -> None:
    sign_in(client, password="wrong")

    with app.database.reading() as session:
        kept = [row.key for row in session.exec(select(SignInAttempt))]
    assert len(kept) == 2
    assert all(len(key) == 64 and "127.0.0.1" not in key and "assel" not in key for key in kept)


def test_signing_in_gives_a_new_token_and_ends_the_old_one_of_this_browser(
    app: Application, client: FlaskClient, assel: User
) -> None:
    client.set_cookie(cookies.NAME, "planted", domain="localhost")
    sign_in(client)
    first = client.get_cookie(cookies.NAME)
    assert first is not None
    assert first.value != "planted"

    sign_in(client)

    second = client.get_cookie(cookies.NAME)
    assert second is not None
    assert second.value != first.value
    assert [row.ended_at is None for row in sessions(app)] == [False, True]


def test_signing_out_ends_the_sign_in_on_the_server(app: Application, client: FlaskClient, assel: User) -> None:
    sign_in(client)
    cookie = client.get_cookie(cookies.NAME)
    assert cookie is not None

    answer = client.post("/sign-out", follow_redirects=True)

    assert "You have signed out." in answer.text or answer.status_code == 200
    assert client.get_cookie(cookies.NAME) is None
    client.set_cookie(cookies.NAME, cookie.value, domain="localhost")  # a copy that somebody kept
    assert not is_signed_in(client)
    assert client.get("/sign-out").status_code in {404, 405}


def test_whoever_has_a_second_factor_is_signed_in_by_both(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        _user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")

    half = sign_in(client, then="/account")
    assert half.headers["Location"] == "/sign-in/second-factor?then=/account"
    assert not is_signed_in(client)
    assert sessions(app) == []

    wrong = client.post("/sign-in/second-factor?lang=en", data={"second_factor_code": "000000", "then": "/account"})
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    right = client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW), "then": "/account"})
    assert right.headers["Location"] == "/account"
    assert is_signed_in(client)


def test_a_code_that_was_seen_over_a_shoulder_does_not_work_again(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        _user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")
    sign_in(client)
    client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW)})

    thief = app.test_client()
    sign_in(thief)
    assert thief.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW)}).status_code == 422
    assert not is_signed_in(thief)


def test_a_recovery_code_signs_in_once(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        make_signer_with_second_factor(session, app.baqylau_settings, login="assel", codes=("k7xq-2m4a",))
    sign_in(client)
    client.post("/sign-in/second-factor", data={"second_factor_code": "k7xq-2m4a"})
    assert is_signed_in(client)

    again = app.test_client()
    sign_in(again)
    assert again.post("/sign-in/second-factor", data={"second_factor_code": "k7xq-2m4a"}).status_code == 422


def test_codes_cannot_be_guessed_at_speed(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        _user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")
    for number in range(5):
        sign_in(client)  # the right password in between does not start the count anew
        client.post("/sign-in/second-factor", data={"second_factor_code": f"00000{number}"})

    answer = client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW)})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"


def test_the_second_factor_must_follow_within_ten_minutes(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        _user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")
    sign_in(client)

    later = NOW + timedelta(minutes=10, seconds=1)
    with clock.fixed_at(later):
        answer = client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(later)})
        assert answer.headers["Location"].startswith("/sign-in?then=")
        assert not is_signed_in(client)


def test_the_second_factor_alone_signs_nobody_in(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        _user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")

    answer = client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW)})

    assert answer.headers["Location"].startswith("/sign-in?then=")
    assert sessions(app) == []


def test_a_password_that_was_changed_meanwhile_ends_the_half_sign_in(app: Application, client: FlaskClient) -> None:
    with app.database.transaction() as session:
        user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="assel")
    sign_in(client)
    with app.database.transaction() as session:
        kept = session.get(User, user.id) or pytest.fail("gone")
        kept.password_hash = passwords.hashed("дала жел бұлт жаңбыр")

    client.post("/sign-in/second-factor", data={"second_factor_code": totp.at(NOW)})

    assert not is_signed_in(client)


def invitation_of(app: Application, login: str = "invited") -> str:
    with app.database.transaction() as session:
        user = make_user(session, login=login, name="Әсел", language="kk")
        return actions.invite(session, None, user.id, app.baqylau_settings, NOW)


def test_an_invitation_lets_its_holder_choose_a_password_once(app: Application, client: FlaskClient) -> None:
    token = invitation_of(app)
    page = client.get(f"/invitations/{token}?lang=en")
    assert page.status_code == 200
    assert "Әсел" in page.text
    assert page.headers["Cache-Control"] == "no-store"

    chosen = {"new_password": PASSWORD, "new_password_again": PASSWORD}
    answer = client.post(f"/invitations/{token}", data=chosen)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    account = client.get("/account")  # without a role yet, but able to switch on a second factor
    assert account.status_code == 200
    assert "/account/second-factor" in account.text
    assert "/conflicts" not in account.text

    stranger = app.test_client()
    assert stranger.get(f"/invitations/{token}").status_code == 410
    assert stranger.post(f"/invitations/{token}", data=chosen).status_code == 410
    assert sign_in(stranger, "invited").status_code == 302


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("", "", "Choose a password."),
        ("қысқа", "қысқа", "too short"),
        (PASSWORD, PASSWORD + "!", "The two passwords differ."),
        ("invited invited 12", "invited invited 12", "little more than your name"),
        ("password1234567", "password1234567", "among the first"),
    ],
)
def test_a_password_that_is_not_taken_is_explained_and_the_invitation_stays(
    app: Application, client: FlaskClient, password: str, again: str, message: str
) -> None:
    token = invitation_of(app)

    answer = client.post(f"/invitations/{token}?lang=en", data={"new_password": password, "new_password_again": again})

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert client.get(f"/invitations/{token}").status_code == 200


def test_an_invitation_that_expired_or_never_was_leads_nowhere(app: Application, client: FlaskClient) -> None:
    token = invitation_of(app)

    with clock.fixed_at(NOW + timedelta(hours=app.baqylau_settings.invitation_hours)):
        answer = client.get(f"/invitations/{token}?lang=en")
    assert answer.status_code == 410
    assert "Ask the administrator for a new one" in answer.text
    assert client.get("/invitations/never-made").status_code == 410


def test_a_visitor_of_a_language_that_we_lack_reads_the_installations_own(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "fr"}).text
    assert Settings.model_fields["default_language"].default == "kk"


def test_a_visitor_chooses_a_language_that_stays(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "ru", "then": "/sign-in"})

    assert answer.headers["Location"] == "/sign-in"
    assert '<html lang="ru"' in client.get("/sign-in").text
    client.post("/language", data={"language": "xx", "then": "//evil.example"})
    assert '<html lang="ru"' in client.get("/sign-in").text


def test_the_language_is_kept_with_the_account_and_through_signing_in(
    app: Application, client: FlaskClient, assel: User
) -> None:
    client.post("/language", data={"language": "ru"})
    sign_in(client)
    assert '<html lang="ru"' in client.get("/account").text

    client.post("/language", data={"language": "kk"})

    with app.database.reading() as session:
        assert (session.get(User, assel.id) or pytest.fail("gone")).language == "kk"
    other_device = app.test_client()
    other_device.post("/sign-in", data={"login": "assel", "password": PASSWORD})
    assert '<html lang="kk"' in other_device.get("/account").text
