"""Who may open and do what on the pages of accounts."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from baqylau.app import Application
from tests.factories.people import make_people_of_all_roles, make_user

MEMBERS = ("monitor", "chair", "secretary", "other_chair", "coordinator", "office")
OWN = (*MEMBERS, "administrator", "nobody")
ADMINISTRATOR = ("administrator",)
EVERYBODY = (*OWN, "visitor")

#: (method, address, who may)
TABLE = [
    ("GET", "/sign-in/second-factor", EVERYBODY),
    ("POST", "/language", EVERYBODY),
    ("POST", "/sign-out", EVERYBODY),
    ("GET", "/account", OWN),
    ("GET", "/account/password", OWN),
    ("POST", "/account/password", OWN),
    ("GET", "/account/second-factor", OWN),
    ("POST", "/account/second-factor", OWN),
    ("GET", "/account/second-factor/off", OWN),
    ("POST", "/account/second-factor/off", OWN),
    ("GET", "/account/recovery-codes", OWN),
    ("POST", "/account/recovery-codes", OWN),
    ("POST", "/account/sign-ins/end-others", OWN),
    ("GET", "/people", ADMINISTRATOR),
    ("GET", "/people/new", ADMINISTRATOR),
    ("POST", "/people/new", ADMINISTRATOR),
    ("POST", "/people/{person}/invitation", ADMINISTRATOR),
    ("POST", "/people/{person}/disable", ADMINISTRATOR),
    ("POST", "/people/{person}/enable", ADMINISTRATOR),
]


@pytest.mark.parametrize(("method", "address", "allowed"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_each_page_is_open_to_those_of_the_table_and_to_nobody_else(
    app: Application,
    sign_in_as: Callable[..., FlaskClient],
    method: str,
    address: str,
    allowed: tuple[str, ...],
) -> None:
    with app.database.transaction() as session:
        people = make_people_of_all_roles(session)
        path = address.format(person=make_user(session).id)
    browsers = {name: sign_in_as(user.id) for name, user in people.items()} | {"visitor": app.test_client()}

    opened = set()
    for name, browser in browsers.items():
        answer = browser.open(path, method=method)
        refused = answer.status_code in {401, 403, 404} or (
            name == "visitor" and answer.headers.get("Location", "").startswith("/sign-in?then=")
        )
        if not refused or path == "/sign-in/second-factor":
            opened.add(name)

    assert opened == set(allowed)
