import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isWithin } from "../../static/js/norms.js";
import { Standing, keyOf, partsOf, prepare } from "../../static/js/relevance.js";

const shared = JSON.parse(readFileSync(new URL("../checklists/standing_cases.json", import.meta.url), "utf8"));
const plan = prepare(shared);

/** Return how a visit stands, in the shape of the shared cases. */
function stand(standing) {
  const keys = [...plan.nodes.keys()].flatMap((id) => standing.rowsOf(id).map((row) => keyOf(id, row)));
  const asked = keys.filter((key) => standing.isAsked(key));
  const hasNumber = (key) => ["computed", "ratio"].includes(plan.nodes.get(partsOf(key)[0]).type);
  const weighed = ({ rating, limits }) => [rating, limits.map(({ standard, op, bound }) => [standard, op, bound])];
  const rated = asked.filter((key) => Object.values(standing.assessments(key)).some(({ rating }) => rating !== null));
  return {
    asked,
    computed: Object.fromEntries(asked.filter(hasNumber).map((key) => [key, standing.computed(key)])),
    assessments: Object.fromEntries(
      rated.map((key) => {
        const { national, international } = standing.assessments(key);
        return [key, { national: weighed(national), international: weighed(international) }];
      }),
    ),
    progress: Object.fromEntries(
      Object.entries(standing.progress()).map(([id, { asked: all, answered }]) => [id, [all, answered]]),
    ),
  };
}

const openOf = ({ context, answers, rows }) =>
  new Standing(plan, { context, answers: new Map(Object.entries(answers)), rows });

for (const { about, context, answers, rows, ...expected } of shared.cases) {
  test(`the shared case holds: ${about}`, () => {
    assert.deepEqual(stand(openOf({ context, answers, rows })), expected);
  });

  test(`answers that come one by one lead to the same: ${about}`, () => {
    const [place, given] = [{}, new Map()];
    const standing = new Standing(plan, { context: place, answers: given });
    for (const row of rows.cell ?? []) standing.addRow("cell", row);
    for (const [key, answer] of Object.entries(answers).reverse()) {
      given.set(key, answer);
      standing.update([key]);
    }
    for (const [name, value] of Object.entries(context)) {
      place[name] = value;
      standing.update([name]);
    }
    const sorted = (found) => ({ ...found, asked: [...found.asked].sort() });
    assert.deepEqual(sorted(stand(standing)), sorted(expected));
  });
}

test("a long walk of changes always leads to where a fresh start leads", () => {
  let seed = 20261123;
  const pick = (list) => list[(seed = (seed * 1103515245 + 12345) % 2147483648) % list.length];
  const place = { "place.kind": "remand", "place.groups": ["men"], "place.limit": 800 };
  const answers = new Map();
  const rows = [];
  const standing = new Standing(plan, { context: place, answers });
  const values = {
    A1: [{ value: "yes" }, { value: "no" }, { status: "not_seen" }],
    A2: [{ value: 2 }, { value: 4 }],
    A4: [{ value: "good" }, { value: "bad" }],
    A5: [{ value: ["chains"] }, { value: ["none"] }],
    A6: [{ numerator: 60, denominator: 100, minors: 0 }, { numerator: 1, denominator: 0 }, {}],
    A8: [{ national: "met", international: "partly" }, {}],
    D1: [{ value: 12 }, { value: 30 }],
    D2: [{ value: 1 }, { value: 4, beds: 3 }, {}],
    D9: [{ value: 600 }, { value: 1 }],
  };
  for (let step = 0; step < 1500; step += 1) {
    const act = pick(["answer", "answer", "answer", "answer", "row", "place", "drop"]);
    if (act === "row" && rows.length < 4) {
      rows.push(`r${step}`);
      standing.addRow("cell", `r${step}`);
    } else if (act === "drop" && rows.length > 0) {
      const row = rows.splice(rows.indexOf(pick(rows)), 1)[0];
      for (const key of [...answers.keys()]) if (partsOf(key)[1] === row) answers.delete(key);
      standing.removeRow("cell", row);
    } else if (act === "place") {
      place["place.groups"] = pick([["men"], ["women", "minors"], []]);
      place["place.kind"] = pick(["remand", "police_ivs"]);
      standing.update(["place.groups", "place.kind"]);
    } else if (act === "answer") {
      const id = pick(Object.keys(values));
      const key = keyOf(id, pick(standing.rowsOf(id)));
      answers.set(key, pick(values[id]));
      standing.update([key]);
    }
    if (step % 10 === 0) {
      // Answers given before there was a row belong to none, and count for nothing once there is one.
      const fresh = new Standing(plan, { context: place, answers, rows: { cell: rows } });
      assert.deepEqual(stand(standing), stand(fresh), `step ${step}`);
    }
  }
});

