/**
 * Three tablets, weeks apart, fill one visit and deliver in any order, with repeats and losses: in the end the server and
 * each tablet have the same heads. The merging is the real one (recording.js, heads.js); the server is a set.
 */

import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";

import { keyOf } from "baqylau/graph.js";
import { Recording } from "baqylau/tablet/recording.js";

const CASES = 3000;
const DAY = 86_400_000;
const BEGIN = Date.parse("2026-11-23T05:00:00Z");
/** What the server's clock may say. */
const TIMES = Array.from({ length: 400 }, (_, at) => new Date(BEGIN + (at - 200) * 10 * DAY).toISOString());
const FIRST_SEED = Number(process.env.BAQYLAU_MERGE_SEED ?? 1);

const text = (words) => ({ en: words });
const field = (id, type) => ({ id, type, label: {}, unit: null, choices: [], is_entered: true, is_main: true, is_optional: false });
const item = (id, section, type, more = {}) => ({
  id, section, type, text: text(id), guidance: text(""), sources: [], standards: [], relevance: null, expression: null,
  unit: null, choices: [], fields: [field("value", type)], limits: [], repeat: null, sensitive: false, ...more,
});
const checklist = {
  title: text("Look"),
  sections: [
    { id: "A", title: text("A"), intro: text(""), repeats: [] },
    { id: "D", title: text("D"), intro: text(""), repeats: [{ id: "cell", title: text("Cell"), add: text("Add") }] },
  ],
  items: [item("A1", "A", "yesno"), item("A2", "A", "count", { relevance: 'A1 == "yes"' }), item("D1", "D", "count", { repeat: "cell" })],
};

before(() => mock.timers.enable({ apis: ["Date"], now: BEGIN }));
after(() => mock.timers.reset());

/** @param {number} seed mulberry32 */
function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (number) => Math.floor(next() * number);
  return { below, pick: (list) => list[below(list.length)] };
}

/** A set of revisions by their ids. Its clock jumps; it must not matter. */
class Server {
  held = new Map();
  constructor(random) {
    this.random = random;
  }

  /** Take in what was not held yet; what is held is never overwritten. */
  take(body, author) {
    const { id } = JSON.parse(body);
    if (this.held.has(id)) return assert.equal(this.held.get(id).body, body, "one id, two texts");
    const at = this.random.pick(TIMES);
    this.held.set(id, { body, at, revision: { ...JSON.parse(body), author, received_at: at } });
  }

  all() {
    return [...this.held.values()].map(({ revision }) => revision);
  }

  /** Return what no revision of the same key supersedes, in the order of its clock, as `answers.queries.heads_of`. */
  heads() {
    const all = this.all();
    const replaced = new Set(all.flatMap((one) => one.supersedes.map((id) => `${keyOf(one.item, one.row)} ${id}`)));
    const standing = all.filter((one) => !replaced.has(`${keyOf(one.item, one.row)} ${one.id}`));
    const order = (one) => `${one.received_at} ${one.recorded_at} ${one.id}`;
    return standing.sort((one, other) => (order(one) < order(other) ? -1 : 1)).map(({ supersedes: _supersedes, ...head }) => head);
  }
}

/** One tablet: the recording, what it has on its disk, and a clock of its own. */
class Tablet {
  /** @type {{revision: any, text: string, isOpen: boolean, receipt: number, at: string}[]} the journal's lines */
  lines = [];
  receipts = 0;
  isRestarted = false;
  /** @type {{mark: number, receipt: number, heads: any[], held: any[]} | null} an answer of the server that is on its way */
  asked = null;

  constructor(name, random, ids, server) {
    this.name = name;
    this.random = random;
    this.newId = () => `${name}${(ids.next += 1)}`;
    this.clock = BEGIN + ids.tablets * 30 * DAY + random.pick([0, 0, -3650, 3650, 1, -400]) * DAY;
    ids.tablets += 1;
    this.known = { heads: server.heads(), receipt: 0, held: server.all() };
    this.recording = this.opened();
  }

  /** Open the visit as static/js/tablet/visit.js does: the server's last answer, and what the journal holds beyond it. */
  opened() {
    const me = { id: this.name, records: true, settles: this.name === "a" };
    const bundle = { visit: { id: "v" }, context: {}, checklists: [checklist], heads: this.known.heads.map((head) => ({ ...head })), me };
    const recording = new Recording(bundle, this.newId);
    const later = this.lines.filter((line) => line.receipt === 0 || line.receipt > this.known.receipt);
    for (const line of later) line.revision = JSON.parse(line.text);
    recording.add(later.map((line) => line.revision));
    for (const line of later) if (line.receipt > 0) recording.acknowledge(line.revision, line.at);
    return recording;
  }

