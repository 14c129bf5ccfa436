"""Visits through their life, and every refusal."""

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from baqylau.accounts.models import User
from baqylau.audit.models import AuditEvent
from baqylau.audit.queries import events_of, last_event
from baqylau.councils.models import Council
from baqylau.councils.queries import actor_of
from baqylau.db.engine import Database
from baqylau.errors import Problem
from baqylau.rights.terms import Actor, CouncilKind, Role
from baqylau.visits import actions, bases, queries
from baqylau.visits.models import Obstruction, ProtectedName, Visit, VisitMember
from baqylau.visits.terms import Ground, GroupMember, ObstructionAccount, Plan, VisitKind, VisitState
from tests.factories.checklists import make_checklist_version
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.places import make_conflict, make_place
from tests.factories.visits import AT_THE_GATE, FIRST_DAY, make_visit

ZONE = "Asia/Almaty"
BEFORE = AT_THE_GATE - timedelta(days=10)


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Problem) as caught:
        act()
    assert caught.value.code == code


def actor(session: Session, user: User) -> Actor:
    return actor_of(session, user, FIRST_DAY)


def head(session: Session, council: Council) -> Actor:
    role = Role.CHAIR if council.kind == CouncilKind.COMMISSION else Role.COORDINATOR
    user = make_user(session)
    make_membership(session, user=user, council=council, role=role)
    return actor(session, user)


def member(session: Session, council: Council, **overrides: Any) -> User:
    user = make_user(session)
    make_membership(session, user=user, council=council, **overrides)
    return user


def plan_of(council: Council, place_id: UUID, **changes: Any) -> Plan:
    kind = VisitKind.COMMISSION if council.kind == CouncilKind.COMMISSION else VisitKind.PERIODIC
    values: dict[str, Any] = {
        "council_id": council.id, "place_id": place_id, "kind": kind, "starts_on": FIRST_DAY,
        "ends_on": FIRST_DAY, "purpose": " The cells ", "legal_basis": bases.USUAL[kind],
    }  # fmt: skip
    return Plan(**{**values, **changes})


def leader_of(session: Session, visit: Visit) -> Actor:
    return actor(session, queries.group_of(session, visit.id)[0][1])


def acts_on(session: Session, visit: Visit) -> list[str]:
    return [event.act for event in events_of(session, "visit", visit.id)]


# Planning


def test_a_planned_visit_gets_the_next_number_of_its_council_and_year(session: Session) -> None:
    council, place = make_council(session, code="ATY"), make_place(session)
    make_visit(session, council=make_council(session, code="ATX"), place=place)
    planner = head(session, council)
    numbers = [actions.plan_visit(session, planner, plan_of(council, place.id), BEFORE).number for _ in range(2)]
    day = date(2027, 1, 4)
    later = actions.plan_visit(session, planner, plan_of(council, place.id, starts_on=day, ends_on=day), BEFORE)
    assert [*numbers, later.number] == ["ATY-2026-001", "ATY-2026-002", "ATY-2027-001"]
    assert (later.state, later.purpose, later.planned_by) == (VisitState.PLANNED, "The cells", planner.user_id)
    assert acts_on(session, later) == ["visits.plan_visit"]


