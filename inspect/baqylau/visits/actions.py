"""Plan visits and lead them through their life: group, checklists, notice, beginning, end, obstruction, protected names."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from baqylau.accounts.queries import names_of
from baqylau.audit.actions import record
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.queries import read_stored
from baqylau.councils.queries import get_council, members_of
from baqylau.db.types import new_id
from baqylau.i18n import LANGUAGES
from baqylau.places.queries import conflicted_user_ids, get_place
from baqylau.rights.terms import Actor, CouncilKind
from baqylau.visits import refusals, rules
from baqylau.visits.models import Obstruction, ProtectedName, Visit, VisitChecklist, VisitMember
from baqylau.visits.queries import checklists_of_visit, group_of, numbers_like, protected_names, versions_of_visit
from baqylau.visits.rules import Act
from baqylau.visits.sealing import seal_name
from baqylau.visits.terms import GroupMember, ObstructionAccount, Plan, VisitKind, VisitState

_SHORTEST_NAME = 3


def plan_visit(session: Session, actor: Actor, plan: Plan, now: datetime) -> Visit:
    """Add a planned visit under the council's next number of the year, "ATY-2026-007"; group and checklists follow."""
    _refuse_wrong_plan(session, plan, actor)
    council = get_council(session, plan.council_id)
    prefix = rules.number_prefix(council.code, plan.starts_on.year)
    number = rules.next_number(prefix, numbers_like(session, council.id, prefix))
    visit = Visit(number=number, council_id=council.id, planned_by=actor.user_id, planned_at=now, **_columns(plan))
    session.add(visit)
    session.flush()
    record(session, "visits.plan_visit", actor.user_id, ("visit", visit.id), now, place=plan.place_id)
    return visit


def edit_plan(session: Session, actor: Actor, visit: Visit, plan: Plan, now: datetime) -> None:
    """Change place, days, kind, purpose, legal basis of a planned visit; its number and council stay.

    Another place or first day takes the recorded notice back, since the head was told something else. Raises Problem
    when a member of the group has a conflict of interest with the new place.
    """
    _lock(session, visit)
    if not rules.may_change_plan(VisitState(visit.state)):
        raise refusals.already_begun()
    _refuse_wrong_plan(session, plan, actor)
    group = _members(session, visit)
    _refuse_conflicts(session, plan.place_id, group)
    notice_void = visit.notice_at is not None and (
        (plan.place_id, plan.starts_on) != (visit.place_id, visit.starts_on) or not rules.needs_notice(plan.kind)
    )
    for column, value in _columns(plan).items():
        setattr(visit, column, value)
    if notice_void:
        visit.notice_at = None
    session.flush()
    record(session, "visits.edit_plan", actor.user_id, ("visit", visit.id), now, notice_void=notice_void)


def _refuse_wrong_plan(session: Session, plan: Plan, actor: Actor) -> None:
    council, place = get_council(session, plan.council_id), get_place(session, plan.place_id)
    kind = CouncilKind(council.kind)
    if plan.kind not in rules.kinds_for(kind):
        raise refusals.kind_not_of_council()
    if plan.ends_on < plan.starts_on:
        raise refusals.days_out_of_order()
    if not place.is_open:
        raise refusals.place_closed()
    if not rules.is_in_reach(kind, council.region, place.region):
        raise refusals.place_out_of_reach()
    if not all(plan.legal_basis.get(language, "").strip() for language in LANGUAGES):
        raise refusals.legal_basis_missing()
    _refuse_conflicts(session, plan.place_id, [GroupMember(actor.user_id)])


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "place_id": plan.place_id,
        "kind": plan.kind,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "purpose": plan.purpose.strip(),
        "legal_basis": {language: plan.legal_basis[language].strip() for language in LANGUAGES},
    }


def set_group(session: Session, actor: Actor, visit: Visit, members: Sequence[GroupMember], now: datetime) -> None:
    """Let these people make the visit, with the sections each takes first; whoever is not named is out.

    Exactly one leads; a commission sends two at least (PEC 38(2)); each holds a membership in force on the first day of
    the visit (today, once it is past); nobody with a declared conflict of interest goes (PEC 36(3), 43(3)).
    """
    _lock(session, visit)
    if not rules.may_change_group(VisitState(visit.state)):
        raise refusals.group_settled()
    _refuse_wrong_group(session, visit, members, now.date())
    unknown = rules.unknown_sections(members, rules.sections_of(checklists_of_visit(session, visit.id)))
    if unknown:
        raise refusals.section_unknown(sorted(unknown))
    session.execute(delete(VisitMember).where(col(VisitMember.visit_id) == visit.id))
    for member in members:
        session.add(
            VisitMember(
                visit_id=visit.id,
                user_id=member.user_id,
                is_leader=member.is_leader,
                sections=list(member.sections),
            )
        )
    session.flush()
    leader = next(member.user_id for member in members if member.is_leader)
    record(
        session,
        "visits.set_group",
        actor.user_id,
        ("visit", visit.id),
        now,
        leader=leader,
        members=sorted(str(member.user_id) for member in members),
    )


