"""Jobs: a row first, claimed once, ended in any case; the queue may be handed a job twice and may be away."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from baqylau.db.engine import Database
from baqylau.errors import conflict
from baqylau.jobs import queue
from baqylau.jobs.actions import ask_for, claim, put_back_broken_off, step_done
from baqylau.jobs.models import Job
from baqylau.jobs.queries import newest_job, waiting_jobs
from baqylau.jobs.terms import JobState
from baqylau.settings import Settings, read_settings

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
KIND = "tests.do"

Done = list[tuple[UUID, UUID]]


@pytest.fixture
def done() -> Iterator[Done]:
    """Return what was done: (job id, subject id)."""
    found: Done = []
    queue.does(KIND, lambda _database, _settings, job_id, subject_id: found.append((job_id, subject_id)))
    yield found
    queue._WORK.pop(KIND)


def _ask(database: Database, subject: UUID | None = None, at: datetime = NOW) -> UUID:
    with database.transaction() as session:
        return ask_for(session, KIND, subject or uuid4(), 3, None, at).id


def _job(database: Database, job_id: UUID) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_is_done_and_ends(database: Database, settings: Settings, done: Done) -> None:
    subject = uuid4()
    job_id = _ask(database, subject)
    queue.run(database, settings, job_id)
    job = _job(database, job_id)
    assert done == [(job_id, subject)]
    assert (job.state, job.trouble) == (JobState.DONE, None)
    assert job.began_at is not None
    assert job.ended_at is not None


def test_a_job_handed_over_twice_is_done_once(database: Database, settings: Settings, done: Done) -> None:
    job_id = _ask(database)
    for _ in range(2):
        queue.run(database, settings, job_id)
    assert len(done) == 1


def test_a_job_that_nobody_knows_is_left_alone(database: Database, settings: Settings, done: Done) -> None:
    queue.run(database, settings, uuid4())
    assert done == []


def _refuse(*_: object) -> None:
    raise conflict("tests.refused", "No.")


def _crash(*_: object) -> None:
    raise RuntimeError("a secret of the crash")


@pytest.mark.parametrize(("work", "code"), [(_refuse, "tests.refused"), (_crash, "jobs.crash")])
def test_a_job_that_fails_says_so_by_a_code(
    database: Database, settings: Settings, done: Done, work: Callable[..., None], code: str
) -> None:
    queue.does(KIND, work)
    job_id = _ask(database)
    queue.run(database, settings, job_id)
    job = _job(database, job_id)
    assert (job.state, job.trouble) == (JobState.FAILED, code)


def test_a_kind_that_nobody_does_fails(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        job_id = ask_for(session, "tests.unknown", uuid4(), 1, None, NOW).id
    queue.run(database, settings, job_id)
    assert _job(database, job_id).trouble == queue.CRASH


def test_steps_are_counted_and_begin_anew_with_the_job(session: Session) -> None:
    job = ask_for(session, KIND, uuid4(), 3, None, NOW)
    assert claim(session, job.id, NOW) is not None
    assert claim(session, job.id, NOW) is None
    for _ in range(2):
        step_done(session, job.id)
    session.expire_all()
    assert job.done == 2
    put_back_broken_off(session)
    session.expire_all()
    assert job.state == JobState.WAITING
    assert claim(session, job.id, NOW) is not None
    session.expire_all()
    assert job.done == 0


def test_the_newest_job_of_a_thing_is_found(session: Session) -> None:
    subject = uuid4()
    for minutes in (5, 9, 1):
        ask_for(session, KIND, subject, 1, None, NOW + timedelta(minutes=minutes))
    ask_for(session, KIND, uuid4(), 1, None, NOW + timedelta(hours=1))
    newest = newest_job(session, KIND, subject)
    assert newest is not None
    assert newest.asked_at == NOW + timedelta(minutes=9)
    assert newest_job(session, "tests.other", subject) is None
    assert len(waiting_jobs(session)) == 4


def test_waiting_jobs_are_handed_over_through_the_queue(database: Database, settings: Settings, done: Done) -> None:
    job_id = _ask(database)
    for _ in range(2):
        queue.hand_over_waiting_jobs(database, settings)
    huey = queue.open_queue(settings)
    assert len(huey) == 2
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert [job for job, _ in done] == [job_id]
    queue.hand_over_waiting_jobs(database, settings)
    assert len(huey) == 0


def test_two_installations_have_two_queues(
    database: Database, settings: Settings, done: Done, tmp_path: object
) -> None:
    other = read_settings(f"{tmp_path}/other", database_address=settings.database_address)
    _ask(database)
    queue.hand_over_waiting_jobs(database, settings)
    assert len(queue.open_queue(settings)) == 1
    assert len(queue.open_queue(other)) == 0


def test_a_queue_that_does_not_answer_loses_no_job(
    database: Database, settings: Settings, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_settings: Settings) -> None:
        raise ConnectionError

    job_id = _ask(database)
    with monkeypatch.context() as patched:
        patched.setattr(queue, "_task", away)
        queue.hand_over_waiting_jobs(database, settings)
    assert _job(database, job_id).state == JobState.WAITING
    queue.hand_over_waiting_jobs(database, settings)
    assert len(queue.open_queue(settings)) == 1


def test_a_worker_begins_anew_what_another_broke_off(
    database: Database, settings: Settings, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The consumer's own loop runs in a thread here, so its signal handlers are left out."""
    job_id = _ask(database)
    with database.transaction() as session:
        claim(session, job_id, NOW)
    consumers = []
    make = queue.Huey.create_consumer

    def create(huey: queue.Huey, **options: object) -> object:
        consumer = make(huey, **options)
        consumer._set_signal_handlers = lambda: None
        consumers.append(consumer)
        return consumer

    monkeypatch.setattr(queue.Huey, "create_consumer", create)
    worker = threading.Thread(target=queue.work, args=(database, settings))
    worker.start()
    until = time.monotonic() + 20
    while _job(database, job_id).state != JobState.DONE and time.monotonic() < until:
        time.sleep(0.05)
    consumers[0].stop(graceful=True)
    worker.join(20)
    assert done == [(job_id, done[0][1])]
