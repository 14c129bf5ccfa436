"""The tablet's shell in a real browser: taken along, switched off, opened without a server, recorded, delivered, removed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlmodel import Session

from baqylau.answers.queries import heads_of
from tests.browser.driving import HOW_TO_START, UPRIGHT, Server, Tablets, kill_browser_of, sign_in
from tests.factories.answers import Scene

pytestmark = pytest.mark.browser
Look = Callable[[Callable[[Session], Any]], Any]
PASSPHRASE = "snow apple seven rivers"


def open_profile(playwright: Playwright, profile: Path) -> BrowserContext:
    """Start a browser that keeps what it stores in `profile`."""
    context = playwright.chromium.launch_persistent_context(str(profile), viewport=UPRIGHT, has_touch=True, **HOW_TO_START)
    context.set_default_timeout(20_000)
    return context


def allow_storage(context: BrowserContext, page: Page, server: Server) -> None:
    """Let the browser promise to keep what it stores, as an installed page may ask it to."""
    session = context.new_cdp_session(page)
    session.send("Browser.grantPermissions", {"permissions": ["durableStorage"], "origin": server.address})


def take_along(context: BrowserContext, server: Server, scene: Scene) -> Page:
    page = context.pages[0] if context.pages else context.new_page()
    page.on("console", lambda message: print("CONSOLE", message.type, message.text))
    page.on("pageerror", lambda error: print("ERROR", error))
    page.goto(f"{server.address}/tablet/?take={scene.visit.id}&lang=en")
    allow_storage(context, page, server)
    page.locator("#vault-label").fill("A. B.")
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("#passphrase-again").fill(PASSPHRASE)
    page.get_by_role("button", name="Take along").click()
    expect(page.get_by_text("Works without a network until")).to_be_visible(timeout=30_000)
    return page


def test_a_visit_is_taken_along_recorded_without_a_server_and_delivered_later(
    playwright: Playwright, server: Server, scene: Scene, looking: Look, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context = open_profile(playwright, profile)
    sign_in(server, context, scene.member.id)
    page = take_along(context, server, scene)
    server.stop()
    kill_browser_of(profile)
    context = open_profile(playwright, profile)
    page = context.pages[0]
    page.goto(f"{server.address}/tablet/?lang=en")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("location.hash = 'A1'")
    page.locator('.item[data-key="A1"]').get_by_role("radio", name=re.compile("^met$", re.IGNORECASE)).first.click()
    expect(page.locator('.item[data-key="A1"] .item-state')).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"))
    server.start()
    page.locator("#to-delivery").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Everything is delivered.")).to_be_visible(timeout=30_000)
    assert [head.item_id for head in looking(lambda session: heads_of(session, scene.visit.id))] == ["A1"]
    context.close()
