/**
 * The slots of a visit on one tablet: a fixed number of sealed frames, all of one size, kept as one file of the vault.
 *
 * All are filled from the start with covers. A note takes free slots at random and keeps them while its draft is open. The
 * whole file is written anew at each save, so that no date of a file tells which slot was filled when; the one before it stays
 * until the next. Which slots are taken stands in the vault's journal, encrypted like every answer.
 */

import { FRAME_BYTES, shuffled } from "baqylau/tablet/notes/envelope.js";
import { sealedCover, sealedForDelivery, sealedParts } from "baqylau/tablet/notes/sealing.js";
import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

/**
 * @typedef {{append: (body: object) => Promise<any>, all: () => AsyncIterable<{seq: number, body: any}>,
 *   putFile: (name: string, content: Uint8Array<ArrayBuffer>) => Promise<{sha256: string}>,
 *   readFile: (name: string) => Promise<Blob>, dropFile: (name: string) => Promise<any>, files: () => Promise<any>}} Vault
 */

/** @typedef {{slot: number, bytes: Uint8Array<ArrayBuffer>, sha256: string, isTaken: boolean}} Outgoing `isTaken`: by the server */

export const DEFAULT_SLOTS = 24;
const PREFIX = "notes-";

export class Slots {
  #vault;
  #keys;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #frames = [];
  /** @type {boolean[]} */
  #taken = [];
  /** Files of the vault that hold the slots, the newest first. @type {string[]} */
  #files = [];
  #chain = Promise.resolve();
  /** Both copies of the slots were unreadable at the start: what was not delivered is lost. */
  isLost = false;
  /** Day of the last delivery. */
  deliveredOn = "";
  /** A save since the last delivery, or none yet. */
  isChanged = true;
  /** What is being sent, until all of it has arrived: a delivery that broke off goes on where it was. @type {Outgoing[] | null} */
  #outgoing = null;

  /**
   * @param {Vault} vault
   * @param {string[]} keys
   */
  constructor(vault, keys) {
    this.#vault = vault;
    this.#keys = keys;
  }

  /**
   * Return the slots of this vault, filled and written anew.
   * @param {Vault} vault
   * @param {string[]} keys public keys of the recipients
   * @param {number} count
   */
  static async open(vault, keys, count = DEFAULT_SLOTS) {
    const slots = new Slots(vault, keys);
    await slots.#read(count);
    return slots;
  }

  get count() {
    return this.#frames.length;
  }

  get free() {
    return this.#taken.filter((isTaken) => !isTaken).length;
  }

  /** @param {number} count */
  async #read(count) {
    const records = [];
    for await (const { body } of this.#vault.all()) if (body.kind === "note") records.push(body);
    this.deliveredOn = records.findLast((body) => body.delivered)?.delivered ?? "";
    const kept = records.filter((body) => body.file).reverse();
    for (const record of kept) if (await this.#take(record)) break;
    this.isLost = kept.length > 0 && this.#frames.length === 0;
    while (this.#frames.length < count) {
      this.#frames.push(await sealedCover(this.#keys));
      this.#taken.push(false);
    }
    const present = await this.#present();
    this.#files = this.#files.concat(kept.map((body) => body.file).filter((name) => present.includes(name) && !this.#files.includes(name)));
    await this.#write();
    await Promise.all(present.filter((name) => !this.#files.includes(name)).map((name) => this.#drop(name)));
  }

  /**
   * Take a file away that is not needed any more; one that stays does no harm and is tried again at the next start.
   * @param {string} name
   */
  async #drop(name) {
    try {
      await this.#vault.dropFile(name);
    } catch (trouble) {
      console.warn("file of notes not dropped", trouble);
    }
  }

  async #present() {
    /** @type {string[]} */
    const names = [];
    for (const file of await this.#vault.files()) names.push(typeof file === "string" ? file : file.name);
    return names.filter((name) => name.startsWith(PREFIX));
  }

  /**
   * Take the frames of a record's file; false when it is not there whole.
   * @param {{file: string, sha256: string, taken: string}} record
   */
  async #take({ file, sha256, taken }) {
    try {
      const bytes = new Uint8Array(await (await this.#vault.readFile(file)).arrayBuffer());
      if (bytes.length !== taken.length * FRAME_BYTES || (await hashOf(bytes)) !== sha256) return false;
      this.#frames = [...taken].map((_one, at) => bytes.slice(at * FRAME_BYTES, (at + 1) * FRAME_BYTES));
      this.#taken = [...taken].map((sign) => sign === "1");
      this.#files = [file];
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Seal a note into slots, its own ones again if it has some, and resolve with them once they are on the disk.
   *
   * Throws NotesTrouble `full` when too few are free; nothing is changed then.
   * @param {{id: string, rev: number, content: object, slots: number[]}} note
   * @returns {Promise<number[]>}
   */
  save({ id, rev, content, slots }) {
    return this.#next(async () => {
      const frames = await sealedParts(this.#keys, id, rev, content);
      const free = shuffled(this.#taken.flatMap((isTaken, at) => (isTaken ? [] : [at])));
      const used = [...slots, ...free].slice(0, Math.max(frames.length, slots.length));
      if (used.length < frames.length) throw new NotesTrouble("full");
      const before = { frames: [...this.#frames], taken: [...this.#taken] };
      for (const [index, at] of used.entries()) {
        this.#frames[at] = frames[index] ?? (await sealedCover(this.#keys));
        this.#taken[at] = true;
      }
      try {
        await this.#write();
      } catch (trouble) {
        [this.#frames, this.#taken] = [before.frames, before.taken];
        throw trouble;
      }
      return used;
    });
  }

  /** A delivery was begun and has not arrived whole. */
  get isUnderWay() {
    return this.#outgoing !== null;
  }

  /**
   * Return all slots as they are sent, in random order, each sealed anew; those of a delivery under way if nothing was saved.
   * @returns {Promise<Outgoing[]>}
   */
  forDelivery() {
    return this.#next(async () => {
      if (this.#outgoing && !this.isChanged) return this.#outgoing;
      const outgoing = [];
      for (const slot of shuffled(this.#frames.keys())) {
        const bytes = await sealedForDelivery(this.#keys, this.#frames[slot]);
        outgoing.push({ slot, bytes, sha256: await hashOf(bytes), isTaken: false });
      }
      this.isChanged = false;
      this.#outgoing = outgoing;
      return outgoing;
    });
  }

  /**
   * Note that all slots were delivered on this day.
   * @param {string} day "yyyy-mm-dd"
   */
  async delivered(day) {
    await this.#vault.append({ kind: "note", delivered: day });
    this.deliveredOn = day;
    this.#outgoing = null;
  }

  /**
   * Do one after the other: a save must not meet another's file.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #next(act) {
    const done = this.#chain.then(act);
    this.#chain = done.then(() => undefined, () => undefined);
    return done;
  }

  async #write() {
    const bytes = new Uint8Array(this.count * FRAME_BYTES);
    for (const [at, frame] of this.#frames.entries()) bytes.set(frame, at * FRAME_BYTES);
    const file = `${PREFIX}${crypto.randomUUID().slice(0, 8)}`;
    // The record names a file that is whole; one without a record is dropped at the next start.
    await this.#vault.putFile(file, bytes);
    const taken = this.#taken.map((isTaken) => (isTaken ? "1" : "0")).join("");
    await this.#vault.append({ kind: "note", file, sha256: await hashOf(bytes), taken });
    const old = this.#files.splice(1);
    this.#files.unshift(file);
    this.isChanged = true;
    for (const name of old) await this.#drop(name);
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
