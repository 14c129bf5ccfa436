"""Reading in a visit file at the office: the same weighing as the API, counts in words, each fault with its own message."""

import base64
import json
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask.testing import FlaskClient
from sqlmodel import Session, select

from baqylau.answers.models import AnswerRevision
from baqylau.answers.queries import count_revisions, evidence_of
from baqylau.app import Application
from baqylau.audit.queries import events_of
from baqylau.councils.models import Membership
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.sync.models import KeptApart
from baqylau.sync.receipts import public_keys
from baqylau.sync.visit_file import Items, PhotoFrame, file_key, frames_of, read_header
from baqylau.visits.terms import VisitState
from tests.factories.answers import Scene, make_scene, photo_bytes
from tests.factories.tablets import item, make_device, photo_facts, visit_file
from tests.sync.conftest import SignIn, Tablet

ROOT = Path(__file__).parents[2]


@pytest.fixture
def import_key(settings: Settings) -> str:
    return public_keys(settings.keys)["import_key"]


def send(browser: FlaskClient, scene: Scene, content: bytes, **more: Any) -> Any:
    fields = {"file": (BytesIO(content), "visit.baqylau"), **more}
    return browser.post(f"/visits/{scene.visit.id}/import", data=fields, content_type="multipart/form-data")


def read_in(browser: FlaskClient, scene: Scene, content: bytes) -> str:
    """Return what the page says after the file was read in."""
    answer = send(browser, scene, content)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(browser.get(answer.headers["Location"]).get_data(as_text=True))


def counts(new: int = 0, repeated: int = 0, refused: int = 0, apart: int = 0) -> str:
    return f"New: {new}, here before: {repeated}, refused: {refused}, kept apart: {apart}."


def test_a_colleague_reads_in_what_the_tablet_could_not_send(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str, sign_in_as: SignIn
) -> None:
    picture = photo_bytes()
    facts = photo_facts(picture)
    delivered, waiting, bad = item(1), item(2, note="Only on the tablet."), item(3, item="Z9")
    tablet.results(delivered)
    content = visit_file(
        scene.visit.id, tablet.device, import_key, [delivered, waiting, bad], [(facts, picture), ({"id": 7}, b"?")]
    )
    leader = sign_in_as(scene.leader.id)
    said = read_in(leader, scene, content)
    assert counts(new=2, repeated=1, refused=2) in said
    assert "sync.photo_malformed (1), sync.unknown_item (1)" in said
    revision = looking.exec(select(AnswerRevision).where(AnswerRevision.note == "Only on the tablet.")).one()
    assert (revision.author_id, revision.device) == (scene.member.id, str(tablet.device))
    assert revision.sent_sha256 == waiting["sha256"]
    [photo] = evidence_of(looking, scene.visit.id)
    assert (photo.author_id, photo.device, str(photo.id)) == (scene.member.id, str(tablet.device), facts["id"])
    [event] = [one for one in events_of(looking, "visit", scene.visit.id) if one.act == "sync.import_file"]
    assert event.actor_id == str(scene.leader.id)
    looking.rollback()
    assert counts(repeated=3, refused=2) in read_in(leader, scene, content)
    assert [one["state"] for one in tablet.results(waiting)] == ["repeated"]


def test_the_file_that_the_tablets_own_script_writes_is_read(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str
) -> None:
    pictures = [photo_bytes(size=(40 + n, 30)) for n in range(3)]
    facts = [photo_facts(picture, caption="Терезе") for picture in pictures]
    items = [item(seq, note="Қағаз") for seq in range(1, 504)]
    asked = {
        "visit": str(scene.visit.id),
        "device": str(tablet.device),
        "importKey": import_key,
        "items": items,
        "photos": [
            {"facts": fact, "content": base64.b64encode(picture).decode()}
            for fact, picture in zip(facts, pictures, strict=True)
        ],
    }
    script = Path(__file__).parent / "write_visit_file.mjs"
    written = subprocess.run(
        ["node", str(script)], input=json.dumps(asked).encode(), capture_output=True, check=True, cwd=ROOT
    ).stdout
    assert written.startswith(b"BQV1\n")
    assert counts(new=506) in read_in(tablet.browser, scene, written)
    assert count_revisions(looking, scene.visit.id) == 503
    assert {str(photo.id) for photo in evidence_of(looking, scene.visit.id)} == {fact["id"] for fact in facts}


def test_a_file_that_the_script_wrote_once_still_opens() -> None:
    """The format is kept: files on sticks outlive the program that wrote them."""
    kept = json.loads((Path(__file__).parent / "data" / "visit-file.json").read_text())
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(kept["import_private_key"]))
    file = BytesIO(base64.b64decode(kept["file"]))
    header = read_header(file, UUID(kept["visit"]), key)
    assert str(header.device) == kept["device"]
    frames = list(frames_of(file, header, file_key(header, key), 1 << 20))
    assert frames[0] == Items(kept["items"])
    [photo] = [frame for frame in frames if isinstance(frame, PhotoFrame)]
    assert json.loads(photo.facts) == kept["photos"][0]["facts"]
    assert photo.content == base64.b64decode(kept["photos"][0]["content"])
    assert len(frames) == header.frames == 2