  restart() {
    for (const line of this.lines) line.isOpen = false;
    this.asked = null;
    this.isRestarted = true;
    this.recording = this.opened();
  }

  /** Tap, type, add a row or take one out of sight, or decide between answers. */
  record(tried = this.random.below(10)) {
    const { random, recording } = this;
    this.clock += random.pick([1000, 60_000, DAY, -DAY, 900 * DAY, -900 * DAY]);
    mock.timers.setTime(Math.max(0, this.clock));
    const rows = [...recording.rowsOf("cell"), ...recording.removedRowsOf("cell")].map(({ row }) => row);
    if (tried === 0) return this.keep(`cell/${random.pick(["x", "y", "z"])}`, { value: { label: `Cell ${this.newId()}` } });
    if (tried === 1 && rows.length > 0) {
      return this.keep(`cell/${random.pick(rows)}`, { value: { label: "Cell", ...(random.below(2) ? { removed: true } : {}) } });
    }
    const key = tried < 5 && rows.length > 0 ? `D1/${random.pick(rows)}` : random.pick(["A1", "A1", "A2"]);
    if (recording.isInConflict(key) && this.name === "a" && random.below(2)) {
      const { value, sources, note, flags } = random.pick(recording.headsOf(key));
      return this.keep(key, { value, sources, note, flags }, { settles: true });
    }
    if (!recording.isOpen(key)) return undefined;
    const change = random.below(3) ? { value: random.pick([{ value: random.below(9) }, { status: "not_seen" }, null]) } : { note: `n${random.below(99)}` };
    return this.keep(key, change, { isOpen: random.below(3) === 0 });
  }

  keep(key, change, { isOpen = false, settles = false } = {}) {
    const last = this.lines.findLast(({ revision }) => keyOf(revision.item, revision.row) === key);
    const draft = !settles && last?.isOpen ? last : null;
    const wasConflict = this.recording.isInConflict(key);
    const revision = this.recording.revise(key, change, { draft: draft?.revision ?? null, settles });
    if (!revision) return;
    if (draft) this.lines.splice(this.lines.indexOf(draft), 1);
    else if (last) last.isOpen = false;
    assert.equal(this.recording.isInConflict(key), wasConflict && !settles, "a change makes no conflict, and a choice ends one");
    const { author: _author, received_at: _at, ...bare } = revision;
    this.lines.push({ revision, text: JSON.stringify(bare), isOpen, receipt: 0, at: "" });
  }

  /** Send some of what waits, in any order, some of it again; on the way there or back it may be lost. */
  deliver(server, isAll = false) {
    const { random } = this;
    const waiting = this.lines.filter((line) => isAll || (!line.isOpen && random.below(3) > 0));
    for (const line of waiting) line.isOpen = false;
    const sent = waiting.map((line) => [random.below(1000), line]).sort(([one], [other]) => one - other).map(([, line]) => line);
    for (const line of sent) {
      if (!isAll && random.below(5) === 0) continue;
      server.take(line.text, this.name);
      if ((!isAll && random.below(4) === 0) || line.receipt > 0) continue;
      this.receipts += 1;
      Object.assign(line, { receipt: this.receipts, at: server.held.get(line.revision.id).at });
      this.recording.acknowledge(line.revision, line.at);
    }
  }

  /** Ask the server; what happens until it answers is not in the answer. */
  ask(server) {
    this.asked = { mark: this.recording.mark(), receipt: this.receipts, heads: server.heads(), held: server.all() };
  }

  answer() {
    if (!this.asked) return;
    const { mark, receipt, heads, held } = this.asked;
    this.asked = null;
    this.known = { heads, receipt, held };
    this.recording.pull(heads.map((head) => ({ ...head })), mark);
  }

  step(server) {
    const act = this.random.below(20);
    if (act < 11) this.record();
    else if (act < 14) this.deliver(server);
    else if (act < 16) this.ask(server);
    else if (act < 18) this.answer();
    else if (act === 18) this.asked = null;
    else this.restart();
    if (act >= 16 || this.random.below(6) === 0) this.check();
  }

