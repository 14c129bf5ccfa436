"""Councils, as their people meet them."""

import html
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.councils.models import Council, Membership
from tests.factories.people import make_council, make_membership, make_people_of_all_roles, make_user

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]

ALL = ("monitor", "chair", "secretary", "other_chair", "coordinator", "office", "administrator")
NEW = {
    "code": "aty",
    "kind": "commission",
    "name_kk": "Атырау облысының қоғамдық байқау комиссиясы",
    "name_ru": "Общественная наблюдательная комиссия Атырауской области",
    "name_en": "Public monitoring commission of Atyrau region",
    "region": "atyrau",
    "term_starts_on": "2026-11-01",
    "term_ends_on": "",
}


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def people(app: Application) -> dict[str, User]:
    with app.database.transaction() as session:
        return make_people_of_all_roles(session)


def council_of(app: Application, person: User) -> Council:
    with app.database.reading() as session:
        found = session.exec(
            select(Council).where(Council.id == Membership.council_id, Membership.user_id == person.id)
        )
        return found.one()


def text_of(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.text)


#: (method, address, whose council, who may); the addresses' council is the commission or the NPM group.
RIGHTS = [
    ("GET", "/councils", "chair", ALL),
    ("GET", "/councils/{council}", "chair", ALL),
    ("GET", "/councils/new", "chair", ("office", "administrator")),
    ("POST", "/councils/new", "chair", ("office", "administrator")),
    ("GET", "/councils/{council}/edit", "chair", ("office", "administrator")),
    ("POST", "/councils/{council}/edit", "chair", ("office", "administrator")),
    ("GET", "/councils/{council}/memberships/new", "chair", ("chair", "office")),
    ("POST", "/councils/{council}/memberships/new", "chair", ("chair", "office")),
    ("GET", "/councils/{council}/memberships/new", "coordinator", ("coordinator", "office")),
    ("POST", "/councils/{council}/memberships/new", "coordinator", ("coordinator", "office")),
    ("GET", "/councils/{council}/memberships/{membership}/end", "chair", ("chair", "office")),
    ("POST", "/councils/{council}/memberships/{membership}/end", "chair", ("chair", "office")),
    ("GET", "/councils/{council}/memberships/{other}/end", "chair", ()),
]


@pytest.mark.parametrize(("method", "address", "whose", "allowed"), RIGHTS)
def test_each_page_is_open_to_those_of_the_table_and_to_nobody_else(
    app: Application,
    sign_in_as: SignIn,
    people: dict[str, User],
    method: str,
    address: str,
    whose: str,
    allowed: tuple[str, ...],
) -> None:
    council = council_of(app, people[whose])
    with app.database.transaction() as session:
        membership = make_membership(session, council_id=council.id)
        other = make_membership(session)
    path = address.format(council=council.id, membership=membership.id, other=other.id)

    opened = {
        name
        for name, user in people.items()
        if sign_in_as(user.id).open(path, method=method).status_code not in {401, 403, 404}
    }

    assert opened == set(allowed)
    visitor = app.test_client().open(path, method=method)
    assert visitor.status_code == 401 or visitor.headers["Location"].startswith("/sign-in?then=")


def test_a_new_commission_gets_a_term_of_two_years(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    answer = sign_in_as(people["office"].id).post("/councils/new", data=NEW)

    assert answer.status_code == 302
    with app.database.reading() as session:
        council = session.exec(select(Council).where(Council.code == "ATY")).one()
    assert (council.term_starts_on, council.term_ends_on) == (date(2026, 11, 1), date(2028, 10, 31))
    assert council.name["kk"] == NEW["name_kk"]


def test_a_group_of_the_npm_may_stay_open(app: Application, sign_in_as: SignIn, people: dict[str, User]) -> None:
    sign_in_as(people["office"].id).post("/councils/new", data={**NEW, "kind": "npm_group", "region": ""})

    with app.database.reading() as session:
        council = session.exec(select(Council).where(Council.code == "ATY")).one()
    assert (council.kind, council.term_ends_on, council.region) == ("npm_group", None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name_kk": "  "}, "Enter the name in this language."),
        ({"code": "АТЫ"}, "Use 2 to 12 Latin letters"),
        ({"term_starts_on": "yesterday"}, "Enter a day, such as 2026-11-23."),
        ({"term_starts_on": ""}, "Enter a day, such as 2026-11-23."),
        ({"term_ends_on": "2026-11-01"}, "The last day must come after the first."),
        ({"term_ends_on": "2028-11-01"}, "at most two calendar years"),
        ({"kind": "club"}, "Choose one of the list."),
        ({"region": "moon"}, "Choose one of the list."),
    ],
)
def test_a_council_that_cannot_be_added_is_explained_and_nothing_is_lost(
    app: Application, sign_in_as: SignIn, people: dict[str, User], change: dict[str, str], message: str
) -> None:
    answer = sign_in_as(people["office"].id).post("/councils/new", data={**NEW, **change})

    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    assert NEW["name_ru"] in html.unescape(answer.text)
    with app.database.reading() as session:
        assert session.exec(select(Council).where(Council.code == "ATY")).first() is None


def test_two_councils_do_not_share_a_code(app: Application, sign_in_as: SignIn, people: dict[str, User]) -> None:
    taken = council_of(app, people["chair"]).code

    answer = sign_in_as(people["office"].id).post("/councils/new", data={**NEW, "code": taken})

    assert answer.status_code == 422
    assert "Another council has this code" in answer.text


