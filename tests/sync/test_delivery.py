"""What tablets deliver: results, receipts, repeats, clashes, clocks, people who left, visits that were given up."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from baqylau.answers.models import AnswerRevision
from baqylau.answers.queries import count_revisions, heads_of
from baqylau.app import Application
from baqylau.audit.queries import events_of
from baqylau.councils.models import Membership
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.storage.keys import SecretReadableByOthers
from baqylau.sync import queries
from baqylau.sync.models import Device, KeptApart
from baqylau.sync.queries import devices_to_recover
from baqylau.sync.receipts import public_keys, receipt_key
from baqylau.visits.models import Visit, VisitMember
from baqylau.visits.terms import VisitState
from tests.factories.answers import Scene, make_scene, sent_revision
from tests.factories.places import make_conflict
from tests.factories.tablets import item, make_device
from tests.sync.conftest import SignIn, Tablet, tablet_of

Verified = Callable[[Any], dict[str, Any]]


# Results and receipts


def test_each_item_has_a_result_and_the_receipt_names_what_is_held(
    looking: Session, tablet: Tablet, verified: Verified
) -> None:
    good, other = item(1), item(2, item="F1", value={"value": "yes"}, note="Every day but Sunday.")
    bad = item(3, item="Z9")
    answer = tablet.send(good, bad, other)
    assert [(one["id"], one["state"], one["code"]) for one in answer.json["results"]] == [
        (good["id"], "saved", None),
        (bad["id"], "refused", "sync.unknown_item"),
        (other["id"], "saved", None),
    ]
    receipt = verified(answer)
    assert (receipt["r"], receipt["visit"], receipt["device"]) == (1, str(tablet.visit.id), str(tablet.device))
    assert receipt["have"] == [[good["id"], good["sha256"]], [other["id"], other["sha256"]]]
    stored = looking.exec(select(AnswerRevision.id, AnswerRevision.sent_sha256, AnswerRevision.device)).all()
    assert {(str(one), sha, device) for one, sha, device in stored} == {
        (good["id"], good["sha256"], str(tablet.device)),
        (other["id"], other["sha256"], str(tablet.device)),
    }


def test_a_changed_receipt_does_not_verify(tablet: Tablet, verified: Verified) -> None:
    said = tablet.send(item()).json
    verified(SimpleNamespace(json=said))
    with pytest.raises(AssertionError, match=r"[Ff]ailure"):
        verified(SimpleNamespace(json={**said, "receipt": said["receipt"].replace('"r":1', '"r":2')}))


@pytest.mark.parametrize("status", ["crash", "full"])
def test_a_commit_that_fails_leaves_no_receipt(
    app: Application, looking: Session, tablet: Tablet, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    signed: list[Any] = []
    real = receipt_key

    def counted(keys: Any) -> Any:
        signed.append(keys)
        return real(keys)

    monkeypatch.setattr("baqylau.sync.receipts.receipt_key", counted)
    sent, failing = item(), True

    def fail(_session: Session) -> None:
        # Only the transaction of the delivery is to fail, not that of the sign-in beside it.
        is_delivery = any(isinstance(one, AnswerRevision) for one in _session.identity_map.values())
        if failing and is_delivery:
            raise OperationalError("COMMIT", {}, Exception("disk is full" if status == "full" else "torn off"))

    event.listen(Session, "before_commit", fail)
    try:
        answer = tablet.send(sent)
        assert answer.status_code == (507 if status == "full" else 500)
        assert b"receipt" not in answer.data
        assert b"signature" not in answer.data
        assert not signed
        assert count_revisions(looking, tablet.visit.id) == 0
        looking.rollback()
        failing = False
        again = tablet.send(sent)
    finally:
        event.remove(Session, "before_commit", fail)
    assert again.json["results"][0]["state"] == "saved"
    assert signed
    assert count_revisions(looking, tablet.visit.id) == 1


def test_all_that_is_held_of_a_device_is_receipted_in_pages(
    database: Database,
    scene: Scene,
    tablet: Tablet,
    verified: Verified,
    sign_in_as: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "RECEIPT_SIZE", 4)
    sent = [item(seq) for seq in range(1, 11)]
    tablet.results(*sent)
    tablet_of(database, sign_in_as, scene.visit, scene.leader).results(item())
    have: list[list[str]] = []
    address, after, pages = f"{tablet.address}/receipt?device={tablet.device}", "", 0
    while True:
        answer = tablet.browser.get(f"{address}&after={after}")
        page = verified(answer)["have"]
        have, pages = have + page, pages + 1
        if not answer.json["more"]:
            break
        after = page[-1][0]
    assert have == sorted([[one["id"], one["sha256"]] for one in sent])
    assert pages == 3
    assert answer.json["person"] == str(scene.member.id)
    assert answer.json["token"]


def test_a_receipt_is_for_ones_own_device_only(
    database: Database, scene: Scene, tablet: Tablet, sign_in_as: SignIn
) -> None:
    other = tablet_of(database, sign_in_as, scene.visit, scene.leader)
    for address in (
        f"{tablet.address}/receipt?device={other.device}",
        f"{tablet.address}/receipt?device={uuid4()}",
        f"{tablet.address}/receipt",
    ):
        answer = tablet.browser.get(address)
        assert (answer.status_code, answer.json["code"]) == (409, "sync.device_unknown")
    answer = tablet.browser.get(f"{tablet.address}/receipt?device=nonsense")
    assert (answer.status_code, answer.json["code"]) == (422, "sync.batch_malformed")


def test_the_key_is_made_once_and_refused_when_others_can_read_it(settings: Settings) -> None:
    first = public_keys(settings.keys)
    assert public_keys(settings.keys) == first
    assert len(base64.b64decode(first["key"])) == len(base64.b64decode(first["import_key"])) == 32
    for name in ("receipts.key", "imports.key"):
        assert (settings.keys / name).stat().st_mode & 0o077 == 0
    (settings.keys / "receipts.key").chmod(0o644)
    with pytest.raises(SecretReadableByOthers):
        receipt_key(settings.keys)


# Repeats and clashes


def test_what_comes_again_is_taken_once_and_receipted_again(
    looking: Session, tablet: Tablet, verified: Verified
) -> None:
    sent = item()
    [first] = tablet.results(sent)
    answer = tablet.send(sent, sent)
    assert [one["state"] for one in answer.json["results"]] == ["repeated", "repeated"]
    assert answer.json["results"][0]["received_at"] == first["received_at"]
    assert verified(answer)["have"] == [[sent["id"], sent["sha256"]]]
    assert count_revisions(looking, tablet.visit.id) == 1


def test_the_same_content_in_other_bytes_is_a_clash(looking: Session, tablet: Tablet, verified: Verified) -> None:
    revision = sent_revision()
    tablet.results(item(1, revision))
    spaced = item(1, revision)
    spaced["body"] += " "
    spaced["sha256"] = item(1, revision)["sha256"]
    [damaged] = tablet.results(spaced)
    assert (damaged["state"], damaged["code"]) == ("refused", "sync.item_damaged")
    answer = tablet.send(item(1, {**revision, "note": "Something else."}))
    assert (answer.json["results"][0]["state"], answer.json["results"][0]["code"]) == ("refused", "sync.clash")
    assert verified(answer)["have"] == []
    assert [head.note for head in heads_of(looking, tablet.visit.id)] == [""]


def test_a_revision_that_came_by_the_old_protocol_is_known(scene: Scene, looking: Session, tablet: Tablet) -> None:
    revision = sent_revision()
    old = {"protocol": 1, "author": str(scene.member.id), "device": "tablet-1", "revisions": [revision]}
    assert tablet.browser.post(f"{tablet.address}/revisions", json=old).json["results"][0]["state"] == "saved"
    assert [one["state"] for one in tablet.results(item(1, revision))] == ["repeated"]
    assert count_revisions(looking, tablet.visit.id) == 1


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"seq": 0}, "sync.item_malformed", "seq"),
        ({"id": "nonsense"}, "sync.item_malformed", "id"),
        ({"sha256": "00"}, "sync.item_malformed", "sha256"),
        ({"sha256": "0" * 64}, "sync.item_damaged", "sha256"),
        ({"extra": 1}, "sync.item_malformed", "extra"),
        ({"body": "half a pair \ud800"}, "sync.item_malformed", "body"),
        ({"body": "x" * 70_000}, "sync.item_malformed", "body"),
        ({"id": str(uuid4())}, "sync.revision_malformed", "id"),
    ],
)
def test_a_bad_item_is_refused_alone(
    looking: Session, tablet: Tablet, wrong: dict[str, Any], code: str, field: str
) -> None:
    found = tablet.results({**item(1), **wrong}, item(2))
    assert [(one["state"], one["code"]) for one in found] == [("refused", code), ("saved", None)]
    assert found[0]["field"] == field
    assert count_revisions(looking, tablet.visit.id) == 1


@pytest.mark.parametrize(
    "body", ["[" * 30_000, "{}", "[]", "null", "not JSON", '{"id": NaN}', '"' + "\\ud800" + '"', "1" * 5000]
)
def test_a_body_that_is_no_revision_is_refused_alone(looking: Session, tablet: Tablet, body: str) -> None:
    bad = {**item(1), "body": body, "sha256": item_hash(body)}
    found = tablet.results(bad, "not even an item", None, item(2))
    assert [one["state"] for one in found] == ["refused", "refused", "refused", "saved"]
    assert found[0]["code"] == "sync.revision_malformed"
    assert count_revisions(looking, tablet.visit.id) == 1


def item_hash(body: str) -> str:
    from tests.factories.tablets import sha256

    return sha256(body.encode())


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"items": []}, "items"),
        ({"items": [item(seq) for seq in range(1, 52)]}, "items"),
        ({"device": "tablet-1"}, "device"),
        ({"author": "nobody"}, "author"),
        ({"protocol": 7}, "protocol"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_malformed_batch_is_refused_whole(
    looking: Session, tablet: Tablet, content: dict[str, Any], place: str
) -> None:
    whole = {**tablet.about(items=[item()]), **content}
    answer = tablet.browser.post(f"{tablet.address}/revisions", json=whole)
    assert (answer.status_code, answer.json["code"], answer.json["details"]["place"]) == (
        422,
        "sync.batch_malformed",
        place,
    )
    assert count_revisions(looking, tablet.visit.id) == 0


# Clocks


@pytest.mark.parametrize(
    ("said", "year", "is_ahead"),
    [
        ("2041-01-01T00:00:00Z", 2041, True),
        ("1970-01-01T00:00:00Z", 1970, False),
        ("0001-01-01T00:00:00+05:00", 1900, False),
        ("9999-12-31T23:59:59-05:00", 9000, True),
    ],
)
def test_a_clock_that_is_years_off_loses_nothing(
    looking: Session, tablet: Tablet, said: str, year: int, is_ahead: bool
) -> None:
    [result] = tablet.results(item(recorded_at=said))
    assert (result["state"], result["clock_ahead"]) == ("saved", is_ahead)
    [head] = heads_of(looking, tablet.visit.id)
    assert head.recorded_at.astimezone(UTC).year == year


# Devices


def test_a_device_is_registered_once_and_gets_the_keys(
    looking: Session, scene: Scene, settings: Settings, sign_in_as: SignIn
) -> None:
    browser, device = sign_in_as(scene.member.id), str(uuid4())
    address = f"/api/v1/visits/{scene.visit.id}/devices"
    new = {"protocol": 2, "device": device, "label": "White tablet", "recovery": ""}
    first = browser.post(address, json=new)
    assert first.status_code == 200
    until = scene.visit.ends_on + timedelta(days=settings.tablet_days)
    assert first.json == {"protocol": 2, "device": device, "until": until.isoformat(), **public_keys(settings.keys)}
    sealed = browser.post(address, json={**new, "label": "Another", "recovery": "sealed text"})
    assert sealed.json == first.json
    browser.post(address, json={**new, "recovery": "sealed anew"})
    [row] = looking.exec(select(Device)).all()
    assert (row.label, row.recovery, row.user_id) == ("White tablet", "sealed text", scene.member.id)
    acts = [one.act for one in events_of(looking, "visit", scene.visit.id)]
    assert acts == ["sync.register_device", "sync.keep_recovery"]


def test_a_device_is_nobody_elses(database: Database, scene: Scene, tablet: Tablet, sign_in_as: SignIn) -> None:
    new = {"protocol": 2, "device": str(tablet.device), "label": "", "recovery": ""}
    taken = sign_in_as(scene.leader.id).post(f"{tablet.address}/devices", json=new)
    assert (taken.status_code, taken.json["code"]) == (409, "sync.device_taken")
    other = sign_in_as(scene.stranger.id).post(f"/api/v1/visits/{scene.other_visit.id}/devices", json=new)
    assert (other.status_code, other.json["code"]) == (409, "sync.device_taken")
    leader = Tablet(sign_in_as(scene.leader.id), scene.visit, scene.leader, tablet.device)
    answer = leader.send(item())
    assert (answer.status_code, answer.json["code"]) == (409, "sync.device_unknown")


def test_recovery_copies_are_those_of_the_visits_devices(database: Database, scene: Scene, tablet: Tablet) -> None:
    with database.transaction() as opened:
        make_device(opened, scene.other_visit.id, scene.stranger.id, recovery="of another visit")
        device = make_device(opened, scene.visit.id, scene.member.id, recovery="sealed")
    with database.reading() as session:
        found = devices_to_recover(session, scene.visit.id)
    assert {one["id"]: one["recovery"] for one in found} == {str(tablet.device): "", str(device.id): "sealed"}
    assert found[0]["person"] == scene.member.name


def test_a_device_that_was_ended_still_delivers(looking: Session, tablet: Tablet) -> None:
    for _ in range(2):
        assert tablet.browser.post(f"{tablet.address}/devices/{tablet.device}/end").status_code == 200
    device = looking.get(Device, tablet.device)
    assert device is not None
    assert device.ended_at is not None
    assert [one["state"] for one in tablet.results(item())] == ["saved"]


def test_answers_are_not_taken_under_another_name_or_from_outside(
    looking: Session, scene: Scene, tablet: Tablet, sign_in_as: SignIn
) -> None:
    leader = Tablet(sign_in_as(scene.leader.id), scene.visit, scene.member, tablet.device)
    answer = leader.send(item())
    assert (answer.status_code, answer.json["code"]) == (409, "sync.other_person")
    stranger = Tablet(sign_in_as(scene.stranger.id), scene.visit, scene.stranger, tablet.device)
    assert stranger.send(item()).status_code == 404
    secretary = Tablet(sign_in_as(scene.secretary.id), scene.visit, scene.secretary, tablet.device)
    assert secretary.send(item()).status_code == 403
    assert count_revisions(looking, scene.visit.id) == 0


# Who left, and visits that were given up


def leave(database: Database, scene: Scene, how: str) -> None:
    with database.transaction() as opened:
        if how == "left_group":
            opened.delete(opened.get_one(VisitMember, (scene.visit.id, scene.member.id)))
        elif how == "conflict":
            make_conflict(opened, user_id=scene.member.id, place_id=scene.visit.place_id)
        else:
            found = select(Membership).where(Membership.user_id == scene.member.id)
            opened.exec(found).one().ends_on = date(2026, 1, 31)


@pytest.mark.parametrize("how", ["left_group", "left_council", "conflict"])
def test_what_comes_from_somebody_who_left_is_kept_apart(
    database: Database, looking: Session, scene: Scene, tablet: Tablet, verified: Verified, how: str
) -> None:
    before, after = item(1), item(2, note="Afterwards.")
    tablet.results(before)
    leave(database, scene, how)
    answer = tablet.send(before, after, after, item(3, item="Z9"))
    assert [(one["state"], one["code"]) for one in answer.json["results"]] == [
        ("repeated", None),
        ("apart", f"sync.apart_{how}"),
        ("apart", f"sync.apart_{how}"),
        ("refused", "sync.unknown_item"),
    ]
    held = [[before["id"], before["sha256"]], [after["id"], after["sha256"]]]
    assert verified(answer)["have"] == held
    [again] = tablet.results(after)
    assert (again["state"], again["received_at"]) == ("apart", answer.json["results"][1]["received_at"])
    [clash] = tablet.results(item(2, {**json.loads(after["body"]), "note": "Other."}))
    assert (clash["state"], clash["code"]) == ("refused", "sync.clash")
    [kept] = looking.exec(select(KeptApart)).all()
    assert (kept.body, kept.sent_sha256, kept.reason) == (after["body"], after["sha256"], how)
    assert count_revisions(looking, scene.visit.id) == 1
    all_held = tablet.browser.get(f"{tablet.address}/receipt?device={tablet.device}")
    assert verified(all_held)["have"] == sorted(held)
    [event_] = [one for one in events_of(looking, "visit", scene.visit.id) if one.act == "sync.keep_apart"]
    assert event_.details["kept"] == 1


def test_who_left_may_deliver_and_nothing_else(
    database: Database, scene: Scene, tablet: Tablet, sign_in_as: SignIn
) -> None:
    leave(database, scene, "left_council")
    for rest in ("take-along", "bundle", "heads"):
        assert tablet.browser.get(f"{tablet.address}/{rest}").status_code == 404
    again = {"protocol": 2, "device": str(tablet.device), "label": "", "recovery": ""}
    assert tablet.browser.post(f"{tablet.address}/devices", json=again).status_code == 200
    new = tablet.browser.post(f"{tablet.address}/devices", json={**again, "device": str(uuid4())})
    assert (new.status_code, new.json["code"]) == (409, "sync.device_unknown")
    old = {"protocol": 1, "author": str(scene.member.id), "device": "tablet-1", "revisions": [sent_revision()]}
    assert tablet.browser.post(f"{tablet.address}/revisions", json=old).json["code"] == "sync.device_unknown"


def test_what_waits_for_the_chair_stays_apart_when_its_author_comes_back(
    database: Database, looking: Session, scene: Scene, tablet: Tablet
) -> None:
    sent = item()
    leave(database, scene, "left_group")
    tablet.results(sent)
    with database.transaction() as opened:
        opened.add(VisitMember(visit_id=scene.visit.id, user_id=scene.member.id))
    found = tablet.results(sent, item(2))
    assert [one["state"] for one in found] == ["apart", "saved"]
    assert count_revisions(looking, scene.visit.id) == 1


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (VisitState.PLANNED, 409),
        (VisitState.UNDER_WAY, 200),
        (VisitState.CONCLUDED, 200),
        (VisitState.CANCELLED, 200),
        (VisitState.REFUSED, 200),
    ],
)
def test_a_visit_that_was_given_up_meanwhile_takes_what_was_recorded(
    database: Database, sign_in_as: SignIn, state: VisitState, status: int
) -> None:
    with database.transaction() as opened:
        scene = make_scene(opened, state=state)
    answer = tablet_of(database, sign_in_as, scene.visit, scene.member).send(item())
    assert answer.status_code == status
    if status == 409:
        assert answer.json["code"] == "sync.visit_not_open"


def test_the_leader_is_told_what_came_after_the_visit_was_cancelled(
    database: Database, looking: Session, scene: Scene, tablet: Tablet
) -> None:
    from baqylau.audit.actions import record

    tablet.results(item(1))
    with database.transaction() as opened:
        visit = opened.get_one(Visit, scene.visit.id)
        visit.state, visit.end_reason = VisitState.CANCELLED, "The road is closed by snow."
        record(opened, "visits.cancel_visit", scene.leader.id, ("visit", visit.id), datetime.now(UTC))
    tablet.results(item(2), item(3))
    late = queries.late_answers(looking, looking.get_one(Visit, scene.visit.id))
    assert (late.answers, late.photos) == (2, 0)


def test_a_superseded_revision_that_comes_later_is_no_head(looking: Session, tablet: Tablet) -> None:
    first, second = sent_revision(), sent_revision()
    later = item(2, {**second, "supersedes": [first["id"]]})
    assert [one["state"] for one in tablet.results(later)] == ["saved"]
    assert [one["state"] for one in tablet.results(item(1, first))] == ["saved"]
    assert [str(head.id) for head in heads_of(looking, tablet.visit.id)] == [second["id"]]


def test_a_post_without_the_token_is_refused_and_the_receipt_gives_a_new_one(app: Application, tablet: Tablet) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = tablet.send(item())
    assert (answer.status_code, answer.json["code"]) == (400, "app.form_expired")
    token = tablet.browser.get(f"{tablet.address}/receipt?device={tablet.device}").json["token"]
    sent = tablet.about(items=[item()])
    again = tablet.browser.post(f"{tablet.address}/revisions", json=sent, headers={"X-CSRFToken": token})
    assert again.status_code == 200


def test_ids_are_in_the_order_of_pages_on_both_databases(looking: Session, tablet: Tablet) -> None:
    tablet.results(*(item(seq) for seq in range(1, 21)))
    ids = looking.exec(select(AnswerRevision.id).order_by(col(AnswerRevision.id))).all()
    assert list(ids) == sorted(ids, key=lambda one: UUID(str(one)).hex)