  /** What stands here follows by the rule from what the server had when it last answered, and from what was recorded here. */
  check() {
    const own = this.lines.map(({ revision }) => revision);
    const held = new Set(this.known.held.map(({ id }) => id));
    const wanted = ruled([...this.known.held, ...own.filter(({ id }) => !held.has(id))]);
    // The server says what stands, not what that superseded: what this tablet does not know to be delivered stands here until
    // it does, where the server holds it already or, after a restart, where a later one of this tablet was delivered first.
    const untold = this.lines.filter(({ receipt }) => receipt === 0 || receipt > this.known.receipt).map(({ revision }) => revision.id);
    const shown = byKey((key) => this.recording.headsOf(key));
    for (const key of KEYS) {
      const missing = wanted[key].filter((id) => !shown[key].includes(id));
      const extra = shown[key].filter((id) => !wanted[key].includes(id));
      const isKnown = extra.every((id) => untold.includes(id) && (this.isRestarted || held.has(id)));
      assert.ok(missing.length === 0 && isKnown, `tablet ${this.name}, ${key}: ${shown[key]} instead of ${wanted[key]}`);
    }
  }
}

const KEYS = ["A1", "A2", ...["x", "y", "z"].flatMap((row) => [`cell/${row}`, `D1/${row}`])];

/** Return the heads as {key: ids}, whatever their order. */
const byKey = (heads) => Object.fromEntries(KEYS.map((key) => [key, heads(key).map(({ id }) => id).sort()]));

function grouped(revisions) {
  const groups = new Map();
  for (const one of revisions) groups.set(keyOf(one.item, one.row), [...(groups.get(keyOf(one.item, one.row)) ?? []), one]);
  return groups;
}

/** Return the heads by the rule alone, from all that was ever recorded. */
function ruled(revisions) {
  const replaced = new Set(revisions.flatMap((one) => one.supersedes));
  const standing = grouped(revisions.filter((one) => !replaced.has(one.id)));
  return byKey((key) => standing.get(key) ?? []);
}

/** Return the rows of a tablet. A row does not change its place on a page that is open, so their order is not compared. */
const rowsOf = (recording) => recording.rowsOf("cell").sort((one, other) => (one.row < other.row ? -1 : 1));

function run(seed) {
  const random = randomFrom(seed);
  const server = new Server(random);
  const ids = { next: 0, tablets: 0 };
  const early = ["A1", "A2"].filter(() => random.below(2));
  for (const key of early) {
    const about = { id: `e${key}`, item: key, row: "", value: { value: "no" }, sources: [], note: "", flags: [], recorded_at: new Date(BEGIN).toISOString(), supersedes: [] };
    server.take(JSON.stringify(about), "a");
  }
  const tablets = ["a", "b", "c"].map((name) => new Tablet(name, random, ids, server));
  for (let step = 16 + random.below(18); step > 0; step -= 1) random.pick(tablets).step(server);
  const wereConflicts = server.heads().length > new Set(server.heads().map(({ item: id, row }) => keyOf(id, row))).size;

  // All come back to the network, in any order; some are restarted on the way.
  const order = random.pick([[0, 1, 2], [2, 1, 0], [1, 2, 0]]).map((at) => tablets[at]);
  for (const tablet of order) tablet.deliver(server, true);
  for (const tablet of order) {
    if (random.below(3) === 0) tablet.restart();
    tablet.ask(server);
    tablet.answer();
    if (random.below(3) === 0) tablet.restart();
  }
  const recorded = tablets.flatMap(({ lines }) => lines.map((line) => JSON.parse(line.text)));
  const all = [...recorded, ...server.all().filter(({ id }) => id.startsWith("e"))];
  assert.equal(server.held.size, all.length, "everything recorded is there, once");
  const wanted = ruled(all);
  const given = server.heads();
  assert.deepEqual(byKey((key) => given.filter((one) => keyOf(one.item, one.row) === key)), wanted, "the server");
  for (const { name, recording } of tablets) {
    assert.deepEqual(byKey((key) => recording.headsOf(key)), wanted, `tablet ${name}`);
    assert.deepEqual(rowsOf(recording), rowsOf(tablets[0].recording), `rows of ${name}`);
    assert.deepEqual(recording.tally.all(), tablets[0].recording.tally.all(), `tally of ${name}`);
    for (const key of KEYS) assert.equal(recording.isInConflict(key), wanted[key].length > 1, `${name} ${key}`);
  }
  return { revisions: all.length, isConflict: wereConflicts || Object.values(wanted).some((heads) => heads.length > 1) };
}

test(`three tablets agree with the server after each of ${CASES} interleavings`, () => {
  let [revisions, conflicts] = [0, 0];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed += 1) {
    try {
      const done = run(seed);
      revisions += done.revisions;
      conflicts += Number(done.isConflict);
    } catch (error) {
      throw new Error(`seed ${seed} (BAQYLAU_MERGE_SEED=${seed} begins with it): ${error.message}`, { cause: error });
    }
  }
  assert.ok(revisions > 10 * CASES, `${revisions} revisions`);
  assert.ok(conflicts > CASES / 4, `${conflicts} cases with a conflict`);
});