def test_two_planners_at_once_get_two_numbers(database: Database) -> None:
    with database.transaction() as session:
        council, place = make_council(session, code="ATY"), make_place(session)
        planners = [head(session, council), head(session, council)]
    numbers: list[str] = []
    gate = Barrier(2)

    def plan(planner: Actor) -> None:
        gate.wait()
        with database.transaction() as session:
            numbers.append(actions.plan_visit(session, planner, plan_of(council, place.id), BEFORE).number)

    threads = [Thread(target=plan, args=(planner,)) for planner in planners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == ["ATY-2026-001", "ATY-2026-002"]


def test_a_wrong_plan_is_refused_by_name_of_the_rule(session: Session) -> None:
    council, place = make_council(session), make_place(session)
    planner = head(session, council)
    closed, far = make_place(session, is_open=False), make_place(session, region="abai")
    mine = make_place(session)
    make_conflict(session, user_id=planner.user_id, place=mine)
    wrong = {
        "visits.kind_not_of_council": {"kind": VisitKind.SPECIAL},
        "visits.days_out_of_order": {"ends_on": FIRST_DAY - timedelta(days=1)},
        "visits.place_closed": {"place_id": closed.id},
        "visits.place_out_of_reach": {"place_id": far.id},
        "visits.conflict_of_interest": {"place_id": mine.id},
        "visits.legal_basis_missing": {"legal_basis": {"kk": "ҚАК 38-бабы", "ru": " ", "en": "PEC"}},
        "app.not_found": {"place_id": uuid4()},
    }
    for code, changes in wrong.items():
        plan = plan_of(council, **{"place_id": place.id, **changes})
        refused(code, lambda plan=plan: actions.plan_visit(session, planner, plan, BEFORE))
    assert session.exec(select(Visit)).all() == []


def test_the_npm_goes_to_every_region_and_plans_no_commission_visits(session: Session) -> None:
    council = make_council(session, kind=CouncilKind.NPM_GROUP, region="atyrau")
    place, planner = make_place(session, region="abai"), head(session, council)
    visit = actions.plan_visit(session, planner, plan_of(council, place.id, kind=VisitKind.SPECIAL), BEFORE)
    assert visit.kind == VisitKind.SPECIAL
    refused(
        "visits.kind_not_of_council",
        lambda: actions.plan_visit(session, planner, plan_of(council, place.id, kind=VisitKind.COMMISSION), BEFORE),
    )


def test_another_first_day_takes_the_notice_back_and_another_purpose_does_not(session: Session) -> None:
    council = make_council(session)
    visit = make_visit(session, council=council)
    planner, noticed = head(session, council), visit.notice_at
    plan = plan_of(council, visit.place_id, purpose="Food")
    actions.edit_plan(session, planner, visit, plan, BEFORE)
    assert (visit.notice_at, visit.purpose) == (noticed, "Food")
    later = FIRST_DAY + timedelta(days=1)
    actions.edit_plan(session, planner, visit, plan_of(council, visit.place_id, starts_on=later, ends_on=later), BEFORE)
    assert (visit.notice_at, visit.starts_on) == (None, later)
    assert acts_on(session, visit) == ["visits.edit_plan", "visits.edit_plan"]
    last = last_event(session)
    assert last is not None
    assert last.details == {"notice_void": True}


def test_a_visit_cannot_be_moved_to_a_place_with_which_its_group_has_a_conflict(session: Session) -> None:
    council, leader, other = make_council(session), None, make_place(session)
    leader = member(session, council)
    visit = make_visit(session, council=council, leader=leader)
    make_conflict(session, user=leader, place=other)
    refused(
        "visits.conflict_of_interest",
        lambda: actions.edit_plan(session, head(session, council), visit, plan_of(council, other.id), BEFORE),
    )
    assert visit.place_id != other.id


@pytest.mark.parametrize("state", [state for state in VisitState if state is not VisitState.PLANNED])
def test_plan_and_checklists_are_frozen_from_the_beginning(session: Session, state: VisitState) -> None:
    council = make_council(session)
    visit, planner = make_visit(session, council=council, state=state), head(session, council)
    version = make_checklist_version(session)
    refused(
        "visits.already_begun",
        lambda: actions.edit_plan(session, planner, visit, plan_of(council, visit.place_id), AT_THE_GATE),
    )
    refused("visits.already_begun", lambda: actions.pin_checklists(session, planner, visit, [version.id], AT_THE_GATE))


# Group


def test_the_group_is_named_with_leader_and_sections(session: Session) -> None:
    council = make_council(session)
    visit, old = make_visit(session, council=council), make_visit(session)
    one, two = member(session, council), member(session, council)
    group = [GroupMember(one.id, is_leader=True), GroupMember(two.id, sections=("F", "D"))]
    actions.set_group(session, head(session, council), visit, group, BEFORE)
    assert [(row.user_id, row.is_leader, row.sections) for row, _user in queries.group_of(session, visit.id)] == [
        (one.id, True, []),
        (two.id, False, ["F", "D"]),
    ]
    assert len(queries.group_of(session, old.id)) == 2
    assert acts_on(session, visit) == ["visits.set_group"]


def test_a_wrong_group_is_refused_by_name_of_the_rule(session: Session) -> None:
    council = make_council(session)
    visit, planner = make_visit(session, council=council), head(session, council)
    one, two, stranger = member(session, council), member(session, council), make_user(session)
    left = member(session, council, ends_on=FIRST_DAY - timedelta(days=1))
    disabled = member(session, council)
    disabled.is_active = False
    partial = member(session, council)
    make_conflict(session, user=partial, place_id=visit.place_id)
    lead = GroupMember(one.id, is_leader=True)
    before = queries.group_of(session, visit.id)
    wrong: list[tuple[str, list[GroupMember]]] = [
        ("visits.leader_missing", [GroupMember(one.id), GroupMember(two.id)]),
        ("visits.leader_missing", [lead, GroupMember(two.id, is_leader=True)]),
        ("visits.leader_missing", []),
        ("visits.named_twice", [lead, GroupMember(two.id), GroupMember(two.id)]),
        ("visits.group_too_small", [lead]),
        ("visits.not_a_member", [lead, GroupMember(stranger.id)]),
        ("visits.not_a_member", [lead, GroupMember(left.id)]),
        ("visits.not_a_member", [lead, GroupMember(disabled.id)]),
        ("visits.conflict_of_interest", [lead, GroupMember(partial.id)]),
        ("visits.section_unknown", [lead, GroupMember(two.id, sections=("Q",))]),
    ]
    for code, group in wrong:
        refused(code, lambda group=group: actions.set_group(session, planner, visit, group, BEFORE))
    assert queries.group_of(session, visit.id) == before


def test_the_refusal_of_a_conflict_names_the_person_and_not_the_others(session: Session) -> None:
    council = make_council(session)
    visit, one, partial = make_visit(session, council=council), member(session, council), member(session, council)
    make_conflict(session, user=partial, place_id=visit.place_id)
    group = [GroupMember(one.id, is_leader=True), GroupMember(partial.id)]
    with pytest.raises(Problem) as caught:
        actions.set_group(session, head(session, council), visit, group, BEFORE)
    assert caught.value.details == {"names": partial.name}


def test_a_conflict_that_ended_keeps_nobody_away(session: Session) -> None:
    council = make_council(session)
    visit, one, two = make_visit(session, council=council), member(session, council), member(session, council)
    make_conflict(session, user=two, place_id=visit.place_id, ended_at=BEFORE)
    group = [GroupMember(one.id, is_leader=True), GroupMember(two.id)]
    actions.set_group(session, head(session, council), visit, group, BEFORE)
    assert len(queries.group_of(session, visit.id)) == 2


def test_one_participant_of_the_npm_is_a_group(session: Session) -> None:
    council = make_council(session, kind=CouncilKind.NPM_GROUP)
    visit, one = make_visit(session, council=council), member(session, council)
    actions.set_group(session, head(session, council), visit, [GroupMember(one.id, is_leader=True)], BEFORE)
    assert [user.id for _row, user in queries.group_of(session, visit.id)] == [one.id]


@pytest.mark.parametrize(
    ("state", "changes"), [(VisitState.UNDER_WAY, True), (VisitState.CONCLUDED, False), (VisitState.REFUSED, False)]
)
def test_the_group_changes_until_the_visit_is_over(session: Session, state: VisitState, changes: bool) -> None:
    council = make_council(session)
    visit, one, two = (
        make_visit(session, council=council, state=state),
        member(session, council),
        member(session, council),
    )
    group = [GroupMember(one.id, is_leader=True), GroupMember(two.id)]
    if changes:
        actions.set_group(session, head(session, council), visit, group, AT_THE_GATE)
        assert leader_of(session, visit).user_id == one.id
    else:
        refused(
            "visits.group_settled",
            lambda: actions.set_group(session, head(session, council), visit, group, AT_THE_GATE),
        )


def test_the_database_itself_knows_one_leader_a_visit(session: Session) -> None:
    visit = make_visit(session)
    session.add(VisitMember(visit_id=visit.id, user_id=make_user(session).id, is_leader=True))
    with pytest.raises(DBAPIError):
        session.flush()


# Checklists


def test_pinning_replaces_the_checklists_and_takes_lost_sections_off_the_lists(session: Session) -> None:
    council = make_council(session)
    visit, planner = make_visit(session, council=council), head(session, council)
    one, two = member(session, council), member(session, council)
    group = [GroupMember(one.id, is_leader=True, sections=("D",)), GroupMember(two.id)]
    actions.set_group(session, planner, visit, group, BEFORE)
    kept, other = make_checklist_version(session, prefix="X"), make_checklist_version(session, prefix="Y")
    actions.pin_checklists(session, planner, visit, [kept.id, other.id, kept.id], BEFORE)
    assert {version.id for version in queries.versions_of_visit(session, visit.id)} == {kept.id, other.id}
    assert [row.sections for row, _user in queries.group_of(session, visit.id)] == [[], []]
    assert acts_on(session, visit)[-1] == "visits.pin_checklists"


def test_wrong_checklists_are_refused(session: Session) -> None:
    council = make_council(session)
    visit, planner = make_visit(session, council=council), head(session, council)
    alike = [make_checklist_version(session).id, make_checklist_version(session).id]
    refused("visits.checklist_missing", lambda: actions.pin_checklists(session, planner, visit, [], BEFORE))
    refused("visits.checklist_unknown", lambda: actions.pin_checklists(session, planner, visit, [uuid4()], BEFORE))
    refused("visits.checklists_overlap", lambda: actions.pin_checklists(session, planner, visit, alike, BEFORE))
    assert len(queries.versions_of_visit(session, visit.id)) == 1


# Notice and beginning


def test_a_commission_may_begin_24_hours_after_its_notice_and_not_a_minute_earlier(session: Session) -> None:
    visit = make_visit(session, notice_at=None)
    leader, given = leader_of(session, visit), AT_THE_GATE - timedelta(hours=24)
    refused("visits.notice_missing", lambda: actions.begin_visit(session, leader, visit, AT_THE_GATE))
    actions.record_notice(session, leader, visit, given, ZONE, given)
    refused(
        "visits.notice_too_short",
        lambda: actions.begin_visit(session, leader, visit, AT_THE_GATE - timedelta(minutes=1)),
    )
    assert (visit.state, visit.began_at) == (VisitState.PLANNED, None)
    actions.begin_visit(session, leader, visit, AT_THE_GATE)
    assert (visit.state, visit.began_at) == (VisitState.UNDER_WAY, AT_THE_GATE)
    assert acts_on(session, visit) == ["visits.record_notice", "visits.begin_visit"]


def test_a_notice_that_cannot_be_true_or_comes_too_late_is_refused(session: Session) -> None:
    visit = make_visit(session, notice_at=None)
    leader = leader_of(session, visit)
    refused(
        "visits.notice_in_future",
        lambda: actions.record_notice(session, leader, visit, BEFORE + timedelta(minutes=1), ZONE, BEFORE),
    )
    # 24:00 of the first day in Kazakhstan is 19:00 UTC.
    late = datetime.fromisoformat("2026-11-22T19:00:00+00:00")
    refused("visits.notice_too_late", lambda: actions.record_notice(session, leader, visit, late, ZONE, late))
    assert visit.notice_at is None


def test_the_npm_begins_unannounced_and_gives_no_notice(session: Session) -> None:
    visit = make_visit(session, council=make_council(session, kind=CouncilKind.NPM_GROUP))
    leader = leader_of(session, visit)
    refused(
        "visits.no_notice_for_npm",
        lambda: actions.record_notice(session, leader, visit, BEFORE, ZONE, AT_THE_GATE),
    )
    actions.begin_visit(session, leader, visit, AT_THE_GATE)
    assert visit.notice_at is None


def test_a_notice_is_recorded_for_a_plan_only(session: Session) -> None:
    visit = make_visit(session, state=VisitState.UNDER_WAY)
    refused(
        "visits.already_begun",
        lambda: actions.record_notice(session, leader_of(session, visit), visit, BEFORE, ZONE, AT_THE_GATE),
    )


def test_what_the_law_asks_of_the_group_is_looked_at_again_at_the_beginning(session: Session) -> None:
    council = make_council(session)
    one, two = member(session, council), member(session, council)
    declared = make_visit(session, council=council, leader=one, members=[two])
    alone = make_visit(session, council=council, leader=one, members=[])
    bare = make_visit(session, council=council, leader=one, members=[two], checklists=[])
    ended = make_visit(
        session, council=council, leader=one, members=[member(session, council, ends_on=FIRST_DAY - timedelta(days=1))]
    )
    make_conflict(session, user=two, place_id=declared.place_id)
    leader = actor(session, one)
    for code, visit in [
        ("visits.conflict_of_interest", declared),
        ("visits.group_too_small", alone),
        ("visits.checklist_missing", bare),
        ("visits.not_a_member", ended),
    ]:
        refused(code, lambda visit=visit: actions.begin_visit(session, leader, visit, AT_THE_GATE))
        assert visit.state == VisitState.PLANNED


# End


def test_a_visit_under_way_is_concluded(session: Session) -> None:
    visit = make_visit(session, state=VisitState.UNDER_WAY)
    leaving = AT_THE_GATE + timedelta(hours=7)
    actions.conclude_visit(session, leader_of(session, visit), visit, leaving)
    assert (visit.state, visit.concluded_at) == (VisitState.CONCLUDED, leaving)
    assert acts_on(session, visit) == ["visits.conclude_visit"]


def test_a_plan_is_cancelled_with_a_reason(session: Session) -> None:
    visit = make_visit(session)
    leader = leader_of(session, visit)
    refused("visits.reason_missing", lambda: actions.cancel_visit(session, leader, visit, "  ", BEFORE))
    assert visit.state == VisitState.PLANNED
    actions.cancel_visit(session, leader, visit, " Snow ", BEFORE)
    assert (visit.state, visit.end_reason) == (VisitState.CANCELLED, "Snow")
    assert acts_on(session, visit) == ["visits.cancel_visit"]


@pytest.mark.parametrize(
    ("state", "act"),
    [
        *[(state, "begin") for state in VisitState if state != VisitState.PLANNED],
        *[(state, "cancel") for state in VisitState if state != VisitState.PLANNED],
        *[(state, "conclude") for state in VisitState if state != VisitState.UNDER_WAY],
        *[(state, "stop") for state in VisitState if state not in {VisitState.PLANNED, VisitState.UNDER_WAY}],
    ],
)
def test_an_act_in_the_wrong_state_is_refused_and_changes_nothing(
    session: Session, state: VisitState, act: str
) -> None:
    visit = make_visit(session, state=state)
    leader = leader_of(session, visit)
    does: dict[str, Callable[[], object]] = {
        "begin": lambda: actions.begin_visit(session, leader, visit, AT_THE_GATE),
        "cancel": lambda: actions.cancel_visit(session, leader, visit, "Snow", AT_THE_GATE),
        "conclude": lambda: actions.conclude_visit(session, leader, visit, AT_THE_GATE),
        "stop": lambda: actions.record_obstruction(session, leader, visit, told(stopped_visit=True), AT_THE_GATE),
    }
    refused("visits.wrong_state", does[act])
    session.flush()
    session.refresh(visit)
    assert visit.state == state
    assert acts_on(session, visit) == []


def test_of_two_acts_at_once_the_second_sees_what_the_first_did(database: Database) -> None:
    with database.transaction() as session:
        visit_id = make_visit(session).id
    with database.session(writes=False) as reading:
        seen = queries.get_visit(reading, visit_id)
        leader = leader_of(reading, seen)
    with database.transaction() as first:
        actions.cancel_visit(first, leader, queries.get_visit(first, visit_id), "Snow", AT_THE_GATE)
    with database.session(writes=True) as second:
        second.add(seen)  # as it was before the first act
        refused("visits.wrong_state", lambda: actions.begin_visit(second, leader, seen, AT_THE_GATE))


# Obstruction


def told(**changes: Any) -> ObstructionAccount:
    values: dict[str, Any] = {
        "happened_at": AT_THE_GATE, "official": "duty assistant to the head", "ground": Ground.NO_GROUND,
        "account": "He said to come back tomorrow.", "stopped_visit": False,
    }  # fmt: skip
    return ObstructionAccount(**{**values, **changes})


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.UNDER_WAY])
def test_an_obstruction_that_stopped_the_visit_leaves_it_refused(session: Session, state: VisitState) -> None:
    visit = make_visit(session, state=state)
    kept = actions.record_obstruction(session, leader_of(session, visit), visit, told(stopped_visit=True), AT_THE_GATE)
    assert visit.state == VisitState.REFUSED
    assert queries.obstructions_of(session, visit.id) == [kept]
    assert acts_on(session, visit) == ["visits.record_obstruction"]


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.UNDER_WAY, VisitState.CONCLUDED, VisitState.REFUSED])
def test_an_obstruction_that_did_not_stop_the_visit_leaves_its_state(session: Session, state: VisitState) -> None:
    visit = make_visit(session, state=state)
    actions.record_obstruction(session, leader_of(session, visit), visit, told(), AT_THE_GATE)
    assert visit.state == state


