/**
 * The sealed notes of a visit, opened in this page with the reader's key. What is opened stands in the page's elements alone:
 * it is neither stored nor sent, and leaving the page takes it away.
 */

import { KeyTrouble, fetchSealed, readsWithKey } from "baqylau/office/reading-key.js";
import { make } from "baqylau/tablet/dom.js";
import { BLOB_BYTES, joined, partOf, unframed } from "baqylau/tablet/notes/envelope.js";

/** @typedef {{device: string, author: string, apart: boolean}} Head */

/** @param {HTMLElement} element */
export function attach(element) {
  readsWithKey(element, async (keys, words) => {
    const { heads, blobs } = taken(new Uint8Array(await (await fetchSealed(element)).arrayBuffer()));
    const { notes, damaged } = await notesIn(blobs, heads, keys);
    const shown = notes.map((note) => show(note, words));
    if (damaged > 0) shown.unshift(make("p", { class: "field-error" }, words.damaged.replace("{number}", String(damaged))));
    return shown.length > 0 ? shown : [make("p", {}, words.none)];
  });
}

/**
 * Take the server's answer apart: 32 bits of length, the heads as JSON, then the blobs.
 * @param {Uint8Array} bytes
 * @returns {{heads: Head[], blobs: Uint8Array[]}}
 */
export function taken(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const heads = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const blobs = heads.map((/** @type {Head} */ _head, /** @type {number} */ at) => bytes.subarray(4 + length + at * BLOB_BYTES, 4 + length + (at + 1) * BLOB_BYTES));
  if (bytes.length !== 4 + length + blobs.length * BLOB_BYTES) throw new KeyTrouble("network");
  return { heads, blobs };
}

/**
 * Return the notes that the keys open, each with who sent it, and how many blobs are damaged. Covers are left out.
 * @param {Uint8Array[]} blobs
 * @param {Head[]} heads
 * @param {string[]} keys
 */
export async function notesIn(blobs, heads, keys) {
  const { Decrypter } = await import("vendor/age/age-encryption.js");
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  const [parts, senders] = [/** @type {any[]} */ ([]), new Map()];
  let damaged = 0;
  for (const [at, blob] of blobs.entries()) {
    try {
      const frame = await decrypter.decrypt(unframed(blob));
      const part = partOf(await decrypter.decrypt(unframed(frame)));
      if (!part) continue;
      parts.push(part);
      senders.set(part.note, heads[at]);
    } catch (reason) {
      // What was sealed to others is theirs; everything else that does not open was altered.
      if (!/no identity matched/.test(String(reason))) damaged += 1;
    }
  }
  return { notes: joined(parts).map((note) => ({ ...note, ...senders.get(note.id) })), damaged };
}

/**
 * @param {any} note
 * @param {Record<string, string>} words
 */
function show({ content, isCutShort, author, apart }, words) {
  if (!content) return make("section", { class: "panel note" }, make("p", { class: "field-error" }, words.unreadable));
  const uses = ["count", "finding", "authority", "published"].filter((use) => content.uses?.[use]).map((use) => words[use]);
  const facts = [
    [words.author, author + (apart ? ` (${words.apart})` : "")],
    [words.language, content.language],
    [words.read_aloud, content.read_aloud ? words.yes : words.no],
    [words.uses, uses.join("; ") || words.no_use],
    [words.again, content.again ? words.yes : words.no],
    [words.again_how, content.again_how],
    [words.risk, content.risk],
    [words.wishes, content.wishes],
    [words.topics, (content.topics ?? []).join(", ")],
  ].filter(([, value]) => value);
  return make("section", { class: "panel note" },
    make("h2", {}, `${words.code} ${content.code}`, content.continues && ` (${words.continues.replace("{code}", content.continues)})`),
    isCutShort && make("p", { class: "field-error" }, words.cut_short),
    make("h3", {}, words.account),
    ...String(content.account ?? "").split("\n").map((line) => make("p", {}, line)),
    make("dl", { class: "facts" }, ...facts.map(([name, value]) => make("div", { class: "fact" }, make("dt", {}, name), make("dd", {}, value)))));
}
