"""A whole visit as three members live it: no network, a killed browser, 240 items, photos, interviews, then a bad network."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.answers.queries import conflicts_of, evidence_of, heads_of
from baqylau.app import Application
from baqylau.checklists.terms import Checklist
from baqylau.interviews.models import InterviewNote
from baqylau.storage.files import read
from tests.browser.driving import (
    Server,
    kill_browser_of,
    open_at,
    open_profile,
    sign_in,
    take_along,
    unlock,
)
from tests.browser.faults import FaultyNetwork
from tests.factories.answers import Scene, make_scene, photo_bytes
from tests.factories.checklists import make_checklist_version
from tests.factories.interviews import make_key, opened_note
from tests.factories.people import make_council, make_membership, make_user

pytestmark = pytest.mark.browser
Look = Callable[[Callable[[Session], Any]], Any]

#: Said in confidence: only the keys of the group open it. Written as an answer: no tablet holds it unencrypted.
CANARY, ANSWERED = "Сарғалдақ туралы әңгіме", "Көкбұлақтағы терезе"
PHOTOS_EACH = 4

#: Answers every item of the open section by its own controls; returns the keys that were answered.
ANSWER = """async ([shift, text]) => {
  const answered = [];
  const rest = () => new Promise((resolve) => setTimeout(resolve));
  for (const item of document.querySelectorAll(".sheet .item")) {
    if (item.hidden || !item.checkVisibility()) continue;
    const usable = (selector) => [...item.querySelectorAll(selector)].filter((one) => !one.disabled && one.checkVisibility());
    const radios = usable("input[type=radio]");
    const boxes = usable("input[type=checkbox]");
    const fields = usable("input:not([type=radio]):not([type=checkbox]):not([type=file]), textarea, select");
    const written = usable("textarea[id$='-value']");
    if (written.length > 0) {
      written[0].value = text;
      written[0].dispatchEvent(new Event("input", { bubbles: true }));
      written[0].dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    }
    else if (radios.length > 0) radios[shift % Math.min(3, radios.length)].click();
    else if (boxes.length > 0) boxes[0].click();
    else for (const one of fields.slice(0, 1)) {
      one.value = "7";
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    }
    if (radios.length + boxes.length + fields.length > 0) answered.push(item.dataset.key);
    await rest();
  }
  return answered;
}"""


@dataclass
class Monitor:
    """A member of the group with a tablet of their own."""

    user: User
    sections: list[str]
    profile: Path
    context: BrowserContext
    answered: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page:
        return self.context.pages[0]


@dataclass(frozen=True)
class Visiting:
    """The visit, its third member beside leader and member, and their private keys."""

    scene: Scene
    third: User
    keys: list[Any]


@pytest.fixture
def visiting(app: Application, full_checklist: Checklist) -> Visiting:
    """Return a visit of three members with approved keys, recorded by the full checklist."""
    with app.database.transaction() as session:
        council, third = make_council(session), make_user(session)
        make_membership(session, user=third, council=council)
        leader, member = make_user(session), make_user(session)
        for user in (leader, member):
            make_membership(session, user=user, council=council)
        version = make_checklist_version(session, checklist=full_checklist)
        scene = make_scene(session, council=council, leader=leader, members=[member, third], checklists=[version])
        scene = Scene(**{**vars(scene), "leader": leader, "member": member})
        return Visiting(scene, third, [make_key(session, user) for user in (leader, member, third)])


def record(monitor: Monitor, shift: int) -> None:
    """Answer every item of the monitor's sections; all of it is saved on the tablet afterwards."""
    page = monitor.page
    for section in monitor.sections:
        page.evaluate("section => { location.hash = section }", section)
        page.locator(f'.contents-link[href="#{section}"][aria-current]').wait_for(state="attached")
        page.locator(".sheet .item").first.wait_for()
        for button in page.locator(".sheet").get_by_role("button", name=re.compile("^Add a ")).all():
            button.click()
        monitor.answered |= set(page.evaluate(ANSWER, [shift, ANSWERED]))


def take_photos(monitor: Monitor) -> None:
    """Take photos of the first items that have a camera."""
    page = monitor.page
    section = monitor.sections[0]
    page.evaluate("section => { location.hash = section }", section)
    items = page.locator(".sheet .item", has=page.locator('input[type="file"]'))
    items.first.wait_for()
    for at in range(PHOTOS_EACH):
        item = items.nth(at)
        picture = photo_bytes(size=(400 + at, 300))
        item.locator('input[type="file"]').set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        item.get_by_role("radio", name="Permission given").click()
        item.get_by_role("radio", name="Nobody can be recognised").click()
        item.get_by_role("button", name="Save the photo").click()
        expect(item.locator(".photo-image")).to_have_count(1)


def interview(monitor: Monitor) -> None:
    """Talk with one person: read aloud, write, seal."""
    page = monitor.page
    page.evaluate("location.hash = 'interviews'")
    page.get_by_role("button", name="Қазақша").last.click()
    page.get_by_label("I have read this aloud").check()
    page.get_by_label("Free account").fill(CANARY)
    page.get_by_role("button", name="Seal and close").click()
    expect(page.get_by_text("The note is sealed.")).to_be_visible()


