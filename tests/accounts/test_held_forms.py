"""A form that was sent after the sign-in had ended loses nothing."""

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.places.models import Place
from tests.factories.accounts import PASSWORD, make_signer, make_signer_with_second_factor
from tests.factories.people import make_council, make_membership
from tests.factories.places import make_authority

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NAME = "№ 7 мекеме: «Ұзынағаш» түзеу орны, қыз-келіншектер бөлімі & <b>қосымша</b>"
LINES = '\r\nБірінші жол — ұзақ мәтін.\r\n\r\n  Үшінші жол: "тырнақша" & <script>\r\n'
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def keeper(app: Application) -> User:
    """Return somebody who keeps the register of places."""
    with app.database.transaction() as session:
        user = make_signer(session, login="keeper", language="en")
        make_membership(session, user=user, role="office", council=make_council(session, kind="ombudsman_office"))
        return user


@pytest.fixture
def place_fields(app: Application) -> MultiDict[str, str]:
    with app.database.transaction() as session:
        authority = make_authority(session)
    return MultiDict(
        [
            ("code", "ATY-77"),
            ("name_kk", NAME),
            ("name_ru", "Учреждение № 7, ёмкое название"),
            ("name_en", "Institution No. 7"),
            ("kind", "colony_medium"),
            ("region", "atyrau"),
            ("authority_id", str(authority.id)),
            ("groups", "women"),
            ("groups", "minors"),
            ("is_open", "y"),
            ("csrf_token", "old"),
        ]
    )


