/**
 * A visit in one encrypted file: to the office on a stick, or to another tablet. Where there is no network, this is the way.
 *
 * `BQV1`, a header line (JSON), then sealed frames. The key of the file is wrapped to the installation's key (X25519) and by
 * a transfer code that a person reads from the tablet.
 */

import {
  base64, fromBase64, hex, inLetters, joined, plainLetters, randomBytes, textOf, utf8,
} from "baqylau/tablet/store/bytes.js";
import { StoreTrouble } from "baqylau/tablet/store/trouble.js";

const MAGIC = "BQV1\n";
const ITEMS_A_FRAME = 500;
const IV = 12;
const ITEMS = 1;
const PHOTO = 2;
const FURTHEST_HEADER = 4096;
const LETTERS = 20;

/**
 * @typedef {{id: string, seq: number, body: string, sha256: string}} Item `body`: the JSON text of one revision
 * @typedef {{facts: object, blob: Blob | Uint8Array | (() => Promise<Blob>)}} Photo
 * @typedef {{v: number, visit: string, device: string, installation: string, epk: string, wrap_office: string,
 *   wrap_code: string, frames: number}} Header
 */

/** Return a new transfer code: 100 random bits as four groups of five letters. */
export const transferCode = () => inLetters(randomBytes(13), 5).slice(0, LETTERS + 3);

/**
 * Return the visit file.
 * @param {{visit: string, device: string, importKey: string, code: string, items: Item[], photos: Photo[]}} what
 *   `importKey`: the installation's X25519 public key in base64; `code`: of transferCode
 * @returns {Promise<Blob>}
 */
export async function writeVisitFile({ visit, device, importKey, code, items, photos }) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const groups = [];
  for (let at = 0; at < items.length; at += ITEMS_A_FRAME) groups.push(items.slice(at, at + ITEMS_A_FRAME));
  const frames = groups.length + photos.length;
  const keys = await wrappings(/** @type {CryptoKey} */ (key), fromBase64(importKey), code);
  const parts = [utf8(`${MAGIC}${JSON.stringify({ v: 1, visit, device, ...keys, frames })}\n`)];
  const seal = async (/** @type {Uint8Array} */ clear) => {
    const iv = randomBytes(IV);
    const how = { name: "AES-GCM", iv, additionalData: placeOf({ visit, device, frames }, parts.length - 1) };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, clear));
    // A Blob at once: the browser may keep it on the disk, where it is encrypted already.
    parts.push(new Blob([lengthOf(sealed.length + IV), iv, sealed]));
  };
  for (const group of groups) await seal(joined([Uint8Array.of(ITEMS), utf8(JSON.stringify({ items: group }))]));
  for (const photo of photos) await seal(await photoFrame(photo));
  return new Blob(parts, { type: "application/octet-stream" });
}

/**
 * Read a visit file with its transfer code, on another tablet. Throws `not_a_visit_file`, `cut_short`, `wrong_code`,
 * `other_installation` (only where `importKey` is given) or `damaged`.
 * @param {Blob} file
 * @param {string} code
 * @param {string} [importKey] the key of the installation from which the file must be
 * @returns {Promise<{visit: string, device: string, items: Item[], photos: {facts: any, blob: Blob}[]}>}
 */
export async function readVisitFile(file, code, importKey = "") {
  const { header, at } = await headerOf(file);
  if (importKey && header.installation !== (await installationOf(fromBase64(importKey)))) {
    throw new StoreTrouble("other_installation", "the file is of another installation");
  }
  const frames = framesOf(new Uint8Array(await file.slice(at).arrayBuffer()), header.frames);
  const key = await fileKey(header, code);
  const found = { visit: header.visit, device: header.device, items: [], photos: [] };
  for (const [i, bytes] of frames.entries()) {
    const how = { name: "AES-GCM", iv: bytes.subarray(0, IV), additionalData: placeOf(header, i) };
    try {
      take(new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.subarray(IV))), found);
    } catch (error) {
      throw new StoreTrouble("damaged", `frame ${i} of the file is not what was written`, error);
    }
  }
  return found;
}

/**
 * @param {CryptoKey} key
 * @param {Uint8Array} office
 * @param {string} code
 */
