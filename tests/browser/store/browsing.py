"""A Chromium with a profile of its own that can be killed and opened again; knows nothing of the application."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

CHROMIUM = os.environ.get("BAQYLAU_CHROMIUM", "/usr/bin/chromium")
HOW = {
    "executable_path": CHROMIUM,
    "headless": False,
    "ignore_default_args": ["--headless"],
    "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    ],
}  # fmt: skip


@dataclass
class Tablet:
    """A browser with a page on which the store lies, and what the page reported as kept."""

    context: BrowserContext
    page: Page
    profile: Path
    kept: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run(self, script: str, given: object = None) -> Any:
        """Run the body of an async function with `store` and `given`, and return what it returns."""
        return self.page.evaluate(f"async (given) => {{ {script} }}", given)

    def another_page(self, address: str) -> Page:
        """Open the store in a second page of the same browser."""
        page = self.context.new_page()
        _load(page, address)
        return page

    def cdp(self) -> CDPSession:
        """Return a way to speak with the browser itself."""
        return self.context.new_cdp_session(self.page)


class Tablets:
    """Opens one profile again and again."""

    def __init__(self, playwright: Playwright, address: str, profile: Path) -> None:
        self.address = address
        self.profile = profile
        self._playwright = playwright

    @contextmanager
    def open(self, path: str = "/", expected: tuple[str, ...] = ()) -> Iterator[Tablet]:
        """Open the profile; every error of the page but those expected fails the test."""
        context = self._playwright.chromium.launch_persistent_context(self.profile, **HOW)
        tablet = Tablet(context, context.pages[0], self.profile)
        try:
            tablet.page.on("pageerror", lambda error: tablet.errors.append(str(error)))
            tablet.page.on("console", lambda said: tablet.errors.append(said.text) if said.type == "error" else None)
            tablet.page.expose_function("kept", lambda text: tablet.kept.append(json.loads(text)))
            _load(tablet.page, self.address + path)
            yield tablet
        finally:
            # A test that failed must not leave a browser that holds the profile.
            with suppress(Exception):
                context.close()
            kill(self.profile)
        unexpected = [one for one in tablet.errors if not any(part in one for part in expected)]
        assert not unexpected, "\n".join(unexpected)


def _load(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def kill(profile: Path) -> bool:
    """Kill the browser of this profile as a crash would and wait until it is gone; False when there was none."""
    leader = _browser_of(profile)
    if leader is None:
        return False
    with suppress(ProcessLookupError):
        os.killpg(os.getpgid(leader), signal.SIGKILL)
    for _ in range(200):
        if _browser_of(profile) is None:
            return True
        time.sleep(0.02)
    raise AssertionError("the browser did not die")


def _browser_of(profile: Path) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in words and not any(one.startswith(b"--type=") for one in words):
                return int(process.name)
    return None
