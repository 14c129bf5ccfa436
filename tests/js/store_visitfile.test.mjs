import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { base64, fromBase64, joined, textOf, utf8 } from "baqylau/tablet/store/bytes.js";
import { readVisitFile, transferCode, writeVisitFile } from "baqylau/tablet/store/visitfile.js";

const fixture = new URL("../sync/data/visit-file.json", import.meta.url);
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
const importKey = base64(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
const [visit, device] = ["0b6e6ba8-94a4-4f61-8a62-0d6d7a2a3c11", "5f0c2f5e-3a0e-4d5e-9f0a-6f6d1f3f5a77"];
const item = (seq) => {
  const body = JSON.stringify({ id: `7d6c4a1e-0000-4000-8000-${String(seq).padStart(12, "0")}`, item: "D4", value: { value: "жауап" } });
  return { id: JSON.parse(body).id, seq, body, sha256: hash(body) };
};
const items = Array.from({ length: 1_203 }, (_, at) => item(at + 1));
const photo = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);
const facts = { id: "9a0b6f0e-0000-4000-8000-000000000001", item: "D4", caption: "Қабырға", sha256: hash(photo) };
const code = transferCode();
const written = async (more = {}) => {
  const blob = await writeVisitFile({ visit, device, importKey, code, items, photos: [{ facts, blob: new Blob([photo]) }], ...more });
  return new Uint8Array(await blob.arrayBuffer());
};
const bytes = await written();
const read = (content, with_ = code, key) => readVisitFile(new Blob([content]), with_, key);

test("a transfer code has four groups of five letters, other each time", () => {
  assert.match(code, /^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
  assert.notEqual(transferCode(), code);
});

test("what is written is read, also by a code in small letters and with I for 1", async () => {
  for (const typed of [code, code.toLowerCase().replaceAll("-", " ").replaceAll("1", "i").replaceAll("0", "o")]) {
    const found = await read(bytes, typed, importKey);
    assert.deepEqual([found.visit, found.device], [visit, device]);
    assert.deepEqual(found.items, items);
    assert.deepEqual(found.photos.map((one) => one.facts), [facts]);
    assert.deepEqual(new Uint8Array(await found.photos[0].blob.arrayBuffer()), photo);
  }
});

test("nothing recorded stands in it in clear", () => {
  const text = Buffer.from(bytes);
  for (const word of ["жауап", "Қабырға", items[0].id]) assert.equal(text.indexOf(word), -1);
});

test("a file with nothing in it is a file", async () => {
  assert.deepEqual(await read(await written({ items: [], photos: [] })), { visit, device, items: [], photos: [] });
});

test("photos may come as bytes or be fetched one by one", async () => {
  const found = await read(await written({ items: [], photos: [{ facts, blob: photo }, { facts, blob: async () => new Blob([photo]) }] }));
  assert.deepEqual(found.photos.map(({ blob }) => blob.size), [70_000, 70_000]);
});

test("a wrong code, another installation, a file cut short or altered, and other files are told apart", async () => {
  const other = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  const otherKey = base64(new Uint8Array(await crypto.subtle.exportKey("raw", other.publicKey)));
  await assert.rejects(read(bytes, transferCode()), { code: "wrong_code" });
  await assert.rejects(read(bytes, ""), { code: "wrong_code" });
  await assert.rejects(read(bytes, code, otherKey), { code: "other_installation" });
  for (const length of [20, 600, 5_000, bytes.length - 1]) await assert.rejects(read(bytes.slice(0, length)), { code: "cut_short" });
  await assert.rejects(read(utf8("PK not this")), { code: "not_a_visit_file" });
  await assert.rejects(read(new Uint8Array()), { code: "not_a_visit_file" });
  await assert.rejects(read(joined([bytes, Uint8Array.of(0)])), { code: "damaged" });
  const flipped = bytes.slice();
  flipped[bytes.length - 100] ^= 1;
  await assert.rejects(read(flipped), { code: "damaged" });
});

test("a frame does not open in another file or another place", async () => {
  const end = bytes.indexOf(10, 5) + 1;
  const text = textOf(bytes.subarray(0, end));
  for (const [from, to] of [[visit, visit.replace("0", "1")], [device, device.replace("5", "6")]]) {
    await assert.rejects(read(joined([utf8(text.replace(from, to)), bytes.subarray(end)])), { code: "damaged" });
  }
  const { frames } = JSON.parse(text.slice(5));
  const fewer = utf8(text.replace(`"frames":${frames}`, `"frames":${frames - 1}`));
  await assert.rejects(read(joined([fewer, bytes.subarray(end)])), { code: "damaged" });
});

test("the file that the Python side is tested with can be read", async () => {
  if (process.env.BAQYLAU_WRITE_VISIT_FILE) await writeFixture();
  const given = JSON.parse(readFileSync(fixture, "utf8"));
  const found = await read(fromBase64(given.file), given.code, given.import_key);
  assert.deepEqual([found.visit, found.device], [given.visit, given.device]);
  assert.deepEqual(found.items, given.items);
  assert.deepEqual(found.photos.map((one) => one.facts), given.photos.map((one) => one.facts));
  assert.equal(base64(new Uint8Array(await found.photos[0].blob.arrayBuffer())), given.photos[0].content);
});

/** Write the fixture anew: BAQYLAU_WRITE_VISIT_FILE=1 node --test tests/js/store_visitfile.test.mjs */
async function writeFixture() {
  const small = photo.slice(0, 200);
  const smallFacts = { ...facts, sha256: hash(small) };
  const some = items.slice(0, 3);
  const file = await written({ items: some, photos: [{ facts: smallFacts, blob: small }] });
  const private_key = (await crypto.subtle.exportKey("jwk", pair.privateKey)).d.replaceAll("-", "+").replaceAll("_", "/") + "=";
  const given = {
    visit, device, code, import_key: importKey, import_private_key: private_key,
    items: some, photos: [{ facts: smallFacts, content: base64(small) }], file: base64(file),
  };
  writeFileSync(fixture, `${JSON.stringify(given, null, 1)}\n`);
}
