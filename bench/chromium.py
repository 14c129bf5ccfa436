"""Headless Chromium printing a page from files: the peer of the report's renderer."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import peak_mib, share_mib, tree_of

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Without it a page from a file gets no fonts from files.
    "--allow-file-access-from-files",
    "--no-pdf-header-footer",
)
_LONGEST_SECONDS = 120


@dataclass(frozen=True)
class Printed:
    """What one print cost."""

    seconds: float
    #: The largest resident size of any of its processes; sizes are not added up, for pages are shared.
    peak_mib: float
    #: The most that all its processes took together; 0 unless it was asked for, for looking takes time.
    together_mib: float


def command() -> str:
    """Return the browser's command; LookupError when there is none."""
    found = os.environ.get("BAQYLAU_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise LookupError("no Chromium: name its command in BAQYLAU_CHROMIUM")
    return found


def print_page(page: Path, pdf: Path, profile: Path, *, adds_up: bool = False) -> Printed:
    """Print the page into `pdf` and return what it cost from the start of the browser to its end."""
    pdf.unlink(missing_ok=True)
    order = [command(), *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.as_uri()]
    peaks: dict[int, float] = {}
    together = 0.0
    began = time.perf_counter()
    browser = subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while browser.poll() is None:
            if time.perf_counter() - began > _LONGEST_SECONDS:
                raise TimeoutError("Chromium did not print in time")
            tree = tree_of(browser.pid)
            for pid in tree:
                peaks[pid] = max(peaks.get(pid, 0.0), peak_mib(pid))
            if adds_up:
                together = max(together, sum(share_mib(pid) for pid in tree))
            time.sleep(0.03)
        seconds = time.perf_counter() - began
    finally:
        browser.kill()
        _, said = browser.communicate()
    if browser.returncode or not pdf.exists():
        raise RuntimeError(f"Chromium printed nothing: {said[-500:]}")
    return Printed(seconds, max(peaks.values()), together)
