import assert from "node:assert/strict";
import { test } from "node:test";

import { Recording } from "baqylau/tablet/recording.js";

const text = (words) => ({ en: words });
const field = (id, type, more = {}) => ({ id, type, label: {}, unit: null, choices: [], is_entered: true, is_main: true, is_optional: false, ...more });
const item = (id, section, type, more = {}) => ({
  id, section, type, text: text(`Question ${id}`), guidance: text(""), sources: ["O"], standards: [], relevance: null, expression: null,
  unit: null, choices: [], fields: [field("value", type)], limits: [], repeat: null, sensitive: false, ...more,
});
const limit = (basis, bound) => ({ basis, field: "value", op: ">=", bound, standard: "PEC 115(1)", when: null });
const checklist = {
  title: text("Look"),
  sections: [
    { id: "A", title: text("A"), intro: text(""), repeats: [] },
    { id: "D", title: text("D"), intro: text(""), repeats: [{ id: "cell", title: text("Cell"), add: text("Add") }] },
  ],
  items: [
    item("A1", "A", "yesno"),
    item("A2", "A", "count", { relevance: 'A1 == "yes"' }),
    item("A3", "A", "scale", { fields: [field("national", "rating"), field("international", "rating")] }),
    item("A4", "A", "text", { relevance: 'place.kind == "police_ivs"' }),
    item("D1", "D", "measure", { repeat: "cell" }),
    item("D2", "D", "count", { repeat: "cell" }),
    item("D3", "D", "computed", { repeat: "cell", expression: "D1 / D2", limits: [limit("national", 2.5), limit("international", 4)] }),
    item("D9", "D", "yesno"),
  ],
};

let number = 0;
function open({ heads = [], me = {}, state = "under_way" } = {}) {
  const bundle = {
    visit: { id: "v", state }, context: { "place.kind": "remand" }, checklists: [checklist], heads,
    me: { id: "me", records: true, settles: false, ...me },
  };
  return new Recording(bundle, () => `r${(number += 1)}`);
}
const head = (id, key, value, more = {}) => {
  const [name, row = ""] = key.split("/");
  return { id, item: name, row, value, sources: [], note: "", flags: [], author: "other", recorded_at: "x", received_at: "y", ...more };
};
const sums = (recording, section) => recording.tally.of(section);

test("a change makes one revision that names what stood before", () => {
  const recording = open({ heads: [head("h1", "A1", { value: "no" }, { sources: ["D"], note: "log" })] });
  const revision = recording.revise("A1", { value: { value: "yes" } });
  assert.deepEqual(revision.supersedes, ["h1"]);
  assert.deepEqual([revision.value, revision.sources, revision.note], [{ value: "yes" }, ["D"], "log"]);
  assert.deepEqual(recording.entry("A1").value, { value: "yes" });
});

test("what is the same makes no revision", () => {
  const recording = open({ heads: [head("h1", "A1", { value: "no" })] });
  assert.equal(recording.revise("A1", { value: { value: "no" } }), null);
  assert.equal(recording.revise("A3", { value: null }), null);
});

test("a chain of changes names each the one before, acknowledged or not", () => {
  const recording = open();
  const first = recording.revise("A1", { value: { value: "no" } });
  const second = recording.revise("A1", { value: { value: "yes" } });
  assert.deepEqual([first.supersedes, second.supersedes], [[], [first.id]]);
  recording.acknowledge(first, "2026-11-23T05:00:00Z");
  assert.deepEqual(recording.headsOf("A1").map(({ id }) => id), [second.id]);
});

test("a longer draft takes the place of the shorter one and names what that had named", () => {
  const recording = open({ heads: [head("h1", "A1", { value: "no" })] });
  const draft = recording.revise("A1", { note: "The lo" });
  const longer = recording.revise("A1", { note: "The log is empty" }, { draft });
  assert.deepEqual(longer.supersedes, ["h1"]);
  assert.deepEqual(recording.headsOf("A1").map(({ id }) => id), [longer.id]);
});

test("an answer that brings another item back is told, and counted", () => {
  const recording = open();
  assert.deepEqual([sums(recording, "A").asked, recording.isAsked("A2")], [2, false]);
  const told = [];
  recording.onChange((keys) => told.push([...keys].sort()));
  recording.revise("A1", { value: { value: "yes" } });
  assert.deepEqual(told, [["A1", "A2"]]);
  assert.deepEqual([sums(recording, "A").asked, sums(recording, "A").answered, recording.isAsked("A2")], [3, 1, true]);
});

test("what the place alone leaves out is never asked; what an answer leaves out may come back", () => {
  const recording = open();
  assert.equal(recording.isNeverAsked("A4"), true);
  assert.equal(recording.isNeverAsked("A2"), false);
});

