"""What may happen to a visit, when, and by whom it is made: pure decisions on the room's words.

Articles are those of the Penal Executive Code (PEC).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from baqylau.checklists.terms import Checklist
from baqylau.rights.terms import CouncilKind
from baqylau.visits.terms import GroupMember, VisitKind, VisitState

#: A commission tells the head of the place at least so long before the visit (PEC 38(2)).
NOTICE = timedelta(hours=24)
#: A commission visits in a group of two at least (PEC 38(2)).
COMMISSION_GROUP = 2


class Act(StrEnum):
    """What moves a visit from one state to another."""

    BEGIN = "begin"
    CONCLUDE = "conclude"
    CANCEL = "cancel"
    STOP = "stop"  # access was refused altogether


_AFTER = {
    (VisitState.PLANNED, Act.BEGIN): VisitState.UNDER_WAY,
    (VisitState.PLANNED, Act.CANCEL): VisitState.CANCELLED,
    (VisitState.PLANNED, Act.STOP): VisitState.REFUSED,
    (VisitState.UNDER_WAY, Act.CONCLUDE): VisitState.CONCLUDED,
    (VisitState.UNDER_WAY, Act.STOP): VisitState.REFUSED,
}


def state_after(state: VisitState, act: Act) -> VisitState | None:
    """Return the state that the act leads to, None when it is not possible in this state."""
    return _AFTER.get((state, act))


def is_secret(state: VisitState, began_at: datetime | None) -> bool:
    """Tell whether the visit is known to its group and its heads only; a plan that came to nothing stays secret."""
    return state is VisitState.PLANNED or (state is VisitState.CANCELLED and began_at is None)


def may_change_plan(state: VisitState) -> bool:
    """Tell whether place, days, kind, checklists may still change: the letters and the recording rest on them."""
    return state is VisitState.PLANNED


def may_change_group(state: VisitState) -> bool:
    """Tell whether the group may still change; under way too, for a member may fall ill."""
    return state in {VisitState.PLANNED, VisitState.UNDER_WAY}


def kinds_for(council_kind: CouncilKind) -> tuple[VisitKind, ...]:
    """Return the kinds of visits that a council of this kind makes (PEC 38; 45(1))."""
    return {
        CouncilKind.COMMISSION: (VisitKind.COMMISSION,),
        CouncilKind.NPM_GROUP: (VisitKind.PERIODIC, VisitKind.INTERIM, VisitKind.SPECIAL),
    }.get(council_kind, ())


def is_in_reach(council_kind: CouncilKind, council_region: str | None, place_region: str) -> bool:
    """Tell whether the council may visit the place: a commission works within its own region only (PEC 34(2))."""
    return council_kind is not CouncilKind.COMMISSION or council_region in {None, place_region}


def number_prefix(council_code: str, year: int) -> str:
    """Return how the numbers of a council's visits of a year begin: "ATY-2026-"."""
    return f"{council_code}-{year}-"


def next_number(prefix: str, taken: Iterable[str]) -> str:
    """Return the number after the highest of those taken: "ATY-2026-007"."""
    running = [number.removeprefix(prefix) for number in taken]
    return f"{prefix}{max((int(one) for one in running if one.isdecimal()), default=0) + 1:03}"


def needs_notice(kind: VisitKind) -> bool:
    """Tell whether the head of the place is told before: a commission must (PEC 38(2)), the NPM never does."""
    return kind is VisitKind.COMMISSION


def earliest_begin(notice_at: datetime) -> datetime:
    """Return the first instant at which a visit may begin after its notice (PEC 38(2))."""
    return notice_at + NOTICE


def is_notice_in_time(notice_at: datetime, begins_at: datetime) -> bool:
    """Tell whether the notice was given at least 24 hours before the beginning (PEC 38(2))."""
    return begins_at >= earliest_begin(notice_at)


def leaves_first_day(notice_at: datetime, starts_on: date, zone: str) -> bool:
    """Tell whether after a notice of that instant the visit can still begin on its first day, local time."""
    day_after = datetime.combine(starts_on + timedelta(days=1), time(), ZoneInfo(zone))
    return is_notice_in_time(notice_at, day_after - timedelta(minutes=1))


def has_one_leader(members: Iterable[GroupMember]) -> bool:
    """Tell whether exactly one member leads."""
    return sum(member.is_leader for member in members) == 1


def is_large_enough(kind: VisitKind, size: int) -> bool:
    """Tell whether so many may make the visit: two at least for a commission (PEC 38(2))."""
    return size >= (COMMISSION_GROUP if kind is VisitKind.COMMISSION else 1)


def named_twice(members: Iterable[GroupMember]) -> set[UUID]:
    """Return the people who stand in the list more than once."""
    return {user_id for user_id, times in Counter(member.user_id for member in members).items() if times > 1}


def among(members: Iterable[GroupMember], people: Collection[UUID]) -> set[UUID]:
    """Return those members who are among `people`."""
    return {member.user_id for member in members} & set(people)


def outside(members: Iterable[GroupMember], people: Collection[UUID]) -> set[UUID]:
    """Return those members who are not among `people`."""
    return {member.user_id for member in members} - set(people)


def sections_of(checklists: Iterable[Checklist]) -> list[str]:
    """Return the ids of the sections that the visit is recorded by, in the order of asking, each once."""
    return list(dict.fromkeys(section.id for checklist in checklists for section in checklist.sections))


def unknown_sections(members: Iterable[GroupMember], known: Collection[str]) -> set[str]:
    """Return the sections that somebody is to take and no checklist of the visit has."""
    return {section for member in members for section in member.sections} - set(known)


def ids_in_common(checklists: Sequence[Checklist]) -> list[str]:
    """Return the ids of items and repeats that more than one checklist has; an answer would not know its question."""
    seen = Counter(
        one
        for checklist in checklists
        for one in (*checklist.items, *(repeat.id for section in checklist.sections for repeat in section.repeats))
    )
    return sorted(one for one, times in seen.items() if times > 1)
