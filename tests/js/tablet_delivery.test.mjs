import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { keyOf } from "baqylau/graph.js";
import { Delivery } from "baqylau/tablet/delivery.js";
import { exchange } from "baqylau/tablet/exchange.js";
import { Ledger } from "baqylau/tablet/ledger.js";
import { sha256, verified } from "baqylau/tablet/receipts.js";

const NOW = "2026-11-23T05:00:00Z";

beforeEach((context) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse(NOW) });
  context.after?.(() => mock.timers.reset());
});

// Hashes, signatures and checks are made by other threads: `pass` has to know when they are through.
let pending = 0;
for (const name of ["digest", "sign", "verify"]) {
  const real = crypto.subtle[name].bind(crypto.subtle);
  crypto.subtle[name] = async (...given) => {
    pending += 1;
    try {
      return await real(...given);
    } finally {
      pending -= 1;
    }
  };
}

/** Let everything come to rest that needs no timer. */
async function rest() {
  for (let turn = 0; turn < 6; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (pending > 0) turn = 0;
  }
}

/** Let timers run for so many seconds, and everything that waits for them. */
async function pass(seconds) {
  for (let step = 0; step < seconds * 10; step += 1) {
    mock.timers.tick(100);
    await rest();
  }
}

const keyPair = () => crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
const [ours, strangers] = await Promise.all([keyPair(), keyPair()]);

const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const page = (html, status = 200) => new Response(html, { status, headers: { "Content-Type": "text/html" } });
const problem = (code, status) => json({ code, message: "" }, status);

/** A server that keeps to protocol 2, in memory: it holds what it took, and says so under its signature. */
class Server {
  held = new Map();
  /** Ids in the order in which they were taken. */
  order = [];
  parts = new Map();
  photos = new Map();
  asked = [];
  person = "me";
  token = "token";
  isMember = true;
  heads = [];
  version = "0";
  /** @type {Map<string, {code: string, field: string}>} items that are refused */
  refuses = new Map();
  photoRefusal = null;
  partRefusal = null;
  /** Fails requests: called before and after what is asked is done. */
  before = () => undefined;
  after = (_request, answer) => answer;
  /** Changes the receipt before (`said`) or after (`signed`) it is signed. */
  said = (content) => content;
  signed = (answer) => answer;
  signer = ours;

  fetch = async (address, options = {}) => {
    const { method = "GET", headers = {}, body } = options;
    const url = new URL(address, "http://x");
    const request = { method, path: url.pathname, query: url.searchParams, token: headers["X-CSRFToken"], headers, options };
    if (method === "POST") request.batch = JSON.parse(body);
    if (method === "PUT") request.bytes = body;
    this.asked.push(request);
    return (await this.before(request)) ?? this.after(request, await this.#answer(request));
  };

  async #answer(request) {
    if (!this.person) return problem("app.not_signed_in", 401);
    if (request.method !== "GET" && request.token !== this.token) return problem("app.form_expired", 400);
    if (request.path === "/heads") return this.isMember ? this.#recorded(request) : problem("app.not_found", 404);
    if (request.path === "/receipt") return this.#receipted({ ...this.#who(), more: false }, [...this.held]);
    if (request.batch && request.batch.author !== this.person) return problem("sync.other_person", 409);
    if (request.path === "/revisions") return this.#take(request.batch);
    return this.#photo(request);
  }

  #who() {
    return { person: this.person, token: this.token };
  }

  #recorded({ query }) {
    if (query.get("seen") === this.version) return json({ protocol: 2, ...this.#who(), version: this.version });
    return json({ protocol: 2, ...this.#who(), version: this.version, heads: this.heads, people: {}, photos: [] });
  }

  async #take({ items }) {
    const results = [];
    for (const { id, body, sha256: hash } of items) results.push(await this.#takeOne(id, body, hash));
    const have = items.filter((_, at) => results[at].state !== "refused").map(({ id, sha256: hash }) => [id, hash]);
    return this.#receipted({ results }, have);
  }

  async #takeOne(id, body, hash) {
    const refused = (code, field = "") => ({ id, state: "refused", code, field });
    if ((await sha256(body)) !== hash) return refused("sync.item_damaged", "sha256");
    const revision = JSON.parse(body);
    if (revision.id !== id || revision.author) return refused("sync.revision_malformed");
    const no = this.refuses.get(revision.item);
    if (no) return refused(no.code, no.field);
    const known = this.held.get(id);
    if (known && known !== hash) return refused("sync.clash");
    if (!known) this.order.push(id);
    this.held.set(id, hash);
    const state = known ? "repeated" : this.isMember ? "saved" : "apart";
    return { id, state, code: "", field: "", received_at: "2026-11-23T05:00:01Z", clock_ahead: Date.parse(revision.recorded_at) > Date.now() + 600_000 };
  }

  async #receipted(body, have) {
    const content = this.said({ r: 1, visit: "v", device: "tablet", at: new Date().toISOString(), have });
    const receipt = typeof content === "string" ? content : JSON.stringify(content);
    const signature = await crypto.subtle.sign("Ed25519", this.signer.privateKey, new TextEncoder().encode(receipt));
    return json(this.signed({ protocol: 2, ...body, receipt, signature: Buffer.from(signature).toString("base64") }));
  }

  async #photo({ method, path, query, batch, bytes, headers }) {
    const [, , id, , number] = path.split("/");
    const parts = this.parts.get(id) ?? new Map();
    if (method === "GET") return json({ protocol: 2, photo: id, of: null, held: [...parts.keys()] });
    if (method === "PUT") {
      if (this.partRefusal) return problem(...this.partRefusal);
      if ((await sha256(bytes)) !== headers["X-Content-SHA256"]) return problem("sync.part_damaged", 422);
      assert.ok(Number(number) < Number(query.get("of")));
      this.parts.set(id, parts.set(Number(number), new Uint8Array(bytes)));
      return json({ protocol: 2, photo: id, part: Number(number), state: "saved" });
    }
    if (this.photoRefusal) return problem(...this.photoRefusal);
    const known = this.photos.get(id);
    const whole = Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, content]) => content));
    if (!known && (await sha256(whole)) !== batch.sha256) {
      this.parts.delete(id);
      return this.#receipted({ id, state: "refused", code: "sync.photo_differs" }, []);
    }
    this.photos.set(id, batch);
    this.parts.delete(id);
    return this.#receipted({ id, state: known ? "repeated" : this.isMember ? "saved" : "apart" }, [[id, batch.sha256]]);
  }

  /** Return the batches that arrived, as ids. */
  batches() {
    return this.asked.filter(({ path }) => path === "/revisions").map(({ batch }) => batch.items.map(({ id }) => id));
  }

  paths() {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }
}

