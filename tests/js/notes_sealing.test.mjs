import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryVault } from "./notes_vendor.mjs";

const { Decrypter, armor, generateX25519Identity, identityToRecipient } = await import("vendor/age/age-encryption.js");
const { BLOB_BYTES, FRAME_BYTES, PLAIN_BYTES, joined, partOf, plaintextsOf, unframed } = await import("baqylau/tablet/notes/envelope.js");
const { sealed, sealedParts, sealsRecovery } = await import("baqylau/tablet/notes/sealing.js");
const { DEFAULT_SLOTS, Slots } = await import("baqylau/tablet/notes/slots.js");
const { Draft } = await import("baqylau/tablet/notes/draft.js");
const { deliver, isDue } = await import("baqylau/tablet/notes/deliver.js");
const { deliverAlerts, raise } = await import("baqylau/tablet/notes/alerts.js");
const { decodeSecret, newSecret } = await import("baqylau/tablet/store/recovery.js");

const identities = [await generateX25519Identity(), await generateX25519Identity()];
const keys = await Promise.all(identities.map(identityToRecipient));
const CANARY = "Шөкеннің құпия сөзі — канарейка";

async function opened(bytes, identity = identities[0]) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(bytes);
}

/** The notes in what was delivered: both layers opened. */
async function notesOf(blobs, identity) {
  const parts = [];
  for (const blob of blobs) {
    const part = partOf(await opened(unframed(await opened(unframed(blob), identity)), identity));
    if (part) parts.push(part);
  }
  return joined(parts);
}

const stored = (vault) => Buffer.concat([...vault.held.values()]);

async function interview(slots, content) {
  const draft = new Draft(slots, "me", "kk", () => {}, 3600);
  draft.change(content);
  assert.equal(await draft.close(), true);
}

test("a note's plaintext is a multiple of 4 KiB whatever it says, and comes back whole from as many parts as it needs", () => {
  for (const length of [0, 1, 500, 10_000, 11_888, 40_000]) {
    const content = { account: 'Ә"\\\n𝄞'.repeat(Math.ceil(length / 5)).slice(0, length).replace(/[\ud800-\udbff]$/, "") };
    const plaintexts = plaintextsOf("n", 3, content);
    for (const plain of plaintexts) assert.equal(plain.length, PLAIN_BYTES);
    assert.equal(PLAIN_BYTES % 4096, 0);
    const [note] = joined(plaintexts.map(partOf).reverse());
    assert.deepEqual(note, { id: "n", rev: 3, content, isCutShort: false });
  }
});

test("the latest revision that is whole stands, and a later one that lacks parts is told", () => {
  const first = plaintextsOf("n", 1, { account: "one" }).map(partOf);
  const second = plaintextsOf("n", 2, { account: "x".repeat(20_000) }).map(partOf);
  assert.deepEqual(joined([...second.slice(1), ...first]), [{ id: "n", rev: 1, content: { account: "one" }, isCutShort: true }]);
  assert.equal(joined(second.slice(1))[0].content, null);
});

test("each recipient opens a sealed part, nobody else does, and a flipped bit anywhere is refused", async () => {
  const [frame] = await sealedParts(keys, "n", 1, { account: CANARY });
  assert.equal(frame.length, FRAME_BYTES);
  assert.ok(!Buffer.from(frame).includes(CANARY));
  for (const identity of identities) {
    const [note] = joined([partOf(await opened(unframed(frame), identity))]);
    assert.equal(note.content.account, CANARY);
  }
  await assert.rejects(opened(unframed(frame), await generateX25519Identity()));
  const file = unframed(frame);
  for (let at = 0; at < file.length; at += 211) {
    const altered = file.slice();
    altered[at] ^= 1 << (at % 8);
    await assert.rejects(opened(altered), `bit at ${at}`);
  }
});

test("nothing is sealed to nobody", async () => {
  await assert.rejects(sealed([], "x"), { code: "no_recipients" });
});

