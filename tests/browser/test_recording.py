"""Recording on a tablet in a real browser: what is said, chosen, typed and photographed reaches the server, or stays."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Playwright, Response, expect
from sqlmodel import Session

from baqylau import clock
from baqylau.accounts import queries as accounts
from baqylau.answers.queries import conflicts_of, count_revisions, evidence_of, heads_of
from baqylau.app import Application
from tests.browser.driving import (
    Server,
    Tablets,
    kill_browser_of,
    open_profile,
    reading_page,
    record_page,
    reopen,
    sign_in,
    unlock,
    wait_until_open,
)
from tests.factories.answers import Scene, make_revision, make_row, make_scene, photo_bytes
from tests.factories.checklists import make_checklist_version

pytestmark = pytest.mark.browser
Look = Callable[[Callable[[Session], Any]], Any]

SAVED = re.compile(r"^saved \d\d:\d\d:\d\d$")
DELIVERED = re.compile(r"^delivered \d\d:\d\d$")
#: What Chromium writes about an answer that is no success.
NO_CONNECTION = r"Failed to load resource: net::ERR_"
REFUSED = r"Failed to load resource: the server responded with a status of"


def item(page: Page, key: str) -> Locator:
    return page.locator(f'.item[data-key="{key}"]')


def state(page: Page, key: str) -> Locator:
    return item(page, key).locator(".item-state")


def exactly(words: str) -> re.Pattern[str]:
    """Return a pattern for these words and no others; capitals are a matter of looks."""
    return re.compile(f"^{re.escape(words)}$", re.IGNORECASE)


def choose(page: Page, key: str, name: str) -> None:
    item(page, key).get_by_role("radio", name=exactly(name)).first.click()


def fill(page: Page, key: str, field: str, text: str) -> None:
    box = page.locator(f"#{key.replace('/', '-')}-{field}")
    box.fill(text)
    box.blur()


def answers(look: Look, visit_id: UUID) -> dict[str, Any]:
    """Return {item: value} of what the server has."""
    return {head.item_id: head.value for head in look(lambda session: heads_of(session, visit_id))}


def all_delivered(page: Page) -> None:
    expect(page.locator("#bar-state")).to_have_text(re.compile(r"^all delivered \d\d:\d\d$"))


def test_every_type_of_answer_is_taken_and_is_there_after_a_reload(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "HD")
    fill(page, "HD1", "value", "23")
    fill(page, "HD1", "value-month", "11")
    fill(page, "HD1", "value-year", "2026")
    fill(page, "HD3", "value", "Shift leader, deputy head.")
    fill(page, "HD4", "value", "412")
    fill(page, "HD4", "away", "7")
    item(page, "HD5").get_by_role("checkbox", name="Living units and cells").click()
    item(page, "HD5").get_by_role("checkbox", name="Health unit").click()
    choose(page, "HD6", "No")
    choose(page, "HD7", "Twenty-four hours or more")
    page.evaluate("location.hash = 'A'")
    choose(page, "A1", "Partly met")
    choose(page, "A2", "Not met")
    item(page, "A2").get_by_role("group", name="International standards").get_by_role(
        "radio", name=exactly("Met")
    ).click()
    fill(page, "A15", "numerator", "7")
    fill(page, "A15", "denominator", "100")
    expect(item(page, "A15").locator(".computed")).to_have_text("= 7\u00a0%")
    choose(page, "A6", "Not seen")
    all_delivered(page)
    page.evaluate("location.hash = 'D'")
    page.get_by_role("button", name="Add a cell").click()
    area, people = (page.locator(f'.item[data-key^="{name}/"]') for name in ("D1", "D2"))
    area.get_by_label("Net area").fill("14,2")
    area.get_by_label("Net area").blur()
    area.get_by_label("Measured with").fill("laser")
    people.get_by_role("textbox", name=exactly("Persons")).fill("6")
    people.get_by_role("textbox", name=exactly("Persons")).blur()
    computed = page.locator('.item[data-key^="D3/"]')
    expect(computed.locator(".computed")).to_have_text("= 2.37\u00a0m² per person")
    expect(computed.locator(".limit")).to_have_count(2)
    all_delivered(page)
    reopen(page)
    expect(area.get_by_label("Net area")).to_have_value("14.2")
    expect(area.get_by_label("Time of day")).to_have_value(re.compile(r"\d\d:\d\d"))
    expect(area.get_by_label("Measured with")).to_have_value("laser")
    expect(computed.locator(".computed")).to_have_text("= 2.37\u00a0m² per person")
    page.evaluate("location.hash = 'HD'")
    expect(page.locator("#HD1-value-month")).to_have_value("11")
    expect(item(page, "HD5").get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(state(page, "HD7")).to_have_text(DELIVERED)
    stored = answers(looking, scene.visit.id)
    assert stored["HD1"] == {"value": "2026-11-23"}
    assert stored["HD3"] == {"value": "Shift leader, deputy head."}
    assert stored["HD4"] == {"value": 412, "away": 7}
    assert stored["HD5"] == {"value": ["living", "health"]}
    assert (stored["HD6"], stored["HD7"]) == ({"value": "no"}, {"value": "day_or_more"})
    assert stored["A1"] == {"national": "partly", "international": "partly"}
    assert stored["A2"] == {"national": "not_met", "international": "met"}
    assert stored["A15"] == {"numerator": 7, "denominator": 100}
    assert stored["A6"] == {"status": "not_seen"}
    assert (stored["D1"]["value"], stored["D1"]["instrument"], stored["D2"]) == (14.2, "laser", {"value": 6})
    assert stored["cell"] == {"label": "Cell or dormitory 1"}


def test_sources_note_and_marks_go_with_the_answer(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")
    here = item(page, "A1")
    choose(page, "A1", "Met")
    here.get_by_role("checkbox", name="Documents").click()
    here.get_by_role("checkbox", name="Persons held").click()
    here.get_by_role("button", name=exactly("Note")).click()
    here.get_by_label("Note").last.fill("Two entries lack the hour.")
    here.get_by_role("button", name="Mark").click()
    here.get_by_role("checkbox", name="Urgent").click()
    expect(here.locator(".item-marks")).to_have_text("urgent")
    all_delivered(page)
    [head] = looking(lambda session: heads_of(session, scene.visit.id))
    assert (head.sources, head.note, head.flags) == (("P", "D"), "Two entries lack the hour.", ("urgent",))
    page.evaluate("location.hash = ''")
    expect(page.locator('.contents-link[href="#A"]')).to_contain_text("urgent: 1")
    expect(page.locator('.contents-link[href="#A"]')).to_contain_text("1 of 15")


def test_what_cannot_be_an_answer_is_said_beside_the_field_and_stays_there(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "HD4")
    fill(page, "HD4", "value", "about 400")
    expect(item(page, "HD4").locator("#HD4-value-flaw")).to_have_text("This is not a number. Write it in figures.")
    expect(state(page, "HD4")).to_contain_text("NOT SAVED")
    expect(page.locator("#HD4-value")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#bar-state")).to_have_text("1 NOT SAVED")
    fill(page, "HD4", "value", "1,5")
    expect(item(page, "HD4").locator("#HD4-value-flaw")).to_have_text("Write a whole number.")
    assert answers(looking, scene.visit.id) == {}
    fill(page, "HD4", "value", "412")
    expect(item(page, "HD4").locator(".item-flaw:not(:empty)")).to_have_count(0)
    expect(state(page, "HD4")).to_have_text(DELIVERED)
    fill(page, "HD1", "value", "31")
    fill(page, "HD1", "value-month", "2")
    fill(page, "HD1", "value-year", "2026")
    expect(item(page, "HD1").locator("#HD1-value-flaw")).to_contain_text("This day does not exist.")
    assert answers(looking, scene.visit.id) == {"HD4": {"value": 412}}


def test_a_chosen_value_is_taken_back_only_after_a_question(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "HD6")
    choose(page, "HD6", "Yes")
    expect(state(page, "HD6")).to_have_text(DELIVERED)
    choose(page, "HD6", "Yes")
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Take back “yes”?")
    question.get_by_role("button", name="Leave it as it is").click()
    expect(item(page, "HD6").get_by_role("radio", name=exactly("Yes"))).to_be_checked()
    choose(page, "HD6", "Yes")
    question.get_by_role("button", name="Take back").click()
    expect(item(page, "HD6").get_by_role("radio", name=exactly("Yes"))).not_to_be_checked()
    all_delivered(page)
    expect(page.locator("#bar-count")).to_have_text("0 of 8")
    assert answers(looking, scene.visit.id) == {"HD6": None}


def test_arrows_move_and_only_the_space_key_chooses(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")
    national = item(page, "A1").get_by_role("group", name="National law").get_by_role("radio")
    national.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(national.nth(2)).to_be_focused()
    expect(national.nth(2)).not_to_be_checked()
    page.keyboard.press("Space")
    expect(national.nth(2)).to_be_checked()
    expect(state(page, "A1")).to_have_text(DELIVERED)
    assert answers(looking, scene.visit.id) == {"A1": {"national": "not_met", "international": "not_met"}}
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(national.nth(2)).to_be_focused()


def test_the_next_unanswered_item_gets_the_focus(tablets: Tablets, server: Server, scene: Scene) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene)
    page.get_by_role("button", name="Next unanswered").click()
    expect(page.locator("#HD1-question")).to_be_focused()
    page.get_by_role("button", name="Next unanswered").click()
    expect(page.locator("#HD2-question")).to_be_focused()
    box, bar = (page.locator(name).bounding_box() for name in ("#HD2-question", ".bar"))
    assert box is not None
    assert bar is not None
    assert box["y"] >= bar["y"] + bar["height"], "the question does not lie under the bar"


def test_the_search_finds_items_by_number_and_by_words(tablets: Tablets, server: Server, scene: Scene) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene)
    page.get_by_label("Search the items").fill("daylight")
    expect(page.locator(".found")).to_contain_text("Found:")
    expect(page.locator('.found a[href="#D5"]')).to_be_visible()
    page.get_by_label("Search the items").fill("hd7")
    page.locator('.found a[href="#HD7"]').click()
    expect(page.locator("#HD7-question")).to_be_focused()


@pytest.fixture
def asking_scene(app: Application) -> Scene:
    """Return a visit by a small checklist in which an answer decides whether another item is asked."""
    words = {'relevance: place.kind == "remand"': 'relevance: D4 == "partly"'}
    with app.database.transaction() as opened:
        return make_scene(opened, checklists=[make_checklist_version(opened, words=words)])


def test_an_item_that_is_asked_or_not_fades_where_it_stands(
    tablets: Tablets, server: Server, asking_scene: Scene
) -> None:
    page = record_page(tablets.open(asking_scene.member.id), server, asking_scene, "D")
    other = item(page, "D6")
    expect(other).to_have_class(re.compile("is-irrelevant"))
    expect(other).to_contain_text("Not asked, because of another answer.")
    item(page, "D4").scroll_into_view_if_needed()
    places = [item(page, key).bounding_box() for key in ("D4", "D5")]
    choose(page, "D4", "Partly met")
    expect(other).not_to_have_class(re.compile("is-irrelevant"))
    expect(page.locator("#bar-count")).to_contain_text("of 5")
    assert [item(page, key).bounding_box() for key in ("D4", "D5")] == places
    other.get_by_role("radio", name="Never").click()
    expect(state(page, "D6")).to_have_text(DELIVERED)


# Rows


def test_rows_are_added_renamed_taken_out_of_sight_and_brought_back(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "D")
    expect(page.locator(".repeat-empty")).to_contain_text("10")
    page.get_by_role("button", name="Add a cell").click()
    name = page.locator(".row-name input")
    expect(name).to_be_focused()
    name.fill("Cell 12, second floor")
    name.blur()
    expect(page.get_by_role("tab", name="Cell 12, second floor")).to_be_visible()
    page.locator('.item[data-key^="D1/"]').get_by_label("Net area").fill("9")
    page.get_by_role("button", name="Add a cell").click()
    expect(page.get_by_role("tab")).to_have_count(2)
    expect(page.locator('.item[data-key^="D1/"]').get_by_label("Net area")).to_have_value("")
    page.get_by_role("tab", name="Cell 12, second floor").click()
    expect(page.locator('.item[data-key^="D1/"]').get_by_label("Net area")).to_have_value("9")
    page.get_by_role("button", name="Take out of sight").click()
    page.get_by_role("dialog").get_by_role("button", name="Take out of sight").click()
    expect(page.get_by_role("tab")).to_have_count(1)
    page.get_by_text("Taken out of sight").click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("tab")).to_have_count(2)
    all_delivered(page)
    rows = [head for head in looking(lambda session: heads_of(session, scene.visit.id)) if head.item_id == "cell"]
    assert sorted(row.value["label"] for row in rows) == ["Cell 12, second floor", "Cell or dormitory 2"]


# Two people


def test_two_people_who_differ_see_both_answers_and_the_leader_settles(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    leader = record_page(tablets.open(scene.leader.id), server, scene, "A1")
    member = record_page(tablets.open(scene.member.id), server, scene, "A1")
    choose(leader, "A1", "Met")
    expect(state(leader, "A1")).to_have_text(DELIVERED)
    choose(member, "A1", "Not met")
    all_delivered(member)
    for page in (leader, member):
        reopen(page)
        expect(item(page, "A1").locator(".answer-card")).to_have_count(2)
    expect(item(member, "A1")).to_contain_text(scene.leader.name)
    expect(item(member, "A1").get_by_role("button", name="Let this one stand")).to_have_count(0)
    # One's own answer can still be changed, and stays one's own.
    choose(member, "A1", "Partly met")
    all_delivered(member)
    assert len(looking(lambda session: conflicts_of(session, scene.visit.id))) == 1
    reopen(leader)
    expect(leader.locator(".contents-link[href='#A']")).to_contain_text("differing answers: 1")
    card = item(leader, "A1").locator(".answer-card").filter(has_text=scene.member.name)
    expect(card).to_contain_text("partly met")
    card.get_by_role("button", name="Let this one stand").click()
    leader.get_by_role("dialog").get_by_role("button", name="Let this one stand").click()
    expect(item(leader, "A1").locator(".answer-card")).to_have_count(0)
    all_delivered(leader)
    assert looking(lambda session: conflicts_of(session, scene.visit.id)) == {}
    assert answers(looking, scene.visit.id)["A1"] == {"national": "partly", "international": "partly"}
    reopen(member)
    expect(state(member, "A1")).to_contain_text(scene.leader.name)


def test_what_others_record_comes_by_itself(tablets: Tablets, server: Server, scene: Scene, app: Application) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")
    with app.database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id, "A1")
    # The page looks every half minute, and at once when it is looked at again.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(item(page, "A1").get_by_role("radio", name=exactly("Met")).first).to_be_checked()
    expect(state(page, "A1")).to_contain_text(scene.leader.name)
    choose(page, "A1", "Partly met")
    all_delivered(page)
    expect(item(page, "A1").locator(".answer-card")).to_have_count(0)


def test_the_page_of_conflicts_settles_without_scripts(
    tablets: Tablets, server: Server, scene: Scene, app: Application, looking: Look
) -> None:
    with app.database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id, "A1", note="All pages looked through.")
        make_revision(
            opened, scene.visit, scene.member.id, "A1", value={"national": "not_met", "international": "not_met"}
        )
    tablets.expect_errors(REFUSED)  # the form that is shown again
    context = tablets.open(scene.leader.id, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}/visits/{scene.visit.id}/conflicts?lang=en")
    expect(page.locator(".conflict-answer")).to_have_count(2)
    page.get_by_role("button", name="Settle").click()
    expect(page.locator(".error-summary")).to_contain_text("Choose the answer that stands.")
    page.get_by_role("radio", name=scene.member.name).check()
    page.get_by_label("Why this one").fill("The register was read again together.")
    page.get_by_role("button", name="Settle").click()
    expect(page.locator(".notice")).to_contain_text("Settled.")
    assert answers(looking, scene.visit.id)["A1"] == {"national": "not_met", "international": "not_met"}


# Bad network, bad luck


def test_answers_given_while_the_server_is_down_are_delivered_when_it_is_back(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    tablets.expect_errors(NO_CONNECTION)
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")
    server.stop()
    choose(page, "A1", "Met")
    expect(state(page, "A1")).to_have_text(SAVED)
    expect(page.locator("#bar-state")).to_have_text("saved, 1 on this tablet only")
    choose(page, "A2", "Not met")
    server.start()
    all_delivered(page)
    expect(state(page, "A1")).to_have_text(DELIVERED)
    assert {"A1", "A2"} <= answers(looking, scene.visit.id).keys()


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<h1>Welcome to the hotel</h1>"),
        (200, "application/json", '{"protocol": 1, "results": [{"id": "'),
        (200, "application/json", '{"ok": true}'),
        (500, "text/html", "<h1>Internal Server Error</h1>"),
        (302, "text/html", ""),
    ],
)
def test_what_is_no_receipt_is_never_called_delivered(
    tablets: Tablets, server: Server, scene: Scene, looking: Look, status: int, kind: str, body: str
) -> None:
    tablets.expect_errors(REFUSED, NO_CONNECTION)
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")
    headers = {"Content-Type": kind, "Location": "/login"} if status == 302 else {"Content-Type": kind}
    page.route("**/revisions", lambda route: route.fulfill(status=status, headers=headers, body=body))
    with page.expect_request("**/revisions"):
        choose(page, "A1", "Met")
    expect(state(page, "A1")).to_have_text(SAVED)
    expect(page.locator("#bar-state")).to_have_text("saved, 1 on this tablet only")
    assert answers(looking, scene.visit.id) == {}
    page.unroute("**/revisions")
    expect(state(page, "A1")).to_have_text(DELIVERED)
    assert answers(looking, scene.visit.id) == {"A1": {"national": "met", "international": "met"}}


def test_what_is_typed_survives_a_reload_before_the_field_is_left(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    tablets.expect_errors(NO_CONNECTION, "Failed to fetch")
    page = record_page(tablets.open(scene.member.id), server, scene, "HD3")
    page.route("**/revisions", lambda route: route.abort())
    page.locator("#HD3-value").press_sequentially("The deputy head met us at the ga", delay=10)
    # Two seconds of typing at most are not on the disk yet; leaving the page keeps them too.
    expect(state(page, "HD3")).to_have_text(SAVED)
    reopen(page)
    expect(page.locator("#HD3-value")).to_have_value("The deputy head met us at the ga")
    page.unroute("**/revisions")
    expect(state(page, "HD3")).to_have_text(DELIVERED)
    assert answers(looking, scene.visit.id) == {"HD3": {"value": "The deputy head met us at the ga"}}


def test_a_long_text_makes_few_revisions(tablets: Tablets, server: Server, scene: Scene, looking: Look) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "HD3")
    page.locator("#HD3-value").press_sequentially("A sentence that takes some seconds to type.", delay=120)
    page.locator("#HD3-value").blur()
    expect(state(page, "HD3")).to_have_text(DELIVERED)
    assert answers(looking, scene.visit.id)["HD3"] == {"value": "A sentence that takes some seconds to type."}
    assert looking(lambda session: count_revisions(session, scene.visit.id)) == 1


def test_a_killed_browser_loses_nothing(
    playwright: Playwright, tablets: Tablets, server: Server, scene: Scene, looking: Look, tmp_path: Path
) -> None:
    tablets.expect_errors(NO_CONNECTION)
    profile = tmp_path / "profile"
    tablet = open_profile(playwright, profile)
    sign_in(server, tablet, scene.member.id)
    page = record_page(tablet, server, scene, "A1")
    server.stop()
    for key, answer in (("A1", "Met"), ("A2", "Not met"), ("A3", "Partly met")):
        choose(page, key, answer)
        expect(state(page, key)).to_have_text(SAVED)
    kill_browser_of(profile)
    server.start()
    assert answers(looking, scene.visit.id) == {}
    tablet = open_profile(playwright, profile)
    try:
        tablets.watch(tablet)
        sign_in(server, tablet, scene.member.id)
        page = tablet.pages[0]
        page.goto(f"{server.address}/tablet/")
        unlock(page, "A1")
        expect(item(page, "A2").get_by_role("radio", name="Not met").first).to_be_checked()
        for key in ("A1", "A2", "A3"):
            expect(state(page, key)).to_have_text(DELIVERED)
    finally:
        tablet.close()
    assert answers(looking, scene.visit.id) == {
        "A1": {"national": "met", "international": "met"},
        "A2": {"national": "not_met", "international": "not_met"},
        "A3": {"national": "partly", "international": "partly"},
    }


def test_a_sign_in_that_ends_in_the_middle_loses_nothing_and_goes_on_after_the_next(
    tablets: Tablets, server: Server, scene: Scene, app: Application, looking: Look
) -> None:
    tablets.expect_errors(REFUSED)
    context = tablets.open(scene.member.id)
    page = record_page(context, server, scene, "A1")
    with app.database.transaction() as opened:
        accounts.end_sign_ins(opened, scene.member.id, clock.now())
    choose(page, "A1", "Met")
    expect(page.locator("#banner")).to_contain_text("Your sign-in has ended. Your answers are kept on this tablet.")
    link = page.locator("#banner a")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("href", re.compile("sign-in"))
    choose(page, "A2", "Met")
    assert answers(looking, scene.visit.id) == {}
    # The new sign-in makes a new page session, as signing in does, so that the page's token does not hold any more.
    context.clear_cookies(name="baqylau_page")
    sign_in(server, context, scene.member.id)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    all_delivered(page)
    expect(page.locator("#banner")).to_be_empty()
    assert answers(looking, scene.visit.id).keys() == {"A1", "A2"}


def test_answers_are_not_sent_under_the_name_of_the_next_person(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    tablets.expect_errors(REFUSED)
    context = tablets.open(scene.member.id)
    page = record_page(context, server, scene, "A1")
    sign_in(server, context, scene.leader.id)
    choose(page, "A1", "Met")
    expect(page.locator("#banner")).to_contain_text("Somebody else is signed in on this tablet.")
    assert answers(looking, scene.visit.id) == {}
    sign_in(server, context, scene.member.id)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    all_delivered(page)
    [head] = looking(lambda session: heads_of(session, scene.visit.id))
    assert head.author_id == scene.member.id


def test_an_answer_that_the_server_refuses_is_said_and_can_be_corrected(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "A1")

    def garble(route: Any) -> None:
        batch = route.request.post_data_json
        for sent in batch["items"]:
            sent["body"] = json.dumps({**json.loads(sent["body"]), "value": {"national": "splendid"}})
            sent["sha256"] = hashlib.sha256(sent["body"].encode()).hexdigest()
        route.continue_(post_data=json.dumps(batch))

    page.route("**/revisions", garble)
    choose(page, "A1", "Met")
    expect(state(page, "A1")).to_contain_text("sync.unknown_choice")
    page.unroute("**/revisions")
    reopen(page)
    expect(state(page, "A1")).to_contain_text("NOT TAKEN")
    choose(page, "A1", "Partly met")
    expect(state(page, "A1")).to_have_text(DELIVERED)
    assert answers(looking, scene.visit.id) == {"A1": {"national": "partly", "international": "partly"}}


def test_a_tablet_whose_clock_is_ahead_is_told_so(tablets: Tablets, server: Server, scene: Scene) -> None:
    context = tablets.open(scene.member.id)
    page = context.new_page()
    page.clock.set_system_time("2036-01-01T10:00:00Z")
    record_page(context, server, scene, "A1")
    choose(page, "A1", "Met")
    expect(page.locator("#banner")).to_contain_text("The clock of this tablet is ahead.")
    expect(page.locator("#bar-state")).to_contain_text("all delivered")


# Photos


def test_a_photo_is_sent_after_its_two_questions(tablets: Tablets, server: Server, scene: Scene, looking: Look) -> None:
    page = record_page(tablets.open(scene.leader.id), server, scene, "A1")
    here = item(page, "A1")
    here.locator('input[type="file"]').set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}
    )
    expect(here.locator(".photo-state")).to_have_text(
        "This photo is not saved yet. Answer both questions, then save it."
    )
    here.get_by_role("button", name="Save the photo").click()
    expect(here.locator(".photo-state")).to_contain_text("NOT SAVED.")
    here.get_by_label("What does it show? No names.").fill("The page of 3 November")
    here.get_by_role("radio", name="Permission given").click()
    here.get_by_role("radio", name="Nobody can be recognised").click()
    here.get_by_role("button", name="Save the photo").click()
    expect(here.locator(".photo-caption")).to_have_text("The page of 3 November")
    expect(here.locator(".photo-image")).to_have_js_property("naturalWidth", 40)
    expect(here.locator(".photo-state")).to_have_text("delivered")
    [photo] = looking(lambda session: evidence_of(session, scene.visit.id))
    assert (photo.item_id, photo.permission, photo.consent) == ("A1", "given", "no_persons")
    page = reading_page(tablets.open(scene.leader.id), server, scene, "A1")
    here = item(page, "A1")
    here.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.locator(".notice")).to_contain_text("The photo is withdrawn")
    wait_until_open(page)
    expect(here.locator(".photo")).to_have_count(0)
    assert looking(lambda session: evidence_of(session, scene.visit.id)) == []


def test_a_photo_that_is_none_is_refused_with_what_to_do(tablets: Tablets, server: Server, scene: Scene) -> None:
    tablets.expect_errors(REFUSED, NO_CONNECTION)
    page = record_page(tablets.open(scene.leader.id), server, scene, "A1")
    here = item(page, "A1")
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"
    here.locator('input[type="file"]').set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": heic})
    here.get_by_role("radio", name="Permission given").click()
    here.get_by_role("radio", name="Nobody can be recognised").click()
    here.get_by_role("button", name="Save the photo").click()
    expect(here.locator(".photo-state")).to_contain_text("Set the camera to JPEG")


# Readers


def test_a_reader_sees_the_answers_and_changes_nothing(
    tablets: Tablets, server: Server, scene: Scene, app: Application
) -> None:
    with app.database.transaction() as opened:
        make_revision(opened, scene.visit, scene.member.id, "A1", note="Two entries lack the hour.", sources=["D"])
        row = make_row(opened, scene.visit, scene.member.id)
        make_revision(opened, scene.visit, scene.member.id, "D1", row_id=row.row_id, value={"value": 9.5})
    page = reading_page(tablets.open(scene.secretary.id), server, scene, "A1")
    expect(item(page, "A1").get_by_role("radio", name=exactly("Met")).first).to_be_checked()
    expect(item(page, "A1")).to_contain_text("Two entries lack the hour.")
    expect(page.locator(".item input:enabled, .item textarea:enabled")).to_have_count(0)
    expect(page.get_by_role("button", name=exactly("Note"))).to_have_count(0)
    page.evaluate("location.hash = 'D'")
    expect(page.get_by_label("Net area")).to_have_value("9.5")
    expect(page.get_by_label("Net area")).to_be_disabled()
    expect(page.get_by_role("button", name="Add a cell")).to_have_count(0)
    page.evaluate("location.hash = ''")
    expect(page.locator(".contents")).to_contain_text("You can read here.")


def test_a_visit_that_cannot_be_opened_says_so(tablets: Tablets, server: Server, scene: Scene) -> None:
    tablets.expect_errors(NO_CONNECTION)
    context = tablets.open(scene.member.id)
    page = context.new_page()
    page.route("**/bundle?*", lambda route: route.abort())
    page.goto(f"{server.address}/visits/{scene.visit.id}/record?lang=en")
    expect(page.get_by_role("alert").filter(has_text="could not be opened")).to_contain_text("Nothing is lost.")
    page.unroute("**/bundle?*")
    page.get_by_role("button", name="Reload").click()
    wait_until_open(page)
    expect(page.locator(".contents")).to_be_visible()


# Languages

#: What may stand in Latin letters in a Kazakh or Russian page: codes, file types, our name, quoted acts.
LATIN = re.compile(r"\b(Baqylau|English|JPEG|PNG|WebP|HEIC|JavaScript|Inf|CPT|[A-Z]{1,3}\d*)\b")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_is_left(tablets: Tablets, server: Server, scene: Scene, app: Application, language: str) -> None:
    with app.database.transaction() as opened:
        for author in (scene.leader, scene.member):
            make_revision(
                opened, scene.visit, author.id, "A1", note="", value={"national": "met", "international": "partly"}
            )
        row = make_row(opened, scene.visit, scene.member.id, "12")
        make_revision(opened, scene.visit, scene.member.id, "D1", row_id=row.row_id, value={"value": 9.5})
        make_revision(opened, scene.visit, scene.member.id, "D2", row_id=row.row_id, value={"value": 6})
    page = record_page(tablets.open(scene.leader.id, locale=language), server, scene, "", language)
    found = set()
    for section in ["", *page.locator(".contents-link").evaluate_all("links => links.map(link => link.hash.slice(1))")]:
        page.evaluate("hash => { location.hash = hash }", section)
        page.wait_for_function(
            "hash => !hash || document.querySelector('.bar-title .number')?.textContent === hash", arg=section
        )
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        text = LATIN.sub(" ", page.locator("body").inner_text().replace(scene.visit.number, ""))
        found |= set(re.findall(r"[A-Za-z]{3,}", text))
    assert found == set()


def test_the_scripts_and_styles_of_the_page_weigh_little(tablets: Tablets, server: Server, scene: Scene) -> None:
    context = tablets.open(scene.member.id)
    page = context.new_page()
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        path = response.url.partition("?")[0]
        if path.endswith((".js", ".css")):
            weights[path] = len(gzip.compress(response.body(), 9))

    page.on("response", weigh)
    page.goto(f"{server.address}/visits/{scene.visit.id}/record?lang=kk#D")
    wait_until_open(page)
    assert len(weights) > 30
    assert sum(weights.values()) <= 72 * 1024


def test_only_the_open_section_is_in_the_document(tablets: Tablets, server: Server, scene: Scene) -> None:
    page = record_page(tablets.open(scene.member.id), server, scene, "A")
    assert {key[0] for key in page.locator(".item").evaluate_all("items => items.map(item => item.dataset.key)")} == {
        "A"
    }
    page.evaluate("location.hash = 'B'")
    expect(item(page, "B1")).to_be_visible()
    expect(item(page, "A1")).to_have_count(0)