test("two answers of different people are a conflict, and only the own one can be changed", () => {
  const heads = [head("h1", "A1", { value: "no" }), head("h2", "A1", { value: "yes" }, { author: "me" })];
  const recording = open({ heads });
  assert.equal(recording.isInConflict("A1"), true);
  assert.equal(recording.isOpen("A1"), true);
  assert.deepEqual(recording.entry("A1").value, { value: "yes" });
  assert.deepEqual(recording.revise("A1", { value: { value: "unknown" } }).supersedes, ["h2"]);
  assert.equal(sums(recording, "A").conflicts, 1);
  const locked = open({ heads: [heads[0], head("h3", "A1", { value: "yes" }, { author: "third" })] });
  assert.equal(locked.isOpen("A1"), false);
});

test("the leader's choice names every answer and ends the conflict", () => {
  const heads = [head("h1", "A1", { value: "no" }), head("h2", "A1", { value: "yes" })];
  const recording = open({ heads, me: { settles: true } });
  const { value, sources, note, flags } = heads[0];
  const revision = recording.revise("A1", { value, sources, note, flags }, { settles: true });
  assert.deepEqual(revision.supersedes, ["h1", "h2"]);
  assert.equal(recording.isInConflict("A1"), false);
  assert.equal(sums(recording, "A").conflicts, 0);
});

test("a row is added, computed, taken out of sight and brought back", () => {
  const recording = open();
  assert.equal(sums(recording, "D").asked, 3);
  recording.revise("cell/r1", { value: { label: "Cell 12" } });
  recording.revise("cell/r2", { value: { label: "Cell 14" } });
  assert.deepEqual(recording.rowsOf("cell").map(({ label }) => label), ["Cell 12", "Cell 14"]);
  assert.equal(sums(recording, "D").asked, 5);
  recording.revise("D1/r1", { value: { value: 12 } });
  recording.revise("D2/r1", { value: { value: 5 } });
  assert.equal(recording.computed("D3/r1"), 2.4);
  assert.equal(recording.assessments("D3/r1").national.rating, "not_met");
  assert.equal(recording.computed("D3/r2"), null);
  recording.revise("cell/r1", { value: { label: "Cell 12", removed: true } });
  assert.deepEqual([sums(recording, "D").asked, sums(recording, "D").answered], [3, 0]);
  assert.deepEqual(recording.keysOf("D1"), ["D1/r2"]);
  recording.revise("cell/r1", { value: { label: "Cell 12" } });
  assert.equal(recording.computed("D3/r1"), 2.4);
  assert.deepEqual([sums(recording, "D").asked, sums(recording, "D").answered], [5, 2]);
});

test("a row that somebody else took out of sight is gone here too, with its answers", () => {
  const row = head("h1", "cell/r1", { label: "Cell 12" });
  const area = head("h2", "D1/r1", { value: 12 });
  const recording = open({ heads: [row, area] });
  assert.deepEqual([sums(recording, "D").asked, sums(recording, "D").answered], [3, 1]);
  recording.pull([head("h3", "cell/r1", { label: "Cell 12", removed: true }), area], recording.mark());
  assert.deepEqual(recording.rowsOf("cell"), []);
  assert.deepEqual([sums(recording, "D").asked, sums(recording, "D").answered], [3, 0]);
  const reopened = open({ heads: [head("h3", "cell/r1", { label: "Cell 12", removed: true }), area] });
  assert.deepEqual(sums(reopened, "D"), sums(recording, "D"));
});

test("an answer in a row whose name has not arrived yet shows the row, and counts once", () => {
  const area = head("h2", "D1/r1", { value: 12 });
  const recording = open();
  recording.pull([area], recording.mark());
  assert.deepEqual(recording.rowsOf("cell"), [{ row: "r1", label: "", isRemoved: false }]);
  assert.deepEqual([sums(recording, "D").asked, sums(recording, "D").answered], [3, 1]);
  recording.pull([area, head("h1", "cell/r1", { label: "Cell 12" })], recording.mark());
  assert.deepEqual(recording.rowsOf("cell").map(({ label }) => label), ["Cell 12"]);
  assert.deepEqual(sums(recording, "D"), sums(open({ heads: [area, head("h1", "cell/r1", { label: "Cell 12" })] }), "D"));
});

test("the next unanswered item follows the order of the page and goes round", () => {
  const recording = open();
  recording.revise("cell/r1", { value: { label: "Cell 12" } });
  assert.equal(recording.nextUnanswered(""), "A1");
  assert.equal(recording.nextUnanswered("A1"), "A3");
  assert.equal(recording.nextUnanswered("D"), "D1/r1");
  assert.equal(recording.nextUnanswered("D1/r1"), "D2/r1");
  assert.equal(recording.nextUnanswered("D9"), "A1");
  for (const key of ["A1", "A3", "D1/r1", "D2/r1", "D9"]) recording.revise(key, { value: { status: "not_seen" } });
  recording.revise("A3", { value: { national: "met", international: "met" } });
  assert.equal(recording.nextUnanswered("A1"), null);
});