def other_key(_scene: Scene, tablet: Tablet, key: str) -> bytes:
    content = visit_file(tablet.visit.id, tablet.device, key, [item()])
    head, line, rest = content.split(b"\n", 2)
    epk = base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    return b"\n".join([head, json.dumps({**json.loads(line), "epk": epk}).encode(), rest])


def low_order_key(_scene: Scene, tablet: Tablet, key: str) -> bytes:
    return visit_file(tablet.visit.id, tablet.device, key, [item()], epk=base64.b64encode(bytes(32)).decode())


def other_installation(_scene: Scene, tablet: Tablet, _key: str) -> bytes:
    foreign = base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    return visit_file(tablet.visit.id, tablet.device, foreign, [item()])


def other_visit(scene: Scene, tablet: Tablet, key: str) -> bytes:
    return visit_file(scene.other_visit.id, tablet.device, key, [item()])


def unknown_device(_scene: Scene, tablet: Tablet, key: str) -> bytes:
    return visit_file(tablet.visit.id, uuid4(), key, [item()])


def cut_in_the_header(_scene: Scene, tablet: Tablet, key: str) -> bytes:
    return visit_file(tablet.visit.id, tablet.device, key, [item()])[:60]


def no_visit_file(_scene: Scene, _tablet: Tablet, _key: str) -> bytes:
    return b"%PDF-1.7\nA report that somebody chose by mistake."


def no_header(_scene: Scene, _tablet: Tablet, _key: str) -> bytes:
    return b"BQV1\n" + b"x" * 10_000


def wrong_header(_scene: Scene, _tablet: Tablet, _key: str) -> bytes:
    return b'BQV1\n{"v": 1}\n'


def newer_form(_scene: Scene, tablet: Tablet, key: str) -> bytes:
    return visit_file(tablet.visit.id, tablet.device, key, [item()], v=2)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (other_key, "sync.file_wrong_key"),
        (low_order_key, "sync.file_wrong_key"),
        (other_installation, "sync.file_other_installation"),
        (other_visit, "sync.file_other_visit"),
        (unknown_device, "sync.file_device_unknown"),
        (cut_in_the_header, "sync.file_cut_short"),
        (no_visit_file, "sync.file_unknown"),
        (no_header, "sync.file_unknown"),
        (wrong_header, "sync.file_unknown"),
        (newer_form, "sync.file_unknown"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str, made: Any, code: str
) -> None:
    answer = send(tablet.browser, scene, made(scene, tablet, import_key))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f"Code of the error: {code}" in page
    assert "error-summary" in page
    assert count_revisions(looking, scene.visit.id) == 0


def test_each_fault_has_its_own_message(scene: Scene, tablet: Tablet, import_key: str) -> None:
    made = (other_key, other_installation, other_visit, unknown_device, cut_in_the_header, no_visit_file)
    pages = [send(tablet.browser, scene, one(scene, tablet, import_key)).get_data(as_text=True) for one in made]
    messages = [page.split("Visit file: ")[1].split("</a>")[0] for page in pages]
    assert len(set(messages)) == len(made)


def test_of_a_file_cut_short_what_is_whole_is_read_and_it_is_said(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str
) -> None:
    picture = photo_bytes()
    content = visit_file(
        scene.visit.id, tablet.device, import_key, [item(1)], [(photo_facts(picture), picture) for _ in range(2)]
    )
    for lost in (1, 300):
        said = read_in(tablet.browser, scene, content[:-lost])
        assert "sync.file_cut_short" in said
    assert count_revisions(looking, scene.visit.id) == 1
    assert len(evidence_of(looking, scene.visit.id)) == 1
    whole = read_in(tablet.browser, scene, content)
    assert "sync.file_cut_short" not in whole
    assert counts(new=1, repeated=2) in whole


def test_a_damaged_part_costs_no_other(looking: Session, scene: Scene, tablet: Tablet, import_key: str) -> None:
    picture = photo_bytes()
    content = bytearray(
        visit_file(scene.visit.id, tablet.device, import_key, [item(1)], [(photo_facts(picture), picture)])
    )
    content[content.index(b"\n", 6) + 40] ^= 1
    said = read_in(tablet.browser, scene, bytes(content))
    assert "sync.file_damaged" in said
    assert counts(new=1) in said
    assert count_revisions(looking, scene.visit.id) == 0
    assert len(evidence_of(looking, scene.visit.id)) == 1


