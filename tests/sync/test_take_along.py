"""What is taken along: parts whose bytes have the hash of the list, complete, in three languages, for those who record."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.sync import providers
from baqylau.visits.terms import VisitState
from tests.factories.answers import Scene, make_evidence, make_revision, make_scene
from tests.factories.findings import make_recommendation
from tests.factories.tablets import sha256
from tests.factories.visits import make_visit
from tests.sync.conftest import SignIn, Tablet


def fetched(tablet: Tablet, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return {name: content} of all parts, each compared with its hash and size."""
    found = {}
    for part in manifest["parts"]:
        answer = tablet.browser.get(part["address"])
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert (sha256(answer.data), len(answer.data)) == (part["sha256"], part["bytes"])
        found[part["name"]] = answer.json
    return found


def test_every_part_has_the_hash_of_the_list(
    database: Database, scene: Scene, settings: Settings, tablet: Tablet
) -> None:
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id, note="By the window.")
        make_evidence(opened, scene.visit, scene.leader.id)
        make_revision(opened, scene.other_visit, scene.stranger.id, note="Elsewhere.")
    manifest = tablet.browser.get(f"{tablet.address}/take-along").json
    assert manifest["visit"]["number"] == scene.visit.number
    assert manifest["until"] == (scene.visit.ends_on + timedelta(days=settings.tablet_days)).isoformat()
    assert manifest == tablet.browser.get(f"{tablet.address}/take-along").json
    parts = fetched(tablet, manifest)
    [checklist] = [content for name, content in parts.items() if name.startswith("checklist-")]
    assert {one["id"] for one in checklist["items"]} >= {"D1", "F3"}
    assert checklist["items"][0]["text"].keys() == {"kk", "ru", "en"}
    visit = parts["visit"]
    assert visit["people"] == {str(one.id): one.name for one in (scene.leader, scene.member)}
    assert visit["leader"] == str(scene.leader.id)
    assert visit["me"]["records"] is True
    assert visit["acts"]["MR"].keys() == {"kk", "ru", "en"}
    assert (visit["earlier"], visit["recipients"], visit["slots"]) == ([], [], 24)
    assert [head["note"] for head in parts["recorded"]["heads"]] == ["By the window."]
    assert [photo["caption"] for photo in parts["recorded"]["photos"]] == ["The window"]


def test_earlier_recommendations_of_the_place_come_along(
    database: Database, scene: Scene, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as opened:
        council_id = scene.visit.council_id
        _earlier(opened, scene, council_id)
    monkeypatch.setitem(providers._PROVIDERS, "recipients", lambda *_: [{"id": "1", "name": "Leader", "key": "age1"}])
    visit = fetched(tablet, tablet.browser.get(f"{tablet.address}/take-along").json)["visit"]
    [one] = visit["earlier"]
    assert (one["number"], one["visited_on"]) == (1, "2026-03-02")
    assert one["action"].keys() == {"kk", "ru", "en"}
    assert one["authority"].keys() == {"kk", "ru", "en"}
    assert visit["recipients"] == [{"id": "1", "name": "Leader", "key": "age1"}]


def _earlier(session: Session, scene: Scene, council_id: Any) -> None:
    from baqylau.councils.models import Council
    from baqylau.places.models import Place

    council, place = session.get_one(Council, council_id), session.get_one(Place, scene.visit.place_id)
    visit = make_visit(
        session,
        council=council,
        place=place,
        state=VisitState.CONCLUDED,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 2),
    )
    approved = {"state": "approved", "approved_by": visit.planned_by, "approved_at": visit.planned_at}
    make_recommendation(session, visit=visit, **approved)


def test_a_part_that_changed_since_the_list_is_refused(database: Database, scene: Scene, tablet: Tablet) -> None:
    manifest = tablet.browser.get(f"{tablet.address}/take-along").json
    [recorded] = [part for part in manifest["parts"] if part["name"] == "recorded"]
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id)
    answer = tablet.browser.get(recorded["address"])
    assert (answer.status_code, answer.json["code"]) == (409, "sync.part_changed")
    fetched(tablet, tablet.browser.get(f"{tablet.address}/take-along").json)
    assert tablet.browser.get(f"{tablet.address}/take-along/nothing").status_code == 404


@pytest.mark.parametrize(("state", "records"), [(VisitState.PLANNED, True), (VisitState.CONCLUDED, False)])
def test_a_planned_visit_is_taken_along_to_be_recorded(
    database: Database, sign_in_as: SignIn, state: VisitState, records: bool
) -> None:
    with database.transaction() as opened:
        scene = make_scene(opened, state=state)
    tablet = Tablet(sign_in_as(scene.member.id), scene.visit, scene.member, scene.visit.id)
    visit = fetched(tablet, tablet.browser.get(f"{tablet.address}/take-along").json)["visit"]
    assert visit["me"]["records"] is records


def test_only_those_who_record_take_a_visit_along(scene: Scene, sign_in_as: SignIn) -> None:
    address = f"/api/v1/visits/{scene.visit.id}/take-along"
    assert sign_in_as(scene.secretary.id).get(address).status_code == 403
    assert sign_in_as(scene.secretary.id).get(f"{address}/visit").status_code == 403
    assert sign_in_as(scene.stranger.id).get(address).status_code == 404
