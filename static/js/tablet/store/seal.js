/**
 * Sealing under the key of a vault: AES-256-GCM, where each thing opens only in the place for which it was sealed.
 *
 * Texts are filled up with blanks to multiples of 256 bytes: "yes" and "no" would differ in length.
 */

import { base64, fromBase64, joined, randomBytes, textOf, utf8 } from "baqylau/tablet/store/bytes.js";
import { StoreTrouble } from "baqylau/tablet/store/trouble.js";

const STEP = 256;
const IV = 12;
const TAG = 16;
const PIECE = 1 << 20;
const FILE_HEAD = 16;
const FILE_MAGIC = 0x42514631;

/**
 * @typedef {{iv: Uint8Array, ct: Uint8Array}} Sealed
 * @typedef {{seq: number, id: string} & Sealed} Row one sealed record
 */

export class Sealer {
  #vault;
  #key;

  /**
   * @param {string} vault
   * @param {CryptoKey} key
   */
  constructor(vault, key) {
    this.#vault = vault;
    this.#key = key;
  }

  /** Return the key, to be wrapped once more. */
  get key() {
    return this.#key;
  }

  /**
   * @param {string} id
   * @param {number} seq
   * @param {object} body
   * @returns {Promise<Row>}
   */
  async sealRecord(id, seq, body) {
    return { seq, id, ...(await this.seal(`${id}|${seq}`, body)) };
  }

  /**
   * Return what a record says, or null when it is not what was sealed for this place.
   * @param {Row} row
   * @returns {Promise<any>}
   */
  openRecord(row) {
    return this.open(`${row.id}|${row.seq}`, row);
  }

  /**
   * @param {string} place
   * @param {object} what
   * @returns {Promise<Sealed>}
   */
  async seal(place, what) {
    const text = utf8(JSON.stringify(what));
    const padded = new Uint8Array(Math.ceil(text.length / STEP) * STEP).fill(0x20);
    padded.set(text);
    const iv = randomBytes(IV);
    return { iv, ct: new Uint8Array(await crypto.subtle.encrypt(this.#for(place, iv), this.#key, padded)) };
  }

  /**
   * @param {string} place
   * @param {Sealed} sealed
   * @returns {Promise<any>}
   */
  async open(place, { iv, ct }) {
    try {
      return JSON.parse(textOf(new Uint8Array(await crypto.subtle.decrypt(this.#for(place, iv), this.#key, ct))));
    } catch {
      return null;
    }
  }

  /**
   * Return something sealed as text, for the header.
   * @param {string} place
   * @param {object} what
   */
  async sealText(place, what) {
    const { iv, ct } = await this.seal(place, what);
    return base64(joined([iv, ct]));
  }

  /**
   * @param {string} place
   * @param {string} text
   */
  async openText(place, text) {
    try {
      const bytes = fromBase64(text);
      return await this.open(place, { iv: bytes.subarray(0, IV), ct: bytes.subarray(IV) });
    } catch {
      return null;
    }
  }

  /**
   * Yield the bytes of a sealed file piece by piece: a head with its size, then frames of 1 MiB.
   * @param {string} name
   * @param {Uint8Array} clear
   */
  async *sealFile(name, clear) {
    const total = Math.max(1, Math.ceil(clear.length / PIECE));
    const head = new Uint8Array(FILE_HEAD);
    const view = new DataView(head.buffer);
    view.setUint32(0, FILE_MAGIC);
    view.setUint32(4, total);
    view.setBigUint64(8, BigInt(clear.length));
    yield head;
    for (let n = 0; n < total; n += 1) {
      const iv = randomBytes(IV);
      const how = this.#for(`file|${name}|${n}|${total}`, iv);
      const piece = clear.subarray(n * PIECE, (n + 1) * PIECE);
      yield joined([iv, new Uint8Array(await crypto.subtle.encrypt(how, this.#key, piece))]);
    }
  }

  /**
   * Return the clear pieces of a sealed file; throws `damaged` where it is not what was sealed under this name.
   * @param {string} name
   * @param {Blob} file
   */
  async openFile(name, file) {
    const head = await fileHead(file);
    if (!head || head.length !== file.size) throw new StoreTrouble("damaged", "the file is not whole");
    const pieces = [];
    for (let n = 0; n < head.total; n += 1) {
      const from = FILE_HEAD + n * (PIECE + IV + TAG);
      const bytes = new Uint8Array(await file.slice(from, from + PIECE + IV + TAG).arrayBuffer());
      const how = this.#for(`file|${name}|${n}|${head.total}`, bytes.subarray(0, IV));
      try {
        pieces.push(await crypto.subtle.decrypt(how, this.#key, bytes.subarray(IV)));
      } catch (error) {
        throw new StoreTrouble("damaged", `piece ${n} of the file is not what was written`, error);
      }
    }
    return pieces;
  }

  /**
   * @param {string} place
   * @param {Uint8Array} iv
   */
  #for(place, iv) {
    return { name: "AES-GCM", iv, additionalData: utf8(`b1|${this.#vault}|${place}`) };
  }
}

/**
 * Return how large a file's clear bytes are and how long the whole file must be, or null where it is none of ours.
 * @param {Blob} file
 */
export async function fileHead(file) {
  if (file.size < FILE_HEAD) return null;
  const view = new DataView(await file.slice(0, FILE_HEAD).arrayBuffer());
  const [total, size] = [view.getUint32(4), Number(view.getBigUint64(8))];
  if (view.getUint32(0) !== FILE_MAGIC || total !== Math.max(1, Math.ceil(size / PIECE))) return null;
  return { total, size, length: lengthOf(size) };
}

/**
 * Return how many bytes a sealed file of `size` clear bytes has.
 * @param {number} size
 */
export const lengthOf = (size) => FILE_HEAD + size + Math.max(1, Math.ceil(size / PIECE)) * (IV + TAG);
