"""Visits for tests: a whole visit with council, place, group and pinned checklist, in any state."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.checklists.models import ChecklistVersion
from baqylau.councils.models import Council
from baqylau.rights.terms import CouncilKind, Role
from baqylau.visits.models import Visit, VisitChecklist, VisitMember
from baqylau.visits.queries import numbers_like
from baqylau.visits.rules import next_number, number_prefix
from baqylau.visits.terms import VisitKind, VisitState
from tests.factories.checklists import make_checklist_version
from tests.factories.people import LONG_AGO, make_council, make_membership, make_user
from tests.factories.places import make_place

#: The first day of the visits, and an hour of it at which the group stands at the gate (09:30 in Kazakhstan).
FIRST_DAY = date(2026, 11, 23)
AT_THE_GATE = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)

_BEGAN = {VisitState.UNDER_WAY, VisitState.CONCLUDED}


def make_visit(session: Session, **overrides: Any) -> Visit:
    """Return a planned visit of a commission with a leader, a second member, and one pinned small checklist.

    Takes rows: `council`, `place`, `planner`, `leader`, `members` (those beside the leader), `checklists` (versions);
    whatever is not given is made, with memberships in the council for leader, members and planner (its chair, or the
    NPM's coordinator). `state` sets the instants that belong to it; other overrides are columns.
    """
    council = overrides.pop("council", None) or make_council(session)
    place = overrides.pop("place", None) or make_place(session)
    planner = overrides.pop("planner", None) or _planner_of(session, council)
    leader = overrides.pop("leader", None) or _member_of(session, council)
    members: Sequence[User] | None = overrides.pop("members", None)
    members = [_member_of(session, council)] if members is None else members
    checklists: Sequence[ChecklistVersion] | None = overrides.pop("checklists", None)
    checklists = [make_checklist_version(session)] if checklists is None else checklists
    visit = Visit(
        **{**_columns(session, council, overrides), "place_id": place.id, "planned_by": planner.id, **overrides}
    )
    session.add(visit)
    session.flush()
    session.add(VisitMember(visit_id=visit.id, user_id=leader.id, is_leader=True))
    session.add_all(VisitMember(visit_id=visit.id, user_id=member.id) for member in members)
    session.add_all(VisitChecklist(visit_id=visit.id, checklist_version_id=version.id) for version in checklists)
    session.flush()
    return visit


def _columns(session: Session, council: Council, overrides: dict[str, Any]) -> dict[str, Any]:
    starts_on = overrides.get("starts_on", FIRST_DAY)
    is_commission = council.kind == CouncilKind.COMMISSION
    state = overrides.get("state", VisitState.PLANNED)
    began_at = overrides.get("began_at", AT_THE_GATE if state in _BEGAN else None)
    prefix = number_prefix(council.code, starts_on.year)
    return {
        "number": next_number(prefix, numbers_like(session, council.id, prefix)),
        "council_id": council.id,
        "kind": VisitKind.COMMISSION if is_commission else VisitKind.PERIODIC,
        "legal_basis": {"kk": "ҚАК 38-бабы", "ru": "статья 38 УИК", "en": "PEC article 38"},
        "starts_on": starts_on,
        "ends_on": starts_on,
        "notice_at": AT_THE_GATE - timedelta(hours=30) if is_commission else None,
        "end_reason": "The road is closed by snow." if state == VisitState.CANCELLED else "",
        "planned_at": LONG_AGO,
        "began_at": began_at,
        "concluded_at": AT_THE_GATE + timedelta(hours=8) if state == VisitState.CONCLUDED else None,
    }


def _member_of(session: Session, council: Council) -> User:
    user = make_user(session)
    make_membership(session, user=user, council=council, role=Role.MONITOR)
    return user


def _planner_of(session: Session, council: Council) -> User:
    user = make_user(session)
    role = Role.CHAIR if council.kind == CouncilKind.COMMISSION else Role.COORDINATOR
    make_membership(session, user=user, council=council, role=role)
    return user
