"""The page of what was kept apart: shown in words, taken in with author and device, or refused with a reason."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from baqylau.accounts.models import User
from baqylau.answers.queries import count_revisions, evidence_of, heads_of, revisions_by_id
from baqylau.app import Application
from baqylau.audit.queries import events_of
from baqylau.db.engine import Database
from baqylau.rights.terms import Role
from baqylau.sync.models import KeptApart, KeptApartDecision
from baqylau.visits.models import VisitMember
from tests.factories.answers import Scene, photo_bytes
from tests.factories.people import make_membership, make_user
from tests.factories.places import make_conflict
from tests.factories.tablets import item, photo_facts
from tests.sync.conftest import SignIn, Tablet
from tests.sync.test_photos_in_parts import post, put_all


@pytest.fixture
def chair(database: Database, scene: Scene) -> User:
    with database.transaction() as opened:
        user = make_user(opened)
        make_membership(opened, user=user, council_id=scene.visit.council_id, role=Role.CHAIR)
    return user


@pytest.fixture
def kept(database: Database, scene: Scene, tablet: Tablet) -> list[UUID]:
    """Return the ids of an answer and a photo of somebody who left the group, in that order."""
    with database.transaction() as opened:
        opened.delete(opened.get_one(VisitMember, (scene.visit.id, scene.member.id)))
    answer = item(note="By the window.", value={"national": "not_met", "international": "not_met"})
    tablet.results(answer)
    picture = photo_bytes()
    facts = photo_facts(picture)
    put_all(tablet, facts["id"], picture)
    assert post(tablet, facts).json["state"] == "apart"
    return [UUID(answer["id"]), UUID(facts["id"])]


def decide(browser: FlaskClient, scene: Scene, chosen: list[UUID], **fields: str) -> Any:
    sent = {"chosen": [str(one) for one in chosen], "reason": "", **fields}
    return browser.post(f"/visits/{scene.visit.id}/kept-apart", data=sent)


def test_the_chair_sees_what_waits_in_words(scene: Scene, chair: User, kept: list[UUID], sign_in_as: SignIn) -> None:
    browser = sign_in_as(chair.id)
    page = browser.get(f"/visits/{scene.visit.id}/kept-apart").get_data(as_text=True)
    for words in (
        scene.member.name, "White tablet", "Is there light enough to read?", "By the window.", "The window",
        "is not in the visiting group any more", "national law",
    ):  # fmt: skip
        assert words in page
    assert page.count("checked") == 2
    photo = browser.get(f"/visits/{scene.visit.id}/kept-apart/{kept[1]}/photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert browser.get(f"/visits/{scene.visit.id}/kept-apart/{kept[0]}/photo").status_code == 404
    assert browser.get(f"/visits/{scene.other_visit.id}/kept-apart/{kept[1]}/photo").status_code == 404


def test_what_is_taken_in_keeps_author_and_device(
    looking: Session, scene: Scene, chair: User, tablet: Tablet, kept: list[UUID], sign_in_as: SignIn
) -> None:
    received = {one.id: one.received_at for one in looking.exec(select(KeptApart))}
    looking.rollback()
    answer = decide(sign_in_as(chair.id), scene, kept, take="1")
    assert answer.status_code == 302
    revision = revisions_by_id(looking, kept)[kept[0]]
    assert (revision.author_id, revision.device, revision.received_at) == (
        scene.member.id,
        str(tablet.device),
        received[kept[0]],
    )
    assert [head.id for head in heads_of(looking, scene.visit.id)] == [kept[0]]
    [photo] = evidence_of(looking, scene.visit.id)
    assert (photo.id, photo.author_id, photo.device) == (kept[1], scene.member.id, str(tablet.device))
    [event] = [one for one in events_of(looking, "visit", scene.visit.id) if one.act == "sync.decide_apart"]
    assert (event.actor_id, event.details["taken"], event.details["count"]) == (str(chair.id), True, 2)
    body = looking.get_one(KeptApart, kept[0])
    again = {"id": str(kept[0]), "seq": 1, "body": body.body, "sha256": body.sent_sha256}
    assert [one["state"] for one in tablet.results(again)] == ["repeated"]


def test_a_refusal_needs_a_reason_that_is_kept(
    looking: Session, scene: Scene, chair: User, tablet: Tablet, kept: list[UUID], sign_in_as: SignIn
) -> None:
    browser = sign_in_as(chair.id)
    bare = decide(browser, scene, kept[:1], refuse="1")
    assert bare.status_code == 422
    assert "Say why this is refused." in bare.get_data(as_text=True)
    nothing = decide(browser, scene, [], refuse="1", reason="Recorded elsewhere.")
    assert nothing.status_code == 422
    assert not looking.exec(select(KeptApartDecision)).all()
    looking.rollback()
    assert decide(browser, scene, kept[:1], refuse="1", reason="Recorded elsewhere.").status_code == 302
    [decision] = looking.exec(select(KeptApartDecision)).all()
    assert (decision.kept_apart_id, decision.taken, decision.reason) == (kept[0], False, "Recorded elsewhere.")
    assert count_revisions(looking, scene.visit.id) == 0
    page = browser.get(f"/visits/{scene.visit.id}/kept-apart").get_data(as_text=True)
    assert "Recorded elsewhere." in page
    assert chair.name in page
    body = looking.get_one(KeptApart, kept[0])
    again = {"id": str(kept[0]), "seq": 1, "body": body.body, "sha256": body.sent_sha256}
    assert [one["state"] for one in tablet.results(again)] == ["apart"]


def test_nothing_is_decided_twice(
    looking: Session, scene: Scene, chair: User, kept: list[UUID], sign_in_as: SignIn
) -> None:
    browser = sign_in_as(chair.id)
    decide(browser, scene, kept[:1], refuse="1", reason="Recorded elsewhere.")
    assert decide(browser, scene, kept[:1], take="1").status_code == 422
    assert count_revisions(looking, scene.visit.id) == 0


def test_the_group_and_others_do_not_decide(
    database: Database, scene: Scene, chair: User, kept: list[UUID], sign_in_as: SignIn
) -> None:
    address = f"/visits/{scene.visit.id}/kept-apart"
    for user, status in ((scene.leader, 403), (scene.secretary, 403), (scene.stranger, 404), (scene.member, 404)):
        assert sign_in_as(user.id).get(address).status_code == status
        assert decide(sign_in_as(user.id), scene, kept, take="1").status_code == status
    with database.transaction() as opened:
        make_conflict(opened, user_id=chair.id, place_id=scene.visit.place_id)
    assert sign_in_as(chair.id).get(address).status_code == 404


def test_the_visits_page_can_tell_of_tablets(
    app: Application, scene: Scene, chair: User, kept: list[UUID], sign_in_as: SignIn
) -> None:
    from flask import g, render_template_string

    from baqylau.councils.queries import actor_of
    from baqylau.visits.queries import get_visit

    said = {}
    for user in (chair, scene.leader):
        with app.test_request_context(), app.database.reading() as opened:
            g.session, g.actor, g.nonce = opened, actor_of(opened, user), ""
            visit = get_visit(opened, scene.visit.id)
            said[user.id] = render_template_string('{% include "sync/notices.html" %}', visit=visit)
    assert "Number of answers and photos: 2." in said[chair.id]
    assert said[scene.leader.id].strip() == ""


def test_the_body_is_what_was_sent(looking: Session, kept: list[UUID]) -> None:
    body = looking.get_one(KeptApart, kept[0]).body
    assert json.loads(body)["note"] == "By the window."
