/**
 * The shape of sealed notes: always the same sizes, so that neither length nor number tells who talked, or that anybody did.
 *
 *     note --JSON--> parts of 12 KiB --age--> frames of 16 KiB (kept) --age--> blobs of 20 KiB (sent)
 *
 * A note that does not fit one part takes several. A frame is its content's length (32 bits, big-endian), the content, and
 * random bytes. Knows no encryption, no page, no storage: the tablet and the reading page share it.
 */

import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

/** What age encrypts: a multiple of 4 KiB. */
export const PLAIN_BYTES = 12 * 1024;
/** A sealed part as it lies on the tablet. */
export const FRAME_BYTES = 16 * 1024;
/** The same, sealed once more for each delivery, as the server keeps it. */
export const BLOB_BYTES = 20 * 1024;
/** Room for what stands around the text of a part. */
const HEAD_BYTES = 400;
const LENGTH_BYTES = 4;
const VERSION = 1;

/**
 * @typedef {{v: number, note: string, rev: number, part: number, of: number, body: string}} Part `part` from 1; `body` is
 *   a piece of the note's JSON; the highest `rev` of a note stands
 */

/**
 * Return the note as the plaintexts of its parts.
 * @param {string} id
 * @param {number} rev
 * @param {object} content
 * @returns {Uint8Array<ArrayBuffer>[]}
 */
export function plaintextsOf(id, rev, content) {
  const bodies = pieces(JSON.stringify(content));
  return bodies.map((body, index) => padded({ v: VERSION, note: id, rev, part: index + 1, of: bodies.length, body }));
}

/** @param {string} text */
function pieces(text) {
  const found = [];
  let [piece, size] = ["", 0];
  for (const character of text) {
    const cost = new TextEncoder().encode(JSON.stringify(character)).length - 2;
    if (size + cost > PLAIN_BYTES - HEAD_BYTES) {
      found.push(piece);
      [piece, size] = ["", 0];
    }
    piece += character;
    size += cost;
  }
  return [...found, piece];
}

/** @param {Part} part */
function padded(part) {
  const text = new TextEncoder().encode(JSON.stringify(part));
  if (text.length > PLAIN_BYTES) throw new NotesTrouble("too_large");
  const plain = new Uint8Array(PLAIN_BYTES).fill(0x20);
  plain.set(text);
  return plain;
}

/** Return what a slot seals that holds no note: random bytes, the first of them one that no JSON begins with. */
export function coverPlaintext() {
  const plain = random(PLAIN_BYTES);
  plain[0] = 0;
  return plain;
}

/**
 * Return the part in an opened plaintext; null for a cover.
 * @param {Uint8Array} plain
 * @returns {Part | null}
 */
export function partOf(plain) {
  if (plain[0] === 0) return null;
  try {
    const part = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
    if (part.v === VERSION && typeof part.note === "string" && typeof part.body === "string") return part;
  } catch {
    // told below, as anything else that is not ours
  }
  throw new NotesTrouble("not_ours");
}

/**
 * Return the notes that the parts make: of each the latest revision that is whole, and whether a later one lacks parts.
 * @param {Iterable<Part>} parts
 * @returns {{id: string, rev: number, content: any, isCutShort: boolean}[]}
 */
export function joined(parts) {
  /** @type {Map<string, Map<number, Map<number, Part>>>} */
  const notes = new Map();
  for (const part of parts) {
    const revisions = entry(notes, part.note, () => new Map());
    entry(revisions, part.rev, () => new Map()).set(part.part, part);
  }
  return [...notes].map(([id, revisions]) => latestWhole(id, revisions));
}

/**
 * @param {string} id
 * @param {Map<number, Map<number, Part>>} revisions
 */
function latestWhole(id, revisions) {
  const descending = [...revisions.keys()].sort((one, other) => other - one);
  for (const rev of descending) {
    const held = /** @type {Map<number, Part>} */ (revisions.get(rev));
    const of = [...held.values()][0].of;
    const bodies = Array.from({ length: of }, (_none, index) => held.get(index + 1)?.body);
    if (!bodies.includes(undefined)) return { id, rev, content: JSON.parse(bodies.join("")), isCutShort: rev !== descending[0] };
  }
  return { id, rev: descending[0], content: null, isCutShort: true };
}

/**
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 * @param {() => V} make
 * @returns {V}
 */
function entry(map, key, make) {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/**
 * Return the content in a frame of exactly `size` bytes.
 * @param {Uint8Array} content
 * @param {number} size
 */
export function framed(content, size) {
  if (content.length + LENGTH_BYTES > size) throw new NotesTrouble("too_many_recipients");
  const frame = random(size);
  new DataView(frame.buffer).setUint32(0, content.length);
  frame.set(content, LENGTH_BYTES);
  return frame;
}

/**
 * Return what a frame holds; throws NotesTrouble `damaged`.
 * @param {Uint8Array} frame
 */
export function unframed(frame) {
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  if (length > frame.length - LENGTH_BYTES) throw new NotesTrouble("damaged");
  return frame.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}

/** @param {number} size */
function random(size) {
  const bytes = new Uint8Array(size);
  // getRandomValues gives at most 65,536 bytes at once; ours are fewer.
  return crypto.getRandomValues(bytes);
}

/**
 * Return the values in random order.
 * @template T
 * @param {Iterable<T>} values
 * @returns {T[]}
 */
export function shuffled(values) {
  const list = [...values];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}

/**
 * Return a random whole number from 0 and below the bound.
 * @param {number} bound
 */
export function below(bound) {
  return Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * bound);
}
