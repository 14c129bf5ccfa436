"""Photos in parts: any order, more than once, broken off, damaged, too large, on a full disk; what is dropped in the end."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlmodel import Session, select

from baqylau.answers.queries import evidence_of
from baqylau.cli.commands import main
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.storage.files import read
from baqylau.sync.models import KeptApart, PhotoPart
from baqylau.visits.models import VisitMember
from tests.factories.answers import Scene, make_evidence
from tests.factories.tablets import photo_facts, sha256
from tests.sync.conftest import SignIn, Tablet, tablet_of

Verified = Callable[[Any], dict[str, Any]]
SIZE = 20_000


@pytest.fixture(scope="module")
def content() -> bytes:
    """Return a photo of more than three parts."""
    noise = Image.frombytes("RGB", (160, 160), os.urandom(160 * 160 * 3))
    written = BytesIO()
    noise.save(written, "PNG", comment="cell of the complainant")
    return written.getvalue()


def cut(content: bytes) -> list[bytes]:
    return [content[start : start + SIZE] for start in range(0, len(content), SIZE)]


def put(tablet: Tablet, photo: str, number: int, total: int, part: bytes, **how: Any) -> Any:
    headers = {"X-Content-SHA256": how.get("hash", sha256(part))}
    address = f"{tablet.address}/photos/{photo}/parts/{number}?of={total}"
    return tablet.browser.put(address, data=part, headers=headers, content_type="application/octet-stream")


def put_all(tablet: Tablet, photo: str, content: bytes) -> None:
    parts = cut(content)
    for number, part in enumerate(parts):
        assert put(tablet, photo, number, len(parts), part).status_code == 200


def post(tablet: Tablet, facts: dict[str, Any]) -> Any:
    return tablet.browser.post(f"{tablet.address}/photos/{facts['id']}", json=tablet.about(**sent(facts)))


def sent(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "id"}


def held(tablet: Tablet, photo: str) -> list[int]:
    found: list[int] = tablet.browser.get(f"{tablet.address}/photos/{photo}/parts").json["held"]
    return found


def files_in(settings: Settings) -> list[Path]:
    return [path for path in settings.parts.rglob("*") if path.is_file()]


def test_parts_come_in_any_order_and_more_than_once(
    looking: Session, settings: Settings, tablet: Tablet, verified: Verified, content: bytes
) -> None:
    facts, parts = photo_facts(content), cut(content)
    assert len(parts) >= 4
    states = [
        put(tablet, facts["id"], number, len(parts), parts[number]).json["state"]
        for number in (2, 0, 2, *range(3, len(parts)))
    ]
    assert states == ["saved", "saved", "repeated", *["saved"] * (len(parts) - 3)]
    assert held(tablet, facts["id"]) == [0, *range(2, len(parts))]
    assert not any(b"PNG" in path.read_bytes() for path in files_in(settings))
    early = post(tablet, facts)
    assert (early.json["state"], early.json["code"], early.json["field"]) == ("refused", "sync.parts_missing", "1")
    assert verified(early)["have"] == []
    put(tablet, facts["id"], 1, len(parts), parts[1])
    answer = post(tablet, facts)
    assert (answer.status_code, answer.json["state"]) == (200, "saved")
    assert verified(answer)["have"] == [[facts["id"], facts["sha256"]]]
    [photo] = evidence_of(looking, tablet.visit.id)
    assert (photo.device, photo.sent_sha256) == (str(tablet.device), facts["sha256"])
    assert b"complainant" not in read((settings.blobs, settings.keys), photo.blob_sha256)
    assert not files_in(settings)
    assert not looking.exec(select(PhotoPart)).all()


def test_a_photo_that_was_taken_is_repeated_and_receipted(
    looking: Session, tablet: Tablet, verified: Verified, content: bytes
) -> None:
    facts = photo_facts(content)
    put_all(tablet, facts["id"], content)
    first = post(tablet, facts)
    second = post(tablet, facts)
    assert (second.json["state"], second.json["received_at"]) == ("repeated", first.json["received_at"])
    assert verified(second)["have"] == [[facts["id"], facts["sha256"]]]
    all_held = tablet.browser.get(f"{tablet.address}/receipt?device={tablet.device}")
    assert verified(all_held)["have"] == [[facts["id"], facts["sha256"]]]
    clash = post(tablet, {**facts, "sha256": "0" * 64})
    assert (clash.status_code, clash.json["code"]) == (409, "sync.clash")
    assert len(evidence_of(looking, tablet.visit.id)) == 1


def test_parts_that_do_not_make_the_photo_are_dropped_and_it_is_sent_anew(
    settings: Settings, tablet: Tablet, verified: Verified, content: bytes
) -> None:
    facts = photo_facts(content)
    put_all(tablet, facts["id"], content[:-1] + bytes([content[-1] ^ 1]))
    answer = post(tablet, facts)
    assert (answer.json["state"], answer.json["code"]) == ("refused", "sync.photo_differs")
    assert verified(answer)["have"] == []
    assert held(tablet, facts["id"]) == []
    assert not files_in(settings)
    put_all(tablet, facts["id"], content)
    assert post(tablet, facts).json["state"] == "saved"


def test_a_part_whose_file_was_damaged_on_the_server_costs_no_photo(
    settings: Settings, tablet: Tablet, content: bytes
) -> None:
    facts = photo_facts(content)
    put_all(tablet, facts["id"], content)
    damaged = files_in(settings)[0]
    stored = damaged.read_bytes()
    damaged.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    assert post(tablet, facts).json["code"] == "sync.photo_differs"
    put_all(tablet, facts["id"], content)
    assert post(tablet, facts).json["state"] == "saved"


@pytest.mark.parametrize(
    ("number", "total", "how", "status", "code"),
    [
        (0, 1, {"hash": "0" * 64}, 422, "sync.part_damaged"),
        (0, 1, {"hash": ""}, 422, "sync.part_damaged"),
        (1, 1, {}, 422, "sync.part_malformed"),
        (0, 0, {}, 422, "sync.part_malformed"),
        (0, 1000, {}, 422, "sync.part_malformed"),
    ],
)
def test_a_part_that_is_not_in_order_is_refused(
    settings: Settings, tablet: Tablet, number: int, total: int, how: dict[str, Any], status: int, code: str
) -> None:
    answer = put(tablet, str(uuid4()), number, total, b"some bytes", **how)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not files_in(settings)


def test_a_part_that_is_too_large_or_empty_is_refused(settings: Settings, tablet: Tablet) -> None:
    large = put(tablet, str(uuid4()), 0, 1, bytes(settings.part_bytes + 1))
    assert (large.status_code, large.json["code"]) == (413, "sync.part_too_large")
    assert put(tablet, str(uuid4()), 0, 1, b"").json["code"] == "sync.part_damaged"
    assert not files_in(settings)


def test_a_photo_that_is_cut_anew_takes_the_place_of_its_earlier_parts(
    settings: Settings, tablet: Tablet, content: bytes
) -> None:
    facts = photo_facts(content)
    put(tablet, facts["id"], 0, 2, content[: len(content) // 2])
    put(tablet, facts["id"], 1, 2, b"other bytes")
    assert held(tablet, facts["id"]) == [0, 1]
    put_all(tablet, facts["id"], content)
    assert held(tablet, facts["id"]) == list(range(len(cut(content))))
    assert post(tablet, facts).json["state"] == "saved"
    assert not files_in(settings)


def test_parts_are_nobody_elses(database: Database, scene: Scene, tablet: Tablet, sign_in_as: SignIn) -> None:
    photo = str(uuid4())
    put(tablet, photo, 0, 2, b"first")
    leader = tablet_of(database, sign_in_as, scene.visit, scene.leader)
    assert held(leader, photo) == []
    assert put(leader, photo, 1, 2, b"second").json["code"] == "sync.part_clash"
    stranger = tablet_of(database, sign_in_as, scene.other_visit, scene.stranger)
    stranger.address = tablet.address
    assert put(stranger, photo, 1, 2, b"second").status_code == 404


def test_only_so_many_photos_may_be_unfinished(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.sync.photos.MOST_UNFINISHED", 2)
    photos = [str(uuid4()) for _ in range(3)]
    answers = [put(tablet, photo, 0, 2, b"first") for photo in photos]
    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[2].json["code"] == "sync.too_many_unfinished"
    assert put(tablet, photos[0], 1, 2, b"second").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"permission": ""}, 422, "sync.photo_malformed"),
        ({"consent": "perhaps"}, 422, "sync.photo_malformed"),
        ({"caption": "a\u0000b"}, 422, "sync.photo_malformed"),
        ({"item": "Z9"}, 422, "sync.unknown_item"),
        ({"author": str(uuid4())}, 409, "sync.other_person"),
        ({"device": str(uuid4())}, 409, "sync.device_unknown"),
    ],
)
def test_a_photo_without_its_facts_is_refused_and_its_parts_stay(
    looking: Session, tablet: Tablet, content: bytes, wrong: dict[str, Any], status: int, code: str
) -> None:
    facts = photo_facts(content)
    put_all(tablet, facts["id"], content)
    address = f"{tablet.address}/photos/{facts['id']}"
    answer = tablet.browser.post(address, json={**tablet.about(**sent(facts)), **wrong})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not evidence_of(looking, tablet.visit.id)
    assert held(tablet, facts["id"])


def test_what_is_no_photo_is_refused(looking: Session, tablet: Tablet) -> None:
    text = b"A text that somebody renamed."
    facts = photo_facts(text)
    put_all(tablet, facts["id"], text)
    answer = post(tablet, facts)
    assert (answer.status_code, answer.json["code"]) == (422, "answers.photo_unreadable")
    assert not evidence_of(looking, tablet.visit.id)


def test_a_photo_of_somebody_who_left_is_kept_apart(
    database: Database, looking: Session, scene: Scene, tablet: Tablet, verified: Verified, content: bytes
) -> None:
    facts = photo_facts(content)
    put_all(tablet, facts["id"], content)
    with database.transaction() as opened:
        make_evidence(opened, scene.visit, scene.leader.id)
        opened.delete(opened.get_one(VisitMember, (scene.visit.id, scene.member.id)))
    answer = post(tablet, facts)
    assert (answer.json["state"], answer.json["code"]) == ("apart", "sync.apart_left_group")
    assert verified(answer)["have"] == [[facts["id"], facts["sha256"]]]
    assert post(tablet, facts).json["state"] == "apart"
    [kept] = looking.exec(select(KeptApart)).all()
    assert (kept.kind, kept.width, kept.height) == ("photo", 160, 160)
    assert len(evidence_of(looking, scene.visit.id)) == 1


def test_a_full_disk_keeps_no_part_and_says_so(
    settings: Settings, tablet: Tablet, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    facts, parts = photo_facts(content), cut(content)

    def full(_handle: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("baqylau.storage.files.os.fsync", full)
        answer = put(tablet, facts["id"], 0, len(parts), parts[0])
    assert (answer.status_code, answer.json["code"]) == (507, "app.disk_full")
    assert not files_in(settings)
    assert held(tablet, facts["id"]) == []
    put_all(tablet, facts["id"], content)
    with monkeypatch.context() as patched:
        patched.setattr("baqylau.storage.files.os.fsync", full)
        assert post(tablet, facts).json["code"] == "app.disk_full"
    assert held(tablet, facts["id"]) == list(range(len(parts)))
    assert post(tablet, facts).json["state"] == "saved"


@pytest.fixture
def installation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the folder of the installation, with its database named to the command."""
    monkeypatch.setenv("BAQYLAU_DATABASE_ADDRESS", settings.database)
    settings.instance.mkdir(parents=True, exist_ok=True)
    (settings.instance / "baqylau.sqlite3").touch()  # the tests' database lies beside; the command looks for this name
    return str(settings.instance)


def test_the_command_drops_what_never_became_whole_and_nothing_else(
    database: Database, settings: Settings, tablet: Tablet, installation: str
) -> None:
    old, fresh = str(uuid4()), str(uuid4())
    for photo in (old, fresh):
        put(tablet, photo, 0, 2, b"first")
    with database.transaction() as opened:
        [part] = [one for one in opened.exec(select(PhotoPart)).all() if str(one.photo_id) == old]
        part.received_at = datetime.now(UTC) - timedelta(days=settings.tablet_days, minutes=1)
    orphan = settings.parts / str(uuid4())
    orphan.mkdir()
    (orphan / "0-left").write_bytes(b"left by a request that was broken off")
    long_ago = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    done = CliRunner().invoke(main, ["--instance", installation, "tablets", "clean"])
    assert (done.exit_code, done.output) == (0, "dropped 2 unfinished photos\n"), done.output
    assert held(tablet, old) == []
    assert held(tablet, fresh) == [0]
    assert [path.parent.name for path in files_in(settings)] == [fresh]
