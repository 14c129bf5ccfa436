"""The register of places, as its readers and keepers meet it."""

import html
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.datastructures import MultiDict

from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.places.models import Authority, ConflictOfInterest, Place
from tests.factories.people import make_people_of_all_roles
from tests.factories.places import make_authority, make_conflict, make_place

SignIn = Callable[..., FlaskClient]

ALL = ("monitor", "chair", "secretary", "other_chair", "coordinator", "office", "administrator")
KEEPERS = ("coordinator", "office", "administrator")
RIGHTS = [
    ("GET", "/places", ALL),
    ("GET", "/places/{place}", ALL),
    ("GET", "/places/new", KEEPERS),
    ("POST", "/places/new", KEEPERS),
    ("GET", "/places/{place}/edit", KEEPERS),
    ("POST", "/places/{place}/edit", KEEPERS),
    ("GET", "/authorities", ALL),
    ("GET", "/authorities/new", KEEPERS),
    ("POST", "/authorities/new", KEEPERS),
    ("GET", "/authorities/{authority}/edit", KEEPERS),
    ("POST", "/authorities/{authority}/edit", KEEPERS),
    ("GET", "/conflicts", ALL),
    ("POST", "/places/{place}/conflict", ALL),
    ("POST", "/conflicts/{conflict}/end", ()),  # another person's
]


@pytest.fixture
def people(app: Application) -> dict[str, User]:
    with app.database.transaction() as session:
        return make_people_of_all_roles(session)


@pytest.fixture
def authority(app: Application) -> Authority:
    with app.database.transaction() as session:
        return make_authority(session)


@pytest.fixture
def fields(authority: Authority) -> MultiDict[str, str]:
    return MultiDict(
        [
            ("code", "aty-07"),
            ("name_kk", "№ 7 мекеме «Ұзынағаш»"),
            ("name_ru", "Учреждение № 7"),
            ("name_en", "Institution No. 7"),
            ("kind", "colony_mixed"),
            ("region", "atyrau"),
            ("authority_id", str(authority.id)),
            ("limit", "450"),
            ("limit_on", "2026-01-01"),
            ("groups", "women"),
            ("groups", "minors"),
            ("is_open", "y"),
        ]
    )


def text_of(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.text)


@pytest.mark.parametrize(("method", "address", "allowed"), RIGHTS)
def test_each_page_is_open_to_those_of_the_table_and_to_nobody_else(
    app: Application,
    sign_in_as: SignIn,
    people: dict[str, User],
    method: str,
    address: str,
    allowed: tuple[str, ...],
) -> None:
    with app.database.transaction() as session:
        conflict = make_conflict(session)
        place = session.get(Place, conflict.place_id) or pytest.fail("gone")
        path = address.format(place=place.id, authority=place.authority_id, conflict=conflict.id)

    opened = {
        name
        for name, user in people.items()
        if sign_in_as(user.id).open(path, method=method).status_code not in {401, 403, 404}
    }

    assert opened == set(allowed)
    visitor = app.test_client().open(path, method=method)
    assert visitor.status_code == 401 or visitor.headers["Location"].startswith("/sign-in?then=")


def test_the_register_is_searched_filtered_and_paged(
    app: Application, sign_in_as: SignIn, people: dict[str, User], authority: Authority
) -> None:
    with app.database.transaction() as session:
        for number in range(60):
            make_place(session, code=f"P{number:02}", authority_id=authority.id)
        name = {"kk": "Өскемен тергеу изоляторы", "ru": "СИЗО Усть-Каменогорска", "en": "Remand centre of Oskemen"}
        make_place(session, code="X1", authority_id=authority.id, name=name, kind="remand", is_open=False)
    browser = sign_in_as(people["monitor"].id)

    first, second = text_of(browser, "/places"), text_of(browser, "/places?page=2")
    assert "P00" in first
    assert "P49" in first
    assert "P50" not in first
    assert "X1" in second
    assert "Places found: 61" in first
    for address in ("/places?search=ӨСКЕМЕН", "/places?kind=remand", "/places?search=x1&kind=remand&region=atyrau"):
        found = text_of(browser, address)
        assert "Remand centre of Oskemen" in found
        assert "closed" in found
        assert "P00" not in found
    assert "No place matches." in text_of(browser, "/places?search=жоқ+мекеме")
    assert "Places found: 61" in text_of(browser, "/places?kind=castle&page=1")  # an unknown filter is none
    assert "search=institution" in browser.get("/places?search=institution").text.replace("&amp;", "&")