def test_a_wrong_obstruction_record_is_refused(session: Session) -> None:
    visit, cancelled = make_visit(session), make_visit(session, state=VisitState.CANCELLED)
    leader = leader_of(session, visit)
    wrong = [
        (
            "visits.obstruction_in_future",
            visit,
            told(happened_at=AT_THE_GATE + timedelta(minutes=1), stopped_visit=True),
        ),
        ("visits.obstruction_incomplete", visit, told(official=" ")),
        ("visits.obstruction_incomplete", visit, told(account=" ")),
        ("visits.wrong_state", cancelled, told()),
    ]
    for code, one, account in wrong:
        refused(
            code,
            lambda one=one, account=account: actions.record_obstruction(session, leader, one, account, AT_THE_GATE),
        )
    assert visit.state == VisitState.PLANNED
    assert queries.obstructions_of(session, visit.id) == []


def test_an_obstruction_record_cannot_be_changed_or_removed(session: Session) -> None:
    visit = make_visit(session, state=VisitState.UNDER_WAY)
    kept = actions.record_obstruction(session, leader_of(session, visit), visit, told(), AT_THE_GATE)
    session.commit()
    for change in (lambda: setattr(kept, "account", "Nothing happened."), lambda: session.delete(kept)):
        change()
        with pytest.raises(DBAPIError):
            session.flush()
        session.rollback()
    assert session.get(Obstruction, kept.id) is not None