/** A journal in memory that can fail, as a vault's does: what fails is not recorded. */
class Journal {
  records = [];
  isFull = false;
  async append(body) {
    await Promise.resolve();
    if (this.isFull) throw Object.assign(new Error("full"), { code: "full" });
    this.records.push({ seq: this.records.length + 1, body: structuredClone(body) });
    return { seq: this.records.length, id: `record-${this.records.length}` };
  }
  async *all() {
    yield* structuredClone(this.records);
  }
}

/** What a delivery needs of a recording. */
class Fake {
  acknowledged = [];
  troubled = new Map();
  pulled = [];
  mark() {
    return 0;
  }
  acknowledge(revision, at) {
    this.acknowledged.push([revision.id, at]);
  }
  trouble(key, isTroubled) {
    this.troubled.set(key, isTroubled);
  }
  pull(heads) {
    this.pulled.push(heads);
  }
}

async function open({ server = new Server(), journal = new Journal(), files = new Map() } = {}) {
  const ledger = await Ledger.read(journal);
  const recording = new Fake();
  const session = {
    visit: "v", person: "me", device: "tablet", token: "token", version: "0", key: ours.publicKey,
    addresses: { heads: "/heads", revisions: "/revisions", photos: "/photos", receipt: "/receipt" },
  };
  const readFile = async (name) => {
    if (!files.has(name)) throw Object.assign(new Error("damaged"), { code: "damaged" });
    return files.get(name);
  };
  const sync = new Delivery(session, ledger, { readFile }, recording, server.fetch);
  const unkept = [];
  sync.onUnkept = () => unkept.push(Date.now());
  return { sync, server, ledger, journal, recording, session, files, unkept };
}

let number = 0;
const revision = (item = "D4", more = {}) => ({
  id: `r${(number += 1)}`, item, row: "", value: null, sources: [], note: "", flags: [], recorded_at: NOW, supersedes: [], ...more,
});

/** Put a photo where its bytes lie and into the ledger. */
async function photo({ ledger, files }, size = 100, id = `p${(number += 1)}`) {
  const bytes = new Uint8Array(size).map((_, at) => (at * 31 + size) % 251);
  files.set(`photo-${id}`, new Blob([bytes]));
  const facts = { id, item: "A1", row: "", caption: "window", permission: "given", consent: "no_person", recorded_at: NOW };
  await ledger.keepPhoto(facts, { file: `photo-${id}`, sha256: await sha256(bytes), size });
  return id;
}

/** Return all that a ledger knows, to be compared. */
function stateOf(ledger) {
  const revisions = [...ledger.lines.values()].map(({ revision: { author: _author, received_at: _at, ...one }, ...line }) => ({ ...line, revision: one }));
  return JSON.parse(JSON.stringify({
    lines: revisions, photos: [...ledger.photos.values()], settings: [...ledger.settings], lastReceipt: ledger.lastReceipt, tally: ledger.tally(),
  }));
}

async function assertReadAgain(ledger, journal, about) {
  assert.deepEqual(stateOf(await Ledger.read(journal)), stateOf(ledger), about);
}

test("what is recorded is first kept here, then sent, then delivered by a receipt", async () => {
  const { sync, server, ledger, journal, recording } = await open();
  const one = revision("D4", { note: "Журнал", author: "me" });
  const done = sync.record(one);
  assert.equal(sync.isAllKept(), false);
  assert.equal(sync.waitingOf("D4").isKeeping, true);
  await sync.settled();
  await done;
  assert.deepEqual([sync.isAllKept(), journal.records.length, server.asked.length], [true, 1, 0]);
  assert.equal(sync.waitingOf("D4").savedAt, new Date(NOW).toISOString());
  assert.equal(sync.counts().here, 1);
  await pass(1);
  assert.deepEqual(server.paths(), ["POST /revisions"]);
  const { token, batch } = server.asked[0];
  assert.deepEqual([token, batch.protocol, batch.author, batch.device], ["token", 2, "me", "tablet"]);
  assert.deepEqual(batch.items, [{ id: one.id, seq: 1, body: ledger.lines.get(one.id).text, sha256: await sha256(ledger.lines.get(one.id).text) }]);
  assert.deepEqual(recording.acknowledged, [[one.id, "2026-11-23T05:00:01Z"]]);
  assert.equal(sync.waitingOf("D4"), undefined);
  assert.deepEqual([sync.counts().here, sync.counts().delivered], [0, 1]);
  await assertReadAgain(ledger, journal, "after a receipt");
});

