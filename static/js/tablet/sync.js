/**
 * Bring what was recorded to the server and fetch what others recorded: batches, back-off, a result for each revision.
 *
 * A revision counts as saved only when the server has named exactly it. Whatever else comes back, it stays in the outbox
 * and is sent again; the server knows a repeated one by its id.
 */

import { keyOf } from "baqylau/graph.js";
import { PROTOCOL, exchange } from "baqylau/tablet/exchange.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {import("baqylau/tablet/outbox.js").Row} Row
 * @typedef {{revision: Revision, isOpen: boolean, isKept: boolean, isKeeping: boolean, isSending: boolean, code: string,
 *   field: string}} Waiting `isOpen`: somebody is still typing; `isKept`: on this tablet's disk; `code`: refused by the server
 * @typedef {{keep: (revision: Revision, instead: string[]) => Promise<Row>, mark: (id: string, code: string, field: string) => Promise<void>,
 *   release: (ids: string[]) => Promise<void>}} Outbox
 * @typedef {{visit: string, person: string, device: string, token: string, version: string,
 *   addresses: {heads: string, revisions: string, photos: string}}} Session
 */

const MOST_ROWS = 50;
const PULL_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 60;
/** After so much quiet a draft counts as written. */
const DRAFT_SECONDS = 4;

export class Sync {
  #session;
  #outbox;
  #recording;
  #fetch;
  /** @type {Map<string, Waiting>} by revision id, in the order of recording */
  #waiting = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #closing = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #dueAt = 0;
  #failures = 0;
  #isBusy = false;
  #isDue = false;
  #pulledAt = Date.now();
  /** @type {(() => void)[]} */
  #listeners = [];
  /** Why the last exchange did not succeed, "" when it did. @type {string} */
  failure = "";
  isClockAhead = false;
  /** @type {(recorded: any) => void} called with what the server has, when it is something new */
  onRecorded = () => {};

  /**
   * @param {Session} session
   * @param {Outbox | null} outbox null where this browser keeps nothing
   * @param {import("baqylau/tablet/recording.js").Recording} recording
   * @param {typeof globalThis.fetch} [fetch]
   */
  constructor(session, outbox, recording, fetch = (...given) => globalThis.fetch(...given)) {
    this.#session = session;
    this.#outbox = outbox;
    this.#recording = recording;
    this.#fetch = fetch;
  }

  /** @param {() => void} listener */
  onState(listener) {
    this.#listeners.push(listener);
  }

  /**
   * Go on with what the outbox kept, and begin to fetch what others record.
   * @param {Row[]} rows
   */
  start(rows) {
    for (const { revision, code, field } of rows) {
      this.#waiting.set(revision.id, { ...fresh(revision), isKept: true, isKeeping: false, code, field });
    }
    this.#recording.add(rows.map((row) => row.revision));
    for (const { revision, code } of rows) if (code) this.#recording.trouble(keyOf(revision.item, revision.row), true);
    this.wake();
  }

  /** Return how many revisions the server has not acknowledged. */
  count() {
    return this.#waiting.size;
  }

