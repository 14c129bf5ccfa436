"""Ask for jobs, claim them, count their steps, end them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from baqylau.audit.actions import record
from baqylau.jobs.models import Job
from baqylau.jobs.terms import JobState


def ask_for(session: Session, kind: str, subject_id: UUID, steps: int, asked_by: UUID | None, now: datetime) -> Job:
    """Add a waiting job; it is queued after the commit."""
    job = Job(kind=kind, subject_id=subject_id, steps=steps, asked_by=asked_by, asked_at=now)
    session.add(job)
    session.flush()
    record(session, "jobs.ask_for", asked_by, ("job", job.id), now, kind=kind, of=subject_id)
    return job


def claim(session: Session, job_id: UUID, now: datetime) -> Job | None:
    """Mark a waiting job as running and return it; None when it is not waiting any more."""
    claimed = session.execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.WAITING)
        .values(state=JobState.RUNNING, began_at=now, done=0)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return None
    job = session.get(Job, job_id)
    record(session, "jobs.claim", None, ("job", job_id), now)
    return job


def step_done(session: Session, job_id: UUID) -> None:
    """Count one more step as done. Several languages are rendered at once, so the database adds."""
    session.execute(update(Job).where(col(Job.id) == job_id).values(done=col(Job.done) + 1))


def end(session: Session, job_id: UUID, trouble: str | None, now: datetime) -> None:
    """Mark the job as done, or as failed with the stable code of its trouble."""
    state = JobState.FAILED if trouble else JobState.DONE
    session.execute(update(Job).where(col(Job.id) == job_id).values(state=state, trouble=trouble, ended_at=now))
    record(session, "jobs.end", None, ("job", job_id), now, trouble=trouble)


def put_back_broken_off(session: Session) -> None:
    """Let jobs wait again that a worker had begun and did not end; there is one worker process an installation."""
    session.execute(update(Job).where(col(Job.state) == JobState.RUNNING).values(state=JobState.WAITING))
