"""The tablet's store in a real Chromium: killed, torn, altered, full, opened by the wrong person."""

import math
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.browser.store.browsing import Tablet, Tablets, kill
from tests.browser.store.serving import serving

pytestmark = pytest.mark.browser

KILLS = int(os.environ.get("BAQYLAU_KILLS", "40"))
#: What is recorded grows with each kill; a new profile after so many keeps a long run within the disk.
KILLS_A_PROFILE = 25
#: How much of the end is torn off; a long run tries more.
CUTS = [1, 40, 600, 4096] + ([7, 200, 350, 1500, 2500, 3300] if KILLS > 100 else [])
PASSPHRASE = "ұзын құпия сөз тіркесі"
FRAMES_AT = 16896
QUIET = {
    "rebuilt": None,
    "copied": 0,
    "cut": 0,
    "damaged": [],
    "isRolledBack": False,
    "rolledBack": None,
    "healing": "",
}
OPEN = "window.vault = await store.openVault(given.id, given);"
CREATE = """window.vault = await store.createVault({ label: 'Visit of November', visit: 'b2f1', person: 'aigerim',
  passphrase: given, sealRecovery: async (key) => ((window.code = store.recoveryCode(key)), 'sealed to the leader') });"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return where the page of the store is served."""
    with serving() as found:
        yield found


@pytest.fixture
def tablets(playwright: Playwright, address: str, tmp_path: Path) -> Tablets:
    """Return what opens one profile again and again."""
    return Tablets(playwright, address, tmp_path / "profile")


# Making and opening


def create(tablet: Tablet, records: int = 0) -> str:
    """Make a vault with so many records, open in `window.vault`; return its id."""
    fill = "for (let n = 1; n <= given; n += 1) await vault.append({ kind: 'revision', revision: { item: `D${n}` } });"
    found: str = tablet.run(f"{CREATE} return vault.id;", PASSPHRASE)
    tablet.run(fill, records)
    return found


def reopen(tablet: Tablet, vault: str) -> dict[str, Any]:
    """Open the vault by its passphrase; return the report."""
    report: dict[str, Any] = tablet.run(f"{OPEN} return vault.report;", {"id": vault, "passphrase": PASSPHRASE})
    return report


def numbers(tablet: Tablet) -> list[int]:
    """Return the numbers of all records of the open vault."""
    found: list[int] = tablet.run("return (await store.all(vault)).map(({ seq }) => seq);")
    return found


def record(tablet: Tablet, count: int) -> None:
    """Record so many more."""
    tablet.run("for (let n = 0; n < given; n += 1) await vault.append({ kind: 'revision', revision: { n } });", count)


def log_of(profile: Path) -> Path:
    """Return the newest log of the database."""
    return max(profile.glob("Default/IndexedDB/*.leveldb/*.log"), key=lambda path: path.stat().st_mtime_ns)


def databases(profile: Path) -> Path:
    """Return the folder of the database."""
    return profile / "Default" / "IndexedDB"


def journal_of(profile: Path) -> Path:
    """Return the journal of the only vault."""
    (found,) = (path for path in files_of(profile) if path.read_bytes()[:4] == b"BQJ1")
    return found


def files_of(profile: Path) -> list[Path]:
    """Return every file of the origin's private file system."""
    return [path for path in (profile / "Default" / "File System").rglob("[0-9]*") if path.is_file()]


def cut(path: Path, count: int) -> None:
    """Cut off the last bytes of a file."""
    os.truncate(path, max(0, path.stat().st_size - count))