def _refuse_wrong_group(session: Session, visit: Visit, members: Sequence[GroupMember], today: date) -> None:
    if not rules.has_one_leader(members):
        raise refusals.leader_missing()
    if rules.named_twice(members):
        raise refusals.named_twice()
    if not rules.is_large_enough(VisitKind(visit.kind), len(members)):
        raise refusals.group_too_small()
    day = max(visit.starts_on, today)
    in_force = {user.id for _, user in members_of(session, visit.council_id, day) if user.is_active}
    if strangers := rules.outside(members, in_force):
        raise refusals.not_a_member(_names(session, strangers))
    _refuse_conflicts(session, visit.place_id, members)


def _refuse_conflicts(session: Session, place_id: UUID, members: Sequence[GroupMember]) -> None:
    if conflicted := rules.among(members, conflicted_user_ids(session, place_id)):
        raise refusals.conflict_of_interest(_names(session, conflicted))


def _names(session: Session, user_ids: Collection[UUID]) -> list[str]:
    return sorted(names_of(session, user_ids).values())


def pin_checklists(session: Session, actor: Actor, visit: Visit, version_ids: Sequence[UUID], now: datetime) -> None:
    """Let a planned visit be recorded by these checklist versions; once it is under way they stay.

    Sections that members were to take and that are no longer asked are taken off their lists.
    """
    _lock(session, visit)
    if not rules.may_change_plan(VisitState(visit.state)):
        raise refusals.already_begun()
    wanted = list(dict.fromkeys(version_ids))
    if not wanted:
        raise refusals.checklist_missing()
    versions = [session.get(ChecklistVersion, version_id) for version_id in wanted]
    checklists = [read_stored(version) for version in versions if version is not None]
    if len(checklists) < len(wanted):
        raise refusals.checklist_unknown()
    if common := rules.ids_in_common(checklists):
        raise refusals.checklists_overlap(common[:5])
    session.execute(delete(VisitChecklist).where(col(VisitChecklist.visit_id) == visit.id))
    session.add_all(VisitChecklist(visit_id=visit.id, checklist_version_id=one) for one in wanted)
    known = rules.sections_of(checklists)
    for member, _user in group_of(session, visit.id):
        member.sections = [section for section in member.sections if section in known]
    session.flush()
    record(session, "visits.pin_checklists", actor.user_id, ("visit", visit.id), now, versions=sorted(map(str, wanted)))


def record_notice(session: Session, actor: Actor, visit: Visit, notice_at: datetime, zone: str, now: datetime) -> None:
    """Note when the head of the place was told of a commission's visit (PEC 38(2)).

    Raises Problem for the NPM, which never announces, and when no hour of the first day would be left (local time of
    `zone`). That 24 hours have passed is looked at again when the visit begins.
    """
    _lock(session, visit)
    if not rules.needs_notice(VisitKind(visit.kind)):
        raise refusals.no_notice_for_npm()
    if not rules.may_change_plan(VisitState(visit.state)):
        raise refusals.already_begun()
    if notice_at > now:
        raise refusals.notice_in_future()
    if not rules.leaves_first_day(notice_at, visit.starts_on, zone):
        raise refusals.notice_too_late()
    visit.notice_at = notice_at
    session.flush()
    record(session, "visits.record_notice", actor.user_id, ("visit", visit.id), now, notice_at=notice_at.isoformat())