def form_of(response: TestResponse, action: str) -> MultiDict[str, str]:
    """Return the fields that a browser would send from the page's form with this address."""
    page = response.text
    start = page.index(f'action="{html.escape(action)}"')
    body = page[start : page.index("</form>", start)]
    fields: MultiDict[str, str] = MultiDict()
    for tag in re.findall(r"<input[^>]*>", body):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in attributes:
            fields.add(html.unescape(attributes["name"]), html.unescape(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\n(.*?)</textarea>', body, re.DOTALL):
        fields.add(html.unescape(name), html.unescape(text))
    return fields


def signed_in_through(
    browser: FlaskClient, page: TestResponse, login: str = "keeper", password: str = PASSWORD
) -> TestResponse:
    fields = form_of(page, "/sign-in")
    fields["login"], fields["password"] = login, password
    return browser.post("/sign-in", data=fields)


def places(app: Application) -> list[Place]:
    with app.database.reading() as session:
        return list(session.exec(select(Place)))


def test_a_text_survives_the_end_of_the_sign_in(
    app: Application, sign_in_as: SignIn, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    browser = sign_in_as(keeper.id)
    with clock.fixed_at(NOW + timedelta(hours=2)):
        held = browser.post("/places/new?lang=en", data=place_fields)

        assert held.status_code == 401
        assert "What you wrote is not lost" in held.text
        assert f">\n{html.escape(NAME)}</textarea>".replace("&#x27;", "&#39;") in held.text  # shown to its writer
        assert places(app) == []

        going_on = signed_in_through(browser, held)
        assert going_on.status_code == 200
        assert "has not been saved yet" in going_on.text
        fields = form_of(going_on, "/places/new?lang=en")
        assert {name: fields.getlist(name) for name in fields if name != "csrf_token"} == {
            name: place_fields.getlist(name) for name in place_fields if name != "csrf_token"
        }
        assert fields["csrf_token"] not in {"", "old"}

        saved = browser.post("/places/new?lang=en", data=fields)
        assert saved.status_code == 302
    (place,) = places(app)
    assert place.name["kk"] == NAME
    assert place.groups == ["women", "minors"]


def test_pressing_each_button_twice_saves_once(
    app: Application, client: FlaskClient, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    first, second = (client.post("/places/new", data=place_fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (401, 401)
    going_on = signed_in_through(client, first)
    again = signed_in_through(client, second)
    for page in (going_on, again):
        assert form_of(page, "/places/new")["name_kk"] == NAME

    answers = [client.post("/places/new", data=form_of(page, "/places/new")) for page in (going_on, going_on, again)]

    assert [answer.status_code for answer in answers] == [302, 422, 422]
    assert html.escape(NAME) in answers[1].text  # refused, but not lost
    assert len(places(app)) == 1


def test_ends_of_lines_quotes_and_the_first_empty_line_stay_as_they_are(
    client: FlaskClient, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    place_fields["name_en"] = LINES

    going_on = signed_in_through(client, client.post("/places/new", data=place_fields))

    assert form_of(going_on, "/places/new")["name_en"] == LINES


def test_a_failed_sign_in_keeps_the_text_too(
    app: Application, client: FlaskClient, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    page = client.post("/places/new", data=place_fields)
    for _ in range(5):
        page = signed_in_through(client, page, password="wrong")
        assert page.status_code == 422
    waiting = signed_in_through(client, page)
    assert waiting.status_code == 429

    with clock.fixed_at(NOW + timedelta(minutes=1)):
        going_on = signed_in_through(client, waiting)

    assert form_of(going_on, "/places/new")["name_kk"] == NAME


def test_the_text_goes_through_the_second_factor(
    app: Application, client: FlaskClient, place_fields: MultiDict[str, str]
) -> None:
    with app.database.transaction() as session:
        user, totp = make_signer_with_second_factor(session, app.baqylau_settings, login="guarded")
        make_membership(session, user=user, role="office", council=make_council(session, kind="ombudsman_office"))

    asked = signed_in_through(client, client.post("/places/new", data=place_fields), "guarded")
    assert asked.status_code == 200
    fields = form_of(asked, "/sign-in/second-factor")
    fields["second_factor_code"] = "000000"
    asked = client.post("/sign-in/second-factor", data=fields)
    assert asked.status_code == 422
    fields = form_of(asked, "/sign-in/second-factor")
    fields["second_factor_code"] = totp.at(NOW)
    going_on = client.post("/sign-in/second-factor", data=fields)

    assert client.post("/places/new", data=form_of(going_on, "/places/new")).status_code == 302
    assert places(app)[0].name["kk"] == NAME


def test_passwords_and_tokens_are_not_carried(client: FlaskClient, keeper: User) -> None:
    page = client.post(
        "/account/password",
        data={"password": "secret one", "new_password": "secret two", "csrf_token": "t0k3n", "note": "жазба"},
    )

    assert page.status_code == 401
    assert "secret" not in page.text
    assert "t0k3n" not in page.text
    assert "жазба" in page.text


def test_a_file_that_cannot_be_carried_is_said_to_be_missing(client: FlaskClient, keeper: User) -> None:
    page = client.post("/places/new?lang=en", data={"name_kk": NAME, "photo": (io.BytesIO(b"x"), "photo.jpg")})

    assert page.status_code == 401
    assert "Choose them again afterwards" in page.text
    assert form_of(page, "/sign-in")["held.name_kk"] == NAME
    assert (
        "Choose them again afterwards"
        in client.post(
            "/sign-in?lang=en", data={**form_of(page, "/sign-in"), "login": "keeper", "password": PASSWORD}
        ).text
    )


def test_a_form_is_never_sent_on_to_another_site(client: FlaskClient, keeper: User) -> None:
    answer = client.post(
        "/sign-in",
        data={"login": "keeper", "password": PASSWORD, "held_address": "https://evil.example/", "held.text": "мәтін"},
    )

    assert "evil.example" not in answer.text
    assert 'action="/"' in answer.text


def test_a_script_gets_a_refusal_and_no_page(client: FlaskClient) -> None:
    answer = client.post("/account/password", json={"text": "мәтін"})

    assert answer.status_code == 401
    assert "мәтін" not in answer.text


def test_a_visitor_who_only_reads_is_led_to_the_sign_in_page(client: FlaskClient) -> None:
    assert client.get("/places/new").headers["Location"] == "/sign-in?then=/places/new"


@pytest.fixture
def guarded_forms(app: Application) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def token_of(browser: FlaskClient, address: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(address).text)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("guarded_forms")
def test_the_whole_way_with_tokens(
    app: Application, sign_in_as: SignIn, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    browser = sign_in_as(keeper.id)
    place_fields["csrf_token"] = token_of(browser, "/places/new")
    with clock.fixed_at(NOW + timedelta(hours=2)):
        held = browser.post("/places/new", data=place_fields)
        assert held.status_code == 401
        going_on = signed_in_through(browser, held)
        assert going_on.status_code == 200
        assert form_of(going_on, "/places/new")["csrf_token"] != place_fields["csrf_token"]
        assert browser.post("/places/new", data=form_of(going_on, "/places/new")).status_code == 302
    assert places(app)[0].name["kk"] == NAME


@pytest.mark.usefixtures("guarded_forms")
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_form_from_before_the_last_sign_in_waits_for_one_more_press(
    app: Application, client: FlaskClient, keeper: User, place_fields: MultiDict[str, str], headers: dict[str, str]
) -> None:
    place_fields["csrf_token"] = token_of(client)
    client.post("/sign-in", data={"login": "keeper", "password": PASSWORD, "csrf_token": place_fields["csrf_token"]})

    asked = client.post("/places/new", data=place_fields, headers=headers)

    assert asked.status_code == 400
    assert places(app) == []
    assert client.post("/places/new", data=form_of(asked, "/places/new")).status_code == 302
    assert places(app)[0].name["kk"] == NAME


@pytest.mark.usefixtures("guarded_forms")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_another_sites_form_is_neither_done_nor_kept(
    app: Application, client: FlaskClient, keeper: User, place_fields: MultiDict[str, str], headers: dict[str, str]
) -> None:
    for browser in (client, app.test_client()):
        if browser is client:
            token = token_of(browser)
            browser.post("/sign-in", data={"login": "keeper", "password": PASSWORD, "csrf_token": token})
        answer = browser.post("/places/new", data=place_fields, headers=headers)

        assert answer.status_code == 400
        assert html.escape(NAME) not in answer.text
    assert places(app) == []


@pytest.mark.usefixtures("guarded_forms")
def test_the_sign_in_page_pressed_twice_leads_to_the_same_form(
    client: FlaskClient, keeper: User, place_fields: MultiDict[str, str]
) -> None:
    here = {"Sec-Fetch-Site": "same-origin"}
    held = client.post("/places/new", data=place_fields, headers=here)
    assert held.status_code == 401
    fields = form_of(held, "/sign-in")
    fields["login"], fields["password"] = "keeper", PASSWORD

    first = client.post("/sign-in", data=fields, headers=here)
    second = client.post("/sign-in", data=fields, headers=here)  # its token died with the first

    assert first.status_code == 200
    assert form_of(second, "/places/new")["name_kk"] == NAME
    assert client.post("/places/new", data=form_of(second, "/places/new"), headers=here).status_code == 302


@pytest.mark.usefixtures("guarded_forms")
def test_an_old_sign_in_page_leads_on_or_is_shown_anew(app: Application, keeper: User) -> None:
    here = {"Sec-Fetch-Site": "same-origin"}
    fields = {"login": "keeper", "password": PASSWORD, "csrf_token": "old", "then": "/account"}

    stranger = app.test_client()
    assert stranger.post("/sign-in", data=fields, headers=here).status_code == 401
    browser = app.test_client()
    browser.post("/sign-in", data={**fields, "csrf_token": token_of(browser)})
    assert browser.post("/sign-in", data=fields, headers=here).headers["Location"] == "/account"