def deliver(group: list[Monitor]) -> None:
    """Send until receipts for everything are there, however often the network fails."""
    for monitor in group:
        monitor.page.locator("#to-delivery").click()
    waiting = list(group)
    for _ in range(400):
        for monitor in list(waiting):
            monitor.page.get_by_role("button", name="Send now").click()
            monitor.page.wait_for_timeout(100)
            if monitor.page.get_by_text("Everything is delivered.", exact=True).is_visible():
                monitor.page.get_by_role("button", name="Close", exact=True).click()
                waiting.remove(monitor)
        if not waiting:
            return
    raise AssertionError([monitor.page.locator(".departure").inner_text() for monitor in waiting])


def finish(monitor: Monitor) -> None:
    """Remove the visit from the tablet."""
    page = monitor.page
    page.locator("#to-delivery").click()
    page.get_by_role("button", name="Finish: remove it").click()
    page.get_by_role("dialog").last.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_text("The visit is removed from this tablet.")).to_be_visible(timeout=30_000)
    expect(page.locator(".vault")).to_have_count(0)


def found_in(folder: Path, *words: str) -> list[str]:
    """Return the files below `folder` that hold one of the words as it was written."""
    forms = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) > 100_000, f"hardly anything lies in {folder.name}"
    return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


def test_three_members_record_a_whole_visit_without_a_network_and_deliver_it_over_a_bad_one(
    playwright: Playwright,
    server: Server,
    visiting: Visiting,
    looking: Look,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = visiting.scene
    shares = [list("ABCDE"), list("FGHIJ"), list("KLMNOP")]
    group = []
    for user, sections in zip((scene.leader, scene.member, visiting.third), shares, strict=True):
        profile = tmp_path / f"tablet-{len(group)}"
        context = open_profile(playwright, profile)
        sign_in(server, context, user.id)
        take_along(context, server, scene)
        group.append(Monitor(user, sections, profile, context))
    server.stop()
    for shift, monitor in enumerate(group):
        kill_browser_of(monitor.profile)
        monitor.context = open_profile(playwright, monitor.profile)
        monitor.page.goto(f"{server.address}/tablet/?lang=en")
        unlock(monitor.page, monitor.sections[0])
        record(monitor, shift)
        take_photos(monitor)
        interview(monitor)
    # Two look at the same thing and see it differently.
    open_at(group[1].page, "A1")
    both = (
        group[1].page.locator('.item[data-key="A1"]').get_by_role("radio", name=re.compile("^not met$", re.IGNORECASE))
    )
    both.first.click()
    expect(group[1].page.locator('.item[data-key="A1"] .item-state')).to_have_text(re.compile("^saved"))
    answered = set().union(*(monitor.answered for monitor in group))
    assert len(answered) > 220

    network = FaultyNetwork(server.app, random.Random(4), share=0.2)
    server.answering = network
    server.start()
    for monitor in group:
        sign_in(server, monitor.context, monitor.user.id)
    deliver(group)
    assert sum(network.faults.values()) >= 20, network.faults
    network.share = 0

    heads = looking(lambda session: heads_of(session, scene.visit.id))
    assert {head.item_id for head in heads} >= {key.split("/")[0] for key in answered}
    assert len(looking(lambda session: evidence_of(session, scene.visit.id))) == PHOTOS_EACH * len(group)
    assert list(looking(lambda session: conflicts_of(session, scene.visit.id))) != []

    leader = group[0].page
    leader.reload()
    unlock(leader, "A1")
    cards = leader.locator('.item[data-key="A1"] .answer-card')
    expect(cards).to_have_count(2, timeout=40_000)
    cards.filter(has_text=scene.member.name).get_by_role("button", name="Let this one stand").click()
    leader.get_by_role("dialog").get_by_role("button", name="Let this one stand").click()
    expect(cards).to_have_count(0)
    deliver(group[:1])
    assert looking(lambda session: conflicts_of(session, scene.visit.id)) == {}

    for monitor in group:
        finish(monitor)
        monitor.context.close()
    blobs = looking(
        lambda session: [
            (note.device, note.slot, note.version, note.blob_sha256)
            for note in session.exec(select(InterviewNote).order_by(col(InterviewNote.version)))
        ]
    )
    newest = {(device, slot): sha256 for device, slot, _version, sha256 in blobs}
    assert len(newest) == 24 * len(group)
    folders = server.app.baqylau_settings.blobs, server.app.baqylau_settings.keys
    contents = [read(folders, sha256) for sha256 in newest.values()]
    notes = [note for blob in contents if (note := opened_note(blob, visiting.keys[0]))]
    assert [note["account"] for note in notes] == [CANARY] * len(group)
    assert ANSWERED in str([head.value for head in heads])
    for monitor in group:
        assert not found_in(monitor.profile, CANARY, ANSWERED)
    assert not found_in(server.app.baqylau_settings.instance, CANARY)
    assert CANARY not in caplog.text
