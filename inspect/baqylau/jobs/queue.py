"""The queue behind the job rows: Huey, with SQLite in the instance folder unless a setting names another store.

Rooms above say what a kind of job does (`does`); a job is claimed in the database before it runs, so handing it over twice
does it once.
"""

import logging
from collections.abc import Callable
from functools import cache
from uuid import UUID

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

from baqylau import clock
from baqylau.db.engine import Database
from baqylau.errors import Problem
from baqylau.jobs.actions import claim, end, put_back_broken_off
from baqylau.jobs.queries import waiting_jobs
from baqylau.settings import Settings

_log = logging.getLogger("baqylau.jobs")

#: What does a job: (database, settings, job id, subject id); it reports steps with `jobs.actions.step_done`.
JobWork = Callable[[Database, Settings, UUID, UUID], None]

#: Trouble of a job that no refusal explains; the log has the rest under the job's id.
CRASH = "jobs.crash"

_WORK: dict[str, JobWork] = {}
#: {(queue, folder of the installation): what puts a job's id into it}.
_TASKS: dict[tuple[str, str], Callable[[str], object]] = {}


def does(kind: str, work: JobWork) -> None:
    """Say what a job of this kind does."""
    _WORK[kind] = work


def open_queue(settings: Settings) -> Huey:
    """Return the installation's queue: SQLite in the instance folder, PostgreSQL or Redis by the setting `queue`."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    return _open(settings.queue, str(settings.instance / "queue.sqlite3"))


@cache
def _open(queue: str, file: str) -> Huey:
    if queue == "sqlite":
        return SqliteHuey("baqylau", filename=file, fsync=True, results=False)
    if queue.startswith("redis"):
        return RedisHuey("baqylau", url=queue, results=False)
    return PostgresHuey("baqylau", dsn=queue, results=False)


def hand_over_waiting_jobs(database: Database, settings: Settings) -> None:
    """Queue the jobs that were committed and wait; called after each commit and at the worker's start.

    A queue that does not answer loses nothing: the rows wait, and are handed over after the next commit.
    """
    with database.reading() as session:
        waiting = [job.id for job in waiting_jobs(session)]
    if not waiting:
        return
    try:
        put = _task(settings)
        for job_id in waiting:
            put(str(job_id))
    except Exception:  # noqa: BLE001 -- whatever store is behind the queue, what was committed stays committed
        _log.exception("the queue does not answer")


def _task(settings: Settings) -> Callable[[str], object]:
    key = (settings.queue, str(settings.instance))
    if key not in _TASKS:

        def run_job(job_id: str) -> None:
            database = Database(settings.database)
            try:
                run(database, settings, UUID(job_id))
            finally:
                database.engine.dispose()

        _TASKS[key] = open_queue(settings).task(name="run_job")(run_job)
    return _TASKS[key]


def run(database: Database, settings: Settings, job_id: UUID) -> None:
    """Do a waiting job now, in this process; one that somebody else has claimed is left alone."""
    with database.transaction() as session:
        job = claim(session, job_id, clock.now())
    if job is None:
        return
    trouble = _do(database, settings, job.id, job.kind, job.subject_id)
    with database.transaction() as session:
        end(session, job_id, trouble, clock.now())


def _do(database: Database, settings: Settings, job_id: UUID, kind: str, subject_id: UUID) -> str | None:
    """Return the code of the trouble, None without any: the job must say that it failed, and the worker must live."""
    try:
        _WORK[kind](database, settings, job_id, subject_id)
    except Problem as problem:
        _log.warning("job refused", extra={"job": str(job_id), "code": problem.code})
        return problem.code
    except Exception:  # noqa: BLE001 -- whatever it was
        _log.exception("job crashed", extra={"job": str(job_id)})
        return CRASH
    return None


def work(database: Database, settings: Settings, workers: int = 1) -> None:
    """Do jobs until told to stop (SIGTERM, Ctrl-C); what an earlier worker broke off is begun anew."""
    with database.transaction() as session:
        put_back_broken_off(session)
    queue = open_queue(settings)
    _task(settings)
    hand_over_waiting_jobs(database, settings)
    queue.create_consumer(
        workers=workers, periodic=False, check_worker_health=True, initial_delay=0.1, max_delay=1
    ).run()
