import uuid
from datetime import date

import pytest

from baqylau.councils import rules
from baqylau.councils.rules import Candidate, GrantFault, Held, SizeFault
from baqylau.councils.terms import Term
from baqylau.rights.terms import CouncilKind, Role

COMMISSION, NPM, OFFICE = CouncilKind.COMMISSION, CouncilKind.NPM_GROUP, CouncilKind.OMBUDSMAN_OFFICE
CHAIR, ASSEL, BERIK = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
HERE, THERE = uuid.uuid4(), uuid.uuid4()
TERM = Term(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "last_day"),
    [
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2026, 3, 15), date(2028, 3, 14)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_commission_lasts_two_calendar_years(starts_on: date, last_day: date) -> None:
    assert rules.end_of_commission_term(starts_on) == last_day


@pytest.mark.parametrize(
    ("kind", "until", "too_long"),
    [
        (COMMISSION, date(2027, 12, 31), False),
        (COMMISSION, date(2026, 6, 1), False),
        (COMMISSION, date(2028, 1, 1), True),
        (COMMISSION, None, True),
        (NPM, None, False),
        (OFFICE, date(2040, 1, 1), False),
    ],
)
def test_only_a_commission_has_a_longest_term(kind: CouncilKind, until: date | None, too_long: bool) -> None:
    assert rules.is_term_too_long(kind, Term(date(2026, 1, 1), until)) is too_long


@pytest.mark.parametrize(
    ("kind", "people", "fault"),
    [
        (COMMISSION, 0, SizeFault.TOO_FEW),
        (COMMISSION, 2, SizeFault.TOO_FEW),
        (COMMISSION, 3, None),
        (COMMISSION, 9, None),
        (COMMISSION, 10, SizeFault.TOO_MANY),
        (NPM, 1, None),
        (OFFICE, 40, None),
    ],
)
def test_a_commission_has_three_to_nine_members(kind: CouncilKind, people: int, fault: SizeFault | None) -> None:
    assert rules.size_fault(kind, people) is fault


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((1, 5), (5, 9), True),
        ((1, 5), (6, 9), False),
        ((6, 9), (1, 5), False),
        ((1, None), (9, 9), True),
        ((9, None), (1, 8), False),
        ((1, None), (9, None), True),
    ],
)
def test_terms_that_share_a_day_overlap(
    one: tuple[int, int | None], other: tuple[int, int | None], shared: bool
) -> None:
    def term(days: tuple[int, int | None]) -> Term:
        return Term(date(2026, 1, days[0]), date(2026, 1, days[1]) if days[1] else None)

    assert rules.overlaps(term(one), term(other)) is shared


def held(
    user: uuid.UUID, role: Role, *, council: uuid.UUID = HERE, kind: CouncilKind = COMMISSION, term: Term = TERM
) -> Held:
    return Held(user, council, kind, role, term)


def fault(wanted: Held, *others: Held, granter: uuid.UUID | None = CHAIR, **person: bool) -> GrantFault | None:
    candidate = Candidate(wanted.user_id, person.get("is_active", True), person.get("is_administrator", False))
    return rules.grant_fault(granter, candidate, wanted, TERM, others)


def test_a_role_of_the_councils_kind_is_granted_within_its_term() -> None:
    assert fault(held(ASSEL, Role.MONITOR)) is None
    assert fault(held(ASSEL, Role.MONITOR), granter=None) is None


def test_nobody_grants_a_role_to_themselves() -> None:
    assert fault(held(CHAIR, Role.MONITOR)) is GrantFault.ONESELF


def test_whoever_runs_the_installation_or_is_disabled_gets_no_role() -> None:
    assert fault(held(ASSEL, Role.MONITOR), is_administrator=True) is GrantFault.ADMINISTRATOR
    assert fault(held(ASSEL, Role.MONITOR), is_active=False) is GrantFault.NOT_ACTIVE


@pytest.mark.parametrize(
    ("kind", "role", "holds"),
    [
        (kind, role, role in allowed)
        for kind, allowed in {
            COMMISSION: {Role.MONITOR, Role.CHAIR, Role.SECRETARY},
            NPM: {Role.MONITOR, Role.COORDINATOR, Role.SECRETARY},
            OFFICE: {Role.OFFICE},
        }.items()
        for role in Role
    ],
)
def test_each_kind_of_council_has_its_own_roles(kind: CouncilKind, role: Role, holds: bool) -> None:
    expected = None if holds else GrantFault.ROLE_OF_OTHER_KIND

    assert fault(held(ASSEL, role, kind=kind)) is expected


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (date(2026, 1, 1), date(2027, 12, 31), True),
        (date(2025, 12, 31), date(2026, 5, 1), False),
        (date(2026, 1, 1), date(2028, 1, 1), False),
        (date(2026, 1, 1), None, False),
    ],
)
def test_a_membership_lies_within_the_councils_term(since: date, until: date | None, holds: bool) -> None:
    wanted = held(ASSEL, Role.MONITOR, term=Term(since, until))

    assert fault(wanted) is (None if holds else GrantFault.OUTSIDE_TERM)


def test_a_person_has_one_role_in_a_council_at_a_time() -> None:
    earlier = Term(date(2026, 1, 1), date(2026, 6, 30))
    later = Term(date(2026, 7, 1), date(2027, 12, 31))

    assert fault(held(ASSEL, Role.CHAIR), held(ASSEL, Role.MONITOR)) is GrantFault.HOLDS_A_ROLE
    assert fault(held(ASSEL, Role.CHAIR, term=later), held(ASSEL, Role.MONITOR, term=earlier)) is None
    assert fault(held(ASSEL, Role.MONITOR), held(ASSEL, Role.MONITOR, council=THERE, kind=NPM)) is None


def test_a_council_has_one_head_at_a_time_and_any_number_of_monitors() -> None:
    assert fault(held(ASSEL, Role.CHAIR), held(BERIK, Role.CHAIR)) is GrantFault.HAS_A_HEAD
    assert fault(held(ASSEL, Role.MONITOR), held(BERIK, Role.MONITOR)) is None
    assert fault(held(ASSEL, Role.CHAIR), held(BERIK, Role.CHAIR, council=THERE)) is None


def test_an_employee_of_the_office_is_no_member_of_a_commission() -> None:
    office = held(ASSEL, Role.OFFICE, council=THERE, kind=OFFICE)

    assert fault(held(ASSEL, Role.MONITOR), office) is GrantFault.CIVIL_SERVANT
    assert fault(held(ASSEL, Role.COORDINATOR, kind=NPM), office) is None
    assert fault(held(BERIK, Role.MONITOR), office) is None