const halved = async (_request, answer) => {
  const text = await answer.text();
  return new Response(text.slice(0, text.length / 2), { headers: { "Content-Type": "application/json" } });
};
const dropped = () => {
  throw new TypeError("fetch failed");
};
const otherReceipt = (change) => ({ said: (content) => ({ ...content, ...change(content) }) });

for (const [about, fault] of [
  ["a server that is down", { before: dropped }],
  ["a connection cut after the commit", { after: dropped }],
  ["a crash", { before: () => problem("app.crash", 500) }],
  ["a crash after the commit", { after: () => problem("app.crash", 500) }],
  ["an error page of the proxy", { before: () => page("<h1>Bad gateway</h1>", 502) }],
  ["the page of a captive portal", { before: () => page("<h1>Welcome to the hotel</h1>") }],
  ["the page of a captive portal that says it is JSON", { before: () => new Response("<h1>Welcome</h1>", { headers: { "Content-Type": "application/json" } }) }],
  ["half a JSON", { after: halved }],
  ["JSON of something else", { before: () => json({ status: "ok" }) }],
  ["JSON that is no object", { before: () => json(null) }],
  ["JSON of another protocol", { signed: (answer) => ({ ...answer, protocol: 1 }) }],
  ["a portal that says forbidden", { before: () => page("no", 403) }],
  ["a full disk there", { before: () => problem("app.disk_full", 507) }],
  ["an answer without a receipt", { signed: ({ receipt: _receipt, signature: _signature, ...answer }) => answer }],
  ["a receipt without a signature", { signed: (answer) => ({ ...answer, signature: "" }) }],
  ["a signature that is no base64", { signed: (answer) => ({ ...answer, signature: "?!" }) }],
  ["a receipt changed after it was signed", { signed: (answer) => ({ ...answer, receipt: `${answer.receipt} ` }) }],
  ["a receipt that somebody else signed", { signer: strangers }],
  ["a receipt of another visit", otherReceipt(() => ({ visit: "w" }))],
  ["a receipt of another device", otherReceipt(() => ({ device: "other" }))],
  ["a receipt of another form", otherReceipt(() => ({ r: 2 }))],
  ["a receipt that names other hashes", otherReceipt(({ have }) => ({ have: have.map(([id]) => [id, "0".repeat(64)]) }))],
  ["a receipt that names other records", otherReceipt(({ have }) => ({ have: have.map(([, hash]) => ["other", hash]) }))],
  ["a receipt that names nothing", otherReceipt(() => ({ have: [] }))],
  ["a receipt whose list is none", otherReceipt(() => ({ have: 7 }))],
  ["a signed receipt that is no JSON", { said: () => "have: all" }],
  ["results that are no list", { signed: (answer) => ({ ...answer, results: { all: "saved" }, receipt: undefined }) }],
  ["a list of results that are none", { signed: (answer) => ({ ...answer, results: [null, 7] }), said: (content) => ({ ...content, have: [] }) }],
]) {
  test(`${about} delivers nothing, and it is sent again until it is taken, once`, async () => {
    const { sync, server, ledger, journal, recording } = await open();
    const well = { before: server.before, after: server.after, said: server.said, signed: server.signed, signer: server.signer };
    Object.assign(server, fault);
    const one = revision();
    await sync.record(one);
    await pass(10);
    assert.ok(server.asked.length >= 2, "tried again");
    assert.ok(sync.failure, "says that it fails");
    assert.deepEqual([recording.acknowledged, sync.counts().here, sync.counts().delivered], [[], 1, 0]);
    assert.equal(sync.waitingOf("D4").isSending, false);
    await assertReadAgain(ledger, journal, about);
    Object.assign(server, well);
    await pass(90);
    assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
    assert.deepEqual([sync.failure, server.order, sync.counts().delivered], ["", [one.id], 1]);
  });
}

test("a receipt that was given before is worth what it names and no more", async () => {
  const { sync, server, recording } = await open();
  let first = null;
  server.signed = (answer) => {
    first ??= { receipt: answer.receipt, signature: answer.signature };
    return { ...answer, ...first };
  };
  const [one, other] = [revision("A1"), revision("A2")];
  await sync.record(one);
  await pass(1);
  await sync.record(other);
  await pass(10);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
  assert.equal(sync.counts().here, 1);
});

test("tries become rarer while nothing gets through, up to about a minute", async () => {
  const { sync, server } = await open();
  server.before = dropped;
  await sync.record(revision());
  await pass(60);
  const early = server.asked.length;
  assert.ok(early >= 4 && early <= 8, `${early} tries in the first minute`);
  await pass(600);
  const late = server.asked.length - early;
  assert.ok(late >= 7 && late <= 16, `${late} tries in the ten minutes after`);
});

test("a person who goes on tapping does not put the next try off", async () => {
  const { sync, server } = await open();
  server.before = dropped;
  await sync.record(revision());
  await pass(20);
  const before = server.asked.length;
  for (let tap = 0; tap < 20; tap += 1) {
    await sync.record(revision());
    await pass(0.5);
  }
  assert.ok(server.asked.length - before >= 3, `${server.asked.length - before} tries while tapping`);
});