test("with no interview and with ten, as many blobs of the same size are sent, and all of them are new each time", async () => {
  const rounds = [];
  for (const count of [0, 10]) {
    const slots = await Slots.open(new MemoryVault(), keys);
    for (let one = 0; one < count; one += 1) await interview(slots, { account: CANARY.repeat(one * 9) });
    const first = await slots.forDelivery();
    await slots.delivered("2026-11-24");
    const second = await slots.forDelivery();
    rounds.push([first, second].map((round) => round.map(({ bytes }) => bytes.length)));
    assert.deepEqual(first.map(({ slot }) => slot).sort((one, other) => one - other), [...Array(DEFAULT_SLOTS).keys()]);
    const seen = new Set(first.map(({ bytes }) => Buffer.from(bytes).toString("base64")));
    assert.ok(second.every(({ bytes }) => !seen.has(Buffer.from(bytes).toString("base64"))));
    assert.equal((await notesOf(second.map(({ bytes }) => bytes))).length, count);
  }
  assert.deepEqual(rounds[0], rounds[1]);
  assert.deepEqual(new Set(rounds.flat(2)), new Set([BLOB_BYTES]));
});

test("what lies on the tablet has the same number of files of the same size with no interview and with ten", async () => {
  const images = [];
  for (const count of [0, 10]) {
    const vault = new MemoryVault();
    let slots = await Slots.open(vault, keys);
    for (let one = 0; one < count; one += 1) await interview(slots, { account: CANARY });
    slots = await Slots.open(vault, keys);
    images.push([...vault.held.values()].map((file) => file.length));
    assert.ok(!stored(vault).includes(CANARY));
    const sizes = new Set(vault.records.map((record) => JSON.stringify(record).length));
    assert.equal(sizes.size, 1, "records of the journal differ in length");
  }
  assert.deepEqual(images[0], images[1]);
  assert.deepEqual(images[0], [DEFAULT_SLOTS * FRAME_BYTES, DEFAULT_SLOTS * FRAME_BYTES]);
});

test("the order of delivery is another one each time", async () => {
  const slots = await Slots.open(new MemoryVault(), keys);
  const orders = [];
  for (let round = 0; round < 3; round += 1) {
    orders.push((await slots.forDelivery()).map(({ slot }) => slot).join());
    await slots.delivered("2026-11-24");
  }
  assert.equal(new Set(orders).size, 3);
});

test("a draft is sealed again into its own slots, a long one into several, and a start later keeps what others took", async () => {
  const vault = new MemoryVault();
  const slots = await Slots.open(vault, keys);
  const draft = new Draft(slots, "me", "ru", () => {}, 3600);
  draft.change({ account: "begun" });
  assert.equal(await draft.seal(), true);
  assert.equal(slots.free, DEFAULT_SLOTS - 1);
  draft.change({ account: "a".repeat(30_000) });
  await Promise.all([draft.seal(), draft.seal()]);
  assert.equal(slots.free, DEFAULT_SLOTS - 3);
  draft.change({ account: "short again" });
  await draft.close();
  assert.equal(slots.free, DEFAULT_SLOTS - 3);
  assert.deepEqual(draft.content, {});
  const later = await Slots.open(vault, keys);
  assert.equal(later.free, DEFAULT_SLOTS - 3);
  await interview(later, { account: "another" });
  const notes = await notesOf((await later.forDelivery()).map(({ bytes }) => bytes));
  assert.deepEqual(notes.map(({ content }) => content.account).sort(), ["another", "short again"]);
  assert.deepEqual(notes.find(({ content }) => content.account === "another").content.uses, { count: true, finding: false, authority: false, published: false });
});

