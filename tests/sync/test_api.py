"""The tablet's API: what it gives, what it takes, and what it refuses, each with its stable code."""

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from errno import ENOSPC
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.answers.queries import count_revisions, evidence_of, heads_of
from baqylau.app import Application
from baqylau.audit.queries import events_of
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.storage.files import read
from baqylau.visits.models import Visit
from baqylau.visits.terms import VisitState
from tests.factories.answers import Scene, make_evidence, make_revision, make_scene, photo_bytes, sent_revision

SignIn = Callable[[UUID], FlaskClient]


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as opened:
        return make_scene(opened)


@pytest.fixture
def looking(database: Database) -> Iterator[Session]:
    """Return a session that sees what was committed and locks nothing."""
    with database.reading() as opened:
        yield opened


def batch(author: User, *revisions: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    return {"protocol": 1, "author": str(author.id), "device": "tablet-1", "revisions": list(revisions), **overrides}


def send(browser: FlaskClient, visit: Visit, content: object) -> Any:
    return browser.post(f"/api/v1/visits/{visit.id}/revisions", json=content)


def results(browser: FlaskClient, scene: Scene, author: User, *revisions: dict[str, Any]) -> list[dict[str, Any]]:
    answer = send(browser, scene.visit, batch(author, *revisions))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.json["results"]
    return found


# What is given


def test_the_bundle_holds_all_that_recording_needs(database: Database, scene: Scene, sign_in_as: SignIn) -> None:
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id, note="By the window.")
        make_evidence(opened, scene.visit, scene.leader.id)
        make_revision(opened, scene.other_visit, scene.stranger.id, note="Elsewhere.")
    bundle = sign_in_as(scene.member.id).get(f"/api/v1/visits/{scene.visit.id}/bundle").json
    assert bundle["protocol"] == 2
    assert bundle["visit"]["number"] == scene.visit.number
    assert bundle["context"]["visit.kind"] == "commission"
    assert {item["id"] for item in bundle["checklists"][0]["items"]} >= {"D1", "F3"}
    assert bundle["checklists"][0]["title"].keys() == {"kk", "ru", "en"}
    assert bundle["acts"]["MR"].keys() == {"kk", "ru", "en"}
    assert bundle["me"] == {"id": str(scene.member.id), "records": True, "settles": False, "withdraws": False}
    assert [(head["item"], head["note"]) for head in bundle["heads"]] == [("D4", "By the window.")]
    assert bundle["people"] == {str(scene.leader.id): scene.leader.name}
    assert [photo["caption"] for photo in bundle["photos"]] == ["The window"]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_bundle_of_a_page_has_the_texts_of_its_language_only(
    scene: Scene, sign_in_as: SignIn, language: str
) -> None:
    browser = sign_in_as(scene.member.id)
    whole = browser.get(f"/api/v1/visits/{scene.visit.id}/bundle")
    one = browser.get(f"/api/v1/visits/{scene.visit.id}/bundle?language={language}")
    assert one.json["checklists"][0]["items"][0]["text"].keys() == {language}
    assert (
        one.json["checklists"][0]["items"][0]["text"][language]
        == whole.json["checklists"][0]["items"][0]["text"][language]
    )
    assert one.json["acts"]["MR"].keys() == {language}
    assert len(one.data) < len(whole.data)
    other = browser.get(f"/api/v1/visits/{scene.visit.id}/bundle?language=xx")
    assert other.json["checklists"] == whole.json["checklists"]


def test_the_leader_settles_and_withdraws_and_a_reader_only_reads(scene: Scene, sign_in_as: SignIn) -> None:
    address = f"/api/v1/visits/{scene.visit.id}/bundle"
    leader = sign_in_as(scene.leader.id).get(address).json["me"]
    assert (leader["records"], leader["settles"], leader["withdraws"]) == (True, True, True)
    secretary = sign_in_as(scene.secretary.id).get(address).json["me"]
    assert (secretary["records"], secretary["settles"], secretary["withdraws"]) == (False, False, False)


def test_photos_are_named_only_to_those_who_may_see_them(database: Database, scene: Scene, sign_in_as: SignIn) -> None:
    with database.transaction() as opened:
        make_evidence(opened, scene.visit, scene.leader.id)
    assert sign_in_as(scene.secretary.id).get(f"/api/v1/visits/{scene.visit.id}/bundle").json["photos"] == []
    assert sign_in_as(scene.secretary.id).get(f"/api/v1/visits/{scene.visit.id}/heads").json["photos"] == []


