"""How tests drive the recording page: the server, the browser, people with tablets."""

import os
import re
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import BaseWSGIServer, make_server

from baqylau import clock
from baqylau.accounts import cookies
from baqylau.accounts.actions import begin_session
from baqylau.app import Application
from tests.factories.answers import Scene

CHROMIUM = os.environ.get("BAQYLAU_CHROMIUM", "/usr/bin/chromium")
#: Chromium's new headless mode is the real browser; Playwright's own switch would start the old one.
HOW_TO_START = {
    "executable_path": CHROMIUM,
    "headless": False,
    "ignore_default_args": ["--headless"],
    "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    ],
}  # fmt: skip
UPRIGHT = {"width": 800, "height": 1280}
PASSPHRASE = "snow apple seven rivers"


class Server:
    """The application behind a port that stays the same when it is stopped and started again."""

    def __init__(self, app: Application) -> None:
        self.app = app
        #: What answers: the application, or a network that fails before it.
        self.answering: Any = app
        self.port = 0
        self._server: BaseWSGIServer | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.answering, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


def sign_in(server: Server, context: BrowserContext, user_id: UUID) -> None:
    """Sign the person in with this browser."""
    with server.app.database.transaction() as opened:
        token = begin_session(opened, user_id, "browser of a test", server.app.baqylau_settings, clock.now())
    context.add_cookies([{"name": cookies.NAME, "value": token, "url": server.address}])


class Tablets:
    """Opens pages for people and remembers what went wrong in them."""

    def __init__(self, server: Server, chromium: Browser) -> None:
        self.server = server
        self.errors: list[str] = []
        self._expected: list[str] = []
        self._chromium = chromium
        self._contexts: list[BrowserContext] = []

    def expect_errors(self, *patterns: str) -> None:
        """Let the console say what matches: a server that is down is an error for the browser too."""
        self._expected += patterns

    def open(self, user_id: UUID, **how: Any) -> BrowserContext:
        """Return a context in which the person is signed in."""
        context = self._chromium.new_context(**{"viewport": UPRIGHT, "has_touch": True, **how})
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        sign_in(self.server, context, user_id)
        self.watch(context)
        return context

    def watch(self, context: BrowserContext) -> None:
        """Remember the errors of every page of the context."""
        context.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: self._note(str(error.error)))

    def _note(self, text: str) -> None:
        self.errors.append(text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        unexpected = [text for text in self.errors if not any(re.search(one, text) for one in self._expected)]
        assert not unexpected, "\n".join(unexpected)


def open_profile(playwright: Playwright, profile: Path) -> BrowserContext:
    """Start a browser that keeps what it stores in `profile`."""
    context = playwright.chromium.launch_persistent_context(
        str(profile), viewport=UPRIGHT, has_touch=True, **HOW_TO_START
    )
    context.set_default_timeout(20_000)
    return context


def take_along(context: BrowserContext, server: Server, scene: Scene, language: str = "en") -> Page:
    """Take the visit along with this browser; the page says then that it is ready."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(f"{server.address}/tablet/?take={scene.visit.id}&lang={language}")
    allow_storage(context, page, server)
    page.locator("#vault-label").fill("A. B.")
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("#passphrase-again").fill(PASSPHRASE)
    page.locator(".take-along button[type=submit]").click()
    page.locator(".notice-good").wait_for(timeout=30_000)
    return page


def allow_storage(context: BrowserContext, page: Page, server: Server) -> None:
    """Let the browser promise to keep what it stores, as an installed page may ask it to."""
    session = context.new_cdp_session(page)
    whose = session.send("Target.getTargetInfo")["targetInfo"].get("browserContextId")
    about = {"permissions": ["durableStorage"], "origin": server.address, "browserContextId": whose}
    session.send("Browser.grantPermissions", about)


def record_page(context: BrowserContext, server: Server, scene: Scene, place: str = "", language: str = "en") -> Page:
    """Take the visit along and open it at a section or item."""
    page = take_along(context, server, scene, language)
    page.locator(".vault-acts .button-primary").click()
    return open_at(page, place)


def unlock(page: Page, place: str = "") -> Page:
    """Unlock the one visit on this tablet and open it at a section or item."""
    page.locator(".vault input[type=password]").fill(PASSPHRASE)
    page.locator(".vault button[type=submit]").click()
    return open_at(page, place)


def reopen(page: Page) -> Page:
    """Load the page anew, which locks the visit, and unlock it where it was."""
    page.reload()
    return unlock(page)


def open_at(page: Page, place: str) -> Page:
    """Wait until the visit is open and go to a section or item."""
    wait_until_open(page)
    if place:
        page.evaluate("place => { location.hash = place }", place)
        page.locator(f'.item[data-key="{place}"], .item[data-key^="{place}"]').first.wait_for()
    return page


def reading_page(context: BrowserContext, server: Server, scene: Scene, place: str = "", language: str = "en") -> Page:
    """Open what is recorded of the visit, for reading at the office."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(f"{server.address}/visits/{scene.visit.id}/record?lang={language}#{place}")
    wait_until_open(page)
    return page


def wait_until_open(page: Page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached")


def kill_browser_of(profile: Path) -> None:
    """Kill the browser that was started with this profile as a crash would, and wait until it is gone."""
    leader = _browser_of(profile)
    assert leader is not None, "no browser runs with this profile"
    os.killpg(os.getpgid(leader), signal.SIGKILL)
    for _ in range(100):
        if _browser_of(profile) is None:
            return
        time.sleep(0.05)
    raise AssertionError("the browser did not die")


def _browser_of(profile: Path) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            is_ours = f"--user-data-dir={profile}".encode() in words
            if is_ours and not any(word.startswith(b"--type=") for word in words):
                return int(process.name)
    return None