test("a receipt that names nothing of forty does not make the tablet ask without end", async () => {
  const { sync, server } = await open();
  server.said = (content) => ({ ...content, have: [] });
  await Promise.all(Array.from({ length: 60 }, () => sync.record(revision())));
  await pass(30);
  assert.ok(server.asked.length <= 8, `${server.asked.length} times`);
});

test("each revision has its own result: one that is refused waits for the person", async () => {
  const { sync, server, ledger, journal, recording } = await open();
  const [good, bad] = [revision("A1"), revision("A2")];
  server.refuses.set("A2", { code: "sync.not_a_number", field: "value" });
  await Promise.all([sync.record(good), sync.record(bad)]);
  await pass(1);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [good.id]);
  assert.deepEqual([recording.troubled.get("A1"), recording.troubled.get("A2")], [false, true]);
  assert.deepEqual([sync.waitingOf("A2").code, sync.waitingOf("A2").field], ["sync.not_a_number", "value"]);
  assert.deepEqual([sync.counts().here, sync.counts().refused], [1, 1]);
  await assertReadAgain(ledger, journal, "refused");
  await pass(20);
  assert.equal(server.batches().length, 1, "a refused revision is not sent over and over");

  const later = await open({ journal, server });
  later.sync.start();
  assert.deepEqual([later.sync.waitingOf("A2").code, later.recording.troubled.get("A2")], ["sync.not_a_number", true]);
  await pass(5);
  assert.equal(server.batches().length, 1, "nor after the next start");

  server.refuses.clear();
  const corrected = revision("A2");
  assert.equal(later.sync.draftOf("A2").id, bad.id);
  await later.sync.record(corrected, { draft: later.sync.draftOf("A2") });
  await pass(1);
  assert.deepEqual(server.order, [good.id, corrected.id]);
  assert.deepEqual([later.sync.counts().here, later.recording.troubled.get("A2")], [0, false]);
  await assertReadAgain(later.ledger, journal, "corrected");
});

test("a refused revision that was changed before anybody knew can still be corrected", async () => {
  const { sync, server } = await open();
  server.before = dropped;
  const bad = revision("A2", { note: "1" });
  const next = revision("A2", { note: "2", supersedes: [bad.id] });
  await sync.record(bad);
  await sync.record(next);
  server.before = ({ batch }) => void (batch && server.refuses.clear());
  let isFirst = true;
  server.signed = (answer) => {
    if (!isFirst || !answer.results) return answer;
    isFirst = false;
    return { ...answer, results: answer.results.map((one) => (one.id === bad.id ? { ...one, state: "refused", code: "sync.not_a_number" } : one)) };
  };
  server.said = (content) => ({ ...content, have: content.have.filter(([id]) => id !== bad.id) });
  await pass(10);
  assert.equal(sync.waitingOf("A2")?.code, "sync.not_a_number", "the person is told at the item");
  assert.equal(sync.draftOf("A2").id, bad.id);
  await sync.record(revision("A2"), { draft: bad });
  await pass(5);
  assert.deepEqual([sync.counts().here, sync.counts().refused], [0, 0]);
});

test("what the receipt does not name is sent once more, whatever the result says", async () => {
  const { sync, server, recording } = await open();
  const [one, other] = [revision("A1"), revision("A2")];
  server.said = (content) => ({ ...content, have: content.have.slice(0, 1) });
  await Promise.all([sync.record(one), sync.record(other)]);
  await pass(1);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
  server.said = (content) => content;
  sync.wake();
  await pass(1);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id, other.id]);
  assert.deepEqual(server.batches(), [[one.id, other.id], [other.id]]);
});

test("a result that is missing is made up for by the receipt, and by nothing else", async () => {
  const { sync, server, recording } = await open();
  server.signed = (answer) => ({ ...answer, results: [] });
  const one = revision();
  await sync.record(one);
  await pass(1);
  assert.deepEqual(recording.acknowledged, [[one.id, new Date(NOW).toISOString()]]);
});

test("what somebody is typing waits, and only the last of it is sent", async () => {
  const { sync, server, ledger, journal } = await open();
  const [first, second] = [revision("F3"), revision("F3")];
  await sync.record(first, { isOpen: true });
  await pass(1);
  assert.equal(sync.draftOf("F3").id, first.id);
  await sync.record(second, { isOpen: true, draft: first });
  await pass(2);
  assert.equal(server.asked.length, 0);
  assert.deepEqual([...ledger.lines.keys()], [second.id], "kept on the tablet all the same");
  assert.equal(journal.records.length, 2, "both are in the journal");
  await assertReadAgain(ledger, journal, "drafts");
  sync.close("F3");
  await pass(1);
  assert.deepEqual(server.batches(), [[second.id]]);
});

test("a pause in typing sends what is there, and so does leaving", async () => {
  const { sync, server } = await open();
  const [one, other] = [revision("F3"), revision("F4")];
  await sync.record(one, { isOpen: true });
  await pass(6);
  assert.deepEqual(server.batches(), [[one.id]]);
  await sync.record(other, { isOpen: true });
  sync.closeAll();
  await pass(1);
  assert.deepEqual(server.batches(), [[one.id], [other.id]]);
});

