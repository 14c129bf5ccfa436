import assert from "node:assert/strict";
import { test } from "node:test";

import { base64, fromBase64, hex, inLetters, joined, plainLetters } from "baqylau/tablet/store/bytes.js";
import * as keys from "baqylau/tablet/store/keys.js";
import { encodeSecret, newSecret } from "baqylau/tablet/store/recovery.js";
import { Sealer, fileHead, lengthOf } from "baqylau/tablet/store/seal.js";

const key = await keys.newKey();
const sealer = new Sealer("vault", key);

test("short answers of one kind have one length when sealed", async () => {
  const sizes = await Promise.all(["yes", "no", "", "x".repeat(150)].map(async (value) => (await sealer.sealRecord("i", 1, { value })).ct.length));
  assert.deepEqual(new Set(sizes), new Set([272]));
});

test("a record opens only in its vault, under its id and number, unaltered", async () => {
  const row = await sealer.sealRecord("id", 7, { value: "жауап" });
  assert.deepEqual(await sealer.openRecord(row), { value: "жауап" });
  assert.equal(await sealer.openRecord({ ...row, seq: 8 }), null);
  assert.equal(await sealer.openRecord({ ...row, id: "other" }), null);
  assert.equal(await sealer.openRecord({ ...row, ct: row.ct.slice(1) }), null);
  assert.equal(await new Sealer("other", key).openRecord(row), null);
  assert.equal(await new Sealer("vault", await keys.newKey()).openRecord(row), null);
});

test("a file comes back whole, whatever its size, and has the length that its head says", async () => {
  for (const size of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2_500_000]) {
    const clear = new Uint8Array(size).fill(size & 255);
    const file = await sealed("photo", clear);
    assert.equal(file.size, lengthOf(size));
    assert.deepEqual(await fileHead(file), { total: Math.max(1, Math.ceil(size / (1 << 20))), size, length: file.size });
    assert.deepEqual(new Uint8Array(await new Blob(await sealer.openFile("photo", file)).arrayBuffer()), clear);
  }
});

test("a file that is cut, altered, renamed or has its pieces swapped is refused", async () => {
  const file = await sealed("photo", new Uint8Array(2_500_000));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const piece = (1 << 20) + 28;
  const swapped = joined([bytes.subarray(0, 16), bytes.subarray(16 + piece, 16 + 2 * piece), bytes.subarray(16, 16 + piece), bytes.subarray(16 + 2 * piece)]);
  const flipped = bytes.slice();
  flipped[1_200_000] ^= 1;
  for (const [name, content] of [["photo", bytes.slice(0, -1)], ["photo", swapped], ["photo", flipped], ["other", bytes], ["photo", bytes.slice(0, 5)]]) {
    await assert.rejects(sealer.openFile(name, new Blob([content])), { code: "damaged" });
  }
});

async function sealed(name, clear) {
  const parts = [];
  for await (const part of sealer.sealFile(name, clear)) parts.push(part);
  return new Blob(parts);
}

test("a key comes back by passkey and by recovery code, and by no other", async () => {
  const prf = crypto.getRandomValues(new Uint8Array(32));
  const code = encodeSecret(newSecret());
  const ways = [await keys.wrap("vault", key, { prf }), await keys.wrap("vault", key, { recovery: code })];
  const raw = async (found) => hex(new Uint8Array(await crypto.subtle.exportKey("raw", found)));
  for (const way of [{ prf }, { recovery: code }, { recovery: code.toLowerCase().replaceAll("-", " ").replaceAll("1", "l").replaceAll("0", "o") }]) {
    assert.equal(await raw(await keys.unwrap("vault", ways, way)), await raw(key));
  }
  for (const way of [{ prf: new Uint8Array(32) }, { recovery: "0".repeat(40) }, { recovery: "" }, { passphrase: "any" }, { passphrase: "" }]) {
    await assert.rejects(keys.unwrap("vault", ways, way), { code: "wrong_passphrase" });
  }
  await assert.rejects(keys.unwrap("other", ways, { prf }), { code: "wrong_passphrase" });
  await assert.rejects(keys.unwrap("vault", [{ ...ways[0], way: "recovery" }], { recovery: code }), { code: "wrong_passphrase" });
});

test("bytes as letters and back", () => {
  const bytes = Uint8Array.from([0, 255, 16, 8, 127, 1, 2, 3, 4, 5]);
  assert.equal(inLetters(bytes, 4), "03ZH-023Z-0410-6105");
  assert.equal(plainLetters("il-o0 a"), "1100A");
  assert.deepEqual(fromBase64(base64(bytes)), bytes);
});