def test_an_empty_register_says_what_to_do_next(sign_in_as: SignIn, people: dict[str, User]) -> None:
    assert "Add the authorities first" in text_of(sign_in_as(people["office"].id), "/places")
    assert "keeps it" in text_of(sign_in_as(people["monitor"].id), "/places")


def test_a_place_is_added_and_shown_with_who_answers_for_it(
    app: Application, sign_in_as: SignIn, people: dict[str, User], fields: MultiDict[str, str]
) -> None:
    with app.database.transaction() as session:
        ministry = make_authority(
            session, level="ministry", name={"kk": "ІІМ", "ru": "МВД", "en": "Ministry of the Interior"}
        )
        department = session.get(Authority, uuid.UUID(fields["authority_id"])) or pytest.fail("gone")
        department.parent_id = ministry.id
    browser = sign_in_as(people["office"].id)

    answer = browser.post("/places/new", data=fields)

    assert answer.status_code == 302
    page = text_of(browser, answer.headers["Location"])
    for words in ("Institution No. 7", "№ 7 мекеме «Ұзынағаш»", "ATY-07", "Atyrau region", "450", "1 January 2026"):
        assert words in page.replace("\u00a0", " ")
    assert "women" in page
    assert page.index("Penal department for Atyrau region") < page.index("Ministry of the Interior")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "АТЫ-07"}, "Use 2 to 20 Latin letters"),
        ({"code": ""}, "Enter a code."),
        ({"name_kk": " "}, "Enter the name in this language."),
        ({"name_en": "x" * 201}, "at most 200 characters"),
        ({"kind": ""}, "Choose the kind of place."),
        ({"kind": "castle"}, "Choose one of the list."),
        ({"region": ""}, "Choose the region."),
        ({"authority_id": ""}, "Choose the authority that answers for the place."),
        ({"authority_id": "not-an-id"}, "Choose the authority that answers for the place."),
        ({"authority_id": str(uuid.uuid4())}, "Choose one of the list."),
        ({"limit": "many"}, "Enter a whole number."),
        ({"limit": "0"}, "between 1 and 20,000"),
        ({"limit": "", "limit_on": "2026-01-01"}, "Enter the limit that holds from this day"),
        ({"limit_on": "2026-13-01"}, "Enter a day, such as 2026-11-23."),
        ({"groups": "angels"}, "Choose one of the list."),
    ],
)
def test_a_place_that_cannot_be_added_is_explained_and_nothing_is_lost(
    app: Application,
    sign_in_as: SignIn,
    people: dict[str, User],
    fields: MultiDict[str, str],
    change: dict[str, str],
    message: str,
) -> None:
    for name, value in change.items():
        fields[name] = value

    answer = sign_in_as(people["office"].id).post("/places/new", data=fields)

    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    assert fields["name_ru"] in html.unescape(answer.text)
    with app.database.reading() as session:
        assert session.exec(select(Place)).all() == []


def test_two_places_do_not_share_a_code(
    app: Application, sign_in_as: SignIn, people: dict[str, User], fields: MultiDict[str, str]
) -> None:
    browser = sign_in_as(people["office"].id)
    assert browser.post("/places/new", data=fields).status_code == 302

    answer = browser.post("/places/new", data=fields)

    assert answer.status_code == 422
    assert "Another place has this code" in answer.text