test("what is being sent is no draft any more, and is replaced by nothing", async () => {
  const { sync, server } = await open();
  let go;
  server.before = ({ path }) => (path === "/revisions" ? new Promise((resolve) => (go = resolve)) : undefined);
  const one = revision("F3");
  await sync.record(one, { isOpen: true });
  sync.close("F3");
  await pass(0.5);
  assert.deepEqual([sync.waitingOf("F3").isSending, sync.draftOf("F3"), sync.counts().onTheWay], [true, null, 1]);
  go();
  await pass(1);
  assert.deepEqual([sync.counts().onTheWay, sync.counts().delivered], [0, 1]);
});

test("a choice between answers that comes while a draft is open lets the draft be sent too", async () => {
  const { sync, server } = await open();
  const draft = revision("F3");
  await sync.record(draft, { isOpen: true });
  const choice = revision("F3", { supersedes: [draft.id] });
  await sync.record(choice);
  await pass(10);
  assert.deepEqual(server.order, [draft.id, choice.id]);
  assert.equal(sync.counts().here, 0);
});

test("two drafts that are kept at the same moment stay in their order", async () => {
  const { sync, server, ledger, journal } = await open();
  const real = crypto.subtle.digest;
  let calls = 0;
  crypto.subtle.digest = async (...given) => {
    if ((calls += 1) === 1) for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return real(...given);
  };
  const [first, second] = [revision("F3"), revision("F3")];
  await Promise.all([sync.record(first, { isOpen: true }), sync.record(second, { draft: first })]);
  crypto.subtle.digest = real;
  assert.deepEqual([...ledger.lines.keys()], [second.id]);
  await assertReadAgain(ledger, journal, "two drafts");
  await pass(5);
  assert.deepEqual(server.order, [second.id]);
});

test("after a sign-in that ended, the server is asked who is there before anything is sent", async () => {
  const { sync, server, recording, session } = await open();
  server.person = null;
  await sync.record(revision());
  await pass(30);
  assert.equal(sync.failure, "signed_out");
  server.person = "somebody else";
  await pass(15);
  assert.equal(sync.failure, "other_person");
  assert.equal(server.batches().length, 1, "nothing was sent under another name");
  Object.assign(server, { person: "me", token: "new-token" });
  await pass(70);
  assert.deepEqual([sync.failure, recording.acknowledged.length, session.token], ["", 1, "new-token"]);
  assert.deepEqual(server.order.length, 1);
});

test("somebody else who is signed in gets nothing, and no photo goes either", async () => {
  const opened = await open();
  const { sync, server } = opened;
  server.person = "somebody else";
  await photo(opened);
  await sync.record(revision());
  sync.start();
  await pass(30);
  assert.equal(sync.failure, "other_person");
  assert.deepEqual([...new Set(server.paths())], ["GET /heads"]);
});

test("a token that ended is renewed and the batch sent again", async () => {
  const { sync, server, recording } = await open();
  server.token = "new-token";
  await sync.record(revision());
  await pass(3);
  assert.deepEqual(server.paths(), ["POST /revisions", "GET /heads", "POST /revisions"]);
  assert.equal(recording.acknowledged.length, 1);
});

test("what others recorded is fetched at the start and every half minute, and nothing when nothing is new", async () => {
  const { sync, server, recording } = await open();
  sync.start();
  await pass(65);
  assert.deepEqual([server.asked.length, recording.pulled.length], [3, 0]);
  Object.assign(server, { version: "1", heads: [{ id: "h" }] });
  const recorded = [];
  sync.onRecorded = (one) => recorded.push(one.version);
  await pass(31);
  assert.deepEqual([recording.pulled.length, recorded], [1, ["1"]]);
  await pass(31);
  assert.equal(recording.pulled.length, 1);
});

test("what the server gives is noted with the last receipt before it was asked", async () => {
  const { sync, server, ledger } = await open();
  const marks = [];
  sync.onRecorded = ({ mark }) => marks.push(mark);
  Object.assign(server, { version: "1" });
  await sync.record(revision());
  await pass(1);
  assert.equal(ledger.lastReceipt, 2);
  sync.look();
  await pass(1);
  assert.deepEqual(marks, [2]);
});

for (const years of [-3, 3]) {
  test(`a clock that jumps by ${years} years stops neither sending nor fetching`, async (context) => {
    const { sync, server, recording } = await open();
    sync.start();
    await pass(1);
    // Timers go on as they were; only what the clock says is another time.
    const real = Date.now.bind(Date);
    context.mock.method(Date, "now", () => real() + years * 365 * 86_400_000);
    await sync.record(revision());
    await pass(31);
    assert.equal(recording.acknowledged.length, 1);
    await pass(61);
    const fetched = server.paths().filter((path) => path === "GET /heads").length;
    assert.ok(fetched >= 3 && fetched <= 5, server.paths().join());
    server.before = dropped;
    await sync.record(revision());
    await pass(5);
    server.before = () => undefined;
    await pass(65);
    assert.equal(recording.acknowledged.length, 2);
  });
}

test("a clock that is ahead is told", async () => {
  const { sync } = await open();
  await sync.record(revision("A1", { recorded_at: "2031-01-01T00:00:00Z" }));
  assert.equal(sync.isClockAhead, false);
  await pass(1);
  assert.equal(sync.isClockAhead, true);
});

