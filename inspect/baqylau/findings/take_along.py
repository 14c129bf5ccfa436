"""What a tablet takes along of earlier visits to the place (`sync.providers`)."""

from typing import Any

from sqlmodel import Session

from baqylau.findings.queries import earlier_recommendations
from baqylau.rights.terms import Actor
from baqylau.visits.models import Visit


def earlier_for_tablet(session: Session, visit: Visit, actor: Actor) -> list[dict[str, Any]]:  # noqa: ARG001
    """Return the earlier recommendations that the visit is to look after, in the order of `earlier_recommendations`.

    Whoever may record the visit may read them: the right is checked where the visit is taken along.
    """
    return [
        {
            "id": str(earlier.recommendation.id),
            "number": earlier.recommendation.position,
            "visit": earlier.visit.number,
            "visited_on": earlier.visit.starts_on.isoformat(),
            "priority": str(earlier.recommendation.priority),
            "due_on": earlier.recommendation.due_on.isoformat() if earlier.recommendation.due_on else None,
            "authority": dict(earlier.authority.name),
            "action": dict(earlier.recommendation.action),
            "sign": dict(earlier.recommendation.sign),
        }
        for earlier in earlier_recommendations(session, visit.place_id, visit)
    ]