def test_a_place_is_changed_and_its_form_shows_what_it_was(
    app: Application, sign_in_as: SignIn, people: dict[str, User], fields: MultiDict[str, str]
) -> None:
    with app.database.transaction() as session:
        place = make_place(session, code="ATY-99", groups=["men", "life"])
    browser = sign_in_as(people["coordinator"].id)
    form = text_of(browser, f"/places/{place.id}/edit")
    assert place.name["kk"] in form
    assert form.count(" checked") == 3  # two groups, in use
    del fields["is_open"]

    assert browser.post(f"/places/{place.id}/edit", data=fields).status_code == 302

    with app.database.reading() as session:
        changed = session.get(Place, place.id) or pytest.fail("gone")
    assert (changed.code, changed.name["en"], changed.limit_on) == ("ATY-99", "Institution No. 7", date(2026, 1, 1))
    assert (changed.is_open, changed.groups) == (False, ["women", "minors"])
    assert "This place is closed." in text_of(browser, f"/places/{place.id}")


NAMES = {"name_kk": "Ішкі істер министрлігі", "name_ru": "Министерство внутренних дел", "name_en": "Ministry"}


def test_authorities_are_added_changed_and_listed_under_each_other(
    app: Application, sign_in_as: SignIn, people: dict[str, User], authority: Authority
) -> None:
    browser = sign_in_as(people["office"].id)
    assert browser.post("/authorities/new", data={**NAMES, "level": "ministry", "parent_id": ""}).status_code == 302
    with app.database.reading() as session:
        ministry = session.exec(select(Authority).where(Authority.level == "ministry")).one()

    moved = browser.post(
        f"/authorities/{authority.id}/edit",
        data={
            **{f"name_{code}": text for code, text in authority.name.items()},
            "level": "regional",
            "parent_id": str(ministry.id),
        },
    )

    assert moved.status_code == 302
    page = text_of(browser, "/authorities")
    assert page.index(">Ministry<") < page.index(f">– {authority.name['en']}<")
    form = text_of(browser, f"/authorities/{ministry.id}/edit")
    assert str(authority.id) not in form  # nothing below can be put above
    refused = browser.post(f"/authorities/{ministry.id}/edit", data={**NAMES, "level": "facility", "parent_id": ""})
    assert refused.status_code == 422
    assert "Authorities that stand under this one would be above it" in refused.text


def test_an_authority_does_not_stand_under_a_lower_one(
    app: Application, sign_in_as: SignIn, people: dict[str, User], authority: Authority
) -> None:
    answer = sign_in_as(people["office"].id).post(
        "/authorities/new", data={**NAMES, "level": "ministry", "parent_id": str(authority.id)}
    )

    assert answer.status_code == 422
    assert "The authority above must be of a higher level" in answer.text
    assert NAMES["name_kk"] in answer.text


def test_a_monitor_declares_a_conflict_and_ends_it(
    app: Application, sign_in_as: SignIn, people: dict[str, User]
) -> None:
    with app.database.transaction() as session:
        place, other = make_place(session), make_conflict(session)
    browser = sign_in_as(people["monitor"].id)
    assert "Declare a conflict of interest" in text_of(browser, f"/places/{place.id}")
    assert "You have declared none." in text_of(browser, "/conflicts")

    for _ in range(2):  # pressed twice
        assert browser.post(f"/places/{place.id}/conflict").status_code == 302

    assert "Declare a conflict of interest" not in text_of(browser, f"/places/{place.id}")
    listed = text_of(browser, "/conflicts")
    assert listed.count("in force") == 1
    assert place.name["en"] in listed
    with app.database.reading() as session:
        (own,) = session.exec(
            select(ConflictOfInterest).where(ConflictOfInterest.user_id == people["monitor"].id)
        ).all()
    assert browser.post(f"/conflicts/{own.id}/end").status_code == 302
    assert "in force" not in text_of(browser, "/conflicts")
    assert browser.post(f"/conflicts/{other.id}/end").status_code == 404
