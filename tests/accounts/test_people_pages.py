"""The people of the installation, as the administrator meets them."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.councils.models import Membership
from tests.factories.accounts import PASSWORD, make_signer
from tests.factories.people import make_council, make_membership, make_user

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def administrator(app: Application) -> User:
    with app.database.transaction() as session:
        return make_signer(session, login="admin", language="en", is_administrator=True)


NEW = {"name": "Ғалия Өмірбек", "login": "Galiya.O", "language": "kk"}


def find(app: Application, login: str) -> User | None:
    with app.database.reading() as session:
        return session.exec(select(User).where(User.login == login)).first()


def link_of(page: str) -> str:
    found = re.search(r'value="[^"]*(/invitations/[^"]+)"', page)
    assert found is not None
    return found[1]


def test_people_are_listed_with_their_memberships_and_nothing_more(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    with app.database.transaction() as session:
        council = make_council(session)
        member = make_membership(session, council=council, role="secretary")
        person = session.get(User, member.user_id) or pytest.fail("gone")

    page = html.unescape(sign_in_as(administrator.id).get("/people").text)

    assert person.name in page
    assert f"{council.name['en']}: secretary" in page
    assert "runs the installation" in page


def test_a_person_is_added_and_invited_by_a_link_that_works(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    answer = sign_in_as(administrator.id).post("/people/new", data=NEW)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    stored = find(app, "galiya.o")
    assert stored is not None
    assert (stored.name, stored.language, stored.is_administrator, stored.password_hash) == (
        NEW["name"],
        "kk",
        False,
        None,
    )
    chosen = {"new_password": PASSWORD, "new_password_again": PASSWORD}
    assert app.test_client().post(link_of(answer.text), data=chosen).status_code == 302


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"login": "ADMIN"}, "Somebody has this sign-in name already"),
        ({"login": "ғалия"}, "Use 3 to 80 Latin letters"),
        ({"login": ""}, "Enter a sign-in name"),
        ({"name": " "}, "Enter the person’s name"),
        ({"language": "de"}, "Choose one of the list"),
    ],
)
def test_a_person_that_cannot_be_added_is_explained(
    app: Application, sign_in_as: SignIn, administrator: User, change: dict[str, str], message: str
) -> None:
    answer = sign_in_as(administrator.id).post("/people/new", data={**NEW, **change})

    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    with app.database.reading() as session:
        assert len(session.exec(select(User)).all()) == 1


def test_a_new_invitation_replaces_the_password_only_when_it_is_used(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    with app.database.transaction() as session:
        user = make_signer(session, login="assel")
    browser = sign_in_as(administrator.id)

    page = browser.post(f"/people/{user.id}/invitation")

    assert page.status_code == 200
    signed = app.test_client().post("/sign-in", data={"login": "assel", "password": PASSWORD})
    assert signed.status_code == 302
    new = "дала жел бұлт жаңбыр"
    app.test_client().post(link_of(page.text), data={"new_password": new, "new_password_again": new})
    assert app.test_client().post("/sign-in", data={"login": "assel", "password": PASSWORD}).status_code == 422


def test_a_disabled_person_is_out_at_once_and_can_come_back(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    with app.database.transaction() as session:
        user = make_signer(session, login="assel")
    admins, theirs = sign_in_as(administrator.id), sign_in_as(user.id)
    assert theirs.get("/sign-in").status_code == 302  # signed in, so led on

    assert admins.post(f"/people/{user.id}/disable").status_code == 302
    assert theirs.get("/sign-in").status_code == 200
    credentials = {"login": "assel", "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=credentials).status_code == 422
    assert "disabled" in admins.get("/people").text

    assert admins.post(f"/people/{user.id}/enable").status_code == 302
    assert app.test_client().post("/sign-in", data=credentials).status_code == 302


def test_an_administrator_neither_invites_nor_disables_themselves(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    browser = sign_in_as(administrator.id)

    assert browser.post(f"/people/{administrator.id}/invitation").status_code == 409
    assert browser.post(f"/people/{administrator.id}/disable").status_code == 409
    assert browser.get("/people").status_code == 200


def test_an_administrator_cannot_grant_a_role(app: Application, sign_in_as: SignIn, administrator: User) -> None:
    with app.database.transaction() as session:
        council, user = make_council(session), make_user(session)
    browser = sign_in_as(administrator.id)

    asked = browser.get(f"/councils/{council.id}/memberships/new")
    granted = browser.post(
        f"/councils/{council.id}/memberships/new",
        data={"user_id": str(user.id), "role": "chair", "starts_on": "2026-11-01"},
    )

    assert {asked.status_code, granted.status_code} <= {403, 404}
    assert "Grant a role" not in browser.get(f"/councils/{council.id}").text
    with app.database.reading() as session:
        assert session.exec(select(Membership)).all() == []


def test_people_are_found_by_the_beginning_of_their_sign_in_name_page_by_page(
    app: Application, sign_in_as: SignIn, administrator: User
) -> None:
    with app.database.transaction() as session:
        for number in range(60):
            make_user(session, login=f"zhan.{number:02}")
        make_user(session, login="xzhan")
    browser = sign_in_as(administrator.id)

    first, second = browser.get("/people?search=ZHAN").text, browser.get("/people?search=zhan&page=2").text

    assert "zhan.00" in first
    assert "zhan.49" in first
    assert "zhan.50" not in first
    assert "zhan.59" in second
    assert "xzhan" not in first + second
    assert "No sign-in name begins so." in browser.get("/people?search=%25").text