test("twenty seconds after something was written it is sealed without anybody's doing", async (context) => {
  const slots = await Slots.open(new MemoryVault(), keys);
  context.mock.timers.enable({ apis: ["setInterval"] });
  let isSealed = () => {};
  const done = new Promise((resolve) => {
    isSealed = resolve;
  });
  const draft = new Draft(slots, "me", "kk", () => draft?.isSealed && isSealed());
  draft.change({ account: CANARY });
  context.mock.timers.tick(19_000);
  assert.equal(slots.free, DEFAULT_SLOTS);
  context.mock.timers.tick(1_000);
  await done;
  assert.equal(slots.free, DEFAULT_SLOTS - 1);
  draft.forget();
});

test("when the tablet is full the draft stays, nothing that was sealed is lost, and it is said", async () => {
  const vault = new MemoryVault();
  const slots = await Slots.open(vault, keys);
  await interview(slots, { account: "kept" });
  const draft = new Draft(slots, "me", "kk", () => {}, 3600);
  for (const failing of ["putFile", "append"]) {
    vault.failing = failing;
    draft.change({ account: "not yet" });
    assert.equal(await draft.close(), false);
    assert.equal(draft.content.account, "not yet");
    assert.equal(draft.trouble.code, "full");
  }
  vault.failing = "";
  assert.equal(await draft.close(), true);
  const again = await Slots.open(vault, keys);
  const notes = await notesOf((await again.forDelivery()).map(({ bytes }) => bytes));
  assert.deepEqual(notes.map(({ content }) => content.account).sort(), ["kept", "not yet"]);
});

test("when no slot is free the draft stays and says so, and no note is overwritten", async () => {
  const slots = await Slots.open(new MemoryVault(), keys, 2);
  await interview(slots, { account: "one" });
  await interview(slots, { account: "two" });
  const draft = new Draft(slots, "me", "kk", () => {}, 3600);
  draft.change({ account: "three" });
  assert.equal(await draft.close(), false);
  assert.equal(draft.trouble.code, "full");
  draft.forget();
  const notes = await notesOf((await slots.forDelivery()).map(({ bytes }) => bytes));
  assert.deepEqual(notes.map(({ content }) => content.account).sort(), ["one", "two"]);
});

test("a file that was damaged is passed over for the one before it; with both gone it is told", async () => {
  const vault = new MemoryVault();
  await interview(await Slots.open(vault, keys), { account: "first" });
  const files = vault.records.filter(({ file }) => file).map(({ file }) => file);
  vault.held.get(files.at(-1))[5] ^= 1;
  await interview(await Slots.open(vault, keys), { account: "second" });
  const held = await Slots.open(vault, keys);
  assert.equal(held.isLost, false);
  for (const name of vault.held.keys()) vault.held.get(name)[5] ^= 1;
  assert.equal((await Slots.open(vault, keys)).isLost, true);
});

test("a file that cannot be dropped keeps nobody from sealing", async (context) => {
  context.mock.method(console, "warn", () => {});
  const vault = new MemoryVault();
  vault.dropFile = async () => {
    throw new Error("not there");
  };
  await interview(await Slots.open(vault, keys, 3), { account: "one" });
  const slots = await Slots.open(vault, keys, 3);
  await interview(slots, { account: "two" });
  const notes = await notesOf((await slots.forDelivery()).map(({ bytes }) => bytes));
  assert.deepEqual(notes.map(({ content }) => content.account).sort(), ["one", "two"]);
});

function server({ answers = () => null } = {}) {
  const held = new Map();
  const calls = [];
  const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  const fetch = async (address, { method = "GET", headers, body } = {}) => {
    calls.push(`${method} ${address}`);
    const odd = answers(calls.length);
    if (odd) return odd();
    if (method === "PUT") {
      held.set(`note-${address.split("/").at(-1)}`, headers["X-Content-SHA256"]);
      return json({ protocol: 2, sha256: headers["X-Content-SHA256"] });
    }
    if (method === "POST") return json({ protocol: 2, sign: JSON.parse(body).sign });
    return json({ protocol: 2, have: [...held] });
  };
  return { fetch, held, calls, json };
}
const to = (fetch) => ({ address: "/api/v1/visits/v/notes", device: "d", token: "t", today: "2026-11-24", fetch });

