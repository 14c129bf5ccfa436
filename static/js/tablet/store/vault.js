/**
 * One open vault. Its key lives in this object only; `lock()` drops it.
 */

import { rangesOf } from "baqylau/tablet/store/opening.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";

/**
 * @typedef {{seq: number, why: "altered" | "removed" | "missing" | "forked" | "label",
 *   where: "index" | "journal" | "both", isMended: boolean}} Damage
 *   `altered`: does not open in its place; `removed`: gone from the middle of one copy; `missing`: was recorded and is in
 *   neither copy; `forked`: two records bear the number, the second was recorded anew; `label` (seq 0): the clear text
 *   was altered
 * @typedef {{rebuilt: "index" | "journal" | null, copied: number, cut: number, damaged: Damage[], isRolledBack: boolean,
 *   rolledBack: "index" | "journal" | null, healing: string}} Report what start-up found. `copied`: records that one
 *   copy lacked; `cut`: bytes of an unfinished end of the journal that were taken off; `isRolledBack`: one copy is an
 *   older one put back (or lost a whole opening's work), mended from the other; `healing`: "" or the code of what kept
 *   it from mending, such as `full`: everything can be read all the same
 * @typedef {import("baqylau/tablet/store/seal.js").Sealer} Sealer
 * @typedef {{id: string, label: string, takenOn: string, visit: string, person: string, recovery: string}} About
 * @typedef {{journal: import("baqylau/tablet/store/journal.js").Journal, index: import("baqylau/tablet/store/index.js").Index,
 *   files: import("baqylau/tablet/store/files.js").Files, sealer: Sealer, release: () => void}} Parts
 * @typedef {import("baqylau/tablet/store/opening.js").Opened} Opened
 */

export class Vault {
  /** @type {Parts | null} */
  #parts;
  #last;
  /** @type {Map<number, any> | null} records as they were opened at the start, until they have been read once */
  #bodies;
  /** @type {Promise<unknown>} */
  #saves = Promise.resolve();
  /** @type {(() => Promise<unknown>)[]} what a failed save still has to take back */
  #owed = [];

  /**
   * @param {About} about
   * @param {Parts} parts
   * @param {Opened} opened
   */
  constructor(about, parts, opened) {
    this.id = about.id;
    this.label = about.label;
    this.takenOn = about.takenOn;
    this.visit = about.visit;
    this.person = about.person;
    /** What `sealRecovery` returned, "" when there was none. */
    this.recovery = about.recovery;
    this.report = opened.report;
    this.#parts = parts;
    this.#last = opened.last;
    this.#bodies = opened.bodies;
  }

  /** Return the number of the last record. */
  get last() {
    return this.#last;
  }

  get isOpen() {
    return this.#parts !== null;
  }

  /**
   * Record: sealed, in the index and in the journal, both on the disk, before it resolves. Records are saved one after
   * another. When it rejects, nothing was recorded. `body.id`, `body.at` are kept where they are given.
   * @param {Record<string, any>} body
   * @returns {Promise<{seq: number, id: string}>}
   */
  append(body) {
    return this.#inTurn((parts) => this.#append(parts, body));
  }

  /**
   * Yield every record in order.
   * @returns {AsyncGenerator<{seq: number, body: any}>}
   */
  async *all() {
    const { index, sealer } = this.#held();
    const opened = this.#bodies ?? new Map();
    let from = 0;
    for (const [seq, body] of opened) {
      yield { seq, body };
      from = seq;
    }
    // Where mending failed the index is not whole: then what was opened at the start stays the only reading of it.
    if (this.report.healing === "") this.#bodies = null;
    for await (const rows of index.pages(from)) {
      const bodies = await Promise.all(rows.map((row) => sealer.openRecord(row)));
      for (const [at, body] of bodies.entries()) {
        if (body) yield { seq: rows[at].seq, body };
        else this.#note(rows[at].seq);
      }
    }
  }

  /**
   * Keep a file; resolves when all of it is on the disk. Throws `full` before answers run out of room.
   * @param {string} name letters, digits, dots and dashes; it is not encrypted
   * @param {Blob | Uint8Array} content
   * @returns {Promise<{sha256: string, size: number}>}
   */
  async putFile(name, content) {
    return this.#held().files.put(name, content);
  }

