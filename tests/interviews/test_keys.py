"""Keys: made by their member, approved by somebody else, retired by the next; to whom notes are sealed."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pyrage
import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from baqylau import clock
from baqylau.app import Application
from baqylau.audit.models import AuditEvent
from baqylau.councils.models import Council, Membership
from baqylau.councils.queries import actor_of
from baqylau.errors import Problem
from baqylau.interviews import actions, queries
from baqylau.interviews.rules import fingerprint
from baqylau.rights.terms import CouncilKind, Role
from tests.factories.interviews import make_key
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.places import make_conflict
from tests.interviews.conftest import Talks

DAY = date(2026, 11, 23)
MakeTalks = Callable[[Session], Talks]
SignIn = Callable[[UUID], FlaskClient]


def new_key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def test_a_key_waits_for_approval_and_is_no_recipient_before(session: Session, make_talks: MakeTalks) -> None:
    talks = make_talks(session)
    member, chair = talks.scene.member, make_user(session)
    actor = actor_of(session, member, DAY)
    key = actions.add_key(session, actor, new_key(), clock.now())
    assert [one.id for one in queries.recipients_of(session, talks.visit.id, DAY)] == [talks.scene.leader.id]
    actions.approve_key(session, actor_of(session, chair, DAY), key, clock.now())
    recipients = queries.recipients_of(session, talks.visit.id, DAY)
    assert [(one.id, one.is_leader) for one in recipients] == [(talks.scene.leader.id, True), (member.id, False)]
    assert recipients[1].key == key.public_key
    assert len(queries.keys_of(session, member.id)) == 2


def test_nobody_approves_their_own_key_and_none_is_approved_twice(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    own, another = actor_of(session, user, DAY), actor_of(session, other, DAY)
    key = actions.add_key(session, own, new_key(), clock.now())
    with pytest.raises(Problem, match=r"interviews\.approve_own_key"):
        actions.approve_key(session, own, key, clock.now())
    actions.approve_key(session, another, key, clock.now())
    with pytest.raises(Problem, match=r"interviews\.key_approved"):
        actions.approve_key(session, another, key, clock.now())


def test_a_key_that_is_none_or_was_handed_in_before_is_refused(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    text = new_key()
    actions.add_key(session, actor_of(session, user, DAY), text, clock.now())
    with pytest.raises(Problem, match=r"interviews\.key_known"):
        actions.add_key(session, actor_of(session, other, DAY), text, clock.now())
    with pytest.raises(Problem, match=r"interviews\.key_not_valid"):
        actions.add_key(session, actor_of(session, other, DAY), str(pyrage.x25519.Identity.generate()), clock.now())


def test_the_log_of_events_holds_the_fingerprint_of_what_was_handed_in_and_approved(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    key = actions.add_key(session, actor_of(session, user, DAY), new_key(), clock.now())
    actions.approve_key(session, actor_of(session, other, DAY), key, clock.now())
    events = session.exec(
        select(AuditEvent).where(AuditEvent.subject_id == str(key.id)).order_by(col(AuditEvent.number))
    )
    digits = "-".join(fingerprint(key.public_key))
    assert [(event.act, event.details["fingerprint"]) for event in events] == [
        ("interviews.add_key", digits),
        ("interviews.approve_key", digits),
    ]


def test_who_left_the_council_is_no_recipient_any_more(session: Session, make_talks: MakeTalks) -> None:
    talks = make_talks(session)
    membership = session.exec(select(Membership).where(Membership.user_id == talks.scene.member.id)).one()
    membership.ends_on = DAY
    session.add(membership)
    session.flush()
    assert len(queries.recipients_of(session, talks.visit.id, DAY)) == 2
    later = queries.recipients_of(session, talks.visit.id, DAY + timedelta(days=1))
    assert [one.id for one in later] == [talks.scene.leader.id]


def test_a_disabled_account_or_a_conflict_of_interest_ends_it_as_well(session: Session, make_talks: MakeTalks) -> None:
    talks = make_talks(session)
    talks.scene.member.is_active = False
    make_conflict(session, user=talks.scene.leader, place_id=talks.visit.place_id)
    session.flush()
    assert queries.recipients_of(session, talks.visit.id, DAY) == []


def test_the_secretary_is_no_recipient_even_when_the_group_names_them(session: Session, make_talks: MakeTalks) -> None:
    from baqylau.visits.models import VisitMember

    talks = make_talks(session)
    make_key(session, talks.scene.secretary)
    session.add(VisitMember(visit_id=talks.visit.id, user_id=talks.scene.secretary.id))
    session.flush()
    ids = {one.id for one in queries.recipients_of(session, talks.visit.id, DAY)}
    assert ids == {talks.scene.leader.id, talks.scene.member.id}
    assert queries.without_key(session, talks.visit.id, DAY) == [talks.scene.secretary.name]


def test_the_recovery_key_holds_once_a_second_person_has_confirmed_it(session: Session, make_talks: MakeTalks) -> None:
    talks = make_talks(session)
    chair, office = (actor_of(session, make_user(session), DAY) for _ in range(2))
    council_id, now = talks.visit.council_id, clock.now()
    proposed = actions.propose_recovery_key(session, chair, council_id, "Ombudsman, safe", new_key(), now)
    with pytest.raises(Problem, match=r"interviews\.confirm_own_proposal"):
        actions.confirm_recovery_key(session, chair, proposed, now)
    assert len(queries.recipients_of(session, talks.visit.id, DAY)) == 2
    actions.confirm_recovery_key(session, office, proposed, now)
    last = queries.recipients_of(session, talks.visit.id, DAY)[-1]
    assert (last.name, last.key, last.as_json()["part"]) == ("Ombudsman, safe", proposed.public_key, "member")
    none = actions.propose_recovery_key(session, office, council_id, "No longer", "", now)
    assert len(queries.recipients_of(session, talks.visit.id, DAY)) == 3
    actions.confirm_recovery_key(session, chair, none, now)
    assert len(queries.recipients_of(session, talks.visit.id, DAY)) == 2


def test_a_member_hands_in_a_key_and_the_chair_approves_it_on_pages(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    with app.database.transaction() as session:
        chair = make_user(session)
        make_membership(session, user=chair, council_id=talks.visit.council_id, role=Role.CHAIR)
    text = new_key()
    browser = sign_in_as(talks.scene.member.id)
    assert browser.post("/account/key", data={"public_key": "age1nothing"}).status_code == 422
    assert browser.post("/account/key", data={"public_key": text}).status_code == 302
    assert "waits for approval" in browser.get("/account/key").text
    page = f"/councils/{talks.visit.council_id}/keys"
    assert browser.get(page).status_code in {403, 404}
    at_chair = sign_in_as(chair.id)
    shown = at_chair.get(page).text
    for group in fingerprint(text):
        assert f"<code>{group}</code>" in shown
    with app.database.reading() as session:
        key = queries.present_key(session, talks.scene.member.id)
        assert key is not None
    approve = f"{page}/{key.id}/approve"
    assert at_chair.post(approve, data={}).status_code == 422
    assert at_chair.post(approve, data={"is_compared": "y"}).status_code == 302
    assert f"by {chair.name}" in at_chair.get(page).text


def test_a_chair_approves_no_key_of_another_council(app: Application, talks: Talks, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        other, outsider = make_council(session), make_user(session)
        chair = make_user(session)
        make_membership(session, user=chair, council=other, role=Role.CHAIR)
        make_membership(session, user=outsider, council=other)
        key = queries.present_key(session, talks.scene.member.id)
        assert key is not None
        pages = [f"/councils/{council}/keys" for council in (talks.visit.council_id, other.id)]
    browser = sign_in_as(chair.id)
    assert browser.get(pages[0]).status_code == 404
    for page in pages:
        assert browser.post(f"{page}/{key.id}/approve", data={"is_compared": "y"}).status_code == 404


def test_the_coordinator_approves_keys_of_the_npm(app: Application, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        group = make_council(session, kind=CouncilKind.NPM_GROUP, region=None, term_ends_on=None)
        coordinator, member = make_user(session), make_user(session)
        make_membership(session, user=coordinator, council=group, role=Role.COORDINATOR)
        make_membership(session, user=member, council=group)
        make_key(session, member, is_approved=False)
        own = actions.add_key(session, actor_of(session, coordinator, DAY), new_key(), clock.now())
        key = queries.present_key(session, member.id)
        assert key is not None
        page = f"/councils/{group.id}/keys"
        keys = key.id, own.id
    browser = sign_in_as(coordinator.id)
    assert browser.post(f"{page}/{keys[0]}/approve", data={"is_compared": "y"}).status_code == 302
    refused = browser.post(f"{page}/{keys[1]}/approve", data={"is_compared": "y"})
    assert refused.status_code == 422
    assert "Nobody approves their own key" in refused.text


def test_secretary_and_administrator_make_no_key(app: Application, talks: Talks, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        administrator = make_user(session, is_administrator=True)
    for user in (talks.scene.secretary, administrator):
        assert sign_in_as(user.id).get("/account/key").status_code in {403, 404}


def test_a_recovery_key_is_proposed_and_confirmed_on_pages(app: Application, talks: Talks, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        chair, official = make_user(session), make_user(session)
        make_membership(session, user=chair, council_id=talks.visit.council_id, role=Role.CHAIR)
        office: Council = make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE, region=None, term_ends_on=None)
        make_membership(session, user=official, council=office, role=Role.OFFICE)
    page = f"/councils/{talks.visit.council_id}/recovery-key"
    browser = sign_in_as(chair.id)
    assert browser.post(page, data={"label": "Safe", "public_key": "nonsense"}).status_code == 422
    assert browser.post(page, data={"label": "Safe", "public_key": new_key()}).status_code == 302
    with app.database.reading() as session:
        [line] = queries.recovery_lines(session, talks.visit.council_id, actor_of(session, official))
    assert browser.post(f"{page}/{line.key_id}/confirm", data={"is_compared": "y"}).status_code == 422
    assert sign_in_as(official.id).post(f"{page}/{line.key_id}/confirm", data={"is_compared": "y"}).status_code == 302