def begin_visit(session: Session, actor: Actor, visit: Visit, now: datetime) -> None:
    """Let the group begin: from now on the visit is recorded, its checklists are frozen, its existence is no secret.

    Everything that the law asks of group and notice is looked at again: memberships end and conflicts are declared
    between planning and beginning.
    """
    _lock(session, visit)
    under_way = _state_after(visit, Act.BEGIN)
    _refuse_wrong_group(session, visit, _members(session, visit), now.date())
    if not versions_of_visit(session, visit.id):
        raise refusals.checklist_missing()
    if rules.needs_notice(VisitKind(visit.kind)):
        if visit.notice_at is None:
            raise refusals.notice_missing()
        if not rules.is_notice_in_time(visit.notice_at, now):
            raise refusals.notice_too_short(rules.earliest_begin(visit.notice_at))
    visit.state, visit.began_at = under_way, now
    session.flush()
    record(session, "visits.begin_visit", actor.user_id, ("visit", visit.id), now)


def conclude_visit(session: Session, actor: Actor, visit: Visit, now: datetime) -> None:
    """Let the visit be over: the group has left the place."""
    _lock(session, visit)
    visit.state, visit.concluded_at = _state_after(visit, Act.CONCLUDE), now
    session.flush()
    record(session, "visits.conclude_visit", actor.user_id, ("visit", visit.id), now)


def cancel_visit(session: Session, actor: Actor, visit: Visit, reason: str, now: datetime) -> None:
    """Give up a planned visit, with the reason; it stays known to its group and heads only."""
    _lock(session, visit)
    cancelled = _state_after(visit, Act.CANCEL)
    if not reason.strip():
        raise refusals.reason_missing()
    visit.state, visit.end_reason = cancelled, reason.strip()
    session.flush()
    record(session, "visits.cancel_visit", actor.user_id, ("visit", visit.id), now)


def record_obstruction(
    session: Session, actor: Actor, visit: Visit, told: ObstructionAccount, now: datetime
) -> Obstruction:
    """Keep what hindered the visit (PEC 49(1)); when it stopped the visit, the visit is refused from then on.

    What hindered without stopping may be written down after the visit too, but not for a plan that was given up.
    """
    _lock(session, visit)
    if visit.state == VisitState.CANCELLED:
        raise refusals.wrong_state()
    state = _state_after(visit, Act.STOP) if told.stopped_visit else visit.state
    if told.happened_at > now:
        raise refusals.obstruction_in_future()
    if not told.official.strip() or not told.account.strip():
        raise refusals.obstruction_incomplete()
    obstruction = Obstruction(
        visit_id=visit.id,
        happened_at=told.happened_at,
        official=told.official.strip(),
        ground=told.ground,
        account=told.account.strip(),
        stopped_visit=told.stopped_visit,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    visit.state = state
    session.add(obstruction)
    session.flush()
    record(
        session,
        "visits.record_obstruction",
        actor.user_id,
        ("visit", visit.id),
        now,
        obstruction=obstruction.id,
        stopped=told.stopped_visit,
    )
    return obstruction


def protect_name(session: Session, actor: Actor, visit: Visit, name: str, keys: Path, now: datetime) -> UUID:
    """Keep a name that must not occur in anything that leaves, sealed with the key in `keys`; return its row's id.

    A name that is there already, in whatever case, is not added again.
    """
    written = " ".join(name.split())
    if len(written) < _SHORTEST_NAME:
        raise refusals.name_too_short()
    known = {kept.casefold(): row_id for row_id, kept in protected_names(session, visit.id, keys).items()}
    if written.casefold() in known:
        return known[written.casefold()]
    row_id = new_id()
    sealed = seal_name(keys, row_id, written)
    session.add(ProtectedName(id=row_id, visit_id=visit.id, sealed_name=sealed, added_by=actor.user_id, added_at=now))
    session.flush()
    record(session, "visits.protect_name", actor.user_id, ("visit", visit.id), now, name=row_id)
    return row_id


def forget_name(session: Session, actor: Actor, protected: ProtectedName, now: datetime) -> None:
    """Take a name off the list; nothing of it is kept."""
    visit_id, row_id = protected.visit_id, protected.id
    session.delete(protected)
    session.flush()
    record(session, "visits.forget_name", actor.user_id, ("visit", visit_id), now, name=row_id)


def _lock(session: Session, visit: Visit) -> None:
    """Read the visit again and hold it: of two acts at once the second sees what the first did."""
    session.refresh(visit, with_for_update=True)


def _members(session: Session, visit: Visit) -> list[GroupMember]:
    return [
        GroupMember(member.user_id, member.is_leader, tuple(member.sections))
        for member, _user in group_of(session, visit.id)
    ]


def _state_after(visit: Visit, act: Act) -> VisitState:
    after = rules.state_after(VisitState(visit.state), act)
    if after is None:
        raise refusals.wrong_state()
    return after
