/**
 * Frames of the journal: magic, lengths, checksum, head (JSON), body. Pure.
 *
 * The checksum finds what a crash tore; it protects against nobody. What was altered by a person is found by the seal.
 */

import { textOf, utf8 } from "baqylau/tablet/store/bytes.js";

const MAGIC = [0x42, 0x51, 0x4a, 0x31];
const FIXED = 14;

/**
 * @typedef {Record<string, any>} Head
 * @typedef {{at: number, end: number, head: Head, body: Uint8Array}} Frame
 * @typedef {{frames: Frame[], bad: Head[], end: number}} Scanned `bad`: heads of frames that are not whole, {} where even
 *   that cannot be read; `end`: where the last whole frame ends
 */

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * Return the CRC-32 of bytes from `start` to `end`, going on from `before`.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @param {number} before
 */
function crc(bytes, start, end, before = 0) {
  let value = ~before;
  for (let at = start; at < end; at += 1) value = TABLE[(value ^ bytes[at]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

/**
 * Return the bytes of a frame; with `size`, filled up with zeros to that many.
 * @param {Head} head
 * @param {Uint8Array} [body]
 * @param {number} [size]
 */
export function frame(head, body = new Uint8Array(), size = 0) {
  const words = utf8(JSON.stringify(head));
  const bytes = new Uint8Array(Math.max(size, FIXED + words.length + body.length));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(4, words.length);
  view.setUint32(6, bytes.length - FIXED - words.length);
  bytes.set(words, FIXED);
  bytes.set(body, FIXED + words.length);
  view.setUint32(10, checksum(bytes, 0, bytes.length));
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 */
const checksum = (bytes, at, end) => crc(bytes, at + FIXED, end, crc(bytes, at + 4, at + 10));

/**
 * Return the whole frame that begins at `at`, or null.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Frame | null}
 */
export function frameAt(bytes, at) {
  const place = placeOf(bytes, at);
  if (!place || place.end > bytes.length) return null;
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 10) !== checksum(bytes, at, place.end)) return null;
  const head = headAt(bytes, at);
  return head && { at, end: place.end, head, body: bytes.subarray(place.body, place.end) };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function placeOf(bytes, at) {
  if (at + FIXED > bytes.length || !isMagic(bytes, at)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const body = at + FIXED + view.getUint16(at + 4);
  return { body, end: body + view.getUint32(at + 6) };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Head | null}
 */
function headAt(bytes, at) {
  const place = placeOf(bytes, at);
  try {
    return place && JSON.parse(textOf(bytes.subarray(at + FIXED, place.body)));
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
const isMagic = (bytes, at) => MAGIC.every((byte, place) => bytes[at + place] === byte);

/**
 * Return every whole frame from `start` on, also those behind a damaged place.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @returns {Scanned}
 */
export function scan(bytes, start) {
  const found = { frames: /** @type {Frame[]} */ ([]), bad: /** @type {Head[]} */ ([]), end: start };
  let at = start;
  while (at < bytes.length) {
    const one = frameAt(bytes, at);
    if (one) {
      found.frames.push(one);
      found.end = one.end;
      at = one.end;
      continue;
    }
    const next = nextWhole(bytes, at + 1);
    // An end that is only torn is no damage; a frame of its full length that does not hold is.
    if (next >= 0 || placeOf(bytes, at)?.end === bytes.length) found.bad.push(...headsBetween(bytes, at, next));
    if (next < 0) break;
    at = next;
  }
  return found;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 */
function nextWhole(bytes, from) {
  for (let at = bytes.indexOf(MAGIC[0], from); at >= 0; at = bytes.indexOf(MAGIC[0], at + 1)) {
    if (isMagic(bytes, at) && frameAt(bytes, at)) return at;
  }
  return -1;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 */
function headsBetween(bytes, from, to) {
  const heads = [];
  const end = to < 0 ? bytes.length : to;
  for (let at = from; at < end; at += 1) if (isMagic(bytes, at)) heads.push(headAt(bytes, at) ?? {});
  return heads.length > 0 ? heads : [{}];
}
