/**
 * The ledger: what this tablet has recorded of a visit and how far each of it is, read from the vault's journal and
 * written to it. Everything is a record that is appended: a revision, a photo, a receipt, a refusal.
 *
 * A revision is waiting until a verified receipt names exactly its bytes.
 */

import { sha256 } from "baqylau/tablet/receipts.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {{id: string, seq: number, text: string, sha256: string, size: number, revision: Revision, at: string, code: string,
 *   field: string, receivedAt: string, receiptSeq: number}} Line `size`: bytes of the text; `receivedAt` "" and `receiptSeq` 0:
 *   not delivered; `code`: refused
 * @typedef {{id: string, item: string, row: string, caption: string, permission: string, consent: string, recorded_at: string}} PhotoFacts
 * @typedef {{id: string, facts: PhotoFacts, file: string, sha256: string, size: number, isDelivered: boolean, code: string}} PhotoLine
 * @typedef {{append: (body: any) => Promise<{seq: number, id: string}>, all: () => AsyncIterable<{seq: number, body: any}>}} Journal
 */

export class Ledger {
  #journal;
  /** @type {Promise<unknown>} revisions are kept one after another, so that a draft never comes after what replaces it */
  #keeping = Promise.resolve();
  /** @type {Map<string, Line>} by revision id, in the order of recording */
  lines = new Map();
  /** @type {Map<string, PhotoLine>} */
  photos = new Map();
  /** @type {Map<string, any>} settings of this vault, the last of each name */
  settings = new Map();
  /** The sequence number of the last receipt: what a later answer of the server already contains. */
  lastReceipt = 0;

  /** @param {Journal} journal */
  constructor(journal) {
    this.#journal = journal;
  }

  /**
   * Read a journal from its beginning.
   * @param {Journal} journal
   */
  static async read(journal) {
    const ledger = new Ledger(journal);
    for await (const { seq, body } of journal.all()) ledger.#take(seq, body);
    return ledger;
  }

  /** @param {number} seq @param {any} body */
  #take(seq, body) {
    if (body.kind === "revision") this.#takeRevision(seq, body);
    else if (body.kind === "photo") this.photos.set(body.facts.id, { ...body.photo, id: body.facts.id, facts: body.facts, isDelivered: false, code: "" });
    else if (body.kind === "receipt") this.#takeReceipt(seq, body);
    else if (body.kind === "mark") this.#takeMark(body);
    else if (body.kind === "setting") this.settings.set(body.name, body.value);
  }

  /** @param {number} seq @param {any} body */
  #takeRevision(seq, { text, sha256: hash, instead = [], saved_at: at = "" }) {
    const revision = JSON.parse(text);
    for (const id of instead) this.lines.delete(id);
    const size = new TextEncoder().encode(text).length;
    this.lines.set(revision.id, { id: revision.id, seq, text, sha256: hash, size, revision, at, code: "", field: "", receivedAt: "", receiptSeq: 0 });
  }

  /** @param {number} seq @param {any} body */
  #takeReceipt(seq, { have, received }) {
    this.lastReceipt = seq;
    for (const [id, hash] of have) {
      const line = this.lines.get(id);
      if (line?.sha256 === hash) Object.assign(line, { receivedAt: received[id] ?? line.at, receiptSeq: seq, code: "", field: "" });
      const photo = this.photos.get(id);
      if (photo?.sha256 === hash) photo.isDelivered = true;
    }
  }

  /** @param {any} body */
  #takeMark({ id, code, field = "" }) {
    const line = this.lines.get(id);
    if (line) Object.assign(line, { code, field });
    const photo = this.photos.get(id);
    if (photo) photo.code = code;
  }

  /**
   * Keep a revision, in the place of drafts; resolves when it is on the disk, in both copies.
   * @param {Revision} revision
   * @param {string[]} instead
   * @returns {Promise<Line>}
   */
  keep(revision, instead) {
    const text = JSON.stringify(bare(revision));
    const kept = this.#keeping.then(() => this.#keep(revision, text, instead));
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  /**
   * @param {Revision} revision
   * @param {string} text
   * @param {string[]} instead
   */
  async #keep(revision, text, instead) {
    const body = { kind: "revision", text, sha256: await sha256(text), instead, saved_at: new Date().toISOString() };
    const { seq } = await this.#journal.append(body);
    this.#takeRevision(seq, body);
    const line = /** @type {Line} */ (this.lines.get(revision.id));
    line.revision = revision;
    return line;
  }

  /**
   * Keep a photo whose bytes lie in the file already.
   * @param {PhotoFacts} facts
   * @param {{file: string, sha256: string, size: number}} photo
   */
  async keepPhoto(facts, photo) {
    const body = { kind: "photo", facts, photo };
    this.#take((await this.#journal.append(body)).seq, body);
  }

  /**
   * Note a verified receipt. `received`: {id: when the server took it}.
   * @param {Map<string, string>} have
   * @param {{receipt: string, signature: string}} signed
   * @param {Record<string, string>} received
   */
  async deliver(have, { receipt, signature }, received) {
    await this.#note({ kind: "receipt", have: [...have], received, receipt, signature });
  }

  /**
   * Note that the server refused a revision or a photo, and why; it stays until a person corrects it.
   * @param {string} id
   * @param {string} code
   * @param {string} [field]
   */
  async mark(id, code, field = "") {
    await this.#note({ kind: "mark", id, code, field });
  }

  /**
   * Write down what the server said. It counts here even when it cannot be written: only the next start forgets it.
   * @param {any} body
   */
  async #note(body) {
    let seq = Math.max(1, this.lastReceipt);
    try {
      seq = (await this.#journal.append(body)).seq;
    } finally {
      this.#take(seq, body);
    }
  }

  /**
   * Remember something about this visit on this tablet.
   * @param {string} name
   * @param {any} value
   */
  async set(name, value) {
    const body = { kind: "setting", name, value };
    this.#take((await this.#journal.append(body)).seq, body);
  }

  /** Return what is on the device only and what is delivered, counted and in bytes. */
  tally() {
    const sums = { here: 0, delivered: 0, bytesHere: 0, bytesDelivered: 0, refused: 0 };
    const count = (/** @type {boolean} */ isDelivered, /** @type {number} */ size, /** @type {string} */ code) => {
      sums[isDelivered ? "delivered" : "here"] += 1;
      sums[isDelivered ? "bytesDelivered" : "bytesHere"] += size;
      if (!isDelivered && code) sums.refused += 1;
    };
    for (const line of this.lines.values()) count(line.receiptSeq > 0, line.size, line.code);
    for (const photo of this.photos.values()) count(photo.isDelivered, photo.size, photo.code);
    return sums;
  }
}

/**
 * Return the revision as the server takes it, without what it says itself.
 * @param {Revision} revision
 */
function bare({ author: _author, received_at: _received, ...revision }) {
  return revision;
}
