"""An installation in which one report was issued and then corrected, rendered and sealed for real, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from baqylau import clock
from baqylau.db.engine import Database
from baqylau.i18n import LANGUAGES
from baqylau.jobs.models import Job
from baqylau.jobs.queries import newest_job
from baqylau.jobs.queue import run
from baqylau.reports import actions, making, queries
from baqylau.reports.models import Report
from baqylau.settings import Settings, read_settings
from baqylau.storage.files import read
from baqylau.visits.actions import protect_name
from tests.factories.answers import make_evidence, make_revision, make_row
from tests.factories.reports import ISSUED_AT, READY_AT, REASON, Written, make_ready, make_seal

#: Put into every note, free text, label of a row and protected name: no report may hold it.
CANARY = "Жасырынқанарейка"


@dataclass(frozen=True)
class Issued:
    """A report in two versions, and where it lies."""

    settings: Settings
    database: Database
    written: Written
    #: Ids of version 1, which was corrected, and of version 2.
    first: UUID
    second: UUID
    #: {(version, language): sealed bytes}.
    files: dict[tuple[int, str], bytes]

    def path(self, version: int, language: str, folder: Path) -> Path:
        """Write a sealed file for another program, and return where."""
        path = folder / f"{version}-{language}.pdf"
        path.write_bytes(self.files[version, language])
        return path


def do_job(database: Database, settings: Settings, report_id: UUID) -> Job:
    """Do the newest job of a report in this process, and return it."""
    with database.reading() as session:
        job = newest_job(session, making.MAKE, report_id)
    assert job is not None
    run(database, settings, job.id)
    with database.reading() as session:
        return session.get_one(Job, job.id)


def issue(database: Database, settings: Settings, written: Written, **reason: str) -> Report:
    """Let the chair issue the report, without making it yet."""
    with database.transaction() as session:
        chair = written.actor(session, "chair")
        report, _job = actions.issue_report(session, chair, written.visit, reason, settings, ISSUED_AT)
    return report


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Issued]:
    """Return a report in two versions; its answers carry the canary wherever a person may write."""
    making.register()
    folder = tmp_path_factory.mktemp("issued")
    settings = read_settings(folder, secure_cookies=False, testing=True)
    (folder / "baqylau.sqlite3").write_bytes(sqlite_template.read_bytes())
    database = Database(settings.database)
    make_seal(settings)
    with clock.fixed_at(ISSUED_AT):
        with database.transaction() as session:
            written = make_ready(session)
            _put_canaries(session, written, settings)
        first = issue(database, settings, written)
        do_job(database, settings, first.id)
        with database.transaction() as session:
            leader = written.actor(session, "leader")
            actions.mark_ready(session, leader, written.visit, settings, ISSUED_AT)
        second = issue(database, settings, written, **REASON)
        do_job(database, settings, second.id)
    yield Issued(settings, database, written, first.id, second.id, _files(database, settings, first.id, second.id))
    making.renderers(settings.render_processes).shutdown()
    making.renderers.cache_clear()
    database.engine.dispose()


def _put_canaries(session: Session, written: Written, settings: Settings) -> None:
    visit, author = written.visit, written.member.id
    early = {"received_at": READY_AT, "recorded_at": READY_AT}
    row = make_row(session, visit, author, f"Cell of {CANARY}", note=CANARY, **early).row_id
    measured = {"value": 9.0, "instrument": CANARY}
    make_revision(session, visit, author, "D1", row_id=row, value=measured, note=CANARY, **early)
    make_revision(session, visit, author, "F3", value={"value": CANARY}, note=CANARY, **early)
    make_revision(session, visit, author, "F1", value={"value": "yes"}, note=CANARY, **early)
    make_evidence(session, visit, author, caption=CANARY)
    protect_name(session, written.actor(session, "leader"), visit, CANARY, settings.keys, READY_AT)


def _files(database: Database, settings: Settings, *report_ids: UUID) -> dict[tuple[int, str], bytes]:
    with database.reading() as session:
        stored = queries.files_of(session, report_ids)
    folders = (settings.blobs, settings.keys)
    return {
        (version, language): read(folders, stored[report_id][language].sha256)
        for version, report_id in enumerate(report_ids, 1)
        for language in LANGUAGES
    }