# Protected names


def test_protected_names_are_sealed_and_each_bound_to_its_row(session: Session, tmp_path: Path) -> None:
    visit, noise = make_visit(session), make_visit(session)
    leader, keys = leader_of(session, visit), tmp_path / "keys"
    first = actions.protect_name(session, leader, visit, "  Сәкен   Жүнісов ", keys, BEFORE)
    second = actions.protect_name(session, leader, visit, "Ғабит", keys, BEFORE + timedelta(minutes=1))
    actions.protect_name(session, leader, noise, "Another", keys, BEFORE)
    assert queries.protected_names(session, visit.id, keys) == {first: "Сәкен Жүнісов", second: "Ғабит"}
    row, other = session.get(ProtectedName, first), session.get(ProtectedName, second)
    assert row is not None
    assert other is not None
    assert "Жүнісов".encode() not in base64.b64decode(row.sealed_name)
    row.sealed_name = other.sealed_name
    session.flush()
    with pytest.raises(InvalidTag):
        queries.protected_names(session, visit.id, keys)


def test_a_name_is_kept_once_and_forgotten_whole(session: Session, tmp_path: Path) -> None:
    visit, keys = make_visit(session), tmp_path / "keys"
    leader = leader_of(session, visit)
    first = actions.protect_name(session, leader, visit, "Жүнісов", keys, BEFORE)
    assert actions.protect_name(session, leader, visit, "жҮНІСОВ", keys, BEFORE) == first
    refused("visits.name_too_short", lambda: actions.protect_name(session, leader, visit, " Ли ", keys, BEFORE))
    protected = queries.find_protected_name(session, visit.id, first)
    assert protected is not None
    assert queries.find_protected_name(session, make_visit(session).id, first) is None
    actions.forget_name(session, leader, protected, BEFORE)
    assert queries.protected_names(session, visit.id, keys) == {}
    assert acts_on(session, visit) == ["visits.protect_name", "visits.forget_name"]
    written = str([event.details for event in session.exec(select(AuditEvent))])
    assert "Жүнісов" not in written
