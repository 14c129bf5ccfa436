"""Read visits: one, those that a person may see, their group, their checklists, their protected names.

`visible_to` says in SQL what `rights.access` says of one subject; a test holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, true
from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.queries import read_stored
from baqylau.checklists.rules import Context
from baqylau.checklists.terms import Checklist
from baqylau.councils.models import Council
from baqylau.councils.queries import get_council, members_of
from baqylau.errors import not_found
from baqylau.places.models import ConflictOfInterest, Place
from baqylau.places.queries import conflicted_user_ids, get_place
from baqylau.rights.access import POLICY, Action, Reach, may
from baqylau.rights.terms import Actor, CouncilKind, Role, Subject
from baqylau.visits.models import Obstruction, ProtectedName, Visit, VisitChecklist, VisitMember
from baqylau.visits.rules import is_secret
from baqylau.visits.sealing import open_name
from baqylau.visits.terms import VisitState

PAGE_SIZE = 25


@dataclass(frozen=True)
class VisitLine:
    """A visit in a list, with what the list says about it."""

    visit: Visit
    council: Council
    place: Place


@dataclass(frozen=True)
class VisitPage:
    """One page of a list of visits; `number` and `pages` count from 1."""

    lines: Sequence[VisitLine]
    number: int
    pages: int
    total: int


def get_visit(session: Session, visit_id: UUID) -> Visit:
    """Return the visit; raises not_found."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise not_found()
    return visit


def subject_of_visit(session: Session, visit_id: UUID, **_rest: object) -> Subject:
    """Return the visit as a subject of rights; raises not_found."""
    visit = get_visit(session, visit_id)
    members = session.exec(
        select(VisitMember.user_id, VisitMember.is_leader).where(VisitMember.visit_id == visit_id)
    ).all()
    return Subject(
        council_id=visit.council_id,
        council_kind=CouncilKind(get_council(session, visit.council_id).kind),
        group=frozenset(user_id for user_id, _ in members),
        leaders=frozenset(user_id for user_id, leads in members if leads),
        is_secret_plan=is_secret(VisitState(visit.state), visit.began_at),
        conflicted=frozenset(conflicted_user_ids(session, visit.place_id)),
    )


def group_of(session: Session, visit_id: UUID) -> list[tuple[VisitMember, User]]:
    """Return the visiting group with its people, the leader first, then by name."""
    found = (
        select(VisitMember, User)
        .where(VisitMember.user_id == User.id, VisitMember.visit_id == visit_id)
        .order_by(col(VisitMember.is_leader).desc(), col(User.name), col(User.id))
    )
    return [(member, user) for member, user in session.exec(found)]


def versions_of_visit(session: Session, visit_id: UUID) -> list[ChecklistVersion]:
    """Return the checklist versions that the visit is recorded by, by slug."""
    found = (
        select(ChecklistVersion)
        .join(VisitChecklist, col(VisitChecklist.checklist_version_id) == col(ChecklistVersion.id))
        .where(VisitChecklist.visit_id == visit_id)
        .order_by(col(ChecklistVersion.slug), col(ChecklistVersion.version))
    )
    return list(session.exec(found))


def checklists_of_visit(session: Session, visit_id: UUID) -> list[Checklist]:
    """Return the checklists that the visit is recorded by, by slug."""
    return [read_stored(version) for version in versions_of_visit(session, visit_id)]


def visit_context(session: Session, visit: Visit) -> Context:
    """Return what the checklists' expressions may ask about the visit and its place."""
    place = get_place(session, visit.place_id)
    return {
        "place.kind": str(place.kind),
        "place.groups": list(place.groups),
        "place.limit": place.limit,
        "visit.kind": str(visit.kind),
    }


def earlier_visits(session: Session, place_id: UUID, before: date) -> Sequence[Visit]:
    """Return the visits of any council to the place that were concluded and ended before the day, newest first."""
    found = select(Visit).where(
        Visit.place_id == place_id, Visit.state == VisitState.CONCLUDED, col(Visit.ends_on) < before
    )
    return session.exec(found.order_by(col(Visit.ends_on).desc(), col(Visit.number).desc())).all()


def obstructions_of(session: Session, visit_id: UUID) -> Sequence[Obstruction]:
    """Return the refusals and obstructions recorded for the visit, the earliest first."""
    found = select(Obstruction).where(Obstruction.visit_id == visit_id)
    return session.exec(found.order_by(col(Obstruction.happened_at), col(Obstruction.id))).all()


def protected_names(session: Session, visit_id: UUID, keys: Path) -> dict[UUID, str]:
    """Return {id: name} of the names that must not leave, opened with the key in the folder `keys`, the oldest first."""
    found = select(ProtectedName).where(ProtectedName.visit_id == visit_id)
    rows = session.exec(found.order_by(col(ProtectedName.added_at), col(ProtectedName.id))).all()
    return {row.id: open_name(keys, row.id, row.sealed_name) for row in rows}


def find_protected_name(session: Session, visit_id: UUID, name_id: UUID) -> ProtectedName | None:
    """Return the visit's protected name of that id, None when the visit has none such."""
    row = session.get(ProtectedName, name_id)
    return row if row is not None and row.visit_id == visit_id else None


def numbers_like(session: Session, council_id: UUID, prefix: str) -> list[str]:
    """Return the council's visit numbers that begin with `prefix`, having locked the council against other planners.

    PostgreSQL holds the lock until the transaction ends; SQLite has one writing transaction at a time anyway.
    """
    session.exec(select(Council.id).where(Council.id == council_id).with_for_update()).one()
    found = select(Visit.number).where(
        Visit.council_id == council_id, col(Visit.number).startswith(prefix, autoescape=True)
    )
    return list(session.exec(found))


