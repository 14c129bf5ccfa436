from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.audit.models import AuditEvent
from baqylau.councils import actions, queries
from baqylau.councils.models import Membership
from baqylau.councils.terms import Term
from baqylau.errors import Problem
from baqylau.rights.terms import Actor, CouncilKind, Role
from tests.factories.people import make_council, make_membership, make_user

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAME = {"kk": "Атырау облысының қоғамдық байқау комиссиясы", "ru": "ОНК Атырауской области", "en": "Atyrau commission"}
TERM = Term(date(2026, 1, 1), date(2027, 12, 31))


def actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.language)


def last_event(session: Session) -> AuditEvent:
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.number).desc())).first() or pytest.fail("no event")


def test_a_council_is_added_and_changed_but_keeps_code_and_kind(session: Session) -> None:
    office = actor(make_user(session))

    council = actions.create_council(session, office, "ATY", CouncilKind.COMMISSION, NAME, "atyrau", TERM, NOW)
    assert (last_event(session).act, last_event(session).subject_id) == ("councils.create_council", str(council.id))
    changed = {**NAME, "en": "Commission of Atyrau"}
    actions.edit_council(session, office, council.id, changed, None, Term(TERM.since, date(2027, 6, 30)), NOW)

    assert (council.code, council.kind, council.region) == ("ATY", "commission", None)
    assert (council.name["en"], council.term_ends_on) == ("Commission of Atyrau", date(2027, 6, 30))
    assert last_event(session).act == "councils.edit_council"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "OLD"}, "councils.code_taken"),
        ({"term": Term(date(2026, 1, 1), date(2028, 1, 1))}, "councils.term_not_valid"),
        ({"term": Term(date(2026, 1, 1), None)}, "councils.term_not_valid"),
        ({"term": Term(date(2026, 1, 1), date(2026, 1, 1))}, "councils.term_not_valid"),
        ({"name": {**NAME, "kk": " "}}, "councils.name_incomplete"),
        ({"name": {"kk": "a", "ru": "b"}}, "councils.name_incomplete"),
    ],
)
def test_a_council_is_not_added_with_values_that_cannot_be(session: Session, change: dict[str, Any], code: str) -> None:
    make_council(session, code="OLD")
    values = {"code": "NEW", "kind": CouncilKind.COMMISSION, "name": NAME, "region": None, "term": TERM, **change}

    with pytest.raises(Problem) as refused:
        actions.create_council(session, None, **values, now=NOW)

    assert refused.value.code == code
    assert queries.find_council_by_code(session, "NEW") is None


def test_a_role_is_granted_with_its_granter(session: Session) -> None:
    council, chair, user = make_council(session), make_user(session), make_user(session)

    membership = actions.grant_membership(session, actor(chair), council.id, user.id, Role.MONITOR, TERM, NOW)

    assert (membership.role, membership.granted_by) == ("monitor", chair.id)
    event = last_event(session)
    assert (event.act, event.actor_id, event.details) == (
        "councils.grant_membership",
        str(chair.id),
        {"user": str(user.id), "role": "monitor"},
    )
    assert [one.role for one in queries.actor_of(session, user, NOW.date()).memberships] == [Role.MONITOR]


@pytest.mark.parametrize(
    ("who", "role", "term", "code"),
    [
        ("chair", Role.SECRETARY, TERM, "councils.grant_oneself"),
        ("administrator", Role.MONITOR, TERM, "councils.grant_administrator"),
        ("disabled", Role.MONITOR, TERM, "councils.grant_not_active"),
        ("user", Role.OFFICE, TERM, "councils.grant_role_of_other_kind"),
        ("user", Role.GROUP_LEADER, TERM, "councils.grant_role_of_other_kind"),
        ("user", Role.ADMINISTRATOR, TERM, "councils.grant_role_of_other_kind"),
        ("user", Role.MONITOR, Term(date(2026, 1, 1), None), "councils.grant_outside_term"),
        ("user", Role.MONITOR, Term(date(2026, 2, 1), date(2026, 1, 1)), "councils.term_not_valid"),
        ("member", Role.SECRETARY, TERM, "councils.grant_holds_a_role"),
        ("user", Role.CHAIR, TERM, "councils.grant_has_a_head"),
        ("clerk", Role.MONITOR, TERM, "councils.grant_civil_servant"),
    ],
)
def test_a_role_that_is_not_granted_leaves_nothing(
    session: Session, who: str, role: Role, term: Term, code: str
) -> None:
    council = make_council(session)
    people = {name: make_user(session) for name in ("chair", "user", "member", "clerk")}
    people["administrator"] = make_user(session, is_administrator=True)
    people["disabled"] = make_user(session, is_active=False)
    make_membership(session, council=council, user=people["chair"], role=Role.CHAIR)
    make_membership(session, council=council, user=people["member"], role=Role.MONITOR)
    office = make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE)
    make_membership(session, council=office, user=people["clerk"], role=Role.OFFICE)
    before = len(session.exec(select(Membership)).all())

    with pytest.raises(Problem) as refused:
        actions.grant_membership(session, actor(people["chair"]), council.id, people[who].id, role, term, NOW)

    assert refused.value.code == code
    assert len(session.exec(select(Membership)).all()) == before
    assert session.exec(select(AuditEvent)).all() == []


def test_who_leaves_loses_access_with_the_day(session: Session) -> None:
    chair = actor(make_user(session))
    other, membership = make_membership(session), make_membership(session)
    user = session.get(User, membership.user_id) or pytest.fail("gone")

    actions.end_membership(session, chair, membership.council_id, membership.id, date(2026, 11, 22), NOW)

    assert membership.ends_on == date(2026, 11, 22)
    assert other.ends_on is None
    assert queries.actor_of(session, user, date(2026, 11, 22)).memberships
    assert not queries.actor_of(session, user, date(2026, 11, 23)).memberships
    assert last_event(session).details["taken_back"] is False


def test_a_role_granted_by_mistake_today_is_taken_back_whole(session: Session) -> None:
    chair = actor(make_user(session))
    membership = make_membership(session, starts_on=date(2026, 11, 23))
    council_id, membership_id = membership.council_id, membership.id

    actions.end_membership(session, chair, council_id, membership_id, date(2026, 11, 22), NOW)

    assert session.exec(select(Membership)).all() == []
    event = last_event(session)
    assert (event.act, event.details["taken_back"], event.details["membership"]) == (
        "councils.end_membership",
        True,
        str(membership_id),
    )


def test_an_end_is_not_moved_to_a_later_day(session: Session) -> None:
    chair = actor(make_user(session))
    membership = make_membership(session, ends_on=date(2026, 6, 30))

    with pytest.raises(Problem) as refused:
        actions.end_membership(session, chair, membership.council_id, membership.id, date(2026, 7, 31), NOW)

    assert refused.value.code == "councils.membership_over"
    assert membership.ends_on == date(2026, 6, 30)


def test_a_membership_is_ended_in_its_own_council_alone(session: Session) -> None:
    membership, other = make_membership(session), make_council(session)

    with pytest.raises(Problem) as refused:
        actions.end_membership(session, actor(make_user(session)), other.id, membership.id, date(2026, 11, 22), NOW)

    assert refused.value.code == "app.not_found"
    assert membership.ends_on is None
