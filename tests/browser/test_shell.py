"""The tablet's shell in a real browser: taken along, switched off, opened without a server, recorded, delivered, removed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect
from sqlmodel import Session

from baqylau.answers.queries import heads_of
from tests.browser.driving import Server, kill_browser_of, open_profile, sign_in, take_along, unlock
from tests.factories.answers import Scene

pytestmark = pytest.mark.browser
Look = Callable[[Callable[[Session], Any]], Any]


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
    unlock(page, "A1")
    page.locator('.item[data-key="A1"]').get_by_role("radio", name=re.compile("^met$", re.IGNORECASE)).first.click()
    expect(page.locator('.item[data-key="A1"] .item-state')).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"))
    server.start()
    sign_in(server, context, scene.member.id)
    page.locator("#to-delivery").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Everything is delivered.", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Қазақша").click()
    expect(page.locator("#to-delivery")).to_have_text(re.compile("жеткізілді"))
    assert [head.item_id for head in looking(lambda session: heads_of(session, scene.visit.id))] == ["A1"]
    context.close()
