import assert from "node:assert/strict";
import { test } from "node:test";

import { joined } from "baqylau/tablet/store/bytes.js";
import { frame, frameAt, scan } from "baqylau/tablet/store/frames.js";

const body = (n) => Uint8Array.from({ length: 300 }, (_, at) => (at * 7 + n) & 255);
const frames = [1, 2, 3, 4].map((seq) => frame({ t: "r", seq, id: `id-${seq}` }, body(seq)));
const whole = joined([new Uint8Array(10), ...frames]);
const seqs = (found) => found.frames.map(({ head }) => head.seq);

test("frames come back as they were written, from where one says", () => {
  const found = scan(whole, 10);
  assert.deepEqual(seqs(found), [1, 2, 3, 4]);
  assert.deepEqual(found.frames[2].body, body(3));
  assert.equal(found.end, whole.length);
  assert.deepEqual(found.bad, []);
});

test("an end cut off anywhere leaves the frames before it and is no damage", () => {
  const last = whole.length - frames[3].length;
  for (let length = last; length < whole.length; length += 1) {
    const found = scan(whole.slice(0, length), 10);
    assert.deepEqual(seqs(found), [1, 2, 3]);
    assert.equal(found.end, last);
    assert.deepEqual(found.bad, []);
  }
});

test("an end of zeros, as a power cut leaves it, is not taken for a frame", () => {
  const found = scan(joined([whole, new Uint8Array(500)]), 10);
  assert.deepEqual(seqs(found), [1, 2, 3, 4]);
  assert.equal(found.end, whole.length);
});

test("a bit turned anywhere in a frame spoils this frame alone, and it is noticed", () => {
  const [from, to] = [10 + frames[0].length, 10 + frames[0].length + frames[1].length];
  for (let at = from; at < to; at += 1) {
    for (const bit of [1, 128]) {
      const bytes = whole.slice();
      bytes[at] ^= bit;
      const found = scan(bytes, 10);
      assert.deepEqual(seqs(found), [1, 3, 4], `byte ${at}`);
      assert.equal(found.bad.length, 1);
      assert.equal(found.end, whole.length);
    }
  }
});

test("a damaged frame is named where its head can still be read, also when it is the last", () => {
  const bytes = whole.slice();
  bytes[bytes.length - 5] ^= 1;
  const found = scan(bytes, 10);
  assert.deepEqual(seqs(found), [1, 2, 3]);
  assert.deepEqual(found.bad, [{ t: "r", seq: 4, id: "id-4" }]);
  assert.equal(found.end, whole.length - frames[3].length);
});

test("a frame of a given size is filled up and one that needs more is longer", () => {
  assert.equal(frame({ seq: 1 }, undefined, 64).length, 64);
  assert.equal(frameAt(frame({ seq: 9 }, undefined, 64), 0).head.seq, 9);
  assert.ok(frame({ text: "x".repeat(100) }, undefined, 64).length > 64);
});
