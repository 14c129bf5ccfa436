"""Alerts about reprisals: no identity, one of a kind while it is open, followed up by the leader."""

from collections.abc import Callable
from uuid import UUID

from flask.testing import FlaskClient
from sqlmodel import select

from baqylau.app import Application
from baqylau.interviews.models import ReprisalAlert
from baqylau.rights.terms import Role
from tests.factories.people import make_membership, make_user
from tests.interviews.conftest import Talks

SignIn = Callable[[UUID], FlaskClient]


def test_however_often_it_is_raised_there_is_one_alert_until_it_is_followed_up(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    address = f"/api/v1/visits/{talks.visit.id}/alerts"
    member, leader = sign_in_as(talks.scene.member.id), sign_in_as(talks.scene.leader.id)
    for browser in (member, member, leader):
        assert browser.post(address, json={"sign": "fear"}).get_json() == {"protocol": 2, "sign": "fear"}
    with app.database.reading() as session:
        [alert] = session.exec(select(ReprisalAlert)).all()
    assert set(alert.model_dump()) == {"id", "visit_id", "sign", "number", "raised_on"}
    page = f"/visits/{talks.visit.id}/alerts"
    assert "Somebody fears harm" in leader.get(page).text
    follow = f"{page}/{alert.id}/follow-up"
    assert leader.post(follow, data={"outcome": "nothing"}).status_code == 422
    assert member.post(follow, data={"outcome": "no_signs"}).status_code == 403
    assert leader.post(follow, data={"outcome": "signs_seen"}).status_code == 302
    assert "signs of reprisals seen" in leader.get(page).text
    assert leader.post(follow, data={"outcome": "no_signs"}).status_code == 422
    member.post(address, json={"sign": "fear"})
    with app.database.reading() as session:
        assert sorted(session.exec(select(ReprisalAlert.number)).all()) == [1, 2]


def test_an_alert_says_its_sign_and_nothing_else(talks: Talks, sign_in_as: SignIn) -> None:
    browser = sign_in_as(talks.scene.member.id)
    for sent in ({"sign": "Асан"}, {}, ["fear"], "fear", {"sign": ["fear"]}, {"sign": None}):
        answer = browser.post(f"/api/v1/visits/{talks.visit.id}/alerts", json=sent)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "interviews.unknown_sign"), sent


def test_the_chair_sees_alerts_and_does_not_close_them_members_and_secretary_see_none(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    with app.database.transaction() as session:
        chair = make_user(session)
        make_membership(session, user=chair, council_id=talks.visit.council_id, role=Role.CHAIR)
        alert = ReprisalAlert(visit_id=talks.visit.id, sign="harm", number=1, raised_on=talks.visit.starts_on)
        session.add(alert)
    page = f"/visits/{talks.visit.id}/alerts"
    at_chair = sign_in_as(chair.id)
    assert "signs of harm" in at_chair.get(page).text
    assert at_chair.post(f"{page}/{alert.id}/follow-up", data={"outcome": "no_signs"}).status_code == 403
    for user in (talks.scene.member, talks.scene.secretary):
        assert sign_in_as(user.id).get(page).status_code in {403, 404}
    assert sign_in_as(talks.scene.leader.id).get(f"/visits/{talks.scene.other_visit.id}/alerts").status_code == 404


def test_an_alert_of_another_visit_is_not_found(app: Application, talks: Talks, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        alert = ReprisalAlert(
            visit_id=talks.scene.other_visit.id, sign="harm", number=1, raised_on=talks.visit.starts_on
        )
        session.add(alert)
    address = f"/visits/{talks.visit.id}/alerts/{alert.id}/follow-up"
    assert sign_in_as(talks.scene.leader.id).post(address, data={"outcome": "no_signs"}).status_code == 404