async function wrappings(key, office, code) {
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey("X25519", false, ["deriveBits"]));
  const epk = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const other = await crypto.subtle.importKey("raw", office, "X25519", false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, pair.privateKey, 256));
  return {
    installation: await installationOf(office), epk: base64(epk),
    wrap_office: await wrapped(key, await outerKey(shared, epk, "baqylau visit file 1")),
    wrap_code: await wrapped(key, await outerKey(utf8(plainLetters(code)), epk, "baqylau transfer 1")),
  };
}

/** @param {Uint8Array} importKey */
const installationOf = async (importKey) =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", importKey))).slice(0, 16);

/**
 * @param {Uint8Array} secret
 * @param {Uint8Array} salt
 * @param {string} info
 */
async function outerKey(secret, salt, info) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8(info) };
  return crypto.subtle.deriveKey(how, key, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/**
 * @param {CryptoKey} key
 * @param {CryptoKey} outer
 */
async function wrapped(key, outer) {
  const iv = randomBytes(IV);
  return base64(joined([iv, new Uint8Array(await crypto.subtle.wrapKey("raw", key, outer, { name: "AES-GCM", iv }))]));
}

/**
 * @param {Header} header
 * @param {string} code
 */
async function fileKey(header, code) {
  const bytes = fromBase64(header.wrap_code);
  const outer = await outerKey(utf8(plainLetters(code)), fromBase64(header.epk), "baqylau transfer 1");
  const how = { name: "AES-GCM", iv: bytes.subarray(0, IV) };
  try {
    return await crypto.subtle.unwrapKey("raw", bytes.subarray(IV), outer, how, "AES-GCM", false, ["decrypt"]);
  } catch (error) {
    throw new StoreTrouble("wrong_code", "the code does not open the file", error);
  }
}

/**
 * @param {{visit: string, device: string, frames: number}} header
 * @param {number} i
 */
const placeOf = ({ visit, device, frames }, i) => utf8(`BQV1|${visit}|${device}|${i}|${frames}`);

/** @param {number} length */
function lengthOf(length) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** @param {Photo} photo */
async function photoFrame({ facts, blob }) {
  const given = typeof blob === "function" ? await blob() : blob;
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(await given.arrayBuffer());
  const head = utf8(JSON.stringify(facts));
  return joined([Uint8Array.of(PHOTO, head.length >> 8, head.length & 255), head, bytes]);
}

/**
 * @param {Blob} file
 * @returns {Promise<{header: Header, at: number}>}
 */
async function headerOf(file) {
  const bytes = new Uint8Array(await file.slice(0, FURTHEST_HEADER).arrayBuffer());
  const magic = utf8(MAGIC);
  if (!magic.every((byte, at) => byte === bytes[at])) throw new StoreTrouble("not_a_visit_file");
  const end = bytes.indexOf(0x0a, magic.length);
  if (end < 0) throw new StoreTrouble(file.size < FURTHEST_HEADER ? "cut_short" : "not_a_visit_file");
  try {
    return { header: JSON.parse(textOf(bytes.subarray(magic.length, end))), at: end + 1 };
  } catch (error) {
    throw new StoreTrouble("damaged", "the header of the file cannot be read", error);
  }
}

/**
 * Return the sealed frames; throws `cut_short` where some are missing.
 * @param {Uint8Array} bytes
 * @param {number} count
 */
function framesOf(bytes, count) {
  const frames = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 0;
  while (frames.length < count) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Infinity;
    if (end > bytes.length) throw new StoreTrouble("cut_short", `${frames.length} of ${count} frames are there`);
    frames.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (at < bytes.length) throw new StoreTrouble("damaged", "there is something behind the last frame");
  return frames;
}

/**
 * @param {Uint8Array} clear
 * @param {{items: any[], photos: any[]}} found
 */
function take(clear, found) {
  if (clear[0] === ITEMS) found.items.push(...JSON.parse(textOf(clear.subarray(1))).items);
  if (clear[0] !== PHOTO) return;
  const end = 3 + ((clear[1] << 8) | clear[2]);
  found.photos.push({ facts: JSON.parse(textOf(clear.subarray(3, end))), blob: new Blob([clear.subarray(end)]) });
}