@pytest.mark.parametrize(("state", "records"), [(VisitState.UNDER_WAY, True), (VisitState.CONCLUDED, False)])
def test_a_concluded_visit_is_read_and_not_recorded(
    database: Database, sign_in_as: SignIn, state: VisitState, records: bool
) -> None:
    with database.transaction() as opened:
        scene = make_scene(opened, state=state)
    me = sign_in_as(scene.leader.id).get(f"/api/v1/visits/{scene.visit.id}/bundle").json["me"]
    assert (me["records"], me["settles"]) == (records, True)


def test_heads_are_given_once_for_each_version(database: Database, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.member.id)
    address = f"/api/v1/visits/{scene.visit.id}/heads"
    first = browser.get(address).json
    assert (first["heads"], first["person"]) == ([], str(scene.member.id))
    assert first["token"]
    again = browser.get(address, query_string={"seen": first["version"]}).json
    assert "heads" not in again
    assert again["version"] == first["version"]
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id)
    changed = browser.get(address, query_string={"seen": first["version"]}).json
    assert [head["author"] for head in changed["heads"]] == [str(scene.leader.id)]


# What is taken


def test_each_revision_has_a_result_of_its_own(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    sent = [
        sent_revision(),
        sent_revision("Z9"),
        sent_revision("F1", value={"value": "maybe"}),
        sent_revision("F1", value={"value": "yes"}, flags=["urgent", "urgent"], note="Every day but Sunday."),
        {"id": "nonsense"},
    ]
    found = results(sign_in_as(scene.member.id), scene, scene.member, *sent)
    assert [(one["state"], one["code"], one["field"]) for one in found] == [
        ("saved", None, ""),
        ("refused", "sync.unknown_item", ""),
        ("refused", "sync.unknown_choice", "value"),
        ("saved", None, ""),
        ("refused", "sync.revision_malformed", "id"),
    ]
    assert [one["id"] for one in found] == [one["id"] for one in sent]
    heads = {head.item_id: head for head in heads_of(looking, scene.visit.id)}
    assert heads.keys() == {"D4", "F1"}
    assert heads["F1"].flags == ("urgent",)
    assert heads["F1"].author_id == scene.member.id
    [event] = [one for one in events_of(looking, "visit", scene.visit.id) if one.act == "answers.record_batch"]
    assert event.details["saved"] == 2


def test_a_batch_delivered_again_is_taken_once(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    browser, revision = sign_in_as(scene.member.id), sent_revision()
    first = results(browser, scene, scene.member, revision)[0]
    second = results(browser, scene, scene.member, revision)[0]
    assert (first["state"], second["state"]) == ("saved", "repeated")
    assert first["received_at"] == second["received_at"]
    assert count_revisions(looking, scene.visit.id) == 1


def test_a_revision_twice_in_one_batch_is_taken_once(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    revision = sent_revision()
    found = results(sign_in_as(scene.member.id), scene, scene.member, revision, revision)
    assert [one["state"] for one in found] == ["saved", "repeated"]
    assert count_revisions(looking, scene.visit.id) == 1


def test_the_same_id_with_other_content_is_a_clash(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    browser, revision = sign_in_as(scene.member.id), sent_revision()
    results(browser, scene, scene.member, revision)
    [other] = results(browser, scene, scene.member, {**revision, "note": "Something else."})
    assert (other["state"], other["code"], other["received_at"]) == ("refused", "sync.clash", None)
    assert [head.note for head in heads_of(looking, scene.visit.id)] == [""]


def test_the_same_batch_from_two_sides_at_once_is_taken_once(
    looking: Session, scene: Scene, sign_in_as: SignIn
) -> None:
    sent = [sent_revision("F1", value={"value": "yes"}, note=str(at)) for at in range(20)]
    browsers = [sign_in_as(scene.member.id) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda browser: results(browser, scene, scene.member, *sent), browsers))
    for one, other in zip(*both, strict=True):
        assert {one["state"], other["state"]} == {"saved", "repeated"}
        assert one["received_at"] == other["received_at"]
    assert count_revisions(looking, scene.visit.id) == 20


def test_a_clock_that_is_ahead_loses_nothing(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    revision = sent_revision(recorded_at="2031-01-01T00:00:00Z")
    [result] = results(sign_in_as(scene.member.id), scene, scene.member, revision)
    assert (result["state"], result["clock_ahead"]) == ("saved", True)
    [head] = heads_of(looking, scene.visit.id)
    assert head.recorded_at.year == 2031
    assert head.received_at.year < 2031
    [past] = results(
        sign_in_as(scene.member.id), scene, scene.member, sent_revision(recorded_at="2001-01-01T00:00:00Z")
    )
    assert (past["state"], past["clock_ahead"]) == ("saved", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recorded_at": "2026-11-23T05:00:00"},
        {"recorded_at": "yesterday"},
        {"item": "D4; DROP TABLE"},
        {"row": "12"},
        {"value": ["met"]},
        {"sources": ["X"]},
        {"flags": ["terrible"]},
        {"note": "x" * 4001},
        {"note": "a\u0000b"},
        {"note": "half a pair \ud800"},
        {"supersedes": ["nonsense"]},
        {"author": str(uuid4())},
        {"id": "half a pair \ud800"},
    ],
)
def test_a_malformed_revision_is_refused_alone(
    looking: Session, scene: Scene, sign_in_as: SignIn, wrong: dict[str, Any]
) -> None:
    found = results(sign_in_as(scene.member.id), scene, scene.member, {**sent_revision(), **wrong}, sent_revision())
    assert [(one["state"], one["code"]) for one in found] == [
        ("refused", "sync.revision_malformed"),
        ("saved", None),
    ]
    assert count_revisions(looking, scene.visit.id) == 1


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"national": "met", "international": 7}, "sync.unknown_choice"),
        ({"value": "yes"}, "sync.unknown_field"),
        ({"half a pair \ud800": 1}, "sync.unknown_field"),
        ({"status": "not_seen"}, "sync.status_on_scale"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    looking: Session, scene: Scene, sign_in_as: SignIn, value: dict[str, Any], code: str
) -> None:
    [result] = results(sign_in_as(scene.member.id), scene, scene.member, sent_revision(value=value))
    assert (result["state"], result["code"]) == ("refused", code)
    assert count_revisions(looking, scene.visit.id) == 0


def test_a_text_with_half_a_pair_in_it_stops_no_other_answer(scene: Scene, sign_in_as: SignIn) -> None:
    bad = sent_revision("F3", value={"value": "half a pair \ud800"})
    found = results(sign_in_as(scene.member.id), scene, scene.member, bad, sent_revision())
    assert [(one["state"], one["code"]) for one in found] == [("refused", "sync.unprintable"), ("saved", None)]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (None, ""),
        ([], ""),
        ({"protocol": 3}, "protocol"),
        ({"revisions": []}, "revisions"),
        ({"revisions": [sent_revision() for _ in range(51)]}, "revisions"),
        ({"device": "../tablet"}, "device"),
        ({"author": "nobody"}, "author"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_malformed_batch_is_refused_whole(
    looking: Session, scene: Scene, sign_in_as: SignIn, content: object, place: str
) -> None:
    whole = {**batch(scene.member, sent_revision()), **content} if isinstance(content, dict) else content
    answer = send(sign_in_as(scene.member.id), scene.visit, whole)
    assert (answer.status_code, answer.json["code"], answer.json["details"]["place"]) == (
        422,
        "sync.batch_malformed",
        place,
    )
    assert count_revisions(looking, scene.visit.id) == 0


def test_half_a_json_is_refused_whole(scene: Scene, sign_in_as: SignIn) -> None:
    answer = sign_in_as(scene.member.id).post(
        f"/api/v1/visits/{scene.visit.id}/revisions", data=b'{"protocol": 1, "rev', content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (422, "sync.batch_malformed")


# Who, where, when


def test_an_ended_sign_in_is_said_in_json(client: FlaskClient, scene: Scene) -> None:
    for answer in (
        send(client, scene.visit, batch(scene.member, sent_revision())),
        client.get(f"/api/v1/visits/{scene.visit.id}/heads"),
        client.get(f"/api/v1/visits/{scene.visit.id}/bundle"),
    ):
        assert (answer.status_code, answer.json["code"]) == (401, "app.not_signed_in")


def test_another_councils_visit_does_not_exist(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.stranger.id)
    answer = send(browser, scene.visit, batch(scene.stranger, sent_revision()))
    assert (answer.status_code, answer.json["code"]) == (404, "app.not_found")
    for rest in ("bundle", "heads"):
        assert browser.get(f"/api/v1/visits/{scene.visit.id}/{rest}").status_code == 404
    assert count_revisions(looking, scene.visit.id) == 0


def test_who_only_reads_does_not_record(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    answer = send(sign_in_as(scene.secretary.id), scene.visit, batch(scene.secretary, sent_revision()))
    assert (answer.status_code, answer.json["code"]) == (403, "app.not_allowed")
    assert count_revisions(looking, scene.visit.id) == 0


def test_answers_are_not_taken_under_another_name(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    """A tablet is handed on with answers that still wait: they must not become the next person's."""
    answer = send(sign_in_as(scene.member.id), scene.visit, batch(scene.leader, sent_revision()))
    assert (answer.status_code, answer.json["code"]) == (409, "sync.other_person")
    assert count_revisions(looking, scene.visit.id) == 0


@pytest.mark.parametrize(
    ("state", "status"),
    [(VisitState.UNDER_WAY, 200), (VisitState.CONCLUDED, 200), (VisitState.PLANNED, 409), (VisitState.CANCELLED, 409)],
)
def test_answers_are_taken_from_the_beginning_on_and_late_ones_too(
    database: Database, sign_in_as: SignIn, state: VisitState, status: int
) -> None:
    with database.transaction() as opened:
        scene = make_scene(opened, state=state)
    answer = send(sign_in_as(scene.leader.id), scene.visit, batch(scene.leader, sent_revision()))
    assert answer.status_code == status
    if status == 409:
        assert answer.json["code"] == "sync.visit_not_open"


def test_a_post_without_the_pages_token_is_refused(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = sign_in_as(scene.member.id)
    content = batch(scene.member, sent_revision())
    answer = send(browser, scene.visit, content)
    assert (answer.status_code, answer.json["code"]) == (400, "app.form_expired")
    token = browser.get(f"/api/v1/visits/{scene.visit.id}/heads").json["token"]
    address = f"/api/v1/visits/{scene.visit.id}/revisions"
    assert browser.post(address, json=content, headers={"X-CSRFToken": token}).status_code == 200


# Photos


def facts(author: User, **overrides: Any) -> dict[str, Any]:
    values = {
        "id": str(uuid4()),
        "author": str(author.id),
        "item": "D4",
        "row": "",
        "caption": "The window",
        "permission": "given",
        "consent": "no_persons",
        "recorded_at": "2026-11-23T05:00:00Z",
    }
    return {**values, **overrides}


def send_photo(browser: FlaskClient, visit: Visit, sent: bytes, given: dict[str, Any], name: str = "photo.jpg") -> Any:
    fields = {**given, "photo": (io.BytesIO(sent), name)}
    return browser.post(f"/api/v1/visits/{visit.id}/photos", data=fields, content_type="multipart/form-data")


def test_a_photo_is_stored_clean_and_encrypted(
    looking: Session, scene: Scene, settings: Settings, sign_in_as: SignIn
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Aigul"
    sent = photo_bytes(exif=exif, comment=b"cell of the complainant")
    answer = send_photo(sign_in_as(scene.member.id), scene.visit, sent, facts(scene.member))
    assert (answer.status_code, answer.json["state"]) == (201, "saved")
    [photo] = evidence_of(looking, scene.visit.id)
    assert (photo.caption, photo.permission, photo.consent) == ("The window", "given", "no_persons")
    stored = read((settings.blobs, settings.keys), photo.blob_sha256)
    assert b"Aigul" not in stored
    assert b"complainant" not in stored
    [file] = [path for path in settings.blobs.rglob("*") if path.is_file()]
    assert not file.read_bytes().startswith(b"\xff\xd8")


def test_a_photo_delivered_again_is_taken_once(looking: Session, scene: Scene, sign_in_as: SignIn) -> None:
    browser, given = sign_in_as(scene.member.id), facts(scene.member)
    first = send_photo(browser, scene.visit, photo_bytes(), given)
    second = send_photo(browser, scene.visit, photo_bytes(), given)
    assert (second.status_code, second.json["state"]) == (200, "repeated")
    assert first.json["received_at"] == second.json["received_at"]
    other = send_photo(browser, scene.visit, photo_bytes("PNG"), given)
    assert (other.status_code, other.json["code"]) == (409, "sync.clash")
    assert len(evidence_of(looking, scene.visit.id)) == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"permission": ""}, 422, "sync.photo_malformed"),
        ({"consent": "perhaps"}, 422, "sync.photo_malformed"),
        ({"caption": "a\u0000b"}, 422, "sync.photo_malformed"),
        ({"item": "Z9"}, 422, "sync.unknown_item"),
        ({"item": "D1"}, 422, "sync.unknown_item"),  # stands in rows
        ({"author": str(uuid4())}, 409, "sync.other_person"),
    ],
)
def test_a_photo_without_its_facts_is_refused(
    looking: Session, scene: Scene, sign_in_as: SignIn, wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = send_photo(sign_in_as(scene.member.id), scene.visit, photo_bytes(), {**facts(scene.member), **wrong})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not evidence_of(looking, scene.visit.id)


@pytest.mark.parametrize(
    ("sent", "name", "code"),
    [
        (b"A text that somebody renamed.", "photo.jpg", "answers.photo_unreadable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "photo.svg", "answers.photo_unreadable"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1", "photo.jpg", "answers.photo_heic"),
        (b"", "photo.jpg", "answers.photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_and_not_stored(
    looking: Session, scene: Scene, settings: Settings, sign_in_as: SignIn, sent: bytes, name: str, code: str
) -> None:
    answer = send_photo(sign_in_as(scene.member.id), scene.visit, sent, facts(scene.member), name)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert not evidence_of(looking, scene.visit.id)
    assert not list(settings.blobs.rglob("*.*"))


def test_no_photo_at_all_is_refused(scene: Scene, sign_in_as: SignIn) -> None:
    answer = sign_in_as(scene.member.id).post(f"/api/v1/visits/{scene.visit.id}/photos", data=facts(scene.member))
    assert (answer.status_code, answer.json["code"]) == (422, "sync.photo_missing")


def test_an_upload_that_is_too_large_is_refused_in_json(
    looking: Session, app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 4096
    answer = send_photo(sign_in_as(scene.member.id), scene.visit, os.urandom(8192), facts(scene.member))
    assert (answer.status_code, answer.json["code"]) == (413, "app.http_413")
    assert not evidence_of(looking, scene.visit.id)


def test_a_full_disk_stores_nothing_and_says_so(
    looking: Session, scene: Scene, settings: Settings, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, given = sign_in_as(scene.member.id), facts(scene.member)

    def full(_handle: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("baqylau.storage.files.os.fsync", full)
        answer = send_photo(browser, scene.visit, photo_bytes(), given)
    assert (answer.status_code, answer.json["code"]) == (507, "app.disk_full")
    assert not evidence_of(looking, scene.visit.id)
    assert [path for path in settings.blobs.rglob("*") if path.is_file()] == []
    looking.rollback()
    assert send_photo(browser, scene.visit, photo_bytes(), given).json["state"] == "saved"
    assert len(evidence_of(looking, scene.visit.id)) == 1


@pytest.fixture
def tiny_disk(settings: Settings) -> Iterator[Path]:
    """Mount a disk of one page where photos are stored; only root may."""
    settings.blobs.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(settings.blobs)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a file system")
    yield settings.blobs
    subprocess.run(["umount", str(settings.blobs)], check=True)


def test_a_disk_that_is_really_full_stores_nothing(
    looking: Session, scene: Scene, tiny_disk: Path, sign_in_as: SignIn
) -> None:
    noise = Image.frombytes("RGB", (200, 200), os.urandom(200 * 200 * 3))
    written = io.BytesIO()
    noise.save(written, "PNG")
    answer = send_photo(sign_in_as(scene.member.id), scene.visit, written.getvalue(), facts(scene.member))
    assert (answer.status_code, answer.json["code"]) == (507, "app.disk_full")
    assert not evidence_of(looking, scene.visit.id)
    assert [path for path in tiny_disk.rglob("*") if path.is_file()] == []
