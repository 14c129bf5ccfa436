"""`baqylau doctor`: what this machine and this installation lack, and what to do about it."""

import ctypes.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from baqylau.cli.installation import schema_revision
from baqylau.cli.output import json_option, show
from baqylau.clock import now
from baqylau.db.migrate import newest_revision
from baqylau.locations import ShippedFolderMissing, shipped
from baqylau.settings import Settings, read_settings
from baqylau.signatures.keys import load_keys
from baqylau.signatures.terms import KeyTrouble

_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
_FREE_BYTES = 1024**3
_SEAL_DAYS = 60

Finding = tuple[str, bool, str]


@click.command()
@json_option
@click.pass_obj
def doctor(instance: Path | None, as_json: bool) -> None:
    """Check the machine and the installation; exit 1 if anything is missing."""
    settings = read_settings(instance)
    found = [finding for check in CHECKS for finding in check(settings)]
    value = [{"check": name, "holds": holds, "advice": "" if holds else advice} for name, holds, advice in found]
    show(value, as_json, lambda: [f"{'ok  ' if h else 'FAIL'} {n}{'' if h else ': ' + a}" for n, h, a in found])
    sys.exit(0 if all(holds for _, holds, _ in found) else 1)


def _libraries(_settings: Settings) -> Iterator[Finding]:
    for library, package in _LIBRARIES.items():
        yield f"library {library}", ctypes.util.find_library(library) is not None, f"install {package}"


def _folders(_settings: Settings) -> Iterator[Finding]:
    for name in ("forms", "templates", "static", "translations"):
        try:
            holds = any(shipped(name).iterdir())
        except ShippedFolderMissing:
            holds = False
        yield f"folder {name}", holds, "the program is not installed whole; install it again"
    compiled = all((shipped("translations") / code / "LC_MESSAGES/messages.mo").exists() for code in ("kk", "ru"))
    yield "compiled translations", compiled, "run ./dev translate, or install the wheel"


def _instance(settings: Settings) -> Iterator[Finding]:
    exists = settings.instance.is_dir()
    yield "instance folder", exists, "make it, or name another with BAQYLAU_INSTANCE"
    if exists:
        free = shutil.disk_usage(settings.instance).free
        yield "1 GiB free", free >= _FREE_BYTES, "free some room: photos and reports need it"
        revision = schema_revision(settings)
        yield "schema", revision == newest_revision(), "run baqylau db upgrade"


def _seal(settings: Settings) -> Iterator[Finding]:
    try:
        held = load_keys(settings.keys)
    except KeyTrouble as trouble:
        yield "seal", False, f"{trouble}; a new installation runs baqylau keys init"
        return
    yield "seal", True, ""
    days = (held.certificate.not_valid_after_utc - now()).days
    yield f"seal valid for {days} days", days > _SEAL_DAYS, "run baqylau keys rotate"


def _safety(settings: Settings) -> Iterator[Finding]:
    local = settings.public_address.startswith(("http://127.0.0.1", "http://localhost"))
    yield "HTTPS address", local or settings.public_address.startswith("https://"), "set public_address to https://…"
    yield "secure cookies", local or settings.secure_cookies, "do not switch secure_cookies off"
    yield "not a test installation", not settings.testing, "take `testing` out of the settings"


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_libraries, _folders, _instance, _seal, _safety)
