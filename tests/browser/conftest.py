"""A real server on a free port of 127.0.0.1, a real Chromium, and people who are signed in with it.

Every error in the console and every error of a page fails the test, but for those that a test says it expects.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlmodel import Session

from baqylau.app import Application
from baqylau.checklists.loading import load, load_standards
from baqylau.checklists.terms import Checklist
from baqylau.locations import shipped
from tests.browser.driving import HOW_TO_START, Server, Tablets
from tests.factories.answers import Scene, make_scene
from tests.factories.checklists import make_checklist_version


@pytest.fixture
def database_address(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the address of a fresh SQLite database: what the browser sees is the same on either engine."""
    path = tmp_path / "baqylau.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def server(app: Application) -> Iterator[Server]:
    """Return the running application, with its tokens checked as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    running = Server(app)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Return the driver; it ends with its module, for as long as it lives an event loop runs in this thread."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Return one browser for all tests; each person has a context of their own."""
    browser = playwright.chromium.launch(**HOW_TO_START)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def full_checklist() -> Checklist:
    """Return the checklist of a full visit, as it is shipped."""
    forms = shipped("forms")
    return load(forms / "full-visit" / "v1.yaml", load_standards(forms / "standards.yaml"))


@pytest.fixture
def scene(app: Application, full_checklist: Checklist) -> Scene:
    """Return a visit under way that is recorded by the full checklist."""
    with app.database.transaction() as opened:
        return make_scene(opened, checklists=[make_checklist_version(opened, checklist=full_checklist)])


@pytest.fixture
def looking(app: Application) -> Callable[[Callable[[Session], Any]], Any]:
    """Return a function that asks the database something in a reading session of its own."""

    def look(ask: Callable[[Session], Any]) -> Any:
        with app.database.reading() as opened:
            return ask(opened)

    return look


@pytest.fixture
def tablets(server: Server, chromium: Browser) -> Iterator[Tablets]:
    """Return what opens pages; a page error or console error that was not expected fails the test."""
    opened = Tablets(server, chromium)
    yield opened
    opened.close()