test("urgent marks and what could not be kept, or was refused, are counted by section", () => {
  const recording = open();
  const revision = recording.revise("A1", { flags: ["urgent"], value: { value: "no" } });
  const told = [];
  recording.onChange((keys) => told.push(...keys));
  assert.deepEqual([sums(recording, "A").urgent, sums(recording, "A").unsaved], [1, 0]);
  assert.equal(recording.isWaiting("A1"), true, "what waits for the server is no trouble: it is saved here");
  recording.trouble("A1", true);
  recording.trouble("A1", true);
  recording.trouble("D9", true);
  assert.deepEqual([sums(recording, "A").unsaved, sums(recording, "D").unsaved, recording.tally.all().unsaved], [1, 1, 2]);
  assert.deepEqual(told, ["A1", "D9"], "and the page is told once");
  recording.acknowledge(revision, "2026-11-23T05:00:00Z");
  assert.equal(sums(recording, "A").unsaved, 1, "an acknowledgement does not hide it");
  recording.trouble("A1", false);
  recording.trouble("D9", false);
  assert.deepEqual([recording.tally.all().unsaved, sums(recording, "A").urgent], [0, 1]);
  recording.revise("A1", { flags: [] });
  assert.equal(sums(recording, "A").urgent, 0);
});

test("what corrects a refused revision names its base and also what the server has taken since", () => {
  const recording = open({ heads: [head("h1", "A1", { value: "no" })] });
  const refused = recording.revise("A1", { note: "one" });
  const taken = recording.revise("A1", { note: "two" });
  recording.acknowledge(taken, "2026-11-23T05:00:00Z");
  recording.pull([head("h1", "A1", { value: "no" }), { ...taken, author: "me" }], recording.mark());
  const corrected = recording.revise("A1", { note: "three" }, { draft: refused });
  assert.deepEqual(corrected.supersedes, ["h1", taken.id]);
  assert.deepEqual(recording.headsOf("A1").map(({ id }) => id), [corrected.id]);
});

test("a tap looks at what depends on it and not at the whole checklist", () => {
  const many = structuredClone(checklist);
  for (let at = 0; at < 1000; at += 1) many.items.push(item(`M${at}`, "A", "yesno", { relevance: `A3 == "met" or M${at + 1} == "no"` }));
  many.items.push(item("M1000", "A", "yesno"));
  const bundle = { visit: { id: "v" }, context: {}, checklists: [many], heads: [], me: { id: "me", records: true } };
  const recording = new Recording(bundle, () => `t${(number += 1)}`);
  const told = [];
  recording.onChange((keys) => told.push(keys.size));
  recording.revise("D9", { value: { value: "yes" } });
  assert.deepEqual(told, [1]);
});

test("the tally kept key by key is what counting everything anew gives", () => {
  let seed = 11;
  const pick = (list) => list[(seed = (seed * 1103515245 + 12345) % 2147483648) % list.length];
  const recording = open();
  const rows = [];
  for (let step = 0; step < 400; step += 1) {
    const act = pick(["answer", "answer", "answer", "row", "remove", "pull"]);
    if (act === "row" && rows.length < 5) {
      rows.push(`row${step}`);
      recording.revise(`cell/${rows.at(-1)}`, { value: { label: `Cell ${step}` } });
    } else if (act === "remove" && rows.length > 0) {
      const isRemoved = pick([true, false]);
      recording.revise(`cell/${pick(rows)}`, { value: { label: "Cell", ...(isRemoved ? { removed: true } : {}) } });
    } else if (act === "answer") {
      const id = pick(["A1", "A2", "A3", "D1", "D2", "D9"]);
      const key = id[0] === "D" && id !== "D9" ? `${id}/${pick(rows.length ? rows : [""])}` : id;
      if (key.endsWith("/")) continue;
      const value = pick([null, { value: pick(["yes", "no"]) }, { value: 5 }, { status: "not_seen" }]);
      recording.revise(key, { value: id === "A3" && value ? { national: "met", international: "met" } : value });
    }
    if (step % 20 !== 0) continue;
    const heads = [...allHeads(recording, rows)];
    const fresh = open({ heads: heads.map((one) => ({ ...one, author: "me" })) });
    for (const section of ["A", "D"]) {
      const { asked, answered } = sums(fresh, section);
      assert.deepEqual([sums(recording, section).asked, sums(recording, section).answered], [asked, answered], `step ${step} ${section}`);
    }
  }
});

/** Return every head of a recording, rows first as they were added. */
function* allHeads(recording, rows) {
  for (const row of rows) yield* recording.headsOf(`cell/${row}`);
  for (const id of ["A1", "A2", "A3", "D9"]) yield* recording.headsOf(id);
  for (const row of rows) for (const id of ["D1", "D2"]) yield* recording.headsOf(`${id}/${row}`);
}
