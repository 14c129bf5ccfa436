"""What a tablet takes along so that interviews can be recorded (`sync.providers`)."""

from sqlmodel import Session

from baqylau.interviews.queries import recipients_of, slots_of
from baqylau.rights.terms import Actor
from baqylau.visits.models import Visit


def recipients_for_tablet(session: Session, visit: Visit, actor: Actor) -> list[dict[str, str]]:  # noqa: ARG001
    """Return to whom notes of the visit are sealed today; only public parts of keys, so whoever records may have them."""
    return [recipient.as_json() for recipient in recipients_of(session, visit.id)]


def slots_for_tablet(session: Session, visit: Visit, actor: Actor) -> int:  # noqa: ARG001
    """Return how many sealed blobs each tablet fills, however many people talked."""
    return slots_of(session, visit.id)
