"""Sealed notes: always as many and as large, readable to their readers' keys alone, unknown to log, database and server."""

import hashlib
import json
import logging
import os
import struct
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pyrage
import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.audit.models import AuditEvent
from baqylau.councils.models import Membership
from baqylau.interviews import queries
from baqylau.interviews.models import InterviewNote
from baqylau.interviews.terms import BLOB_BYTES
from baqylau.logs import Untold
from baqylau.settings import Settings
from baqylau.storage.models import Blob
from baqylau.sync.receipts import receipt_key
from baqylau.visits.models import Visit, VisitMember
from baqylau.visits.terms import VisitState
from tests.factories.interviews import opened_note, sealed_note
from tests.factories.people import make_user
from tests.factories.tablets import make_device
from tests.interviews.conftest import PASSWORD, Talks

SignIn = Callable[[UUID], FlaskClient]
Confirmed = Callable[[User], FlaskClient]
CANARY = "Күзетші маған түнде келді, сарғалдақ"
NOTE = {"code": "KTRB MWHD", "account": CANARY, "uses": {"count": True}}


def put(browser: FlaskClient, visit: Visit, device: UUID, slot: int, blob: bytes, **headers: str) -> TestResponse:
    sent = {"X-Content-SHA256": hashlib.sha256(blob).hexdigest(), "X-Device": str(device), **headers}
    return browser.put(f"/api/v1/visits/{visit.id}/notes/{slot}", data=blob, headers=sent)


def opened(answer: TestResponse) -> list[tuple[dict[str, object], bytes]]:
    assert answer.status_code == 200, answer.text
    (length,) = struct.unpack(">I", answer.data[:4])
    heads = json.loads(answer.data[4 : 4 + length])
    rest = answer.data[4 + length :]
    assert len(rest) == len(heads) * BLOB_BYTES
    return [(head, rest[at * BLOB_BYTES : (at + 1) * BLOB_BYTES]) for at, head in enumerate(heads)]


def notes_at(browser: FlaskClient, talks: Talks) -> TestResponse:
    return browser.post(f"/api/v1/visits/{talks.visit.id}/notes/open")


def send_all(browser: FlaskClient, talks: Talks, device: UUID, notes: int = 1) -> None:
    """Deliver as a tablet does: every slot, some of them notes."""
    for slot in range(24):
        answer = put(browser, talks.visit, device, slot, sealed_note(talks.keys, NOTE if slot < notes else None))
        assert answer.status_code == 201, answer.text


def test_leader_and_author_open_what_was_sealed_and_nobody_else(
    talks: Talks, device: UUID, sign_in_as: SignIn, confirmed: Confirmed
) -> None:
    send_all(sign_in_as(talks.scene.member.id), talks, device)
    for user, key in ((talks.scene.leader, talks.leader_key), (talks.scene.member, talks.member_key)):
        blobs = opened(notes_at(confirmed(user), talks))
        assert len(blobs) == 24
        notes = [note for _, blob in blobs if (note := opened_note(blob, key))]
        assert notes == [NOTE]
        assert {head["author"] for head, _ in blobs} == {talks.scene.member.name}
    with pytest.raises(pyrage.DecryptError):
        opened_note(blobs[0][1], pyrage.x25519.Identity.generate())


def test_a_flipped_bit_is_refused(talks: Talks) -> None:
    blob = bytearray(sealed_note(talks.keys, NOTE))
    for at in (30, 200, 400, 5000, 16_000):
        altered = blob.copy()
        altered[at] ^= 4
        with pytest.raises(pyrage.DecryptError):
            opened_note(bytes(altered), talks.leader_key)


def test_a_member_gets_what_they_sent_themselves_and_not_the_others(
    app: Application, talks: Talks, sign_in_as: SignIn, confirmed: Confirmed
) -> None:
    send_all(sign_in_as(talks.scene.leader.id), talks, uuid4())
    assert opened(notes_at(confirmed(talks.scene.member), talks)) == []
    assert len(opened(notes_at(confirmed(talks.scene.leader), talks))) == 24