test("much that waits goes in batches, in the order of recording", async () => {
  const { sync, server, journal } = await open();
  const revisions = Array.from({ length: 120 }, () => revision());
  for (const one of revisions) await new Ledger(journal).keep(one, []);
  const later = await open({ journal, server });
  later.sync.start();
  assert.equal(later.sync.counts().here, 120);
  await pass(3);
  assert.deepEqual(server.batches().map((batch) => batch.length), [40, 40, 40]);
  assert.deepEqual(server.batches().flat(), revisions.map(({ id }) => id));
  assert.equal(later.sync.counts().delivered, 120);
  assert.equal(sync.failure, "");
});

test("a restart in the middle of everything goes on with what no receipt named", async () => {
  const { sync, server, journal } = await open();
  const [one, other] = [revision("A1"), revision("A2")];
  await sync.record(one);
  await pass(1);
  server.before = ({ path }) => (path === "/revisions" ? dropped() : undefined);
  await sync.record(other, { isOpen: true });
  const again = await open({ journal, server });
  again.sync.start();
  assert.deepEqual([again.sync.counts().here, again.sync.counts().delivered], [1, 1]);
  assert.equal(again.sync.waitingOf("A2").isKept, true);
  server.before = () => undefined;
  await pass(5);
  assert.deepEqual([server.order, again.sync.counts().here], [[one.id, other.id], 0]);
});

test("a write that fails is told, stays, is not sent, and is kept when it is tried again", async () => {
  const { sync, server, ledger, journal, recording, unkept } = await open();
  journal.isFull = true;
  const one = revision();
  await sync.record(one);
  assert.deepEqual([unkept.length, sync.unkept(), sync.isAllKept(), sync.waitingOf("D4").isKept], [1, 1, false, false]);
  assert.equal(recording.troubled.get("D4"), true);
  await pass(1);
  assert.deepEqual([server.batches(), ledger.lines.size], [[], 0], "what is not on the disk is not sent");
  assert.equal(await sync.keepAgain(), false);
  assert.equal(unkept.length, 2);
  journal.isFull = false;
  assert.equal(await sync.keepAgain(), true);
  assert.deepEqual([sync.unkept(), recording.troubled.get("D4"), [...ledger.lines.keys()]], [0, false, [one.id]]);
  await pass(3);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
  await assertReadAgain(ledger, journal, "kept again");
});

test("a draft whose longer one could not be kept at first is still replaced by it", async () => {
  const { sync, server, ledger, journal } = await open();
  const [first, second, third] = [revision("F3"), revision("F3"), revision("F3")];
  await sync.record(first, { isOpen: true });
  journal.isFull = true;
  await sync.record(second, { isOpen: true, draft: first });
  await sync.record(third, { draft: second });
  assert.deepEqual([...ledger.lines.keys()], [first.id], "what is on the disk stays until the longer one is");
  journal.isFull = false;
  await sync.keepAgain();
  assert.deepEqual([...ledger.lines.keys()], [third.id]);
  await assertReadAgain(ledger, journal, "kept again");
  await pass(3);
  assert.deepEqual([server.order, sync.counts().here], [[third.id], 0]);
});

test("a receipt that cannot be written down counts until the next start, and then the server is asked again", async () => {
  const { sync, server, journal, recording, unkept } = await open();
  const one = revision();
  await sync.record(one);
  journal.isFull = true;
  await pass(1);
  assert.deepEqual([recording.acknowledged.length, sync.counts().here, unkept.length], [1, 0, 1]);
  await pass(40);
  assert.equal(server.batches().length, 1);
  journal.isFull = false;
  const later = await open({ journal, server });
  later.sync.start();
  assert.equal(later.sync.counts().here, 1);
  await pass(3);
  assert.deepEqual([later.sync.counts().here, server.order], [0, [one.id]]);
});

test("whoever is no member any more delivers all the same, and is told that it is kept apart", async () => {
  const opened = await open();
  const { sync, server, recording } = opened;
  server.isMember = false;
  sync.start();
  await pass(1);
  assert.deepEqual([server.paths(), sync.failure, sync.isApart], [["GET /heads", "GET /receipt"], "", true]);
  await sync.record(revision());
  await pass(1);
  assert.deepEqual([recording.acknowledged.length, sync.counts().here, sync.isApart], [1, 0, true]);
});

test("the result alone says that something is kept apart, of an answer and of a photo", async () => {
  for (const isPhoto of [false, true]) {
    const opened = await open();
    opened.server.isMember = false;
    if (isPhoto) await photo(opened);
    else await opened.sync.record(revision());
    assert.equal(opened.sync.isApart, false);
    opened.sync.wake();
    await pass(1);
    assert.deepEqual([opened.sync.counts().here, opened.sync.isApart], [0, true], `photo: ${isPhoto}`);
  }
});

test("a photo goes in parts, and after a cut only the missing ones are sent", async () => {
  const opened = await open();
  const { sync, server, ledger, journal } = opened;
  const id = await photo(opened, 1_000_000);
  let puts = 0;
  server.after = (request, answer) => (request.method === "PUT" && (puts += 1) === 2 ? dropped() : answer);
  sync.wake();
  await pass(1);
  assert.deepEqual([sync.failure, [...server.parts.get(id).keys()]], ["network", [0, 1]]);
  await pass(10);
  const sent = server.asked.filter(({ method }) => method === "PUT").map(({ path, query, token }) => [path, query.get("of"), token]);
  assert.deepEqual(sent, [0, 1, 2].map((part) => [`/photos/${id}/parts/${part}`, "3", "token"]));
  const { author, device, protocol, caption, permission } = server.photos.get(id);
  assert.deepEqual([author, device, protocol, caption, permission], ["me", "tablet", 2, "window", "given"]);
  assert.deepEqual([sync.failure, sync.counts().here, sync.counts().bytesDelivered], ["", 0, 1_000_000]);
  await assertReadAgain(ledger, journal, "photo");
});