test("an answer re-evaluates only what depends on it", () => {
  const answers = new Map();
  const standing = new Standing(plan, { context: { "place.limit": 800, "place.groups": ["men"] }, answers, rows: { cell: ["r1", "r2"] } });
  answers.set("A9", { value: "2026-11-23" });
  assert.equal(standing.update(["A9"]).evaluated, 0);
  answers.set("D1/r1", { value: 12 });
  // D3 of the same row, and nothing of the other row; without a value no limit is looked at.
  assert.equal(standing.update(["D1/r1"]).evaluated, 1);
  answers.set("D2/r1", { value: 6 });
  const changes = standing.update(["D2/r1"]);
  // D3, D4, and the conditions of the five limits of D3.
  assert.equal(changes.evaluated, 7);
  assert.deepEqual(changes.computed, ["D3/r1"]);
  assert.deepEqual(changes.assessments, ["D3/r1"]);
  assert.deepEqual(changes.asked, []);
});

test("a change tells what the page has to draw anew", () => {
  const answers = new Map([["A2", { value: 4 }]]);
  const standing = new Standing(plan, { answers });
  answers.set("A1", { value: "yes" });
  const changes = standing.update(["A1"]);
  assert.deepEqual(changes.asked.sort(), ["A2", "A3"]);
  // A3 holds no norm, but that it can be weighed at all is new, as with A2.
  assert.ok(changes.assessments.includes("A1") && changes.assessments.includes("A2"));
  assert.equal(changes.evaluated, 3);
  // The same answer once more: A2 and D5 are looked at, nothing is new, so A3 is not.
  assert.deepEqual(standing.update(["A1"]), { asked: [], computed: [], assessments: [], evaluated: 2 });
});

test("names nobody knows and rows of other repeats change nothing", () => {
  const standing = new Standing(plan, {});
  const nothing = { asked: [], computed: [], assessments: [], evaluated: 0 };
  assert.deepEqual(standing.update(["Z1", "visit.kind"]), nothing);
  assert.deepEqual(standing.addRow("person", "r1"), nothing);
  assert.deepEqual(standing.removeRow("cell", "r9"), nothing);
  assert.equal(standing.isAsked("Z1"), false);
  assert.equal(standing.assessments("Z1"), null);
});

test("a checklist whose items depend on themselves is refused", () => {
  const content = structuredClone(shared.content);
  content.sections[0].items[0].relevance = "A2 > 1";
  assert.throws(() => prepare(content), /A1, A2/);
});

test("the flat list that show gives makes the same graph as the stored content", () => {
  const items = shared.content.sections.flatMap((section) => section.items.map((item) => ({ ...item, section: section.id })));
  const sections = shared.content.sections.map(({ id, repeats = [] }) => ({ id, repeats }));
  const flat = prepare({ sections, items });
  assert.deepEqual(flat.order, plan.order);
  assert.deepEqual([...flat.feeds], [...plan.feeds]);
});

test("each of several choices must keep to a limit", () => {
  const limit = { basis: "national", field: "value", op: "in", bound: ["a", "b"], standard: "PEC 1" };
  assert.equal(isWithin(limit, ["a", "b"]), true);
  assert.equal(isWithin(limit, ["a", "c"]), false);
  assert.equal(isWithin(limit, "b"), true);
});
