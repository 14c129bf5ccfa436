"""The pages of checklists: the list, and each instrument whole, as page and as paper form."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from baqylau.app import Application
from baqylau.checklists.actions import publish_shipped
from baqylau.checklists.pages import quoted, standards_by_force
from baqylau.checklists.spoken import Speaker
from baqylau.checklists.terms import Force
from tests.factories.checklists import make_checklist_version, small_checklist
from tests.factories.people import LONG_AGO, make_membership, make_user

SignIn = Callable[[UUID], FlaskClient]


@pytest.fixture
def browser(app: Application, sign_in_as: SignIn) -> FlaskClient:
    with app.database.transaction() as session:
        user_id = make_membership(session).user_id
    return sign_in_as(user_id)


def test_the_list_shows_the_newest_version_of_each(app: Application, browser: FlaskClient) -> None:
    assert "No checklist is published yet" in browser.get("/checklists").text
    with app.database.transaction() as session:
        for version in (1, 2):
            make_checklist_version(session, slug="short-look", version=version)
    page = browser.get("/checklists").text
    assert "/checklists/short-look/2" in page
    assert "/checklists/short-look/1" not in page


def test_people_without_a_role_and_visitors_see_no_checklist(
    app: Application, client: FlaskClient, sign_in_as: SignIn
) -> None:
    with app.database.transaction() as session:
        make_checklist_version(session, slug="short-look")
        nobody, administrator = make_user(session).id, make_user(session, is_administrator=True).id
    assert client.get("/checklists/short-look/1").status_code == 302
    assert sign_in_as(nobody).get("/checklists/short-look/1").status_code == 403
    assert sign_in_as(administrator).get("/checklists/short-look/1").status_code == 200


def test_an_instrument_is_shown_whole_with_room_for_every_answer(app: Application, browser: FlaskClient) -> None:
    with app.database.transaction() as session:
        make_checklist_version(session, slug="short-look")
    page = browser.get("/checklists/short-look/1").text
    for item in small_checklist("short-look").items.values():
        assert item.text["en"] in page
        assert item.guidance["en"] in page
    for said in (
        "Living space", "Begin with the cells.", "Cell", "observation", "PEC 115(1)", "binding", "UN soft law",
        "≥ 4 m² per person", "D1 ÷ D2", "kind of place: remand centre", "partly met", "not applicable", "Window",
        "Examined", "sensitive: never leaves in open data",
    ):  # fmt: skip
        assert said in page, said


def test_an_old_version_points_to_the_newer_one(app: Application, browser: FlaskClient) -> None:
    with app.database.transaction() as session:
        for version in (1, 2):
            make_checklist_version(session, slug="short-look", version=version)
    assert "A newer version is published" in browser.get("/checklists/short-look/1").text
    assert "A newer version is published" not in browser.get("/checklists/short-look/2").text


def test_a_checklist_that_does_not_exist_is_not_found(browser: FlaskClient) -> None:
    assert browser.get("/checklists/short-look/1").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_everything_that_ships_can_be_shown_in_every_language(
    app: Application, browser: FlaskClient, language: str
) -> None:
    with app.database.transaction() as session:
        versions = publish_shipped(session, LONG_AGO)
    for version in versions:
        answer = browser.get(f"/checklists/{version.slug}/{version.version}?lang={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text


def test_standards_are_grouped_by_their_force_with_the_binding_ones_first() -> None:
    item = small_checklist().items["D1"]
    assert list(standards_by_force(item, "en")) == [Force.BINDING, Force.UN_SOFT_LAW]
    assert quoted(item.standards[0], "ru") == "УИК 115(1)"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('place.kind == "remand"', "kind of place: remand centre"),
        ('place.kind not in ["remand", "social_care"]',
         "any kind of place but: remand centre, special social services organisation"),
        ('place.kind != "remand"', "any kind of place but: remand centre"),
        ('"women" in place.groups', "held here: women"),
        ('"women" not in place.groups', "not held here: women"),
        ('visit.kind == "special"', "kind of visit: special preventive visit"),
        ("place.limit > 100", "the limit of places > 100"),
        ("D2.beds < D2", "D2 (Beds) < D2"),
        ("D1 / D2 * 100 - -1", "((D1 ÷ D2) × 100) − −1"),
        ('answered(D1) and (selected(D5, "table") or not F1 == "yes")',
         "D1 is answered and (D5: “Table” is chosen or not: F1 = yes)"),
        ('F1 in ["yes", "unknown"]', "F1 = yes, unknown"),
    ],
)  # fmt: skip
def test_an_expression_is_said_in_words(app: Application, expression: str, words: str) -> None:
    with app.test_request_context("/?lang=en"):
        said = Speaker(small_checklist(), "en").condition(expression)
    assert said == words


def test_a_norm_is_said_in_words(app: Application) -> None:
    checklist = small_checklist()
    with app.test_request_context("/?lang=en"):
        speaker = Speaker(checklist, "en")
        assert speaker.limit(checklist.items["D3"].limits[0], "m2_per_person") == "≥ 2.5 m² per person"
        assert speaker.limit(checklist.items["F1"].limits[0], None) == "yes"
