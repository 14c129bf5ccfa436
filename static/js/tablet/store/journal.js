/**
 * The journal of a vault: an append-only file that is the truth; the index may be rebuilt from it.
 *
 * The file: twice the header (wrapped keys, label), each in a place of its own so that one is always whole while the other
 * is written; the number of the last record; then frames. The browser's database goes on writing behind a torn end and is
 * thrown away at the start after that: here an unfinished end is cut off.
 */

import { Disk, fileAt } from "baqylau/tablet/store/disk.js";
import { frame, frameAt, scan } from "baqylau/tablet/store/frames.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";

const SLOT = 8192;
const COUNTER_AT = 2 * SLOT;
const COUNTER_SIZE = 64;
const FRAMES_AT = COUNTER_AT + 512;

/**
 * @typedef {import("baqylau/tablet/store/frames.js").Head} Head
 * @typedef {import("baqylau/tablet/store/seal.js").Sealed} Sealed
 * @typedef {{t: "r" | "o" | "g", seq: number, id: string} & Sealed} Entry `t`: record, opening, or what was let go
 * @typedef {{entries: Entry[], bad: Head[], cut: number, counter: number}} Read `counter`: the number of the last record
 *   that was written, also when its frame is gone
 */

/**
 * Return the newer of the two headers of a journal that is perhaps open in another page, or null.
 * @param {string} vault
 */
export async function readHeader(vault) {
  const file = await fileAt([vault, "journal"]);
  return file && newestHeader(new Uint8Array(await file.slice(0, FRAMES_AT).arrayBuffer()));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Head | null}
 */
function newestHeader(bytes) {
  const heads = [0, SLOT].map((at) => frameAt(bytes.subarray(at, at + SLOT), 0)?.head);
  return heads.reduce((best, head) => (head && (!best || head.n > best.n) ? head : best), undefined) ?? null;
}

export class Journal {
  #disk = new Disk();
  #path;
  #relief;
  #end = FRAMES_AT;
  #before = { end: FRAMES_AT, counter: 0 };
  #counter = 0;
  #isSound = true;
  #found = 0;
  /** @type {Head | null} */
  header = null;

  /**
   * @param {string} vault
   * @param {() => Promise<unknown>} relief makes room on a full disk
   */
  constructor(vault, relief) {
    this.#path = [vault, "journal"];
    this.#relief = relief;
  }

  /** Return how many bytes the journal has. */
  get size() {
    return this.#end;
  }

  /**
   * Read everything; changes nothing.
   * @returns {Promise<Read>}
   */
  async read() {
    const size = await this.#disk.open(this.#path);
    const bytes = await this.#disk.read(this.#path, 0, size);
    this.#found = size;
    this.header = newestHeader(bytes);
    const found = scan(bytes, Math.min(FRAMES_AT, size));
    this.#counter = frameAt(bytes.subarray(COUNTER_AT, COUNTER_AT + COUNTER_SIZE), 0)?.head.seq ?? 0;
    this.#end = Math.max(found.end, FRAMES_AT);
    this.#before = { end: this.#end, counter: this.#counter };
    const entries = found.frames.map(({ head: { t, seq, id }, body }) => ({
      t, seq, id, iv: body.subarray(0, 12), ct: body.subarray(12),
    }));
    const cut = size < FRAMES_AT ? size : size - found.end;
    return { entries: /** @type {Entry[]} */ (entries), bad: found.bad, cut, counter: this.#counter };
  }

  /** Cut an unfinished end off, which the next frame would follow. */
  async trim() {
    if (this.#found > this.#end) await this.#disk.truncate(this.#path, this.#end);
  }

  /**
   * Write the header: first into the place that is not in use, so that one of the two is whole at any moment.
   * @param {Head} header
   */
  async writeHeader(header) {
    for (const place of [header.n % 2, (header.n + 1) % 2]) {
      await this.#write([{ at: place * SLOT, bytes: slotOf(header) }]);
    }
    this.header = header;
  }

  /**
   * Append entries; resolves when they are on the disk. When it rejects, the file ends where it ended before.
   * @param {Entry[]} entries
   * @param {number} [counter] the number of the last record now
   */
  async append(entries, counter = this.#counter) {
    if (!this.#isSound) await this.#mend();
    const frames = entries.map(({ t, seq, id, iv, ct }) => frame({ t, seq, id }, both(iv, ct)));
    const bytes = frames.length === 1 ? frames[0] : await new Blob(frames).arrayBuffer().then((all) => new Uint8Array(all));
    // The number stands behind the frames in this list: killed between the two, it is too low, which is harmless.
    await this.#write([{ at: this.#end, bytes }, { at: COUNTER_AT, bytes: counterOf(counter) }]);
    this.#before = { end: this.#end, counter: this.#counter };
    this.#end += bytes.length;
    this.#counter = counter;
  }

  /** Take the last append back. */
  async takeBack() {
    this.#end = this.#before.end;
    this.#counter = this.#before.counter;
    this.#isSound = false;
    await this.#mend();
  }

  /** Let go of the file. */
  async close() {
    await this.#disk.close(this.#path).catch(() => undefined);
    this.#disk.end();
  }

  /** @param {import("baqylau/tablet/store/disk.js").Piece[]} pieces */
  async #write(pieces) {
    try {
      await this.#disk.write(this.#path, pieces);
    } catch (first) {
      this.#isSound = false;
      try {
        await this.#relief();
        await this.#mend();
        await this.#disk.write(this.#path, pieces);
      } catch (second) {
        this.#isSound = false;
        await this.#mend().catch(() => undefined);
        throw worse(first, second);
      }
    }
  }

  /** Open the file anew and cut off what a failed write may have left. */
  async #mend() {
    this.#disk.end();
    const size = await this.#disk.open(this.#path, false);
    if (size > this.#end) await this.#disk.truncate(this.#path, this.#end);
    if (size >= FRAMES_AT) await this.#disk.write(this.#path, [{ at: COUNTER_AT, bytes: counterOf(this.#counter) }]);
    this.#isSound = true;
  }
}

/** @param {Head} header */
function slotOf(header) {
  const bytes = frame(header, undefined, SLOT);
  if (bytes.length > SLOT) throw new StoreTrouble("too_long", "the wrapped keys do not fit into the journal's header");
  return bytes;
}

/** @param {number} counter */
const counterOf = (counter) => frame({ seq: counter }, undefined, COUNTER_SIZE);

/**
 * Return the trouble to tell of two attempts: that the disk is full explains more than what followed from it.
 * @param {unknown} first
 * @param {unknown} second
 */
function worse(first, second) {
  const troubles = [troubleOf(second), troubleOf(first)];
  return troubles.find((trouble) => trouble.code === "full") ?? troubles[0];
}

/**
 * @param {Uint8Array} iv
 * @param {Uint8Array} ct
 */
function both(iv, ct) {
  const bytes = new Uint8Array(iv.length + ct.length);
  bytes.set(iv);
  bytes.set(ct, iv.length);
  return bytes;
}