test("a delivery is done only when the server holds all of it, and is due once a day and at the end", async () => {
  const slots = await Slots.open(new MemoryVault(), keys, 4);
  assert.equal(isDue(slots, "2026-11-24"), true);
  const { fetch, held, calls } = server();
  await deliver(slots, to(fetch));
  assert.equal(held.size, 4);
  assert.equal(calls.length, 5);
  assert.equal(isDue(slots, "2026-11-24"), false);
  assert.equal(isDue(slots, "2026-11-24", true), false);
  assert.equal(isDue(slots, "2026-11-25"), true);
  await interview(slots, { account: "later" });
  assert.equal(isDue(slots, "2026-11-24"), false, "a delivery of its own would tell that somebody talked");
  assert.equal(isDue(slots, "2026-11-24", true), true);
});

test("whatever goes wrong on the way, the delivery stays due and nothing is lost", async () => {
  const faults = {
    network: [() => Promise.reject(new TypeError("cut")), () => new Response("<html>Sign in to the network</html>", { status: 200 }),
      () => new Response("", { status: 500 }), () => new Response('{"protocol": 2, "sha', { status: 200 }),
      () => new Response('{"protocol": 2, "sha256": "other"}', { status: 200 })],
    signed_out: [() => new Response("{}", { status: 401 })],
    refused: [() => new Response('{"code": "interviews.size"}', { status: 422 })],
  };
  for (const [code, kinds] of Object.entries(faults)) {
    for (const fault of kinds) {
      const slots = await Slots.open(new MemoryVault(), keys, 3);
      const { fetch, calls } = server({ answers: (call) => (call === 2 ? fault : null) });
      await assert.rejects(deliver(slots, to(fetch)), { code });
      assert.equal(isDue(slots, "2026-11-24", true), true);
      await deliver(slots, to(fetch));
      assert.equal(calls.length, 5, "what had arrived is not sent again");
      assert.equal(slots.deliveredOn, "2026-11-24");
    }
  }
});

test("a receipt that does not verify, or names other bytes, is no delivery", async () => {
  const slots = await Slots.open(new MemoryVault(), keys, 2);
  await assert.rejects(deliver(slots, { ...to(server().fetch), verify: async () => false }), { code: "network" });
  const { fetch, json } = server({ answers: (call) => (call === 3 ? () => json({ protocol: 2, have: [["note-0", "x"]] }) : null) });
  await assert.rejects(deliver(slots, to(fetch)), { code: "network" });
  assert.equal(slots.deliveredOn, "");
});

test("an alert is raised once, names nothing, and is sent once", async () => {
  const vault = new MemoryVault();
  await raise(vault, "fear");
  await raise(vault, "fear");
  await raise(vault, "recontact");
  assert.deepEqual(vault.records, [{ kind: "note", alert: "fear" }, { kind: "note", alert: "recontact" }]);
  const { fetch, calls } = server();
  assert.equal(await deliverAlerts(vault, { address: "/alerts", token: "t", fetch }), 2);
  assert.equal(await deliverAlerts(vault, { address: "/alerts", token: "t", fetch }), 0);
  assert.equal(calls.length, 2);
});

test("the recovery copy of a vault opens with the leader's key alone and gives the code to read out", async () => {
  const secret = newSecret();
  const text = await sealsRecovery([keys[0]], "11111111-2222-3333-4444-555555555555")(secret);
  assert.match(text, /^-----BEGIN AGE ENCRYPTED FILE-----/);
  const [head, visit, code] = new TextDecoder().decode(await opened(armor.decode(text))).split("\n");
  assert.deepEqual([head, visit], ["baqylau visit key 1", "11111111-2222-3333-4444-555555555555"]);
  assert.deepEqual(decodeSecret(code), secret);
  await assert.rejects(opened(armor.decode(text), identities[1]));
});