  /**
   * @param {string} name
   * @param {string} [type] the media type that the Blob shall have
   * @returns {Promise<Blob>}
   */
  async readFile(name, type) {
    return this.#held().files.read(name, type);
  }

  /**
   * Tell whether the whole file is there.
   * @param {string} name
   * @returns {Promise<boolean>}
   */
  async hasFile(name) {
    return this.#held().files.has(name);
  }

  /** @param {string} name */
  async dropFile(name) {
    return this.#held().files.drop(name);
  }

  /**
   * Return the names and sizes of all whole files.
   * @returns {Promise<{name: string, size: number}[]>}
   */
  async files() {
    return this.#held().files.list();
  }

  /**
   * Let records go from the index: `all()` leaves them out from now on. The journal keeps them until the vault is removed.
   * @param {number[]} seqs
   */
  forget(seqs) {
    return this.#inTurn(async ({ journal, index, sealer }) => {
      const id = crypto.randomUUID();
      const sealed = await sealer.seal(`gone|${id}`, { gone: rangesOf(seqs) });
      // On a full disk only the deleting may work; then the next opening copies the records back, which loses nothing.
      await journal.append([{ t: "g", seq: 0, id, ...sealed }]).catch(() => undefined);
      for (const seq of seqs) this.#bodies?.delete(seq);
      await index.drop(seqs);
    });
  }

  /** Wait for the saves under way, then let the key and every file go. The object is of no use afterwards. */
  async lock() {
    const parts = this.#parts;
    await this.#saves;
    if (!parts || !this.#parts) return;
    this.#parts = null;
    this.#bodies = null;
    await parts.files.close();
    await parts.journal.close();
    parts.index.close();
    parts.release();
  }

  /**
   * Change the header (used by vaults.js): `change` gets the key and the header and returns the new header.
   * @param {(key: CryptoKey, header: import("baqylau/tablet/store/frames.js").Head) =>
   *   Promise<import("baqylau/tablet/store/frames.js").Head>} change
   */
  changeHeader(change) {
    return this.#inTurn(async ({ journal, index, sealer }) => {
      const header = await change(sealer.key, journal.header ?? {});
      await journal.writeHeader(header);
      await index.putHeader(header);
    });
  }

  /**
   * @template T
   * @param {(parts: Parts) => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.#saves.then(async () => {
      const parts = this.#held();
      await this.#takeBack();
      return work(parts);
    });
    this.#saves = done.catch(() => undefined);
    return done.catch((error) => {
      throw troubleOf(error);
    });
  }

  /**
   * @param {Parts} parts
   * @param {Record<string, any>} given
   */
  async #append({ journal, index, sealer }, given) {
    const seq = this.#last + 1;
    const id = given.id ?? crypto.randomUUID();
    const about = { id, seq, device: this.id, visit: this.visit };
    const body = { at: new Date().toISOString(), mono: Math.round(performance.now()), ...given, ...about };
    const row = await sealer.sealRecord(id, seq, body);
    const ends = await Promise.allSettled([journal.append([{ ...row, t: "r" }], seq), index.put([row])]);
    const failed = ends.filter((end) => end.status === "rejected").map((end) => troubleOf(end.reason));
    if (failed.length > 0) {
      if (ends[0].status === "fulfilled") this.#owed.push(() => journal.takeBack());
      this.#owed.push(() => index.drop([seq]));
      // What fails is tried again before the next save. Should the page end before: an opening finds the record, and keeps it.
      await this.#takeBack().catch(() => undefined);
      throw failed.find(({ code }) => code === "full") ?? failed[0];
    }
    this.#last = seq;
    return { seq, id };
  }

  /** Undo the halves of failed saves, so that their number is free again. */
  async #takeBack() {
    while (this.#owed.length > 0) {
      await this.#owed[0]();
      this.#owed.shift();
    }
  }

  /** @param {number} seq */
  #note(seq) {
    if (this.report.damaged.some((one) => one.seq === seq && one.where === "index")) return;
    this.report.damaged.push({ seq, why: "altered", where: "index", isMended: false });
  }

  #held() {
    if (!this.#parts) throw new StoreTrouble("closed", "the vault is locked");
    return this.#parts;
  }
}
