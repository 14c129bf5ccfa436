import assert from "node:assert/strict";
import { test } from "node:test";

import { compare } from "baqylau/tablet/store/compare.js";
import { rangesOf } from "baqylau/tablet/store/opening.js";
import { Sealer } from "baqylau/tablet/store/seal.js";

const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
const sealer = new Sealer("vault", key);
const seal = (seq, id = `id-${seq}`) => sealer.sealRecord(id, seq, { id, seq, word: `word ${id}` });
const rows = await Promise.all([1, 2, 3, 4, 5].map((seq) => seal(seq)));
const altered = (row) => ({ ...row, ct: row.ct.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) });

const run = (inJournal, inIndex, more = {}) => {
  const { bad = [], last = 0, gone = [], isNew = false } = more;
  return compare({
    journal: { rows: inJournal, bad }, index: { rows: inIndex, bad: [], isNew }, last, gone: new Set(gone),
    open: (row) => sealer.openRecord(row),
  });
};
const seqs = (found) => [...found.bodies.keys()];
const copied = ({ toJournal, toIndex }) => [toJournal, toIndex].map((list) => list.map(({ seq }) => seq));
const damage = ({ damaged }) => damaged.map(({ seq, why, where, isMended }) => [seq, why, where, isMended].join(" "));

test("two equal copies need nothing", async () => {
  const found = await run(rows, rows);
  assert.deepEqual([seqs(found), copied(found), damage(found)], [[1, 2, 3, 4, 5], [[], []], []]);
  assert.equal(found.last, 5);
});

test("a missing end is copied over either way and is no damage", async () => {
  const found = await run(rows, rows.slice(0, 3));
  assert.deepEqual([copied(found), damage(found)], [[[], [4, 5]], []]);
  const back = await run(rows.slice(0, 4), rows);
  assert.deepEqual([copied(back), damage(back)], [[[5], []], []]);
});

test("a record missing in the middle was taken away; an index that began anew lacks its beginning", async () => {
  const found = await run(rows, rows.filter(({ seq }) => seq !== 2));
  assert.deepEqual([seqs(found), copied(found), damage(found)], [[1, 2, 3, 4, 5], [[], [2]], ["2 removed index true"]]);
  const anew = await run(rows, rows.slice(3), { isNew: true });
  assert.deepEqual([copied(anew), damage(anew)], [[[], [1, 2, 3]], []]);
});

test("what does not open in its place is named and taken from the other copy", async () => {
  const found = await run([rows[0], altered(rows[1]), ...rows.slice(2)], [...rows.slice(0, 3), altered(rows[3]), rows[4]]);
  assert.deepEqual([seqs(found), copied(found)], [[1, 2, 3, 4, 5], [[2], [4]]]);
  assert.deepEqual(damage(found), ["2 altered journal true", "4 altered index true"]);
});

test("a record moved to another number does not open there", async () => {
  const moved = [rows[0], { ...rows[2], seq: 2 }, { ...rows[1], seq: 3 }, ...rows.slice(3)];
  const found = await run(rows, moved);
  assert.deepEqual(damage(found), ["2 altered index true", "3 altered index true"]);
  assert.equal(found.bodies.get(2).word, "word id-2");
});

test("what is bad or gone in both copies is told, the rest is there, and no number is used again", async () => {
  const found = await run([altered(rows[0]), ...rows.slice(1, 3)], rows.slice(1, 3), { last: 5 });
  assert.deepEqual(seqs(found), [2, 3]);
  assert.deepEqual(damage(found), ["1 altered both false", "4 missing both false", "5 missing both false"]);
  assert.equal(found.last, 5);
});

test("records let go from the index stay away and are not missed", async () => {
  const left = rows.filter(({ seq }) => seq !== 3);
  const found = await run(rows, left, { gone: [3] });
  assert.deepEqual([seqs(found), copied(found), damage(found)], [[1, 2, 4, 5], [[], []], []]);
  const alone = await run([], left, { gone: [3] });
  assert.deepEqual([seqs(alone), copied(alone), damage(alone)], [[1, 2, 4, 5], [[1, 2, 4, 5], []], []]);
});

test("two records under one number: the journal's stands, the other is recorded anew, once", async () => {
  const other = await seal(5, "id-other");
  const found = await run(rows, [...rows.slice(0, 4), other]);
  assert.equal(found.bodies.get(5).id, "id-5");
  assert.deepEqual(found.forked.map(({ id }) => id), ["id-other"]);
  assert.deepEqual([copied(found), damage(found)], [[[], [5]], ["5 forked both true"]]);
  const anew = await seal(6, "id-other");
  const again = await run([...rows, other, anew], [...rows, anew]);
  assert.deepEqual(again.forked, []);
});

test("numbers are told as ranges", () => {
  assert.deepEqual(rangesOf(new Set([5, 1, 2, 3, 9])), [[1, 3], [5, 5], [9, 9]]);
  assert.deepEqual(rangesOf([]), []);
});