for (const [about, fault] of [
  ["a connection cut after the commit", { after: (request, answer) => (request.batch ? dropped() : answer) }],
  ["a receipt of another device", { said: (content) => ({ ...content, device: "other" }) }],
  ["a receipt that names another photo", { said: (content) => ({ ...content, have: [["other", content.have[0][1]]] }) }],
  ["a receipt that names other bytes", { said: (content) => ({ ...content, have: [[content.have[0][0], "0".repeat(64)]] }) }],
  ["a receipt that somebody else signed", { signer: strangers }],
]) {
  test(`${about} does not deliver a photo, and it is sent again until it is`, async () => {
    const opened = await open();
    const { sync, server } = opened;
    const well = { after: server.after, said: server.said, signer: server.signer };
    const id = await photo(opened, 50);
    Object.assign(server, fault);
    sync.wake();
    await pass(8);
    assert.ok(sync.failure);
    assert.equal(sync.counts().here, 1);
    Object.assign(server, well);
    await pass(70);
    assert.deepEqual([sync.failure, sync.counts().here, [...server.photos.keys()]], ["", 0, [id]]);
  });
}

test("a photo that the server refuses says so and does not block the others", async () => {
  for (const [refusal, name] of [[["sync.unknown_item", 422], "photoRefusal"], [["sync.clash", 409], "photoRefusal"], [["sync.part_malformed", 422], "partRefusal"], [["sync.part_clash", 409], "partRefusal"]]) {
    const opened = await open();
    const { sync, server, ledger, journal } = opened;
    const [bad, good] = [await photo(opened, 10), await photo(opened, 20)];
    server[name] = refusal;
    server.after = (request, answer) => {
      if (answer.status >= 400) server[name] = null;
      return answer;
    };
    sync.wake();
    await pass(5);
    assert.deepEqual([ledger.photos.get(bad).code, ledger.photos.get(good).isDelivered], [refusal[0], true], refusal[0]);
    assert.deepEqual([sync.failure, sync.counts().here, sync.counts().refused], ["", 1, 1]);
    await assertReadAgain(ledger, journal, "refused photo");
    const asked = server.asked.length;
    await pass(20);
    assert.equal(server.asked.length, asked, "not over and over");
  }
});

for (const [code, status] of [["sync.part_damaged", 422], ["sync.too_many_unfinished", 409]]) {
  test(`a part that is turned away by ${code} is sent again later`, async () => {
    const opened = await open();
    opened.server.partRefusal = [code, status];
    await photo(opened);
    opened.sync.wake();
    await pass(5);
    assert.deepEqual([opened.sync.failure, opened.sync.counts().refused], ["refused", 0]);
    opened.server.partRefusal = null;
    await pass(70);
    assert.equal(opened.sync.counts().here, 0);
  });
}

test("a photo whose file is damaged says so and does not block the others, nor answers", async () => {
  const opened = await open();
  const { sync, server, ledger, files } = opened;
  const [bad, good] = [await photo(opened, 10), await photo(opened, 20)];
  files.delete(`photo-${bad}`);
  await sync.record(revision());
  await pass(2);
  assert.deepEqual([ledger.photos.get(bad).code, ledger.photos.get(good).isDelivered], ["tablet.photo_damaged", true]);
  assert.deepEqual([server.order.length, sync.counts().here, sync.counts().refused], [1, 1, 1]);
});

test("photos that cannot be noted on a full disk are not sent without end", async () => {
  const opened = await open();
  const { sync, server, journal } = opened;
  await photo(opened);
  await photo(opened);
  journal.isFull = true;
  sync.wake();
  await pass(20);
  assert.equal(server.asked.filter(({ method }) => method === "PUT").length, 2);
  assert.equal(sync.counts().here, 0);
});

test("answers go before photos", async () => {
  const opened = await open();
  await photo(opened);
  await Promise.all(Array.from({ length: 45 }, () => opened.sync.record(revision())));
  await pass(2);
  assert.deepEqual(opened.server.batches().map((batch) => batch.length), [40, 5]);
  assert.ok(opened.server.paths().lastIndexOf("POST /revisions") < opened.server.paths().findIndex((path) => path.includes("/photos/")));
  assert.equal(opened.sync.counts().here, 0);
});

test("how much is here alone, on the way and delivered is counted, and in bytes", async () => {
  const opened = await open();
  const { sync, server, ledger } = opened;
  const told = [];
  sync.onState(() => {
    const { here, onTheWay, delivered } = sync.counts();
    if (JSON.stringify(told.at(-1)) !== JSON.stringify([here, onTheWay, delivered])) told.push([here, onTheWay, delivered]);
  });
  server.before = dropped;
  const one = revision("A1", { note: "Шағым журналы" });
  await sync.record(one);
  const bytes = Buffer.byteLength(ledger.lines.get(one.id).text);
  assert.ok(bytes > ledger.lines.get(one.id).text.length);
  await photo(opened, 500_000);
  assert.deepEqual(sync.counts(), { here: 2, onTheWay: 0, delivered: 0, refused: 0, bytesHere: bytes + 500_000, bytesDelivered: 0 });
  server.before = () => undefined;
  sync.wake();
  await pass(5);
  assert.deepEqual(sync.counts(), { here: 0, onTheWay: 0, delivered: 2, refused: 0, bytesHere: 0, bytesDelivered: bytes + 500_000 });
  assert.deepEqual(told, [[0, 0, 0], [1, 0, 0], [2, 1, 0], [1, 0, 1], [0, 0, 2]]);
});

