import assert from "node:assert/strict";
import { test } from "node:test";

import { Heads } from "baqylau/tablet/heads.js";

const revision = (id, supersedes = [], item = "D4", more = {}) => ({
  id, item, row: "", value: { value: id }, sources: [], note: "", flags: [], recorded_at: "2026-11-23T05:00:00Z", supersedes, ...more,
});
const ids = (heads, key = "D4") => heads.of(key).map((head) => head.id);

test("a revision of this page takes the place of what it supersedes at once", () => {
  const heads = new Heads();
  heads.replace([revision("a")], heads.mark());
  heads.add(revision("b", ["a"]));
  assert.deepEqual(ids(heads), ["b"]);
  assert.ok(heads.isWaiting("D4"));
});

test("an answer of somebody else that came meanwhile stands beside one's own", () => {
  const heads = new Heads();
  heads.replace([revision("a")], heads.mark());
  heads.add(revision("b", ["a"]));
  const changed = heads.replace([revision("c")], heads.mark());
  assert.deepEqual(ids(heads), ["c", "b"]);
  assert.deepEqual([...changed], ["D4"]);
});

test("an acknowledged revision stays until the server has been asked after it", () => {
  const heads = new Heads();
  const mark = heads.mark();
  const mine = revision("b");
  heads.add(mine);
  heads.acknowledge(mine, "2026-11-23T05:00:01Z");
  assert.equal(heads.isWaiting("D4"), false);
  // Asked before the acknowledgement, answered after it: the answer need not know of it.
  heads.replace([], mark);
  assert.deepEqual(ids(heads), ["b"]);
  // Asked after it: somebody has answered on top of it.
  heads.replace([revision("c")], heads.mark());
  assert.deepEqual(ids(heads), ["c"]);
});

test("a revision that the server already gives is not there twice", () => {
  const heads = new Heads();
  const mine = revision("b");
  heads.add(mine);
  heads.replace([revision("b", [], "D4", { author: "me" })], heads.mark());
  assert.deepEqual(ids(heads), ["b"]);
  assert.ok(heads.isWaiting("D4"));
});

test("a draft that is dropped brings back what it had superseded", () => {
  const heads = new Heads();
  heads.replace([revision("a")], heads.mark());
  const draft = revision("b", ["a"]);
  heads.add(draft);
  heads.drop(draft);
  assert.deepEqual(ids(heads), ["a"]);
  assert.equal(heads.isWaiting("D4"), false);
});

test("what waits or was refused stays superseded by what the server has taken", () => {
  const heads = new Heads();
  heads.replace([revision("a")], heads.mark());
  const [refused, taken] = [revision("b", ["a"]), revision("c", ["b"])];
  heads.add(refused);
  heads.add(taken);
  heads.acknowledge(taken, "2026-11-23T05:00:01Z");
  for (let time = 0; time < 2; time += 1) {
    heads.replace([revision("a"), revision("c")], heads.mark());
    assert.deepEqual(ids(heads), ["c"]);
  }
  heads.drop(refused);
  assert.deepEqual(ids(heads), ["a", "c"]);
});

test("rows of a repeat are told apart", () => {
  const heads = new Heads();
  heads.add(revision("a", [], "D1", { row: "r1" }));
  heads.add(revision("b", [], "D1", { row: "r2" }));
  assert.deepEqual(ids(heads, "D1/r1"), ["a"]);
  assert.deepEqual([...heads.keys()], ["D1/r1", "D1/r2"]);
});

test("whatever is acknowledged, pulled and recorded in whatever order, nothing of this page is lost", () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 300; round += 1) {
    const heads = new Heads();
    const [server, waiting, pulls] = [[], [], []];
    const all = [];
    for (let step = 0; step < 25; step += 1) {
      const act = random(4);
      if (act === 0) {
        const mine = revision(`m${step}`, heads.of("D4").map((head) => head.id));
        all.push(mine);
        waiting.push(mine);
        heads.add(mine);
      } else if (act === 1 && waiting.length > 0) {
        const mine = waiting.shift();
        server.push(mine);
        heads.acknowledge(mine, "2026-11-23T05:00:01Z");
      } else if (act === 2) {
        pulls.push({ mark: heads.mark(), heads: standing(server) });
        if (random(2)) server.push(revision(`o${step}`, random(2) ? standing(server).map((one) => one.id) : []));
      } else if (pulls.length > 0) {
        const pull = pulls.shift();
        heads.replace(pull.heads.map((one) => ({ ...one })), pull.mark);
      }
    }
    for (const mine of waiting) server.push(mine);
    for (const mine of waiting) heads.acknowledge(mine, "2026-11-23T05:00:02Z");
    heads.replace(standing(server), heads.mark());
    assert.deepEqual(ids(heads).sort(), standing(server).map((one) => one.id).sort(), `round ${round}`);
  }
});

/** Return the heads by the rule alone. */
function standing(revisions) {
  const replaced = new Set(revisions.flatMap((one) => one.supersedes));
  return revisions.filter((one) => !replaced.has(one.id));
}
