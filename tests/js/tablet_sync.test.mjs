import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { exchange } from "baqylau/tablet/exchange.js";
import { Sync } from "baqylau/tablet/sync.js";

beforeEach((context) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-11-23T05:00:00Z") });
  context.after?.(() => mock.timers.reset());
});

const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const page = (html, status = 200) => new Response(html, { status, headers: { "Content-Type": "text/html" } });
const savedAll = (batch) => json({ protocol: 1, results: batch.revisions.map(({ id }) => ({ id, state: "saved", received_at: "2026-11-23T05:00:01Z" })) });
const nobodyNew = { protocol: 1, person: "me", token: "new-token", version: "0" };

/** An outbox in memory that says what it was asked. */
class Kept {
  rows = new Map();
  isFull = false;
  async keep(revision, instead) {
    if (this.isFull) throw new Error("full");
    for (const id of instead) this.rows.delete(id);
    this.rows.set(revision.id, revision);
  }
  async mark(id, code) {
    this.rows.get(id).code = code;
  }
  async release(ids) {
    for (const id of ids) this.rows.delete(id);
  }
}

/** What Sync needs of a recording. */
class Fake {
  acknowledged = [];
  troubled = new Map();
  pulled = [];
  add() {}
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

function open(answer) {
  const asked = [];
  const outbox = new Kept();
  const recording = new Fake();
  const session = {
    visit: "v", person: "me", device: "tablet", token: "token", version: "0",
    addresses: { heads: "/heads", revisions: "/revisions", photos: "/photos" },
  };
  const fetch = async (address, options) => {
    const batch = options.method === "POST" && typeof options.body === "string" ? JSON.parse(options.body) : null;
    asked.push({ address, batch, token: options.headers?.["X-CSRFToken"] });
    return answer(address, batch, asked.length, options);
  };
  const sync = new Sync(session, outbox, recording, fetch);
  return { sync, outbox, recording, asked, session };
}

let number = 0;
const revision = (item = "D4") => ({ id: `r${(number += 1)}`, item, row: "", value: null, sources: [], note: "", flags: [], recorded_at: "x", supersedes: [] });

/** Let timers run for so many seconds, and everything that waits for them. */
async function pass(seconds) {
  for (let step = 0; step < seconds * 10; step += 1) {
    mock.timers.tick(100);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what is recorded is first kept here, then sent, then let go", async () => {
  const { sync, outbox, recording, asked } = open((address, batch) => (batch ? savedAll(batch) : json(nobodyNew)));
  const one = revision();
  const done = sync.record(one);
  assert.equal(sync.count(), 1);
  await done;
  assert.ok(outbox.rows.has(one.id));
  await pass(1);
  assert.deepEqual(asked.map(({ address }) => address), ["/revisions"]);
  assert.deepEqual([asked[0].token, asked[0].batch.author, asked[0].batch.device], ["token", "me", "tablet"]);
  assert.deepEqual(recording.acknowledged, [[one.id, "2026-11-23T05:00:01Z"]]);
  assert.deepEqual([sync.count(), outbox.rows.size], [0, 0]);
});

for (const [about, answer] of [
  ["a server that is down", () => { throw new TypeError("fetch failed"); }],
  ["a crash", () => json({ code: "app.crash", message: "" }, 500)],
  ["an error page of the proxy", () => page("<h1>Bad gateway</h1>", 502)],
  ["the page of a captive portal", () => page("<h1>Welcome to the hotel</h1>")],
  ["half a JSON", () => new Response('{"protocol": 1, "results": [{"id": "r', { headers: { "Content-Type": "application/json" } })],
  ["JSON of something else", () => json({ status: "ok" })],
  ["JSON of another protocol", (_, batch) => json({ protocol: 2, results: batch.revisions.map(({ id }) => ({ id, state: "saved" })) })],
  ["a portal that says forbidden", () => page("no", 403)],
  ["a full disk there", () => json({ code: "app.disk_full", message: "" }, 507)],
]) {
  test(`${about} acknowledges nothing, and it is sent again until it is taken`, async () => {
    let isWell = false;
    const { sync, outbox, recording, asked } = open((address, batch, count) => (isWell ? (batch ? savedAll(batch) : json(nobodyNew)) : answer(address, batch ?? { revisions: [] }, count)));
    const one = revision();
    await sync.record(one);
    await pass(10);
    assert.ok(asked.length >= 2, "tried again");
    assert.ok(sync.failure);
    assert.deepEqual([recording.acknowledged, sync.count(), outbox.rows.size], [[], 1, 1]);
    isWell = true;
    await pass(90);
    assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
    assert.equal(sync.failure, "");
  });
}

test("tries become rarer while nothing gets through, up to about a minute", async () => {
  const { sync, asked } = open(() => { throw new TypeError("fetch failed"); });
  await sync.record(revision());
  await pass(60);
  const early = asked.length;
  assert.ok(early >= 4 && early <= 8, `${early} tries in the first minute`);
  await pass(600);
  const late = asked.length - early;
  assert.ok(late >= 7 && late <= 16, `${late} tries in the ten minutes after`);
});

test("a person who goes on tapping does not put the next try off", async () => {
  const { sync, asked } = open(() => { throw new TypeError("fetch failed"); });
  await sync.record(revision());
  await pass(20);
  const before = asked.length;
  for (let tap = 0; tap < 20; tap += 1) {
    await sync.record(revision());
    await pass(0.5);
  }
  assert.ok(asked.length - before >= 3, `${asked.length - before} tries while tapping`);
});

test("each revision has its own result: one that is refused waits for the person", async () => {
  const [good, bad] = [revision("A1"), revision("A2")];
  const answer = (_, batch) => json({
    protocol: 1,
    results: batch.revisions.map(({ id }) => (id === bad.id ? { id, state: "refused", code: "sync.not_a_number", field: "value" } : { id, state: "saved", received_at: "t" })),
  });
  const { sync, outbox, recording, asked } = open(answer);
  await Promise.all([sync.record(good), sync.record(bad)]);
  await pass(1);
  assert.deepEqual(recording.acknowledged, [[good.id, "t"]]);
  assert.equal(recording.troubled.get("A2"), true);
  assert.equal(sync.waitingOf("A2").code, "sync.not_a_number");
  assert.deepEqual([...outbox.rows.keys()], [bad.id]);
  await pass(20);
  assert.equal(asked.filter(({ batch }) => batch).length, 1, "a refused revision is not sent over and over");
  const corrected = revision("A2");
  assert.equal(sync.draftOf("A2").id, bad.id);
  await sync.record(corrected, { draft: bad });
  await pass(1);
  assert.deepEqual([...outbox.rows.keys()], []);
  assert.equal(recording.troubled.get("A2"), false);
});

test("a result that is missing is no acknowledgement", async () => {
  const [one, other] = [revision("A1"), revision("A2")];
  let isFirst = true;
  const { sync, recording } = open((_, batch) => {
    const told = isFirst ? batch.revisions.slice(0, 1) : batch.revisions;
    isFirst = false;
    return savedAll({ revisions: told });
  });
  await Promise.all([sync.record(one), sync.record(other)]);
  await pass(1);
  assert.equal(recording.acknowledged.length, 1);
  sync.wake();
  await pass(1);
  assert.equal(recording.acknowledged.length, 2);
});

test("what somebody is typing waits, and only the last of it is sent", async () => {
  const { sync, outbox, asked } = open((_, batch) => savedAll(batch));
  const [first, second] = [revision("F3"), revision("F3")];
  await sync.record(first, { isOpen: true });
  await pass(1);
  assert.equal(sync.draftOf("F3").id, first.id);
  await sync.record(second, { isOpen: true, draft: first });
  await pass(2);
  assert.equal(asked.length, 0);
  assert.deepEqual([...outbox.rows.keys()], [second.id], "kept on the tablet all the same");
  sync.close("F3");
  await pass(1);
  assert.deepEqual(asked[0].batch.revisions.map(({ id }) => id), [second.id]);
});

test("a pause in typing sends what is there", async () => {
  const { sync, asked } = open((_, batch) => savedAll(batch));
  await sync.record(revision("F3"), { isOpen: true });
  await pass(6);
  assert.equal(asked.length, 1);
});

test("after a sign-in that ended, the server is asked who is there before anything is sent", async () => {
  let person = null;
  const { sync, asked, recording, session } = open((address, batch) => {
    if (!person) return json({ code: "app.not_signed_in", message: "" }, 401);
    if (!batch) return json({ ...nobodyNew, person });
    return savedAll(batch);
  });
  await sync.record(revision());
  await pass(30);
  assert.equal(sync.failure, "signed_out");
  person = "somebody else";
  await pass(15);
  assert.equal(sync.failure, "other_person");
  assert.equal(asked.filter(({ batch }) => batch).length, 1, "nothing was sent under another name");
  person = "me";
  await pass(70);
  assert.deepEqual([sync.failure, recording.acknowledged.length, session.token], ["", 1, "new-token"]);
});

test("a token that ended is renewed and the batch sent again", async () => {
  const { sync, asked, recording } = open((address, batch) => {
    if (!batch) return json(nobodyNew);
    return asked.at(-1).token === "new-token" ? savedAll(batch) : json({ code: "app.form_expired", message: "" }, 400);
  });
  await sync.record(revision());
  await pass(3);
  assert.deepEqual(asked.map(({ address }) => address.split("?")[0]), ["/revisions", "/heads", "/revisions"]);
  assert.equal(recording.acknowledged.length, 1);
});

test("what others recorded is fetched every half minute, and nothing when nothing is new", async () => {
  let version = "0";
  const { sync, recording, asked } = open((address) => {
    const seen = new URL(address, "http://x").searchParams.get("seen");
    return json(seen === version ? { ...nobodyNew, version } : { ...nobodyNew, version, heads: [], people: {}, photos: [] });
  });
  sync.start([]);
  await pass(65);
  assert.deepEqual([asked.length, recording.pulled.length], [2, 0]);
  version = "1";
  await pass(31);
  assert.equal(recording.pulled.length, 1);
  await pass(31);
  assert.equal(recording.pulled.length, 1);
});

test("a long outbox goes in batches, in the order of recording", async () => {
  const { sync, asked } = open((_, batch) => savedAll(batch));
  const rows = Array.from({ length: 120 }, () => ({ revision: revision(), code: "", field: "" }));
  sync.start(rows);
  await pass(2);
  assert.deepEqual(asked.map(({ batch }) => batch.revisions.length), [50, 50, 20]);
  assert.deepEqual(asked.flatMap(({ batch }) => batch.revisions.map(({ id }) => id)), rows.map((row) => row.revision.id));
});

test("a tablet that keeps nothing says so and sends all the same", async () => {
  const { sync, outbox, recording } = open((_, batch) => savedAll(batch));
  outbox.isFull = true;
  const one = revision();
  const done = sync.record(one);
  await done;
  assert.equal(sync.isAllKept(), false);
  assert.equal(sync.waitingOf("D4").isKept, false);
  await pass(1);
  assert.deepEqual(recording.acknowledged.map(([id]) => id), [one.id]);
});

test("a photo is sent with its author, and again after a new token", async () => {
  let tokens = 0;
  const { sync } = open((address, _batch, _count, options) => {
    if (address.startsWith("/heads")) return json(nobodyNew);
    assert.equal(options.body.get("author"), "me");
    assert.equal(options.body.get("caption"), "window");
    tokens += 1;
    return tokens === 1 ? json({ code: "app.form_expired", message: "" }, 400) : json({ protocol: 1, id: "p", state: "saved", received_at: "t" }, 201);
  });
  const answer = await sync.sendPhoto({ id: "p", caption: "window" }, new Blob(["x"]));
  assert.deepEqual([answer.failure, answer.body.state, tokens], [null, "saved", 2]);
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
  let asked;
  await exchange("/x", {}, async (_, options) => {
    asked = options;
    return json({ protocol: 1 });
  });
  assert.equal(asked.redirect, "error");
  assert.equal(asked.cache, "no-store");
});