test("a page that fails while it shows something does not end the delivery", async (context) => {
  const { sync, server, recording } = await open();
  const told = context.mock.method(console, "error", () => undefined);
  const real = recording.pull.bind(recording);
  recording.pull = () => {
    throw new Error("a fault of the page");
  };
  server.version = "1";
  sync.start();
  await pass(1);
  assert.equal(told.mock.callCount(), 1);
  recording.pull = real;
  await sync.record(revision());
  await pass(10);
  assert.equal(recording.acknowledged.length, 1);
});

test("a ledger read again from its journal is the same at any point", async () => {
  let seed = 20261124;
  const random = (below) => Math.floor(((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * below);
  const journal = new Journal();
  const ledger = new Ledger(journal);
  const [drafts, photos] = [[], []];
  for (let step = 0; step < 400; step += 1) {
    const all = [...ledger.lines.values()];
    const act = random(7);
    if (act <= 1) {
      const one = revision(`A${random(9)}`, { note: "Қ".repeat(random(20)), author: "me" });
      const instead = random(3) === 0 && drafts.length > 0 ? [drafts.pop()] : [];
      await ledger.keep(one, instead);
      if (random(2)) drafts.push(one.id);
    } else if (act === 2) photos.push(await photo({ ledger, files: new Map() }, random(90) + 1, `photo${step}`));
    else if (act === 3 && all.length > 0) await ledger.mark(all[random(all.length)].id, "sync.refused", ["", "value"][random(2)]);
    else if (act === 4 && photos.length > 0) await ledger.mark(photos[random(photos.length)], "answers.photo_heic");
    else if (act === 5) await ledger.set(["parts", "session", "recorded"][random(3)], { step });
    else {
      const have = new Map();
      for (const one of [...all, ...ledger.photos.values()]) if (random(6) === 0) have.set(one.id, random(4) ? one.sha256 : "0".repeat(64));
      for (const id of have.keys()) if (drafts.includes(id)) drafts.splice(drafts.indexOf(id), 1);
      const received = Object.fromEntries([...have.keys()].filter(() => random(2)).map((id) => [id, "2026-11-23T06:00:00Z"]));
      await ledger.deliver(have, { receipt: "{}", signature: "" }, received);
    }
    if (random(20) === 0) {
      journal.isFull = true;
      await assert.rejects(ledger.keep(revision(), []));
      journal.isFull = false;
    }
    if (step % 7 === 0) await assertReadAgain(ledger, journal, `step ${step}`);
  }
  await assertReadAgain(ledger, journal, "at the end");
  const { here, delivered } = ledger.tally();
  assert.ok(here > 9 && delivered > 20, `${here} ${delivered}`);
});

test("a receipt is worth something for its visit, its device and its key only", async () => {
  const text = JSON.stringify({ r: 1, visit: "v", device: "tablet", at: NOW, have: [["r1", "ab"]] });
  const bytes = await crypto.subtle.sign("Ed25519", ours.privateKey, new TextEncoder().encode(text));
  const signed = { receipt: text, signature: Buffer.from(bytes).toString("base64") };
  const about = { visit: "v", device: "tablet", key: ours.publicKey };
  assert.deepEqual(await verified(signed, about), new Map([["r1", "ab"]]));
  assert.equal(await verified(signed, { ...about, visit: "w" }), null);
  assert.equal(await verified(signed, { ...about, device: "x" }), null);
  assert.equal(await verified(signed, { ...about, key: strangers.publicKey }), null);
  assert.equal(await verified({ ...signed, receipt: text.replace("ab", "ac") }, about), null);
  assert.equal(await verified({ receipt: null, signature: null }, about), null);
});

for (const [status, code, failure] of [
  [401, "app.not_signed_in", "signed_out"],
  [409, "sync.other_person", "other_person"],
  [409, "sync.visit_not_open", "not_open"],
  [404, "app.not_found", "not_allowed"],
  [403, "app.not_allowed", "not_allowed"],
  [413, "app.http_413", "refused"],
  [422, "answers.photo_heic", "refused"],
  [507, "app.disk_full", "full"],
  [503, "app.crash", "server"],
]) {
  test(`${status} ${code} is told as ${failure}`, async () => {
    const answer = await exchange("/x", {}, async () => json({ code, message: "why" }, status));
    assert.deepEqual([answer.failure, answer.code, answer.message], [failure, code, "why"]);
  });
}

test("an answer that was led elsewhere is none", async () => {
  const { sync, server } = await open();
  await sync.record(revision());
  sync.look();
  await pass(1);
  assert.ok(server.asked.length >= 2);
  for (const { options } of server.asked) assert.deepEqual([options.redirect, options.cache, options.credentials], ["error", "no-store", "same-origin"]);
  const led = await exchange("/x", {}, async (_, { redirect }) => {
    if (redirect === "error") throw new TypeError("redirected");
    return json({ protocol: 2 });
  });
  assert.equal(led.failure, "network");
});
