/**
 * What the parts of a recording page share: the visit, its words, what is recorded, and the way of a change.
 */

import { ask } from "baqylau/tablet/ask.js";
import { write } from "baqylau/tablet/dom.js";
import { Recording } from "baqylau/tablet/recording.js";
import { Words } from "baqylau/tablet/words.js";
import { keyOf } from "baqylau/graph.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {import("baqylau/tablet/entries.js").Entry} Entry
 * @typedef {{id: string, item: string, row: string, caption: string}} Photo
 */

/** What the parts of the page share. */
export class Page {
  /** @type {Map<string, Photo[]>} */
  photos = new Map();
  /** @type {Record<string, string>} */
  people = {};
  /** Photos whose two questions are not answered yet: they lie in this page alone. */
  openPhotos = new Set();
  lastSaved = "";
  #acts;
  #announced = 0;

  /**
   * @param {any} bundle
   * @param {any} page
   */
  constructor(bundle, page) {
    this.#acts = bundle.acts;
    this.speak(page);
    this.units = page.units;
    this.addresses = page.addresses;
    this.me = bundle.me;
    this.isOpen = bundle.visit.state === "under_way";
    this.mySections = bundle.sections[bundle.me.id] ?? [];
    this.recording = new Recording(bundle, () => this.newId());
    this.takeIn(bundle);
    /** @type {import("baqylau/tablet/delivery.js").Delivery} */
    this.sync = /** @type {any} */ (null);
    /** The token for forms, where this page has one; a tablet's requests carry their own. */
    this.token = "";
    /** @type {any} */
    this.vault = null;
    /** @type {import("baqylau/tablet/interviewing.js").Interviewing | null} */
    this.interviews = null;
    this.lockMinutes = 5;
    this.isCameraOpen = false;
    this.lock = async () => {};
    /** @type {import("baqylau/tablet/photos.js").Photos} */
    this.kept = /** @type {any} */ (null);
  }

  /**
   * Speak these words from now on.
   * @param {import("baqylau/tablet/words.js").PageWords} words
   */
  speak(words) {
    this.words = new Words(words, this.#acts);
  }

  newId() {
    return crypto.randomUUID();
  }

  /**
   * Take in people and photos as the server has them.
   * @param {any} recorded
   */
  takeIn({ people = {}, photos = [], heads = [] }) {
    Object.assign(this.people, people);
    this.photos = new Map();
    for (const photo of photos) {
      const key = keyOf(photo.item, photo.row);
      this.photos.set(key, [...(this.photos.get(key) ?? []), photo]);
    }
    for (const head of heads) if (head.author === this.me.id && head.received_at > this.lastSaved) this.lastSaved = head.received_at;
  }

  /**
   * Record a change of an answer.
   * @param {string} key
   * @param {Partial<Entry>} change
   * @param {boolean} isTyping
   */
  revise(key, change, isTyping) {
    const draft = this.sync.draftOf(key);
    const revision = this.recording.revise(key, change, { draft });
    if (revision) this.sync.record(revision, { isOpen: isTyping, draft });
    else this.settled(key, isTyping);
  }

  /**
   * Note that a field was left as it is.
   * @param {string} key
   * @param {boolean} isTyping
   */
  settled(key, isTyping) {
    if (!isTyping) this.sync.close(key);
  }

  /**
   * Take one of several answers for all.
   * @param {string} key
   * @param {Revision} head
   */
  async settle(key, { value, sources, note, flags }) {
    if (!(await this.confirm(this.words.say("settle_question"), this.words.say("take_this")))) return;
    const revision = this.recording.revise(key, { value, sources, note, flags }, { settles: true });
    if (revision) this.sync.record(revision);
  }

  /** @param {string} label */
  takeBack(label) {
    return this.confirm(this.words.say("take_back_question", { answer: label }), this.words.say("take_back"));
  }

  /**
   * @param {string} question
   * @param {string} yes
   */
  confirm(question, yes) {
    return ask({ question, yes, no: this.words.say("keep") });
  }

  /**
   * Say something to people who listen to the page.
   * @param {string} text
   * @param {boolean} [isUrgent]
   */
  announce(text, isUrgent = false) {
    const region = /** @type {HTMLElement} */ (document.getElementById(isUrgent ? "announce-now" : "announce"));
    clearTimeout(this.#announced);
    this.#announced = window.setTimeout(() => write(region, text), isUrgent ? 0 : 1000);
  }
}