def test_frames_of_another_file_do_not_open(looking: Session, scene: Scene, tablet: Tablet, import_key: str) -> None:
    """The header says one frame fewer than were written: none of them is what it says it is."""
    picture = photo_bytes()
    content = visit_file(
        scene.visit.id, tablet.device, import_key, [item(1)], [(photo_facts(picture), picture)], frames=1
    )
    assert "sync.file_damaged" in read_in(tablet.browser, scene, content)
    assert count_revisions(looking, scene.visit.id) == 0


def test_what_somebody_recorded_who_left_is_kept_apart(
    database: Database, looking: Session, scene: Scene, tablet: Tablet, import_key: str, sign_in_as: SignIn
) -> None:
    with database.transaction() as opened:
        found = select(Membership).where(Membership.user_id == scene.member.id)
        opened.exec(found).one().ends_on = date(2026, 1, 31)
    picture = photo_bytes()
    content = visit_file(scene.visit.id, tablet.device, import_key, [item(1)], [(photo_facts(picture), picture)])
    assert send(tablet.browser, scene, content).status_code == 404
    assert counts(apart=2) in read_in(sign_in_as(scene.leader.id), scene, content)
    assert {one.author_id for one in looking.exec(select(KeptApart))} == {scene.member.id}
    assert count_revisions(looking, scene.visit.id) == 0


def test_a_photo_that_is_not_the_one_that_was_named_is_refused(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str
) -> None:
    picture = photo_bytes()
    wrong = [(photo_facts(b"another"), picture), (photo_facts(b"no photo"), b"no photo")]
    said = read_in(tablet.browser, scene, visit_file(scene.visit.id, tablet.device, import_key, photos=wrong))
    assert counts(refused=2) in said
    assert "answers.photo_unreadable (1), sync.photo_differs (1)" in said
    assert not evidence_of(looking, scene.visit.id)


def test_only_the_group_reads_in(scene: Scene, tablet: Tablet, import_key: str, sign_in_as: SignIn) -> None:
    content = visit_file(scene.visit.id, tablet.device, import_key, [item(1)])
    for user, status in ((scene.secretary, 403), (scene.stranger, 404)):
        browser = sign_in_as(user.id)
        assert browser.get(f"/visits/{scene.visit.id}/import").status_code == status
        assert send(browser, scene, content).status_code == status


def test_a_file_is_asked_for(tablet: Tablet, scene: Scene) -> None:
    assert tablet.browser.get(f"/visits/{scene.visit.id}/import").status_code == 200
    answer = tablet.browser.post(f"/visits/{scene.visit.id}/import", data={})
    assert answer.status_code == 422
    assert "Choose the file that the tablet has written." in answer.get_data(as_text=True)


def test_a_file_larger_than_a_photo_is_read_and_one_beyond_the_limit_is_not(
    app: Application, looking: Session, scene: Scene, tablet: Tablet, import_key: str
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1024
    content = visit_file(scene.visit.id, tablet.device, import_key, [item(seq) for seq in range(1, 30)])
    assert counts(new=29) in read_in(tablet.browser, scene, content)
    app.baqylau_settings = app.baqylau_settings.model_copy(update={"visit_file_bytes": 2048})
    answer = send(tablet.browser, scene, content)
    assert answer.status_code == 413
    assert count_revisions(looking, scene.visit.id) == 29


def test_the_forms_token_is_checked(app: Application, scene: Scene, tablet: Tablet, import_key: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    content = visit_file(scene.visit.id, tablet.device, import_key, [item(1)])
    assert send(tablet.browser, scene, content).status_code == 422
    page = tablet.browser.get(f"/visits/{scene.visit.id}/import").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    assert send(tablet.browser, scene, content, csrf_token=token).status_code == 302


def test_a_visit_that_has_not_begun_takes_no_file(
    database: Database, settings: Settings, import_key: str, sign_in_as: SignIn
) -> None:
    with database.transaction() as opened:
        scene = make_scene(opened, state=VisitState.PLANNED)
        device = make_device(opened, scene.visit.id, scene.member.id)
    content = visit_file(scene.visit.id, device.id, import_key, [item(1)])
    answer = send(sign_in_as(scene.member.id), scene, content)
    assert answer.status_code == 422
    assert "sync.visit_not_open" in answer.get_data(as_text=True)


def test_a_closed_browser_leaves_nothing_half(
    looking: Session, scene: Scene, tablet: Tablet, import_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails at the last item leaves none of the file: it is one transaction."""
    picture = photo_bytes()
    content = visit_file(scene.visit.id, tablet.device, import_key, [item(1)], [(photo_facts(picture), picture)])

    def broken(*_args: Any) -> None:
        raise OSError("torn off")

    with monkeypatch.context() as patched:
        patched.setattr("baqylau.sync.importing.take_photo", broken)
        assert send(tablet.browser, scene, content).status_code == 500
    assert count_revisions(looking, scene.visit.id) == 0
    looking.rollback()
    assert counts(new=2) in read_in(tablet.browser, scene, content)
