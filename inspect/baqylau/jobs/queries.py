"""Read jobs."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from baqylau.jobs.models import Job
from baqylau.jobs.terms import JobState


def waiting_jobs(session: Session) -> Sequence[Job]:
    """Return the jobs that nobody has begun, oldest first."""
    return session.exec(select(Job).where(Job.state == JobState.WAITING).order_by(col(Job.asked_at))).all()


def newest_job(session: Session, kind: str, subject_id: UUID) -> Job | None:
    """Return the latest job of this kind on this thing."""
    found = (
        select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(col(Job.asked_at).desc()).limit(1)
    )
    return session.exec(found).first()
