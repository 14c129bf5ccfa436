"""What may happen to a visit, when, and by whom it is made."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from baqylau.rights.terms import CouncilKind
from baqylau.visits import bases, rules
from baqylau.visits.rules import Act
from baqylau.visits.steps import Standing, Step, StepName, StepState, Turn, next_step, steps_of
from baqylau.visits.terms import GroupMember, VisitKind, VisitState
from tests.factories.checklists import small_checklist

P, U, C, X, R = (
    VisitState.PLANNED, VisitState.UNDER_WAY, VisitState.CONCLUDED, VisitState.CANCELLED, VisitState.REFUSED,
)  # fmt: skip
NOTICE = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
ANNA, BOLAT, SARA = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


@pytest.mark.parametrize(
    ("act", "possible"),
    [(Act.BEGIN, {P: U}), (Act.CANCEL, {P: X}), (Act.CONCLUDE, {U: C}), (Act.STOP, {P: R, U: R})],
)
def test_an_act_leads_on_from_some_states_and_from_no_other(act: Act, possible: dict[VisitState, VisitState]) -> None:
    assert {state: rules.state_after(state, act) for state in VisitState} == {
        state: possible.get(state) for state in VisitState
    }


@pytest.mark.parametrize(
    ("state", "began", "secret"),
    [(P, False, True), (X, False, True), (X, True, False), (U, True, False), (C, True, False), (R, False, False)],
)
def test_a_plan_is_secret_and_stays_so_when_it_comes_to_nothing(state: VisitState, began: bool, secret: bool) -> None:
    assert rules.is_secret(state, NOTICE if began else None) is secret


def test_the_plan_changes_only_before_the_beginning_and_the_group_until_the_end() -> None:
    assert {state for state in VisitState if rules.may_change_plan(state)} == {P}
    assert {state for state in VisitState if rules.may_change_group(state)} == {P, U}


@pytest.mark.parametrize(
    ("council", "kinds"),
    [
        (CouncilKind.COMMISSION, {VisitKind.COMMISSION}),
        (CouncilKind.NPM_GROUP, {VisitKind.PERIODIC, VisitKind.INTERIM, VisitKind.SPECIAL}),
        (CouncilKind.OMBUDSMAN_OFFICE, set()),
    ],
)
def test_each_kind_of_council_makes_its_own_kinds_of_visits(council: CouncilKind, kinds: set[VisitKind]) -> None:
    assert set(rules.kinds_for(council)) == kinds


@pytest.mark.parametrize(
    ("taken", "following"),
    [
        ([], "ATY-2026-001"),
        (["ATY-2026-001", "ATY-2026-007"], "ATY-2026-008"),
        (["ATY-2026-999"], "ATY-2026-1000"),
        (["ATY-2026-1000", "ATY-2026-999"], "ATY-2026-1001"),
        (["ATY-2026-X"], "ATY-2026-001"),
    ],
)
def test_the_next_number_follows_the_highest_taken(taken: list[str], following: str) -> None:
    assert rules.next_number("ATY-2026-", taken) == following


@pytest.mark.parametrize(("later", "in_time"), [(timedelta(hours=23, minutes=59), False), (timedelta(hours=24), True)])
def test_a_notice_is_in_time_from_24_hours_on(later: timedelta, in_time: bool) -> None:
    assert rules.is_notice_in_time(NOTICE, NOTICE + later) is in_time


@pytest.mark.parametrize(
    ("given", "is_left"),
    [
        # Kazakhstan is five hours ahead of UTC: the first day ends at 19:00 UTC.
        (datetime(2026, 11, 22, 18, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 19, 0, tzinfo=UTC), False),
    ],
)
def test_a_notice_must_leave_something_of_the_first_day_in_local_time(given: datetime, is_left: bool) -> None:
    assert rules.leaves_first_day(given, date(2026, 11, 23), "Asia/Almaty") is is_left


def test_only_a_commission_gives_notice() -> None:
    assert {kind for kind in VisitKind if rules.needs_notice(kind)} == {VisitKind.COMMISSION}


def test_a_commission_keeps_to_its_region_and_the_npm_goes_everywhere() -> None:
    assert rules.is_in_reach(CouncilKind.COMMISSION, "atyrau", "atyrau")
    assert not rules.is_in_reach(CouncilKind.COMMISSION, "atyrau", "abai")
    assert rules.is_in_reach(CouncilKind.COMMISSION, None, "abai")
    assert rules.is_in_reach(CouncilKind.NPM_GROUP, "atyrau", "abai")


def test_a_group_has_exactly_one_leader() -> None:
    assert rules.has_one_leader([GroupMember(ANNA, is_leader=True), GroupMember(BOLAT)])
    assert not rules.has_one_leader([GroupMember(ANNA), GroupMember(BOLAT)])
    assert not rules.has_one_leader([GroupMember(ANNA, is_leader=True), GroupMember(BOLAT, is_leader=True)])


@pytest.mark.parametrize(
    ("kind", "size", "enough"),
    [
        (VisitKind.COMMISSION, 1, False), (VisitKind.COMMISSION, 2, True),
        (VisitKind.SPECIAL, 0, False), (VisitKind.SPECIAL, 1, True),
    ],
)  # fmt: skip
def test_a_commission_visits_with_two_at_least(kind: VisitKind, size: int, enough: bool) -> None:
    assert rules.is_large_enough(kind, size) is enough


def test_people_of_a_group_are_compared_with_lists_of_people() -> None:
    group = [GroupMember(ANNA, is_leader=True), GroupMember(BOLAT), GroupMember(BOLAT)]
    assert rules.named_twice(group) == {BOLAT}
    assert rules.among(group, {BOLAT, SARA}) == {BOLAT}
    assert rules.outside(group, {BOLAT, SARA}) == {ANNA}


def test_sections_are_those_of_all_checklists_each_once() -> None:
    first, second = small_checklist(), small_checklist("second-look", prefix="X")
    assert rules.sections_of([first, second, first]) == ["D", "F", "XD", "XF"]
    member = GroupMember(ANNA, sections=("D", "Z"))
    assert rules.unknown_sections([member], ["D", "F"]) == {"Z"}


def test_two_checklists_with_the_same_ids_are_found_out() -> None:
    first, second, other = small_checklist(), small_checklist("second-look"), small_checklist("third", prefix="X")
    assert "D1" in rules.ids_in_common([first, second])
    assert "cell" in rules.ids_in_common([first, second])
    assert rules.ids_in_common([first, other]) == []


def test_a_usual_basis_follows_the_kind_and_an_own_one_stays() -> None:
    usual = bases.USUAL[VisitKind.PERIODIC]
    assert bases.fitting(usual, VisitKind.SPECIAL) == bases.USUAL[VisitKind.SPECIAL]
    assert bases.fitting({}, VisitKind.COMMISSION) == bases.USUAL[VisitKind.COMMISSION]
    assert bases.fitting({**usual, "ru": "Приказ № 5"}, VisitKind.SPECIAL)["ru"] == "Приказ № 5"


def standing(**changes: object) -> Standing:
    values: dict[str, object] = {
        "kind": VisitKind.COMMISSION, "state": P, "starts_on": date(2026, 11, 23), "ends_on": date(2026, 11, 24),
        "checklists": 1, "group_size": 2, "has_leader": True, "has_notice": True,
    }  # fmt: skip
    return Standing(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "waits", "turn"),
    [
        ({"checklists": 0}, StepName.PLAN, Turn.HEAD),
        ({"has_leader": False, "group_size": 0}, StepName.TEAM, Turn.HEAD),
        ({"group_size": 1}, StepName.TEAM, Turn.HEAD),
        ({"has_notice": False}, StepName.LETTERS, Turn.LEADER),
        ({}, StepName.RECORDING, Turn.LEADER),
        ({"kind": VisitKind.PERIODIC, "has_notice": False, "group_size": 1}, StepName.RECORDING, Turn.LEADER),
        ({"state": U}, StepName.RECORDING, Turn.GROUP),
        ({"state": C}, StepName.FINDINGS, Turn.GROUP),
        ({"state": R}, StepName.FINDINGS, Turn.GROUP),
    ],
)
def test_the_first_step_that_waits_says_whose_turn_it_is(
    changes: dict[str, object], waits: StepName, turn: Turn
) -> None:
    step = next_step(steps_of(standing(**changes)))
    assert step is not None
    assert (step.name, step.turn) == (waits, turn)


def test_nothing_waits_for_a_cancelled_visit() -> None:
    steps = steps_of(standing(state=X, has_notice=False))
    assert next_step(steps) is None
    assert [step.state for step in steps] == [
        StepState.DONE, StepState.DONE, StepState.DROPPED, StepState.DROPPED, StepState.DROPPED, StepState.DROPPED,
    ]  # fmt: skip


def test_the_rooms_above_tell_how_findings_and_report_stand() -> None:
    news = {StepName.FINDINGS: Step(StepName.FINDINGS, StepState.DONE, Turn.GROUP),
            StepName.REPORT: Step(StepName.REPORT, StepState.NEXT, Turn.HEAD)}  # fmt: skip
    assert next_step(steps_of(standing(state=C), news)) == news[StepName.REPORT]
    assert next_step(steps_of(standing(state=X), news)) is None