def test_a_council_is_changed_and_its_form_shows_what_it_was(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    council = council_of(app, people["chair"])
    browser = sign_in_as(people["office"].id)
    assert council.name["kk"] in text_of(browser, f"/councils/{council.id}/edit")

    answer = browser.post(
        f"/councils/{council.id}/edit",
        data={**NEW, "code": "HACK", "kind": "npm_group", "term_starts_on": "2026-01-01", "term_ends_on": "2027-12-30"},
    )

    assert answer.status_code == 302
    changed = council_of(app, people["chair"])
    assert (changed.code, changed.kind) == (council.code, "commission")
    assert (changed.name["en"], changed.term_ends_on) == (NEW["name_en"], date(2027, 12, 30))


def test_a_chair_grants_a_role_that_works_at_once(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    council = council_of(app, people["chair"])
    browser, theirs = sign_in_as(people["chair"].id), sign_in_as(people["nobody"].id)
    assert theirs.get("/councils").status_code == 403
    asked = text_of(browser, f"/councils/{council.id}/memberships/new")
    assert 'value="2026-11-23"' in asked
    assert str(people["nobody"].id) in asked
    assert str(people["chair"].id) not in asked  # not oneself
    assert str(people["administrator"].id) not in asked

    answer = browser.post(
        f"/councils/{council.id}/memberships/new",
        data={"user_id": str(people["nobody"].id), "role": "monitor", "starts_on": "2026-11-23", "ends_on": ""},
    )

    assert answer.status_code == 302
    assert theirs.get("/councils").status_code == 200
    with app.database.reading() as session:
        membership = session.exec(select(Membership).where(Membership.user_id == people["nobody"].id)).one()
    assert (membership.ends_on, membership.granted_by) == (council.term_ends_on, people["chair"].id)


@pytest.mark.parametrize(
    ("who", "change", "message"),
    [
        ("chair", {}, "Choose one of the list."),
        ("administrator", {}, "Choose one of the list."),
        ("nobody", {"role": "office"}, "Choose one of the list."),
        ("nobody", {"role": "administrator"}, "Choose one of the list."),
        ("nobody", {"role": "chair"}, "somebody in this role at that time already"),
        ("monitor", {"role": "secretary"}, "has a role in this council at that time already"),
        ("office", {}, "cannot be a member of a commission"),
        ("nobody", {"starts_on": "2025-12-31"}, "within the council’s own term"),
        ("nobody", {"ends_on": "2026-11-01"}, "The last day must not come before the first."),
        ("", {}, "Choose a person."),
    ],
)
def test_a_role_that_cannot_be_granted_is_explained(
    app: Application, sign_in_as: SignIn, people: dict[str, User], who: str, change: dict[str, str], message: str
) -> None:
    council = council_of(app, people["chair"])
    user_id = str(people[who].id) if who else ""
    values = {"user_id": user_id, "role": "monitor", "starts_on": "2026-11-23", "ends_on": "", **change}

    answer = sign_in_as(people["chair"].id).post(f"/councils/{council.id}/memberships/new", data=values)

    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    with app.database.reading() as session:
        found = session.exec(select(Membership).where(Membership.council_id == council.id)).all()
    assert len(found) == 3  # monitor, chair and secretary as before


def test_a_membership_that_was_ended_yesterday_closes_everything_at_once(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    council = council_of(app, people["chair"])
    browser, theirs = sign_in_as(people["chair"].id), sign_in_as(people["monitor"].id)
    with app.database.reading() as session:
        membership = session.exec(select(Membership).where(Membership.user_id == people["monitor"].id)).one()
    address = f"/councils/{council.id}/memberships/{membership.id}/end"
    assert 'value="2026-11-22"' in text_of(browser, address)
    assert theirs.get("/councils").status_code == 200

    assert browser.post(address, data={"last_day": ""}).status_code == 422
    assert browser.post(address, data={"last_day": "2026-11-22"}).status_code == 302

    assert theirs.get("/councils").status_code == 403
    assert "Former members" in text_of(browser, f"/councils/{council.id}")


@pytest.mark.parametrize(
    ("members", "warning"),
    [(2, "the law asks for at least 3"), (3, None), (9, None), (10, "the law allows at most 9")],
)
def test_the_size_of_a_commission_is_watched(
    app: Application, sign_in_as: SignIn, people: dict[str, User], members: int, warning: str | None
) -> None:
    with app.database.transaction() as session:
        council = make_council(session)
        for _ in range(members):
            make_membership(session, council=council)

    page = text_of(sign_in_as(people["office"].id), f"/councils/{council.id}")

    assert (warning in page) if warning else ("the law" not in page)


def test_the_tenth_member_is_granted_with_a_warning(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    with app.database.transaction() as session:
        council, user = make_council(session), make_user(session)
        for _ in range(9):
            make_membership(session, council=council)

    answer = sign_in_as(people["office"].id).post(
        f"/councils/{council.id}/memberships/new",
        data={"user_id": str(user.id), "role": "monitor", "starts_on": "2026-11-23"},
        follow_redirects=True,
    )

    assert answer.status_code == 200
    assert "The commission has 10 members now" in answer.text


def test_present_coming_and_former_members_stand_apart(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    with app.database.transaction() as session:
        council = make_council(session)
        for name, start, end in (
            ("Present", date(2026, 1, 1), None),
            ("Coming", date(2027, 1, 1), None),
            ("Former", date(2026, 1, 1), date(2026, 11, 22)),
        ):
            make_membership(session, council=council, user=make_user(session, name=name), starts_on=start, ends_on=end)

    page = text_of(sign_in_as(people["office"].id), f"/councils/{council.id}")

    assert page.index("<h2>Members</h2>") < page.index(">Present<") < page.index("<h2>Members to come</h2>")
    assert page.index("<h2>Members to come</h2>") < page.index(">Coming<") < page.index("<h2>Former members</h2>")
    assert page.index("<h2>Former members</h2>") < page.index(">Former<")