def visits_of(session: Session, actor: Actor, page: int = 1, states: Sequence[VisitState] = ()) -> VisitPage:
    """Return one page of the visits that the actor may see, by first day, the latest first; `states` empty = all."""
    wanted = visible_to(actor)
    if states:
        wanted = and_(wanted, col(Visit.state).in_([state.value for state in states]))
    total = session.exec(
        select(func.count()).select_from(Visit).join(Council, col(Council.id) == col(Visit.council_id)).where(wanted)
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    found = _lines(wanted).order_by(col(Visit.starts_on).desc(), col(Visit.number).desc())
    lines = session.exec(found.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return VisitPage([VisitLine(*line) for line in lines], number, pages, total)


def open_visits_of(session: Session, actor: Actor, concluded_since: date) -> list[VisitLine]:
    """Return the visits that may wait for the actor: not yet over, or over since that day; the earliest first."""
    over = (VisitState.CONCLUDED.value, VisitState.REFUSED.value)
    wanted = and_(
        visible_to(actor),
        or_(
            col(Visit.state).in_([VisitState.PLANNED.value, VisitState.UNDER_WAY.value]),
            and_(col(Visit.state).in_(over), col(Visit.ends_on) >= concluded_since),
        ),
    )
    found = session.exec(_lines(wanted).order_by(col(Visit.starts_on), col(Visit.number))).all()
    return [VisitLine(*line) for line in found]


def members_by_visit(session: Session, visit_ids: Sequence[UUID]) -> Mapping[UUID, list[VisitMember]]:
    """Return {visit id: its group} for several visits at once."""
    found: dict[UUID, list[VisitMember]] = {visit_id: [] for visit_id in visit_ids}
    for member in session.exec(select(VisitMember).where(col(VisitMember.visit_id).in_(visit_ids))):
        found[member.visit_id].append(member)
    return found


def checklist_counts(session: Session, visit_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return {visit id: how many checklists it is recorded by} for several visits at once; 0 is left out."""
    found = (
        select(VisitChecklist.visit_id, func.count())
        .where(col(VisitChecklist.visit_id).in_(visit_ids))
        .group_by(col(VisitChecklist.visit_id))
    )
    return dict(session.exec(found).all())


def _lines(wanted: ColumnElement[bool]):  # type: ignore[no-untyped-def]
    return select(Visit, Council, Place).where(Visit.council_id == Council.id, Visit.place_id == Place.id).where(wanted)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Visit joined with Council that the actor may see the visit (`access.may` in SQL)."""
    conflict = exists().where(
        col(ConflictOfInterest.user_id) == actor.user_id,
        col(ConflictOfInterest.place_id) == col(Visit.place_id),
        col(ConflictOfInterest.ended_at).is_(None),
    )
    secret = or_(
        col(Visit.state) == VisitState.PLANNED.value,
        and_(col(Visit.state) == VisitState.CANCELLED.value, col(Visit.began_at).is_(None)),
    )
    return and_(
        ~conflict,
        or_(
            and_(~secret, _reached(actor, Action.VISIT_VIEW)),
            and_(secret, _reached(actor, Action.VISIT_VIEW_PLAN)),
        ),
    )


def _reached(actor: Actor, action: Action) -> ColumnElement[bool]:
    return or_(false(), *(_covered(actor, role, reach) for role, reach in POLICY[action].items()))


def _covered(actor: Actor, role: Role, reach: Reach) -> ColumnElement[bool]:
    if reach is Reach.GROUP:
        member = exists().where(col(VisitMember.visit_id) == col(Visit.id), col(VisitMember.user_id) == actor.user_id)
        if role is Role.GROUP_LEADER:
            member = member.where(col(VisitMember.is_leader).is_(True))
        return and_(member, col(Visit.council_id).in_(actor.council_ids))
    held = [membership.council_id for membership in actor.memberships if membership.role is role]
    if reach is Reach.COUNCIL:
        return col(Visit.council_id).in_(held)
    if not held:
        return false()
    if reach is Reach.NPM:
        return col(Council.kind) == CouncilKind.NPM_GROUP.value
    return true() if reach is Reach.ALL else false()


def councils_to_plan_for(session: Session, actor: Actor, on: date) -> list[Council]:
    """Return the councils whose term holds and for which the actor may plan visits, by code."""
    found = select(Council).where(or_(col(Council.term_ends_on).is_(None), col(Council.term_ends_on) >= on))
    return [
        council
        for council in session.exec(found.order_by(col(Council.code)))
        if may(actor, Action.VISIT_PLAN, Subject(council_id=council.id, council_kind=CouncilKind(council.kind)))
    ]


def places_in_reach(session: Session, council: Council, user_id: UUID) -> Sequence[Place]:
    """Return the open places that the council may visit, without those with which the person has a conflict of interest."""
    conflict = exists().where(
        col(ConflictOfInterest.user_id) == user_id,
        col(ConflictOfInterest.place_id) == col(Place.id),
        col(ConflictOfInterest.ended_at).is_(None),
    )
    found = select(Place).where(col(Place.is_open).is_(True), ~conflict)
    if council.kind == CouncilKind.COMMISSION and council.region is not None:
        found = found.where(Place.region == council.region)
    return session.exec(found.order_by(col(Place.region), col(Place.code))).all()


def head_of(session: Session, council: Council, on: date) -> User | None:
    """Return who signs for the council on the day: the chair of a commission, the coordinator of the NPM; None if nobody."""
    role = Role.CHAIR if council.kind == CouncilKind.COMMISSION else Role.COORDINATOR
    heads = [user for membership, user in members_of(session, council.id, on) if membership.role == role]
    return heads[0] if heads else None
