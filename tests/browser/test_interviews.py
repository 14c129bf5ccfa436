"""Confidential interviews in a real browser: a key is made, a note sealed on the tablet and opened at the office only."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from playwright.sync_api import Page, Playwright, expect
from sqlmodel import Session, select

from baqylau.accounts.models import User
from baqylau.accounts.passwords import hashed
from baqylau.app import Application
from baqylau.interviews import queries
from baqylau.interviews.models import InterviewNote, MemberKey, MemberKeyApproval
from baqylau.interviews.rules import fingerprint
from baqylau.storage.files import read
from tests.browser.driving import Server, Tablets, kill_browser_of, open_profile, sign_in
from tests.factories.answers import Scene
from tests.factories.interviews import make_key, opened_note
from tests.factories.people import make_user
from tests.factories.tablets import make_device

pytestmark = pytest.mark.browser
Look = Callable[[Callable[[Session], Any]], Any]

PASSWORD, PASSPHRASE = "қызғалдақ далада гүлдейді", "бес сөз емес алты сөз бар"
CANARY = "Күзетші түнде сарғалдақ ұрлады"

#: A vault in files of the browser (OPFS), not encrypted at all: what is found there later was written by the notes alone.
VAULT = """
class Vault {
  #folder() {
    return navigator.storage.getDirectory();
  }
  async #lines() {
    try {
      const text = await (await this.readFile("journal")).text();
      return text.split("\\n").filter(Boolean).map((line) => JSON.parse(line));
    } catch {
      return [];
    }
  }
  async append(body) {
    const lines = [...(await this.#lines()), body];
    await this.putFile("journal", lines.map((line) => JSON.stringify(line)).join("\\n"));
    return { seq: lines.length, id: "" };
  }
  async *all() {
    for (const [at, body] of (await this.#lines()).entries()) yield { seq: at + 1, body };
  }
  async putFile(name, content) {
    const file = await (await this.#folder()).getFileHandle(name, { create: true });
    const stream = await file.createWritable();
    await stream.write(content);
    await stream.close();
    return { sha256: "", size: 0 };
  }
  async readFile(name) {
    return (await (await this.#folder()).getFileHandle(name)).getFile();
  }
  async dropFile(name) {
    await (await this.#folder()).removeEntry(name);
  }
  async files() {
    const names = [];
    for await (const name of (await this.#folder()).keys()) names.push(name);
    return names.filter((name) => !name.endsWith(".crswap"));
  }
}
"""
OPEN = (
    "async ({ recipients, strings, me, seconds }) => {"
    + VAULT
    + """
  const { openInterviews } = await import("baqylau/tablet/notes/interviews.js");
  const words = {
    say: (key, values = {}) => {
      if (!(key in strings)) throw new Error(key);
      return strings[key].replace(/\\{(\\w+)\\}/g, (_all, name) => values[name]);
    },
    here: (text) => text.en,
  };
  const room = document.createElement("div");
  room.id = "room";
  document.body.replaceChildren(room);
  window.said = [];
  window.vault = new Vault();
  window.opened = await openInterviews({
    vault: window.vault, words, me, recipients, sealSeconds: seconds,
    announce: (text) => window.said.push(text), confirm: async (question) => { window.said.push(question); return true; },
  }, room);
}"""
)
DELIVER = """async ({ address, device, token }) => {
  const { deliver } = await import("baqylau/tablet/notes/deliver.js");
  const { deliverAlerts } = await import("baqylau/tablet/notes/alerts.js");
  await deliver(window.opened.slots, { address: `${address}/notes`, device, token, today: "2026-11-24" });
  return deliverAlerts(window.vault, { address: `${address}/alerts`, token });
}"""


@pytest.fixture
def people(app: Application, scene: Scene) -> dict[str, Any]:
    """Give leader and member passwords and approved keys; return the private parts."""
    with app.database.transaction() as session:
        for user_id in (scene.leader.id, scene.member.id):
            user = session.get(User, user_id)
            assert user is not None
            user.password_hash = hashed(PASSWORD)
        return {"leader": make_key(session, scene.leader), "member": make_key(session, scene.member)}


def words(server: Server) -> dict[str, str]:
    """Return what the page of interviews says, in English."""
    with server.app.test_request_context("/?lang=en"):
        macro = server.app.jinja_env.get_template("interviews/words.html").make_module().words_as_json
        return dict(json.loads(macro()))


def open_interviews(page: Page, server: Server, scene: Scene, look: Look, seconds: int = 3600) -> None:
    """Show the interviews on a page that has our modules and nothing else."""
    page.goto(f"{server.address}/account?lang=en")
    recipients = look(lambda session: [one.as_json() for one in queries.recipients_of(session, scene.visit.id)])
    given = {"recipients": recipients, "strings": words(server), "me": {"id": str(scene.member.id)}, "seconds": seconds}
    page.evaluate(OPEN, given)


def deliver(page: Page, server: Server, scene: Scene) -> int:
    token = page.request.get(f"{server.address}/api/v1/visits/{scene.visit.id}/heads").json()["token"]
    address = f"/api/v1/visits/{scene.visit.id}"
    return int(page.evaluate(DELIVER, {"address": address, "device": str(uuid4()), "token": token}))


def blobs_at(app: Application, look: Look) -> list[bytes]:
    """Return what the server holds."""
    folders = app.baqylau_settings.blobs, app.baqylau_settings.keys
    return look(lambda session: [read(folders, note.blob_sha256) for note in session.exec(select(InterviewNote))])


def key_file(page: Page, folder: Path, identity: pyrage.x25519.Identity) -> Path:
    """Return a key file as `member-key.js` makes it, with less work than in earnest."""
    text = page.evaluate(
        """async ([identity, passphrase]) => {
          const { Encrypter, armor } = await import("vendor/age/age-encryption.js");
          const encrypter = new Encrypter();
          encrypter.setPassphrase(passphrase);
          encrypter.setScryptWorkFactor(12);
          return armor.encode(await encrypter.encrypt(`${identity}\\n`));
        }""",
        [str(identity), PASSPHRASE],
    )
    path = folder / f"{uuid4()}.age"
    path.write_text(text)
    return path


def confirm_at(page: Page, address: str) -> None:
    """Open the address and give the password that is asked for on the way."""
    page.goto(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_a_key_is_made_in_the_browser_and_only_its_public_part_is_handed_in(
    tablets: Tablets, server: Server, scene: Scene, looking: Look, tmp_path: Path
) -> None:
    context = tablets.open(scene.member.id, accept_downloads=True)
    page = context.new_page()
    sent: list[str] = []
    context.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.goto(f"{server.address}/account/key?lang=en")
    page.get_by_label("Passphrase for the key").fill("short")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 15 characters")
    page.get_by_label("Passphrase for the key").fill(PASSPHRASE)
    page.get_by_label("The passphrase once more").fill(PASSPHRASE)
    page.get_by_role("button", name="Make the key").click()
    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("link", name="Save the key file").click(timeout=30_000)
    download.value.save_as(tmp_path / "saved.age")
    shown = page.locator(".key-made .fingerprint code").all_text_contents()
    page.get_by_role("button", name="Hand in the public part").click()
    expect(page.get_by_text("Your key is handed in")).to_be_visible()
    [key] = looking(lambda session: list(session.exec(select(MemberKey))))
    assert tuple(shown) == fingerprint(key.public_key)
    plain = pyrage.passphrase.decrypt((tmp_path / "saved.age").read_bytes(), PASSPHRASE).decode()
    [secret] = re.findall(r"AGE-SECRET-KEY-1\w+", plain)
    assert str(pyrage.x25519.Identity.from_str(secret).to_public()) == key.public_key
    assert not [one for one in sent if "SECRET" in one or secret in one or PASSPHRASE in one]
    assert secret not in json.dumps(context.storage_state())
    # Handed in, approved by somebody else, and opened from what this browser kept: the whole way of a key.
    with server.app.database.transaction() as session:
        approver = make_user(session)
        session.add(MemberKeyApproval(key_id=key.id, approved_by=approver.id, approved_at=key.made_at))
    assert looking(lambda session: queries.recipients_of(session, scene.visit.id))[0].key == key.public_key


def test_an_interview_is_sealed_on_the_tablet_and_opened_by_the_leader_at_the_office(
    tablets: Tablets, server: Server, scene: Scene, people: dict[str, Any], looking: Look, tmp_path: Path
) -> None:
    page = tablets.open(scene.member.id).new_page()
    open_interviews(page, server, scene, looking)
    expect(page.get_by_text("Sealed to:")).to_contain_text(scene.leader.name)
    page.get_by_role("button", name="Қазақша").click()
    expect(page.locator(".interview-consent [lang=kk]").first).to_contain_text("тәуелсіз бақылау")
    ticks = page.locator(".interview-consent fieldset input")
    assert [ticks.nth(at).is_checked() for at in range(4)] == [True, False, False, False]
    code = page.locator(".interview-code-letters").inner_text()
    assert re.fullmatch(r"[B-X]{4} [B-X]{4}", code)
    page.get_by_role("button", name="The person has the code").click()
    assert code not in page.content()
    page.get_by_label("I have read this aloud").check()
    ticks.nth(1).check()
    page.get_by_label("Free account").fill(CANARY)
    expect(page.get_by_text("Not sealed yet.")).to_be_visible()
    page.get_by_label("The person wishes to be met again").check()
    page.get_by_label("How and when to be in touch").fill("Ағасы арқылы")
    page.get_by_role("button", name="Alert: fear of reprisals").click()
    page.get_by_role("button", name="Seal and close").click()
    expect(page.get_by_text("The note is sealed.")).to_be_visible()
    assert CANARY not in page.content()
    assert deliver(page, server, scene) == 1
    blobs = blobs_at(server.app, looking)
    assert (len(blobs), {len(blob) for blob in blobs}) == (24, {20 * 1024})
    for identity in people.values():
        [note] = [found for blob in blobs if (found := opened_note(blob, identity))]
        assert (note["code"], note["account"], note["read_aloud"]) == (code, CANARY, True)
        assert note["uses"] == {"count": True, "finding": True, "authority": False, "published": False}

    context = tablets.open(scene.leader.id)
    office = context.new_page()
    asked: list[tuple[str, str]] = []
    confirm_at(office, f"{server.address}/visits/{scene.visit.id}/notes?lang=en")
    office.on("request", lambda request: asked.append((request.method, request.post_data or "")))
    office.get_by_label("Your key file").set_input_files(key_file(office, tmp_path, people["leader"]))
    office.get_by_label("Passphrase of the key").fill("not this one, but another")
    office.get_by_role("button", name="Open the notes").click()
    expect(office.get_by_text("This passphrase does not open the key file.")).to_be_visible(timeout=60_000)
    office.get_by_label("Passphrase of the key").fill(PASSPHRASE)
    office.get_by_role("button", name="Open the notes").click()
    expect(office.get_by_role("heading", name=f"Code {code}")).to_be_visible(timeout=60_000)
    for words_shown in (CANARY, "Ағасы арқылы", "count only; unattributed finding", scene.member.name):
        expect(office.locator(".opened")).to_contain_text(words_shown)
    assert office.locator(".note").count() == 1
    assert [method for method, body in asked if method != "GET"] == ["POST"]
    assert not [body for _, body in asked if body]
    kept = office.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert CANARY not in kept
    assert "AGE-SECRET" not in kept
    office.get_by_role("button", name="Close the notes").click()
    assert CANARY not in office.content()
    office.goto(f"{server.address}/visits/{scene.visit.id}/alerts?lang=en")
    expect(office.get_by_text("Somebody fears harm for having talked")).to_be_visible()


def test_a_note_for_others_stays_closed_and_a_damaged_one_is_told(
    tablets: Tablets, server: Server, scene: Scene, people: dict[str, Any], looking: Look, tmp_path: Path
) -> None:
    page = tablets.open(scene.member.id).new_page()
    open_interviews(page, server, scene, looking)
    page.get_by_role("button", name="English").click()
    page.get_by_label("Free account").fill(CANARY)
    page.get_by_role("button", name="Seal and close").click()
    expect(page.get_by_text("The note is sealed.")).to_be_visible()
    deliver(page, server, scene)
    office = tablets.open(scene.leader.id).new_page()
    confirm_at(office, f"{server.address}/visits/{scene.visit.id}/notes?lang=en")
    office.get_by_label("Your key file").set_input_files(key_file(office, tmp_path, pyrage.x25519.Identity.generate()))
    office.get_by_label("Passphrase of the key").fill(PASSPHRASE)
    office.get_by_role("button", name="Open the notes").click()
    expect(office.get_by_text("No note can be opened with this key.")).to_be_visible(timeout=60_000)
    found = office.evaluate(
        """async ({ blob, key }) => {
          const { notesIn } = await import("baqylau/office/reading.js");
          const bytes = Uint8Array.from(atob(blob), (letter) => letter.charCodeAt(0));
          const altered = bytes.slice();
          altered[15000] ^= 1;
          const { notes, damaged } = await notesIn([bytes, altered], [{ author: "A" }, { author: "B" }], [key]);
          return [notes.length, damaged];
        }""",
        _note_and_key(blobs_at(server.app, looking), people["leader"]),
    )
    assert found == [1, 1]


def _note_and_key(blobs: list[bytes], identity: pyrage.x25519.Identity) -> dict[str, str]:
    from base64 import b64encode

    [blob] = [one for one in blobs if opened_note(one, identity)]
    return {"blob": b64encode(blob).decode(), "key": str(identity)}


def test_after_a_crash_what_was_written_is_sealed_and_no_word_of_it_lies_in_the_profile(
    playwright: Playwright, server: Server, scene: Scene, people: dict[str, Any], looking: Look, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context = open_profile(playwright, profile)
    sign_in(server, context, scene.member.id)
    page = context.pages[0]
    open_interviews(page, server, scene, looking, seconds=1)
    page.get_by_role("button", name="Қазақша").click()
    code = page.locator(".interview-code-letters").inner_text()
    page.get_by_label("Free account").fill(CANARY)
    page.get_by_label("How and when", exact=False).evaluate("(area) => { area.value = 'x'; }")
    expect(page.get_by_text("What you wrote is sealed.")).to_be_visible(timeout=30_000)
    page.get_by_label("What the person fears").fill("Сарғалдақтың қорқынышы")
    kill_browser_of(profile)
    words_of_note = [*CANARY.split(), *code.split(), "қорқынышы"]
    searched = 0
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            searched += len(content)
            for word in words_of_note:
                assert word.encode() not in content, f"{word} in {path.name}"
                assert word.encode("utf-16-le") not in content, f"{word} in {path.name}"
    assert searched > 400_000, "the sealed slots alone are larger"
    context = open_profile(playwright, profile)
    # The browser had not written its cookie yet when it was killed.
    sign_in(server, context, scene.member.id)
    page = context.pages[0]
    open_interviews(page, server, scene, looking)
    deliver(page, server, scene)
    context.close()
    blobs = blobs_at(server.app, looking)
    [note] = [found for blob in blobs if (found := opened_note(blob, people["leader"]))]
    assert (note["code"], note["account"]) == (code, CANARY)


def test_without_a_key_in_the_group_no_interview_is_begun(
    tablets: Tablets, server: Server, scene: Scene, looking: Look
) -> None:
    page = tablets.open(scene.member.id).new_page()
    open_interviews(page, server, scene, looking)
    expect(page.get_by_text("Interviews cannot be recorded on this tablet.")).to_be_visible()
    assert page.locator("#room button").count() == 0


def test_the_leader_opens_the_key_of_a_tablet_and_reads_its_code_out(
    tablets: Tablets, server: Server, scene: Scene, people: dict[str, Any], tmp_path: Path
) -> None:
    page = tablets.open(scene.member.id).new_page()
    page.goto(f"{server.address}/account?lang=en")
    sealed = page.evaluate(
        """async ({ keys, visit }) => {
          const { sealsRecovery } = await import("baqylau/tablet/notes/sealing.js");
          const { encodeSecret } = await import("baqylau/tablet/store/recovery.js");
          const key = crypto.getRandomValues(new Uint8Array(20));
          return [await sealsRecovery(keys, visit)(key), encodeSecret(key)];
        }""",
        {"keys": [str(people["leader"].to_public())], "visit": str(scene.visit.id)},
    )
    with server.app.database.transaction() as session:
        make_device(session, scene.visit.id, scene.member.id, label="Tablet 7", recovery=sealed[0])
    office = tablets.open(scene.leader.id).new_page()
    confirm_at(office, f"{server.address}/visits/{scene.visit.id}/tablet-recovery?lang=en")
    office.get_by_label("Your key file").set_input_files(key_file(office, tmp_path, people["leader"]))
    office.get_by_label("Passphrase of the key").fill(PASSPHRASE)
    office.get_by_role("button", name="Open the keys").click()
    expect(office.get_by_role("heading", name="Tablet 7")).to_be_visible(timeout=60_000)
    assert "-".join(office.locator(".opened code").all_text_contents()) == sealed[1]
