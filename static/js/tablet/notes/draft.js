/**
 * One interview while it is being written: in this page's memory alone. Every 20 seconds what is new is sealed as a further
 * revision of the note, into the same slots; closing seals the rest and forgets everything.
 */

import { newCode } from "baqylau/tablet/notes/codes.js";
import { defaultUses } from "baqylau/tablet/notes/consent.js";

export const SECONDS = 20;

/**
 * @typedef {{author: string, code: string, continues: string, language: string, read_aloud: boolean,
 *   uses: import("baqylau/tablet/notes/consent.js").Uses, topics: string[], account: string, risk: string, wishes: string,
 *   again: boolean, again_how: string}} Content
 */

export class Draft {
  #slots;
  #id = crypto.randomUUID();
  #rev = 0;
  /** @type {number[]} */
  #used = [];
  #isDirty = false;
  /** @type {Promise<boolean>} */
  #chain = Promise.resolve(true);
  /** @type {Content} */
  #content;
  /** @type {ReturnType<typeof setInterval>} */
  #timer;
  #onState;
  /** @type {any} */
  trouble = null;

  /**
   * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
   * @param {string} author id of who writes
   * @param {string} language the person's
   * @param {() => void} onState
   * @param {number} [seconds]
   */
  constructor(slots, author, language, onState, seconds = SECONDS) {
    this.#slots = slots;
    this.#onState = onState;
    this.#content = {
      author, code: newCode(), continues: "", language, read_aloud: false, uses: defaultUses(), topics: [], account: "",
      risk: "", wishes: "", again: false, again_how: "",
    };
    this.#timer = setInterval(() => this.seal(), seconds * 1000);
  }

  get content() {
    return this.#content;
  }

  /** Nothing was entered that is not sealed. */
  get isSealed() {
    return !this.#isDirty && this.#rev > 0;
  }

  /** @param {Partial<Content>} change */
  change(change) {
    Object.assign(this.#content, change);
    this.#isDirty = true;
    this.#onState();
  }

  /** Seal what is new; resolves with false when it could not be, and the draft stays. One after the other: a second seal
   *  must know the slots of the first. */
  seal() {
    this.#chain = this.#chain.then(() => this.#sealNow());
    return this.#chain;
  }

  async #sealNow() {
    if (!this.#isDirty) return this.trouble === null;
    this.#isDirty = false;
    this.#rev += 1;
    try {
      const note = { id: this.#id, rev: this.#rev, content: this.#content, slots: this.#used };
      this.#used = await this.#slots.save(note);
      this.trouble = null;
    } catch (trouble) {
      this.#isDirty = true;
      this.trouble = trouble;
    }
    this.#onState();
    return this.trouble === null;
  }

  /** Seal the rest and forget everything; resolves with false when it could not be sealed: then nothing is forgotten. */
  async close() {
    if (!(await this.seal())) return false;
    this.forget();
    return true;
  }

  /** Forget everything that is not sealed. */
  forget() {
    clearInterval(this.#timer);
    this.#content = /** @type {any} */ ({});
    this.#isDirty = false;
  }
}
