/**
 * Confidential interviews within an open visit: their page beside the sections, and their delivery with everything else.
 *
 * The slots are filled a moment after each unlocking, whether anybody is interviewed or not.
 */

import { fill, make } from "baqylau/tablet/dom.js";

/**
 * @typedef {import("baqylau/tablet/page.js").Page} Page
 * @typedef {{token: string, device: string, verify: (body: any) => Promise<Map<string, string> | null>}} Receiver
 */

/** The place of the interviews in the address. */
export const PLACE = "interviews";
/** So long after the unlocking the slots are filled, in milliseconds: the first answer comes first. */
const QUIET = 3000;

export class Interviewing {
  #page;
  #recipients;
  #slotCount;
  /** @type {Promise<import("baqylau/tablet/notes/slots.js").Slots> | null} */
  #slots = null;
  #room = make("div", { class: "interviews" });
  /** @type {{close: () => Promise<boolean>, isOpen: () => boolean} | null} */
  #view = null;

  /**
   * @param {Page} page
   * @param {{recipients: {id: string, name: string, key: string}[], slots: number}} bundle
   */
  constructor(page, { recipients, slots }) {
    this.#page = page;
    this.#recipients = recipients;
    this.#slotCount = slots;
    setTimeout(() => this.#prepared().catch(() => undefined), QUIET);
  }

  /** Fill the slots, once; after a failure the next one to ask tries again. */
  #prepared() {
    this.#slots ??= import("baqylau/tablet/notes/interviews.js")
      .then(({ prepareNotes }) => prepareNotes({ vault: this.#page.vault, recipients: this.#recipients, slotCount: this.#slotCount }))
      .catch((error) => {
        this.#slots = null;
        throw error;
      });
    return this.#slots;
  }

  /**
   * Show the interviews, or the one that is open.
   * @param {HTMLElement} sheet
   */
  async show(sheet) {
    fill(sheet, this.#room);
    if (this.#view?.isOpen()) return;
    const { vault, words, me } = this.#page;
    const [{ openInterviews }, slots] = await Promise.all([import("baqylau/tablet/notes/interviews.js"), this.#prepared()]);
    const confirm = (/** @type {string} */ question) => this.#page.confirm(question, words.say("go_on"));
    const announce = this.#page.announce.bind(this.#page);
    this.#view = await openInterviews({ vault, words, me, recipients: this.#recipients, announce, confirm, slots }, this.#room);
  }

  /** Seal what is open and leave nothing in the page; false says that something could not be sealed. */
  async close() {
    return (await this.#view?.close()) ?? true;
  }

  /**
   * Bring slots and alerts to the server if that is due; resolves with what kept them from arriving, or "".
   * @param {Receiver} to
   * @param {boolean} [isFinishing]
   * @returns {Promise<string>}
   */
  async deliver({ token, device, verify }, isFinishing = false) {
    const { addresses, vault } = this.#page;
    try {
      const slots = await this.#prepared();
      const [notes, { deliverAlerts }] = await Promise.all([import("baqylau/tablet/notes/deliver.js"), import("baqylau/tablet/notes/alerts.js")]);
      await deliverAlerts(vault, { address: addresses.alerts, token });
      const today = new Date().toISOString().slice(0, 10);
      if (!notes.isDue(slots, today, isFinishing)) return "";
      const isHeld = async (/** @type {any} */ body, /** @type {Map<string, string>} */ sent) => {
        const have = await verify(body);
        return [...sent].every(([name, hash]) => have?.get(name) === hash);
      };
      await notes.deliver(slots, { address: addresses.notes, device, token, today, verify: isHeld });
      return "";
    } catch (trouble) {
      const code = /** @type {any} */ (trouble).code;
      return code === "network" || code === "signed_out" ? code : "server";
    }
  }

  /** Deliver everything, for the visit is to be removed from the tablet; tells whether it arrived. */
  async leave() {
    return (await this.close()) && (await this.deliver(this.#page.sync.receiver(), true)) === "";
  }
}