  /** Tell whether everything recorded is at least on this tablet's disk. */
  isAllKept() {
    return [...this.#waiting.values()].every((one) => one.isKept || one.isKeeping);
  }

  /**
   * Return what waits under the key, the latest; undefined when the server has all of it.
   * @param {string} key
   */
  waitingOf(key) {
    return [...this.#waiting.values()].findLast(({ revision }) => keyOf(revision.item, revision.row) === key);
  }

  /**
   * Return this page's last revision of the key if a new one may take its place: one that is still being typed and was
   * not sent, or one that the server refused.
   * @param {string} key
   * @returns {Revision | null}
   */
  draftOf(key) {
    const last = this.waitingOf(key);
    return last && !last.isSending && (last.isOpen || last.code) ? last.revision : null;
  }

  /**
   * Keep a revision on this tablet, then send it; `draft` is the one that it replaces.
   * @param {Revision} revision
   * @param {{isOpen?: boolean, draft?: Revision | null}} [how]
   */
  async record(revision, { isOpen = false, draft = null } = {}) {
    const key = keyOf(revision.item, revision.row);
    const row = { ...fresh(revision), isOpen };
    this.#waiting.set(revision.id, row);
    if (draft) this.#waiting.delete(draft.id);
    if (draft) this.#recording.trouble(key, false);
    clearTimeout(this.#closing.get(key));
    if (isOpen) this.#closing.set(key, setTimeout(() => this.close(key), DRAFT_SECONDS * 1000));
    this.#tell();
    try {
      await /** @type {Outbox} */ (this.#outbox).keep(revision, draft ? [draft.id] : []);
      row.isKept = true;
    } catch {
      row.isKept = false;
    }
    row.isKeeping = false;
    this.#tell();
    if (!isOpen) this.wake();
  }

  /**
   * Let a draft be sent: the person has left the field, or paused.
   * @param {string} key
   */
  close(key) {
    clearTimeout(this.#closing.get(key));
    this.#closing.delete(key);
    const draft = this.waitingOf(key);
    if (!draft?.isOpen) return;
    draft.isOpen = false;
    this.wake();
  }

  /** Let all drafts be sent. */
  closeAll() {
    for (const key of [...this.#closing.keys()]) this.close(key);
  }

  /** Exchange with the server as soon as possible; while nothing gets through, not sooner than every other second. */
  wake() {
    this.#schedule(this.failure ? 2 : 0);
  }

  /** Fetch what others recorded at the next exchange. */
  look() {
    this.#pulledAt = 0;
    this.wake();
  }

  /**
   * Send one photo with its facts; resolves with what the server said. The caller keeps the photo until then.
   * @param {Record<string, string>} facts
   * @param {Blob} file
   */
  async sendPhoto(facts, file) {
    const send = () => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ ...facts, author: this.#session.person })) body.append(name, value);
      body.append("photo", file, "photo");
      return this.#post(this.#session.addresses.photos, body, {}, 180);
    };
    let answer = await send();
    if (answer.failure === "token" && (await this.#pull())) answer = await send();
    if (answer.failure) this.#fail(answer.failure);
    else this.look();
    return answer;
  }

  /**
   * Exchange after so many seconds, unless that happens sooner anyway.
   * @param {number} seconds
   */
  #schedule(seconds) {
    const at = Date.now() + seconds * 1000;
    this.#isDue ||= this.#isBusy;
    if (this.#isBusy || (this.#timer !== undefined && at >= this.#dueAt)) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#turn(), seconds * 1000);
  }

  /** Exchange once, then plan the next time. */
  async #turn() {
    this.#timer = undefined;
    this.#isBusy = true;
    this.#isDue = false;
    const rows = [...this.#waiting.values()].filter((one) => !one.isOpen && !one.isKeeping && !one.code);
    const isPullDue = Date.now() - this.#pulledAt >= PULL_SECONDS * 1000;
    // After a sign-in that ended, and after somebody else's, the server is first asked who is there.
    const isUnsure = ["signed_out", "token", "other_person"].includes(this.failure);
    let isWell = true;
    if (isPullDue || isUnsure) isWell = await this.#pull();
    if (isWell && rows.length > 0) isWell = await this.#send(rows.slice(0, MOST_ROWS));
    this.#isBusy = false;
    this.#planNext(isWell, isWell && rows.length > MOST_ROWS);
  }

  /**
   * @param {boolean} isWell
   * @param {boolean} isMore
   */
  #planNext(isWell, isMore) {
    if (isWell) {
      this.#failures = 0;
      this.#schedule(isMore || this.#isDue ? 0 : PULL_SECONDS);
      return;
    }
    this.#failures += 1;
    const wait = Math.min(LONGEST_WAIT_SECONDS, 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#schedule(this.failure === "token" ? 0.2 : this.failure === "signed_out" ? Math.min(wait, 10) : wait);
  }

  /** Fetch what others recorded, who is signed in, and the page's token; tell whether the exchange may go on. */
  async #pull() {
    const mark = this.#recording.mark();
    const address = `${this.#session.addresses.heads}?seen=${encodeURIComponent(this.#session.version)}`;
    const answer = await exchange(address, {}, this.#fetch);
    if (answer.failure) return this.#fail(answer.failure);
    const { person, token, version, heads } = answer.body;
    if (person !== this.#session.person) return this.#fail("other_person");
    this.#session.token = token;
    this.#pulledAt = Date.now();
    if (heads) {
      this.#session.version = version;
      this.onRecorded(answer.body);
      this.#recording.pull(heads, mark);
    }
    return this.#succeed();
  }

  /** @param {Waiting[]} rows */
  async #send(rows) {
    for (const row of rows) row.isSending = true;
    const { person, device, addresses } = this.#session;
    const batch = { protocol: PROTOCOL, author: person, device, revisions: rows.map((row) => bare(row.revision)) };
    const type = { "Content-Type": "application/json" };
    const answer = await this.#post(addresses.revisions, JSON.stringify(batch), type, 20);
    for (const row of rows) row.isSending = false;
    if (answer.failure) return this.#fail(answer.failure);
    const results = new Map((answer.body.results ?? []).map((/** @type {any} */ result) => [result.id, result]));
    await this.#settle(rows.map((row) => ({ row, result: results.get(row.revision.id) })));
    return this.#succeed();
  }

  /** @param {{row: Waiting, result: any}[]} settled */
  async #settle(settled) {
    const taken = settled.filter(({ result }) => result?.state === "saved" || result?.state === "repeated");
    const refused = settled.filter(({ result }) => result?.state === "refused");
    for (const { row, result } of taken) {
      this.#waiting.delete(row.revision.id);
      this.isClockAhead ||= result.clock_ahead === true;
      this.#recording.acknowledge(row.revision, result.received_at);
    }
    for (const { row, result } of refused) {
      Object.assign(row, { code: result.code ?? "sync.refused", field: result.field ?? "" });
      this.#recording.trouble(keyOf(row.revision.item, row.revision.row), true);
    }
    try {
      await this.#outbox?.release(taken.map(({ row }) => row.revision.id));
      for (const { row } of refused) await this.#outbox?.mark(row.revision.id, row.code, row.field);
    } catch {
      // They stay in the outbox and are sent once more after a reload; the server knows them by their ids.
    }
  }

  /**
   * @param {string} address
   * @param {BodyInit} body
   * @param {Record<string, string>} headers
   * @param {number} seconds
   */
  #post(address, body, headers, seconds) {
    const all = { "X-CSRFToken": this.#session.token, ...headers };
    return exchange(address, { method: "POST", body, headers: all, seconds }, this.#fetch);
  }

  /** @param {string} failure */
  #fail(failure) {
    this.failure = failure;
    this.#tell();
    return false;
  }

  #succeed() {
    this.failure = "";
    this.#tell();
    return true;
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * @param {Revision} revision
 * @returns {Waiting}
 */
function fresh(revision) {
  return { revision, isOpen: false, isKept: false, isKeeping: true, isSending: false, code: "", field: "" };
}

/**
 * Return the revision as the server takes it, without what it says itself.
 * @param {Revision} revision
 */
function bare({ author: _author, received_at: _received, ...revision }) {
  return revision;
}
