"""`./dev demo`: make the demo installation if it is not there, say where everything is, and serve it."""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session

from baqylau import clock
from baqylau.db.engine import Database
from baqylau.db.migrate import upgrade
from baqylau.demo.report import issue, judged_items
from baqylau.demo.visits import make_other_visits, record_whole_visit
from baqylau.demo.world import make_world
from baqylau.i18n import LANGUAGES, local_time
from baqylau.locations import checkout
from baqylau.reports.making import register
from baqylau.reports.queries import files_of, get_report
from baqylau.settings import Settings, read_settings
from baqylau.signatures.keys import make_keys
from baqylau.signatures.terms import KeyNames
from baqylau.storage.files import read

T = TypeVar("T")
_PORT = 8000
_SEAL_NAME = "Baqylau demo"


class Stages:
    """Times the stages as they go and says which one runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def run(self, name: str, work: Callable[[], T]) -> T:
        """Do the work and note how many seconds it took."""
        print(f"-- {name}", file=sys.stderr, flush=True)
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = round(time.perf_counter() - began, 2)


def main() -> None:
    """Make, tell, serve."""
    parser = argparse.ArgumentParser(prog="./dev demo")
    parser.add_argument("--fresh", action="store_true", help="make the installation anew")
    parser.add_argument("--no-serve", action="store_true", help="stop before serving")
    parser.add_argument("--port", type=int, default=_PORT)
    parser.add_argument("--folder", type=Path, help="make it there and not in instance/demo")
    asked = parser.parse_args()
    folder = (asked.folder or checkout() / "instance" / "demo").resolve()
    summary = folder / "demo.json"
    if asked.fresh or not summary.exists():
        if not _is_ours(folder):
            parser.error(f"{folder} holds something that is no demo; name an empty folder, or one that does not exist")
        # Half an installation is no installation: what was broken off is made anew.
        shutil.rmtree(folder, ignore_errors=True)
        port = asked.port if _is_free(asked.port) else 0
        _make(folder, summary, port or _free_port())
    told = json.loads(summary.read_text())
    _tell(told)
    if not asked.no_serve:
        _serve(folder, told)


def _is_ours(folder: Path) -> bool:
    """Tell whether nothing but a demo is lost when the folder is emptied."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    settings = folder / "settings.toml"
    return not any(folder.iterdir()) or (settings.exists() and _SEAL_NAME in settings.read_text())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make(folder: Path, summary: Path, port: int) -> None:
    folder.mkdir(mode=0o700, parents=True)
    address = f"http://127.0.0.1:{port}"
    (folder / "settings.toml").write_text(
        f'public_address = "{address}"\nsecure_cookies = false\nseal_name = "{_SEAL_NAME}"\n'
    )
    settings = read_settings(folder)
    stages, now = Stages(), clock.now()
    register()
    stages.run("schema", lambda: upgrade(settings.database))
    names = KeyNames(root=f"{_SEAL_NAME} root", seal=_SEAL_NAME, organisation=_SEAL_NAME)
    stages.run("keys", lambda: make_keys(settings.keys, names, at=now - timedelta(days=400)))
    database = Database(settings.database)
    told = stages.run("installation", lambda: _fill(database, settings, stages, now))
    told |= {"address": address, "seconds": stages.seconds}
    part = summary.with_suffix(".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=2))
    part.chmod(0o600)
    part.rename(summary)


def _fill(database: Database, settings: Settings, stages: Stages, now: datetime) -> dict[str, Any]:
    today = local_time(now, settings.time_zone).date()

    def world_at_start() -> Any:
        with database.transaction() as session:
            return make_world(session, settings, now - timedelta(days=300))

    world = stages.run("councils, places, people", world_at_start)
    visit_id = stages.run(
        "recorded visit", lambda: record_whole_visit(database, settings, world, today, judged_items())
    )
    stages.run("other visits", lambda: make_other_visits(database, settings, world, today))
    report_id = stages.run(
        "report in three languages", lambda: issue(database, settings, world, visit_id, now - timedelta(days=2))
    )
    with database.reading() as session:
        reports = _reports(session, settings, report_id)
    users = [
        {"name": login, "role": world.roles[login], "password": password} for login, password in world.passwords.items()
    ]
    return {"users": users, "reports": reports}


def _reports(session: Session, settings: Settings, report_id: Any) -> list[dict[str, Any]]:
    """Write the sealed files where people find them, and list them."""
    report = get_report(session, report_id)
    folder = settings.instance / "reports"
    folder.mkdir()
    found = []
    for file in files_of(session, [report_id])[report_id].values():
        path = folder / f"{report.number}-v{report.version}-{file.language}.pdf"
        path.write_bytes(read((settings.blobs, settings.keys), file.sha256))
        found.append({"path": str(path), "language": file.language, "number": report.number, "pages": file.pages})
    return sorted(found, key=lambda one: list(LANGUAGES).index(one["language"]))


def _tell(told: dict[str, Any]) -> None:
    print("\nReports:")
    for report in told["reports"]:
        print(f"  {report['language']}  {report['path']}")
    print("\nSign-in names (the passwords are of this demo alone):")
    for user in told["users"]:
        print(f"  {user['name']:14} {user['role']:14} {user['password']}")
    print(f"\nAddress: {told['address']}\n", flush=True)


def _serve(folder: Path, told: dict[str, Any]) -> None:
    port = told["address"].rsplit(":", 1)[1]
    environment = {**os.environ, "BAQYLAU_INSTANCE": str(folder)}
    command = [sys.executable, "-m", "baqylau.cli.commands", "serve", "--port", port]
    try:
        subprocess.run(command, env=environment, check=False)  # noqa: S603  # our own program
    except KeyboardInterrupt:
        print("\nended")


if __name__ == "__main__":
    main()