def flip(path: Path, at: int) -> None:
    """Turn one bit of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


# Durability


def test_a_record_counts_as_kept_only_after_a_strict_transaction_and_a_flushed_journal(tablets: Tablets) -> None:
    slow = """const flush = FileSystemSyncAccessHandle.prototype.flush;
      self.addEventListener('message', ({ data }) => {
        self.pause = data.op === 'write' && data.path.includes('journal') ? 300 : 0;
      });
      FileSystemSyncAccessHandle.prototype.flush = function () {
        flush.call(this);
        for (const end = Date.now() + self.pause; Date.now() < end; );
      };\n"""
    with tablets.open() as tablet:
        tablet.context.route(
            "**/journal-worker.js",
            lambda route: route.fulfill(response=(given := route.fetch()), body=slow + given.text()),
        )
        create(tablet)
        took = tablet.run("const from = performance.now(); await vault.append({}); return performance.now() - from;")
        assert took >= 300
        asked = tablet.run("""
          const modes = []; let isComplete = false;
          const transaction = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = function (stores, mode, options) {
            const made = transaction.call(this, stores, mode, options);
            if (mode === 'readwrite') modes.push(options.durability);
            made.addEventListener('complete', () => (isComplete = true));
            return made;
          };
          await vault.append({});
          return { modes, isComplete };""")
    assert asked == {"modes": ["strict"], "isComplete": True}


def test_saves_asked_for_at_once_are_numbered_without_gaps_and_go_on_while_photos_are_written(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        create(tablet)
        found = tablet.run("""
          const order = [];
          const put = (n) => vault.putFile(`p${n}`, new Uint8Array(4e6).fill(n));
          const photos = [1, 2, 3].map((n) => put(n).then(() => order.push('photo')));
          const saves = Array.from({ length: 40 }, (_, n) => vault.append({ n }).then(({ seq }) => (order.push('save'), seq)));
          const seqs = await Promise.all(saves);
          await Promise.all(photos);
          return { seqs, first: order[0], clear: (await store.all(vault)).map(({ body }) => body.n),
                   whole: await Promise.all([1, 2, 3].map(async (n) => (await vault.readFile(`p${n}`)).size)) };""")
    assert found["seqs"] == list(range(1, 41))
    assert found["clear"] == list(range(40))
    assert found["first"] == "save"
    assert found["whole"] == [4_000_000] * 3


@pytest.mark.parametrize("first", range(0, KILLS, KILLS_A_PROFILE))
def test_nothing_acknowledged_is_lost_when_the_browser_is_killed(tablets: Tablets, first: int) -> None:
    chance = random.Random(first)
    kept: dict[int, str] = {}
    photos: dict[str, str] = {}
    with tablets.open() as tablet:
        vault = create(tablet)
    for _ in range(min(KILLS_A_PROFILE, KILLS - first)):
        with tablets.open() as tablet:
            if chance.random() < 0.1:
                tablet.page.evaluate(
                    f"(given) => {{ (async () => {{ {OPEN} }})(); }}", {"id": vault, "passphrase": PASSPHRASE}
                )
                time.sleep(chance.uniform(0.3, 0.5))
                kill(tablets.profile)
                continue
            check(tablet, vault, kept, photos)
            tablet.page.evaluate("() => { store.storm(vault, { photos: true, size: 1_000_000, words: 'жауап' }); }")
            tablet.page.wait_for_timeout(chance.uniform(100, 700))
            kill(tablets.profile)
            # What arrives here was sent before the kill: the browser that would send more is dead.
            kept |= {one["seq"]: one["id"] for one in tablet.kept if "seq" in one}
            photos |= {one["photo"]: one["sha256"] for one in tablet.kept if "photo" in one}
    # A database that was torn opens once and is empty at the start after that.
    for _ in range(2):
        with tablets.open() as tablet:
            check(tablet, vault, kept, photos)
    with tablets.open() as tablet:
        reopen(tablet, vault)
        read = """const found = {};
          for (const name of given) found[name] = await store.hex(await vault.readFile(name));
          return found;"""
        assert tablet.run(read, list(photos)) == photos
    assert kept
    assert photos


def check(tablet: Tablet, vault: str, kept: dict[int, str], photos: dict[str, str]) -> None:
    """Open the vault; every record and photo that was acknowledged is there and no damage is told."""
    report = reopen(tablet, vault)
    assert report["damaged"] == []
    assert not report["isRolledBack"]
    found = dict(tablet.run("return (await store.all(vault)).map(({ seq, body }) => [seq, body.id]);"))
    assert {seq: found.get(seq) for seq in kept} == kept
    assert set(photos) <= {one["name"] for one in tablet.run("return vault.files();")}


@pytest.mark.parametrize("bytes_cut", CUTS)
@pytest.mark.parametrize("which", ["index", "journal", "both"])
def test_a_torn_end_loses_nothing_while_one_copy_is_whole(tablets: Tablets, which: str, bytes_cut: int) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 60)
    frame = (journal_of(tablets.profile).stat().st_size - FRAMES_AT) / 61
    if which != "journal":
        cut(log_of(tablets.profile), bytes_cut)
    if which != "index":
        cut(journal_of(tablets.profile), bytes_cut)
    added = 0
    for opening in range(3):
        with tablets.open() as tablet:
            report = reopen(tablet, vault)
            found = numbers(tablet)
            lost = sorted(set(range(1, 61 + added)) - set(found))
            assert lost == [one["seq"] for one in report["damaged"] if not one["isMended"]]
            if which == "both":
                assert len(lost) <= math.ceil(bytes_cut / frame)
                assert lost == list(range(61 - len(lost), 61))
                assert opening > 0 or report["cut"] > 0
            else:
                assert lost == []
            if which == "journal" and opening == 0:
                assert report["cut"] + report["copied"] > 0
            record(tablet, 5)
            added += 5
            assert numbers(tablet)[-1] == 60 + added
            kill(tablets.profile)


def test_an_index_that_vanished_is_rebuilt_from_the_journal(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 30)
    shutil.rmtree(databases(tablets.profile))
    with tablets.open() as tablet:
        assert tablet.run("return store.listVaults();")[0]["label"] == "Visit of November"
        assert reopen(tablet, vault) == {**QUIET, "rebuilt": "index", "copied": 30}
        assert numbers(tablet) == list(range(1, 31))
    with tablets.open() as tablet:
        assert reopen(tablet, vault) == QUIET


def test_a_journal_that_vanished_is_rebuilt_from_the_index(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 30)
    os.truncate(journal_of(tablets.profile), 0)
    with tablets.open() as tablet:
        assert tablet.run("return store.listVaults();")[0]["label"] == "Visit of November"
        assert reopen(tablet, vault) == {**QUIET, "rebuilt": "journal", "copied": 30}
        assert numbers(tablet) == list(range(1, 31))
    shutil.rmtree(databases(tablets.profile))
    with tablets.open() as tablet:
        assert reopen(tablet, vault)["rebuilt"] == "index"
        assert numbers(tablet) == list(range(1, 31))


# Tampering


def tamper(tablet: Tablet, change: str) -> None:
    """Change the rows of the locked vault in the database; `change` gets `rows` and `store`."""
    tablet.run(f"""
      await vault.lock();
      const database = await new Promise((resolve) => {{
        const request = indexedDB.open('baqylau-vaults');
        request.onsuccess = () => resolve(request.result);
      }});
      const transaction = database.transaction('records', 'readwrite');
      const records = transaction.objectStore('records');
      const rows = await new Promise((resolve) => {{
        const request = records.getAll(); request.onsuccess = () => resolve(request.result); }});
      {change}
      await new Promise((resolve) => {{ transaction.oncomplete = resolve; }});
      database.close();""")


@pytest.mark.parametrize(
    ("change", "damaged"),
    [
        ("rows[4].ct[9] ^= 1; records.put(rows[4]);", [(5, "altered")]),
        ("rows[4].iv[0] ^= 1; records.put(rows[4]);", [(5, "altered")]),
        ("records.put({ ...rows[4], seq: 7 }); records.put({ ...rows[6], seq: 5 });", [(5, "altered"), (7, "altered")]),
        ("records.delete([vault.id, 6]);", [(6, "removed")]),
    ],
    ids=["a flipped bit", "a flipped bit of the iv", "two swapped", "one removed"],
)
def test_a_record_altered_in_the_index_is_named_and_mended(
    tablets: Tablets, change: str, damaged: list[tuple[int, str]]
) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 10)
        tamper(tablet, change)
        report = reopen(tablet, vault)
        assert report["damaged"] == [
            {"seq": seq, "why": why, "where": "index", "isMended": True} for seq, why in damaged
        ]
        assert numbers(tablet) == list(range(1, 11))
        tablet.run("await vault.lock();")
        assert reopen(tablet, vault) == QUIET


def test_a_record_altered_in_both_copies_is_named_and_the_rest_can_be_used(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 10)
        tamper(tablet, "rows[4].ct[9] ^= 1; records.put(rows[4]);")
    flip_frame(journal_of(tablets.profile), 5)
    with tablets.open() as tablet:
        for _ in range(2):
            report = reopen(tablet, vault)
            assert report["damaged"] == [{"seq": 5, "why": "altered", "where": "both", "isMended": False}]
            assert numbers(tablet) == [1, 2, 3, 4, 6, 7, 8, 9, 10]
            tablet.run("await vault.lock();")


def flip_frame(journal: Path, seq: int) -> None:
    """Turn one bit in the sealed part of the frame of this record."""
    flip(journal, journal.read_bytes().index(b'"seq":%d,' % seq, FRAMES_AT + 400) + 100)


@pytest.mark.parametrize("seq", [3, 10])
def test_a_record_altered_in_the_journal_is_named_and_mended(tablets: Tablets, seq: int) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 10)
    flip_frame(journal_of(tablets.profile), seq)
    with tablets.open() as tablet:
        report = reopen(tablet, vault)
        assert report["damaged"] == [{"seq": seq, "why": "altered", "where": "journal", "isMended": True}]
        assert numbers(tablet) == list(range(1, 11))
    shutil.rmtree(databases(tablets.profile))
    with tablets.open() as tablet:
        assert reopen(tablet, vault) == {**QUIET, "rebuilt": "index", "copied": 10}


def test_a_record_taken_out_of_both_copies_is_missed(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 10)
        tamper(tablet, "records.delete([vault.id, 10]); records.delete([vault.id, 4]);")
    journal = journal_of(tablets.profile)
    content = journal.read_bytes()
    for seq in (10, 4):
        at = content.rindex(b"BQJ1", 0, content.index(b'"seq":%d,' % seq, FRAMES_AT + 400))
        end = content.find(b"BQJ1", at + 4)
        content = content[:at] + (content[end:] if end > 0 else b"")
    journal.write_bytes(content)
    with tablets.open() as tablet:
        report = reopen(tablet, vault)
        assert report["damaged"] == [
            {"seq": seq, "why": "missing", "where": "both", "isMended": False} for seq in (4, 10)
        ]
        record(tablet, 1)
        assert numbers(tablet) == [1, 2, 3, 5, 6, 7, 8, 9, 11]


@pytest.mark.parametrize("which", ["index", "journal"])
def test_an_older_copy_that_was_put_back_is_told_and_mended(tablets: Tablets, which: str, tmp_path: Path) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 10)
    if which == "index":
        shutil.copytree(databases(tablets.profile), tmp_path / "older")
    else:
        shutil.copy(journal_of(tablets.profile), tmp_path / "older")
    with tablets.open() as tablet:
        reopen(tablet, vault)
        record(tablet, 10)
    if which == "index":
        shutil.rmtree(databases(tablets.profile))
        shutil.copytree(tmp_path / "older", databases(tablets.profile))
    else:
        journal_of(tablets.profile).write_bytes((tmp_path / "older").read_bytes())
    with tablets.open() as tablet:
        assert reopen(tablet, vault) == {**QUIET, "copied": 10, "isRolledBack": True, "rolledBack": which}
        assert numbers(tablet) == list(range(1, 21))
    with tablets.open() as tablet:
        assert reopen(tablet, vault) == QUIET


def test_an_altered_label_is_told_and_the_sealed_one_stands(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet)
        tablet.run("""
          await vault.changeHeader(async (key, header) => ({ ...header, n: header.n + 1, label: 'Another visit' }));
          await vault.lock();""")
        assert reopen(tablet, vault)["damaged"] == [{"seq": 0, "why": "label", "where": "both", "isMended": True}]
        assert tablet.run("return [vault.label, vault.visit, vault.person];") == [
            "Visit of November",
            "b2f1",
            "aigerim",
        ]


def test_a_photo_that_was_altered_or_left_unfinished_is_not_shown(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet)
        tablet.run(
            "for (const name of ['one', 'two', 'three']) await vault.putFile(name, new Uint8Array(2e6).fill(1));"
        )
        tablet.run("await vault.lock();")
    sealed = [path for path in files_of(tablets.profile) if path.read_bytes()[:4] == b"BQF1"]
    assert len(sealed) == 3
    flip(sealed[0], 1_500_000)
    cut(sealed[1], 1)
    with tablets.open() as tablet:
        reopen(tablet, vault)
        codes = tablet.run("""const found = [];
          for (const name of ['one', 'two', 'three']) {
            found.push((await store.tried(() => vault.readFile(name))).code ?? 'whole');
          }
          return found.sort();""")
    assert codes == ["damaged", "not_there", "whole"]


def test_no_recorded_word_stands_in_the_profile_in_clear(tablets: Tablets) -> None:
    words = ["Қарағайлы-жауап", "карцер-подпись", "rowlabel-canary", "aigerim", PASSPHRASE, "жауап-тасқыны"]
    with tablets.open() as tablet:
        create(tablet)
        tablet.run(
            """await vault.append({ kind: 'revision', revision: { item: 'D4', value: given[0], row: given[2] } });
               await vault.append({ kind: 'photo', caption: given[1] });
               await vault.putFile('p-1', new TextEncoder().encode(given.join(' ').repeat(1000)));""",
            words,
        )
        tablet.page.evaluate("(words) => { store.storm(vault, { photos: true, size: 100_000, words }); }", words[5])
        tablet.page.wait_for_timeout(500)
        kill(tablets.profile)
    contents = [path.read_bytes() for path in tablets.profile.rglob("*") if path.is_file()]
    clear = "Visit of November"
    assert any(clear.encode() in content or clear.encode("utf-16le") in content for content in contents)
    for word in words:
        for encoding in ("utf-8", "utf-16le"):
            assert not [1 for content in contents if word.encode(encoding) in content], word


# Ways to the key


def test_a_wrong_passphrase_is_refused_and_destroys_nothing(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 5)
        before = tablet.run("await vault.lock(); return (await (await store.listVaults())).length;")
        for attempt in ({"passphrase": "құпия"}, {"passphrase": ""}, {"recovery": "0000-0000"}, {"recovery": "!"}):
            tried = tablet.run("return store.tried(() => store.openVault(given.id, given));", {"id": vault, **attempt})
            assert tried == {"code": "wrong_passphrase"}
        assert tablet.run("return store.tried(() => store.openVault('none', { passphrase: '' }));") == {
            "code": "not_there"
        }
        assert before == 1
        assert reopen(tablet, vault) == QUIET
        assert numbers(tablet) == [1, 2, 3, 4, 5]


def test_a_new_passphrase_replaces_the_old_one_and_leaves_key_and_recovery_as_they_are(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 3)
        ways = """const ways = [{ passphrase: given.old }, { passphrase: 'a new one' }, { recovery: code.toLowerCase() }];
          for (const path of ways) {
            const tried = await store.tried(async () => (window.vault = await store.openVault(given.id, path)));
            found.push(tried.code ?? (await store.all(vault)).length);
            if (!tried.code) await vault.lock();
          }"""
        found = tablet.run(
            f"""const found = [];
            const raw = () => vault.changeHeader(async (key, header) => {{
              window.raw = await store.hex(new Blob([await crypto.subtle.exportKey('raw', key)]));
              return {{ ...header, n: header.n + 1 }};
            }});
            await raw(); const before = window.raw;
            await store.changePassphrase(vault, 'a new one');
            await raw(); found.push(before === window.raw, vault.recovery);
            await vault.append({{}}); await vault.lock(); {ways} return found;""",
            {"id": vault, "old": PASSPHRASE},
        )
        assert found == [True, "sealed to the leader", "wrong_passphrase", 4, 4]
    # The old wrapping is overwritten in the journal, not merely followed by a newer one.
    header = journal_of(tablets.profile).read_bytes()[:FRAMES_AT]
    assert header.count(b'"way":"passphrase"') == 2
    assert header.count(header[header.index(b'"wrapped":"') :][:70]) == 2


def test_a_passkey_with_prf_opens_the_vault(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        devtools = tablet.cdp()
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "hasPrf": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        vault = create(tablet, 3)
        found = tablet.run(
            """const made = await store.passkey.make('Айгерім');
            await store.addPasskey(vault, made); await vault.lock();
            const got = await store.passkey.get();
            window.vault = await store.openVault(given, { prf: got });
            const other = await store.tried(() => store.openVault(given, { prf: new Uint8Array(32) }));
            const count = (await store.all(vault)).length; await vault.lock();
            const wrong = await store.tried(() => store.openVault(given, { prf: new Uint8Array(32) }));
            return { size: made.length, isSame: made.join() === got.join(), count, busy: other.code, wrong: wrong.code };""",
            vault,
        )
        assert found == {"size": 32, "isSame": True, "count": 3, "busy": "busy", "wrong": "wrong_passphrase"}
        assert reopen(tablet, vault) == QUIET
        devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "hasPrf": False}})
        assert tablet.run("return store.tried(() => store.passkey.make());") == {"code": "no_prf"}


def test_where_webassembly_is_refused_the_key_is_derived_by_pbkdf2(tablets: Tablets) -> None:
    refused = ("WebAssembly", "Content Security Policy")
    with tablets.open() as tablet:
        strong = create(tablet, 2)
    with tablets.open("/plain/", expected=refused) as tablet:
        opened = "return store.tried(() => store.openVault(given.id, given));"
        assert tablet.run(opened, {"id": strong, "passphrase": PASSPHRASE}) == {"code": "refused"}
        weaker = create(tablet, 4)
        tablet.run("await vault.lock();")
        assert reopen(tablet, weaker) == QUIET
    with tablets.open() as tablet:
        assert reopen(tablet, weaker) == QUIET
        assert numbers(tablet) == [1, 2, 3, 4]
        tablet.run("await vault.lock();")
        assert reopen(tablet, strong) == QUIET


def test_only_one_page_holds_a_vault_and_a_locked_one_does_nothing(tablets: Tablets, address: str) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 2)
        second = tablet.another_page(address)
        attempt = "(given) => store.tried(async () => { await store.openVault(given.id, given); return 'open'; })"
        key = {"id": vault, "passphrase": PASSPHRASE}
        assert second.evaluate(attempt, key) == {"code": "busy"}
        assert second.evaluate("(given) => store.tried(() => store.removeVault(given.id))", key) == {"code": "busy"}
        assert len(second.evaluate("() => store.listVaults()")) == 1
        after = tablet.run("""
          const save = vault.append({}); await vault.lock();
          const codes = [(await save).seq];
          const works = [
            () => vault.append({}), () => store.all(vault), () => vault.files(), () => vault.putFile('a', new Blob(['']))];
          for (const work of works) codes.push((await store.tried(work)).code);
          return codes;""")
        assert after == [3, "closed", "closed", "closed", "closed"]
        assert second.evaluate(attempt, key) == {"value": "open"}
        second.close()
        assert reopen(tablet, vault) == QUIET


def test_a_removed_vault_leaves_nothing_and_the_others_stay(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        other = create(tablet, 2)
        tablet.run("await vault.lock();")
        vault = create(tablet, 2)
        tablet.run("await vault.putFile('p-1', new Uint8Array(5e6)); await store.removeVault(vault.id);")
        assert [one["id"] for one in tablet.run("return store.listVaults();")] == [other]
        opened = "return store.tried(() => store.openVault(given, { passphrase: '' }));"
        assert tablet.run(opened, vault) == {"code": "not_there"}
        assert tablet.run("return (await store.storageState()).used;") < 9_000_000
        assert reopen(tablet, other) == QUIET


def test_records_that_were_let_go_stay_away(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 6)
        tablet.run("await vault.forget([2, 3, 5]);")
        assert numbers(tablet) == [1, 4, 6]
        tablet.run("await vault.lock();")
        for _ in range(2):
            assert reopen(tablet, vault) == QUIET
            assert numbers(tablet) == [1, 4, 6]
            tablet.run("await vault.lock();")
    os.truncate(journal_of(tablets.profile), 0)
    with tablets.open() as tablet:
        report = reopen(tablet, vault)
        assert (report["rebuilt"], report["damaged"]) == ("journal", [])
        assert numbers(tablet) == [1, 4, 6]


# Faults


FAULTS = {
    "a full disk": "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); };",
    "a full disk at the commit": """IDBObjectStore.prototype.put = function (...given) {
        const request = window.put.apply(this, given);
        this.transaction.abort(); return request; };""",
    "a database that the browser closed": """IDBDatabase.prototype.transaction = () => {
        throw new DOMException('closing', 'InvalidStateError'); };""",
}
RESTORE = "IDBObjectStore.prototype.put = window.put; IDBDatabase.prototype.transaction = window.transaction;"
HOLD = "window.put = IDBObjectStore.prototype.put; window.transaction = IDBDatabase.prototype.transaction;"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_save_is_tried_once_more_and_then_told_and_leaves_nothing(tablets: Tablets, fault: str) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 3)
        found = tablet.run(f"""
          {HOLD}
          const once = (work) => {{ {FAULTS[fault]}
            const [put, transaction] = [IDBObjectStore.prototype.put, IDBDatabase.prototype.transaction];
            const first = (failing, good) => function (...given) {{ {RESTORE} return failing.apply(this, given); }};
            if (put !== window.put) IDBObjectStore.prototype.put = first(put);
            else IDBDatabase.prototype.transaction = first(transaction);
            return work(); }};
          const retried = await once(() => vault.append({{ name: 'retried' }}));
          {FAULTS[fault]}
          const failed = await store.tried(() => vault.append({{ name: 'failed' }}));
          {RESTORE}
          const next = await vault.append({{ name: 'next' }});
          return {{ retried: retried.seq, code: failed.code, next: next.seq }};""")
        assert found == {"retried": 4, "code": "full" if fault == "a full disk" else "closed", "next": 5}
        for _ in range(2):
            tablet.run("await vault.lock();")
            assert reopen(tablet, vault) == QUIET
            names = tablet.run("return (await store.all(vault)).map(({ body }) => body.name ?? body.seq);")
            assert names == [1, 2, 3, "retried", "next"]


def test_a_journal_that_cannot_be_written_fails_the_save_and_leaves_nothing(tablets: Tablets) -> None:
    faulty = """const write = FileSystemSyncAccessHandle.prototype.write;
      const channel = new BroadcastChannel('fault');
      channel.onmessage = ({ data }) => { self.left = data; };
      FileSystemSyncAccessHandle.prototype.write = function (bytes, how) {
        if (self.left > 0 && bytes.length > 100) { self.left -= 1; write.call(this, bytes.subarray(0, 50), how);
          throw new DOMException('', 'QuotaExceededError'); }
        return write.call(this, bytes, how); };\n"""
    with tablets.open() as tablet:
        tablet.context.route(
            "**/journal-worker.js",
            lambda route: route.fulfill(response=(given := route.fetch()), body=faulty + given.text()),
        )
        vault = create(tablet, 3)
        found = tablet.run("""
          const say = async (count) => {
            new BroadcastChannel('fault').postMessage(count); await new Promise((resolve) => setTimeout(resolve, 50)); };
          await say(1);
          const retried = await store.tried(() => vault.append({ name: 'retried' }));
          const mended = await vault.append({ name: 'next' });
          return { retried, mended };""")
        assert found["retried"]["value"]["seq"] == 4
        assert found["mended"]["seq"] == 5
        tablet.run("await vault.lock();")
        assert reopen(tablet, vault) == QUIET
        assert numbers(tablet) == [1, 2, 3, 4, 5]


def test_an_index_that_the_browser_throws_away_while_it_is_open_loses_nothing(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 20)
        tablet.cdp().send("Storage.clearDataForOrigin", {"origin": tablets.address, "storageTypes": "indexeddb"})
        record(tablet, 5)
        tablet.run("await vault.lock();")
        assert reopen(tablet, vault) == {**QUIET, "rebuilt": "index", "copied": 20}
        assert numbers(tablet) == list(range(1, 26))
        tablet.run("await vault.lock();")
        assert reopen(tablet, vault) == QUIET


def test_on_a_full_disk_photos_stop_first_and_answers_still_save(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 3)
        tablet.run("await store.storageState();")
        used = tablet.run("return (await navigator.storage.estimate()).usage;")
        tablet.cdp().send("Storage.overrideQuotaForOrigin", {"origin": tablets.address, "quotaSize": used + 6_000_000})
        found = tablet.run("""
          const photos = []; let code = null;
          while (!code && photos.length < 100) {
            const tried = await store.tried(() => vault.putFile(`p${photos.length}`, new Uint8Array(2e6).fill(photos.length)));
            code = tried.code; if (!code) photos.push(tried.value.sha256);
          }
          const saves = []; for (let n = 0; n < 300; n += 1) saves.push(await store.tried(() => vault.append({ n })));
          return { photos: photos.length, code, failed: saves.filter(({ code }) => code).length,
                   share: (await store.storageState()).share, files: (await vault.files()).length };""")
        assert 1 <= found["photos"] < 100
        assert found["code"] == "full"
        assert found["failed"] == 0
        assert found["share"] == 1
        assert found["files"] == found["photos"]
        kill(tablets.profile)
    with tablets.open() as tablet:
        assert reopen(tablet, vault)["damaged"] == []
        assert len(numbers(tablet)) == 303


def test_photos_beyond_our_own_budget_are_refused(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        create(tablet)
        found = tablet.run("""
          store.setUp({ limit: (await store.storageState()).used + 3e6 });
          const codes = [];
          const put = async (name, size) =>
            codes.push((await store.tried(() => vault.putFile(name, new Uint8Array(size)))).code ?? 'kept');
          for (const name of ['a', 'b', 'c']) await put(name, 2e6);
          await vault.dropFile('a');
          await put('d', 2e6);
          await put('d', 2);
          await vault.append({});
          return codes;""")
    assert found == ["kept", "full", "full", "kept", "exists"]


# Scale, and the file of a visit


def test_many_records_are_read_in_pages_and_in_order(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        vault = create(tablet, 1_200)
        tablet.run("await vault.lock();")
        assert reopen(tablet, vault) == QUIET
        assert numbers(tablet) == list(range(1, 1_201))
        record(tablet, 3)
        # The first reading is of what was opened at the start, the second of the index.
        assert numbers(tablet) == list(range(1, 1_204))


def test_a_visit_file_is_written_and_read_in_the_browser(tablets: Tablets) -> None:
    with tablets.open() as tablet:
        found = tablet.run("""
          const pair = await crypto.subtle.generateKey('X25519', true, ['deriveBits']);
          const importKey = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))));
          const code = store.transferCode();
          const photo = new Blob([new Uint8Array(3e5).fill(3)]);
          const file = await store.writeVisitFile({ visit: 'v', device: 'd', importKey, code,
            items: [{ id: '1', seq: 1, body: '{}', sha256: 'x' }], photos: [{ facts: { id: 'p' }, blob: photo }] });
          const read = await store.readVisitFile(file, code.toLowerCase());
          return { items: read.items, facts: read.photos[0].facts,
                   isSame: (await store.hex(read.photos[0].blob)) === (await store.hex(photo)),
                   wrong: (await store.tried(() => store.readVisitFile(file, store.transferCode()))).code };""")
    assert found == {
        "items": [{"id": "1", "seq": 1, "body": "{}", "sha256": "x"}],
        "facts": {"id": "p"}, "isSame": True, "wrong": "wrong_code",
    }  # fmt: skip