def test_administrator_secretary_chair_and_strangers_get_nothing(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn
) -> None:
    send_all(sign_in_as(talks.scene.member.id), talks, device)
    with app.database.transaction() as session:
        administrator = make_user(session, is_administrator=True)
        session.add(VisitMember(visit_id=talks.visit.id, user_id=talks.scene.secretary.id))
    for user in (administrator, talks.scene.secretary, talks.scene.stranger):
        browser = sign_in_as(user.id)
        assert notes_at(browser, talks).status_code in {403, 404}
        for page in ("interviews", "notes", "alerts", "tablet-recovery"):
            assert browser.get(f"/visits/{talks.visit.id}/{page}").status_code in {403, 404}, page
        assert browser.post(f"/api/v1/visits/{talks.visit.id}/recoveries").status_code in {403, 404}


def test_reading_asks_for_the_password_again_and_only_for_ten_minutes(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(talks.scene.leader.id)
    page = f"/visits/{talks.visit.id}/notes"
    asked = browser.get(page)
    assert asked.status_code == 302
    assert "/account/confirm" in asked.headers["Location"]
    assert notes_at(browser, talks).status_code == 403
    wrong = browser.post("/account/confirm", data={"password_or_code": "not it", "then": page})
    assert wrong.status_code == 422
    assert browser.get(page).status_code == 302
    given = browser.post("/account/confirm", data={"password_or_code": PASSWORD, "then": page})
    assert given.headers["Location"] == page
    shown = browser.get(page)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert notes_at(browser, talks).headers["Cache-Control"] == "no-store"
    with clock.fixed_at(datetime.now(UTC) + timedelta(minutes=11)):
        assert browser.get(page).status_code == 302
        assert notes_at(browser, talks).status_code == 403


def test_a_confirmation_is_of_no_use_in_another_sign_in(talks: Talks, confirmed: Confirmed, sign_in_as: SignIn) -> None:
    mark = confirmed(talks.scene.leader).get_cookie("baqylau_page")
    assert mark is not None
    other = sign_in_as(talks.scene.leader.id)
    other.set_cookie("baqylau_page", mark.value, domain="localhost")
    assert notes_at(other, talks).status_code == 403


def test_wrong_confirmations_are_slowed_down(talks: Talks, sign_in_as: SignIn) -> None:
    browser = sign_in_as(talks.scene.leader.id)
    for _ in range(12):
        answer = browser.post("/account/confirm", data={"password_or_code": "not it", "then": "/account"})
    assert "too many failed attempts" in answer.text
    right = browser.post("/account/confirm", data={"password_or_code": PASSWORD, "then": "/account"})
    assert right.status_code == 422


def test_with_a_second_factor_its_code_confirms_and_the_password_does_not(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    import pyotp

    from baqylau.accounts import second_factor

    secret = second_factor.new_secret()
    with app.database.transaction() as session:
        user = session.get(User, talks.scene.leader.id)
        assert user is not None
        user.totp_secret = second_factor.sealed(app.baqylau_settings.keys, user.id, secret)
    browser = sign_in_as(talks.scene.leader.id)
    assert browser.post("/account/confirm", data={"password_or_code": PASSWORD}).status_code == 422
    code = pyotp.TOTP(secret).now()
    assert browser.post("/account/confirm", data={"password_or_code": code}).status_code == 302
    assert notes_at(browser, talks).status_code == 200


def test_the_same_bytes_are_kept_once_and_others_as_a_further_version(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(talks.scene.member.id)
    first, second = sealed_note(talks.keys, None), sealed_note(talks.keys, NOTE)
    states = [put(browser, talks.visit, device, 3, blob).get_json()["state"] for blob in (first, first, second, second)]
    assert states == ["saved", "repeated", "saved", "repeated"]
    with app.database.reading() as session:
        kept = session.exec(select(InterviewNote.version, InterviewNote.blob_sha256)).all()
    assert sorted(kept) == [(1, hashlib.sha256(first).hexdigest()), (2, hashlib.sha256(second).hexdigest())]


@pytest.mark.parametrize(
    ("slot", "size", "headers", "code"),
    [
        (24, BLOB_BYTES, {}, "interviews.no_such_slot"),
        (3, BLOB_BYTES - 1, {}, "interviews.size"),
        (3, BLOB_BYTES + 1, {}, "interviews.size"),
        (3, 0, {}, "interviews.size"),
        (3, BLOB_BYTES, {"X-Content-SHA256": "0" * 64}, "interviews.cut_short"),
        (3, BLOB_BYTES, {"X-Content-SHA256": ""}, "interviews.cut_short"),
        (3, BLOB_BYTES, {"X-Device": "tablet"}, "interviews.no_device"),
    ],
)
def test_what_is_not_a_slot_is_refused(
    slot: int, size: int, headers: dict[str, str], code: str, talks: Talks, device: UUID, sign_in_as: SignIn
) -> None:
    answer = put(sign_in_as(talks.scene.member.id), talks.visit, device, slot, os.urandom(size), **headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_a_visit_that_has_not_begun_takes_none_and_a_cancelled_one_does(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn
) -> None:
    browser, blob = sign_in_as(talks.scene.member.id), sealed_note(talks.keys, None)
    states = ((VisitState.PLANNED, 409), (VisitState.CANCELLED, 201), (VisitState.CONCLUDED, 201))
    for slot, (state, status) in enumerate(states):
        with app.database.transaction() as session:
            visit = session.get(Visit, talks.visit.id)
            assert visit is not None
            visit.state, visit.end_reason = state, "Snow."
        assert put(browser, talks.visit, device, slot, blob).status_code == status


def test_what_a_member_sealed_who_left_since_is_taken_and_marked_and_gives_them_nothing_back(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn, confirmed: Confirmed
) -> None:
    with app.database.transaction() as session:
        membership = session.exec(select(Membership).where(Membership.user_id == talks.scene.member.id)).one()
        membership.ends_on = membership.starts_on
    browser = sign_in_as(talks.scene.member.id)
    assert put(browser, talks.visit, device, 0, sealed_note(talks.keys, NOTE)).status_code == 201
    assert notes_at(browser, talks).status_code in {403, 404}
    [(head, blob)] = opened(notes_at(confirmed(talks.scene.leader), talks))
    assert head["apart"] is True
    assert opened_note(blob, talks.leader_key) == NOTE


def test_who_was_never_in_the_group_delivers_nothing(talks: Talks, device: UUID, sign_in_as: SignIn) -> None:
    for user in (talks.scene.stranger, talks.scene.secretary):
        answer = put(sign_in_as(user.id), talks.visit, device, 0, sealed_note(talks.keys, None))
        assert answer.status_code in {403, 404}


def test_with_no_interview_and_with_ten_database_and_files_look_the_same(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    seen = []
    for count in (0, 10):
        device = uuid4()
        send_all(sign_in_as(talks.scene.member.id), talks, device, notes=count)
        with app.database.reading() as session:
            rows = session.exec(select(InterviewNote).where(InterviewNote.device == device)).all()
            sizes = [session.get_one(Blob, row.blob_sha256).size for row in rows]
            events = session.exec(select(AuditEvent).where(AuditEvent.act == "interviews.receive_note")).all()
            ours = [sorted(event.details) for event in events if event.details["device"] == str(device)]
        seen.append((sorted(row.slot for row in rows), {row.version for row in rows}, sorted(sizes), ours))
    assert seen[0] == seen[1]
    assert seen[0] == (list(range(24)), {1}, [BLOB_BYTES] * 24, [["device"]])


def test_no_time_of_day_is_kept_and_no_word_of_a_note_is_anywhere(
    app: Application, talks: Talks, device: UUID, sign_in_as: SignIn, confirmed: Confirmed
) -> None:
    send_all(sign_in_as(talks.scene.member.id), talks, device, notes=10)
    opened(notes_at(confirmed(talks.scene.leader), talks))
    with app.database.reading() as session:
        for blob in session.exec(select(Blob)).all():
            assert (blob.created_at.hour, blob.created_at.minute, blob.created_at.second) == (0, 0, 0)
    files = [path for path in app.baqylau_settings.instance.rglob("*") if path.is_file()]
    assert len([path for path in files if path.is_relative_to(app.baqylau_settings.blobs)]) == 24
    for path in (path for path in files if path.is_relative_to(app.baqylau_settings.blobs)):
        assert path.stat().st_mtime % 86_400 == 0
    app.database.engine.dispose()
    words = [*CANARY.split(), "KTRB"]
    for path in [*files, *app.baqylau_settings.instance.parent.glob("*.sqlite3*")]:
        content = path.read_bytes()
        assert not [word for word in words if word.encode() in content or word in content.decode("utf-16", "ignore")], (
            path
        )


def test_no_line_of_the_log_tells_that_an_interview_was_asked_for(
    talks: Talks, device: UUID, sign_in_as: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    browser = sign_in_as(talks.scene.member.id)
    logger = logging.getLogger("baqylau")
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear = Ear()
    ear.addFilter(Untold())
    logger.addHandler(ear)
    try:
        put(browser, talks.visit, device, 0, sealed_note(talks.keys, NOTE))
        put(browser, talks.visit, device, 0, b"too short")
        browser.get(f"/api/v1/visits/{talks.visit.id}/notes/held?device={device}")
        browser.get(f"/visits/{talks.visit.id}/interviews")
        assert heard == []
        browser.get("/account")
        assert heard == ["request"]
        assert any(
            isinstance(one, Untold) for handler in logger.handlers if handler is not ear for one in handler.filters
        )
    finally:
        logger.removeHandler(ear)


def test_reading_is_written_down_without_what_and_how_much(
    app: Application, talks: Talks, confirmed: Confirmed
) -> None:
    notes_at(confirmed(talks.scene.leader), talks)
    with app.database.reading() as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.act == "interviews.open_notes")).one()
    assert (event.actor_id, event.subject_id, event.details) == (str(talks.scene.leader.id), str(talks.visit.id), {})


def test_a_tablet_hears_signed_what_is_held_of_it(
    talks: Talks, device: UUID, sign_in_as: SignIn, settings: Settings
) -> None:
    browser = sign_in_as(talks.scene.member.id)
    blob = sealed_note(talks.keys, None)
    put(browser, talks.visit, device, 5, sealed_note(talks.keys, None))
    put(browser, talks.visit, device, 5, blob)
    held = browser.get(f"/api/v1/visits/{talks.visit.id}/notes/held?device={device}").get_json()
    assert held["have"] == [["note-5", hashlib.sha256(blob).hexdigest()]]
    key = receipt_key(settings.keys).public_key()
    key.verify(b64decode(held["signature"]), held["receipt"].encode())
    said = json.loads(held["receipt"])
    assert (said["visit"], said["device"], said["have"]) == (str(talks.visit.id), str(device), held["have"])
    assert browser.get(f"/api/v1/visits/{talks.visit.id}/notes/held?device={uuid4()}").get_json()["have"] == []


def test_the_leader_sets_the_number_of_slots_before_the_visit_begins_and_not_after(
    app: Application, talks: Talks, sign_in_as: SignIn
) -> None:
    page = f"/visits/{talks.visit.id}/interviews"
    leader, member = sign_in_as(talks.scene.leader.id), sign_in_as(talks.scene.member.id)
    assert leader.post(page, data={"slots": "32"}).status_code == 422
    with app.database.transaction() as session:
        visit = session.get(Visit, talks.visit.id)
        assert visit is not None
        visit.state, visit.began_at = VisitState.PLANNED, None
    assert member.post(page, data={"slots": "32"}).status_code == 422
    for wrong in ("7", "97", "many"):
        assert leader.post(page, data={"slots": wrong}).status_code == 422
    assert leader.post(page, data={"slots": "32"}).status_code == 302
    with app.database.reading() as session:
        assert queries.slots_of(session, talks.visit.id) == 32


def test_the_leader_gets_the_recovery_copies_of_the_visits_tablets(
    app: Application, talks: Talks, confirmed: Confirmed
) -> None:
    address = f"/api/v1/visits/{talks.visit.id}/recoveries"
    browser = confirmed(talks.scene.leader)
    assert browser.post(address).get_json()["devices"] == []
    with app.database.transaction() as session:
        device = make_device(session, talks.visit.id, talks.scene.member.id, recovery="-----BEGIN")
        make_device(session, talks.visit.id, talks.scene.member.id, recovery="")
        make_device(session, talks.scene.other_visit.id, talks.scene.stranger.id, recovery="-----BEGIN")
    [found] = browser.post(address).get_json()["devices"]
    assert (found["id"], found["person"], found["recovery"]) == (str(device.id), talks.scene.member.name, "-----BEGIN")
    assert browser.get(f"/visits/{talks.visit.id}/tablet-recovery").status_code == 200
    assert confirmed(talks.scene.member).post(address).status_code == 403
