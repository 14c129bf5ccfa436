/**
 * Bring what was recorded to the server and fetch what others recorded: batches, back-off, a result for each revision.
 *
 * Saved is what lies on this tablet's disk; delivered is only what a verified receipt of the server names. Whatever else
 * comes back, a revision stays as it was and is sent again; the server knows a repeated one by its id and its hash.
 */

import { keyOf } from "baqylau/graph.js";
import { PROTOCOL, exchange } from "baqylau/tablet/exchange.js";
import { sha256, verified } from "baqylau/tablet/receipts.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {import("baqylau/tablet/ledger.js").Line} Line
 * @typedef {import("baqylau/tablet/ledger.js").PhotoLine} PhotoLine
 * @typedef {{revision: Revision, line: Line | null, isOpen: boolean, isKept: boolean, isKeeping: boolean, isSending: boolean,
 *   savedAt: string, code: string, field: string, instead: string[]}} Waiting `isOpen`: somebody is still typing; `isKept`: on
 *   this tablet's disk since `savedAt`, in the place of the drafts `instead`; `code`: refused by the server
 * @typedef {{visit: string, person: string, device: string, token: string, version: string, key: CryptoKey,
 *   addresses: Record<string, string>}} Session
 */

const MOST_ROWS = 40;
const PULL_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 60;
/** After so much quiet a draft counts as written. */
const DRAFT_SECONDS = 4;
const PART_BYTES = 384 * 1024;
/** Refusals of a photo's part that say nothing against the photo. */
const PASSING = ["sync.part_damaged", "sync.too_many_unfinished"];

export class Delivery {
  #session;
  #ledger;
  #files;
  #recording;
  #fetch;
  /** @type {Map<string, Waiting>} by revision id, in the order of recording */
  #waiting = new Map();
  /** @type {Map<string, Waiting>} by key: the latest that waits */
  #latest = new Map();
  /** @type {Map<string, Waiting>} by revision id: what the server refused */
  #turnedDown = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #closing = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #dueAt = 0;
  #failures = 0;
  #isBusy = false;
  #isDue = false;
  #pulledAt = Date.now();
  /** @type {((given?: any) => void)[]} */
  #listeners = [];
  /** @type {((given: any) => void)[]} */
  #onceTold = [];
  /** Why the last exchange did not succeed, "" when it did. @type {string} */
  failure = "";
  isClockAhead = false;
  /** Something was kept apart, because its author may not record on the visit any more. */
  isApart = false;
  /** @type {(recorded: any) => void} called with what the server has, when it is something new */
  onRecorded = () => {};
  /** Called when something could not be kept on this tablet. */
  onUnkept = () => {};
  /** Called when a photo was delivered or refused. */
  onPhoto = () => {};
  /**
   * Sends what is not ours to know, at the end of an exchange; resolves with what kept it from arriving, or "".
   * @type {(to: {token: string, device: string, verify: (body: any) => Promise<Map<string, string> | null>}) => Promise<string>}
   */
  alsoSend = async () => "";

  /**
   * @param {Session} session
   * @param {import("baqylau/tablet/ledger.js").Ledger} ledger
   * @param {{readFile: (name: string) => Promise<Blob>}} files where the photos lie
   * @param {import("baqylau/tablet/recording.js").Recording} recording
   * @param {typeof globalThis.fetch} [fetch]
   */
  constructor(session, ledger, files, recording, fetch = (...given) => globalThis.fetch(...given)) {
    this.#session = session;
    this.#ledger = ledger;
    this.#files = files;
    this.#recording = recording;
    this.#fetch = fetch;
  }

  /** @param {() => void} listener */
  onState(listener) {
    this.#listeners.push(listener);
  }

  /** Go on with what the journal holds, and begin to fetch what others record. */
  start() {
    for (const line of this.#ledger.lines.values()) {
      if (line.receiptSeq > 0) continue;
      const { revision, code, field, at } = line;
      const row = { ...fresh(revision), line, isKept: true, isKeeping: false, savedAt: at, code, field };
      this.#wait(row);
      if (!code) continue;
      this.#turnedDown.set(revision.id, row);
      this.#recording.trouble(keyOf(revision.item, revision.row), true);
    }
    this.look();
  }

  /** Return how many records lie here alone, are on the way, are delivered: counted and in bytes. */
  counts() {
    const onTheWay = [...this.#waiting.values()].filter((one) => one.isSending).length;
    return { ...this.#ledger.tally(), onTheWay };
  }

  /** Return how many records could not be written to this tablet's disk. */
  unkept() {
    return [...this.#waiting.values()].filter((one) => !one.isKept && !one.isKeeping).length;
  }

  /** Resolve as soon as nothing is being written to this tablet's disk. */
  async settled() {
    while ([...this.#waiting.values()].some((one) => one.isKeeping)) await new Promise((resolve) => this.#onceTold.push(resolve));
  }

  /** Tell whether nothing is being written at this moment and nothing failed to be. */
  isAllKept() {
    return [...this.#waiting.values()].every((one) => one.isKept);
  }

  /**
   * Return what waits under the key, the latest; undefined when the server has all of it.
   * @param {string} key
   */
  waitingOf(key) {
    return this.#latest.get(key) ?? this.#turnedDownOf(key);
  }

  /**
   * Return what the server refused under the key, the latest: a later revision may have been delivered since.
   * @param {string} key
   */
  #turnedDownOf(key) {
    return [...this.#turnedDown.values()].reverse().find(({ revision }) => keyOf(revision.item, revision.row) === key);
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
    const row = { ...fresh(revision), isOpen, instead: this.#insteadOf(draft) };
    const before = this.#latest.get(key);
    if (draft) this.#waiting.delete(draft.id);
    if (draft) this.#turnedDown.delete(draft.id);
    // A draft that this one does not replace, a choice between answers for example, is written now.
    else if (before) before.isOpen = false;
    this.#wait(row);
    if (draft) this.#recording.trouble(key, false);
    clearTimeout(this.#closing.get(key));
    if (isOpen) this.#closing.set(key, setTimeout(() => this.close(key), DRAFT_SECONDS * 1000));
    this.#tell();
    await this.#keep(row);
    if (!isOpen) this.wake();
  }

  /**
   * Return the drafts that are to go when the new one is kept: also those that this draft could not yet replace.
   * @param {Revision | null} draft
   */
  #insteadOf(draft) {
    const replaced = draft && this.#waiting.get(draft.id);
    return draft ? [draft.id, ...(replaced && !replaced.isKept ? replaced.instead : [])] : [];
  }

  /** @param {Waiting} row */
  #wait(row) {
    this.#waiting.set(row.revision.id, row);
    this.#latest.set(keyOf(row.revision.item, row.revision.row), row);
  }

  /** Write once more what could not be kept; tells whether everything is kept now. */
  async keepAgain() {
    for (const row of this.#waiting.values()) {
      if (row.isKept || row.isKeeping) continue;
      await this.#keep(row);
    }
    this.wake();
    return this.isAllKept();
  }

  /** @param {Waiting} row */
  async #keep(row) {
    const key = keyOf(row.revision.item, row.revision.row);
    row.isKeeping = true;
    try {
      row.line = await this.#ledger.keep(row.revision, row.instead);
      row.isKept = true;
      row.savedAt = row.line.at;
    } catch {
      row.isKept = false;
    }
    row.isKeeping = false;
    this.#recording.trouble(key, !row.isKept || this.#turnedDownOf(key) !== undefined);
    if (!row.isKept) this.onUnkept();
    this.#tell();
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

  /** Tell whether a photo still waits to be sent. */
  #nextPhoto() {
    return [...this.#ledger.photos.values()].find((photo) => !photo.isDelivered && !photo.code) ?? null;
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
    let [isWell, isMore] = [false, false];
    try {
      [isWell, isMore] = await this.#exchange();
    } catch (error) {
      // A fault of the page, or an answer that makes no sense, must not end the delivery for good.
      console.error(error);
      this.#fail("server");
    }
    this.#isBusy = false;
    this.#planNext(isWell, isMore);
  }

  /**
   * Fetch and send what is due; tell whether all went well and whether more waits.
   * @returns {Promise<[boolean, boolean]>}
   */
  async #exchange() {
    const rows = [...this.#waiting.values()].filter((one) => !one.isOpen && one.isKept && one.line && !one.code);
    // A clock that was set back must not put the next time off for as long.
    const isPullDue = Math.abs(Date.now() - this.#pulledAt) >= PULL_SECONDS * 1000;
    // After a sign-in that ended, and after somebody else's, the server is first asked who is there.
    const isUnsure = ["signed_out", "token", "other_person"].includes(this.failure);
    let isWell = true;
    if (isPullDue || isUnsure) isWell = await this.#pull();
    if (isWell && rows.length > 0) isWell = await this.#send(rows.slice(0, MOST_ROWS));
    const photo = this.#nextPhoto();
    if (isWell && rows.length <= MOST_ROWS && photo) isWell = await this.#sendPhoto(photo);
    if (isWell) {
      const failure = await this.alsoSend(this.receiver());
      isWell = failure ? this.#fail(failure) : true;
    }
    return [isWell, isWell && (rows.length > MOST_ROWS || this.#nextPhoto() !== null)];
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
    const receipt = this.#ledger.lastReceipt;
    const address = `${this.#session.addresses.heads}?protocol=${PROTOCOL}&seen=${encodeURIComponent(this.#session.version)}`;
    let answer = await exchange(address, {}, this.#fetch);
    // Whoever has left the group sees the visit no more, but may hand over what lies on this tablet.
    if (answer.failure === "not_allowed") {
      answer = await exchange(`${this.#session.addresses.receipt}?device=${this.#session.device}`, {}, this.#fetch);
      this.isApart ||= !answer.failure;
    }
    if (answer.failure) return this.#fail(answer.failure);
    const { person, token, version, heads } = answer.body;
    if (person !== this.#session.person) return this.#fail("other_person");
    this.#session.token = token;
    this.#pulledAt = Date.now();
    if (heads) {
      this.#session.version = version;
      this.onRecorded({ ...answer.body, mark: receipt });
      this.#recording.pull(heads, mark);
    }
    return this.#succeed();
  }

  /** @param {Waiting[]} rows */
  async #send(rows) {
    for (const row of rows) row.isSending = true;
    this.#tell();
    const items = rows.map(({ line }) => ({ id: line?.id, seq: line?.seq, body: line?.text, sha256: line?.sha256 }));
    const answer = await this.#ask("POST", this.#session.addresses.revisions, { ...this.#about(), items });
    for (const row of rows) row.isSending = false;
    if (answer.failure) return this.#fail(answer.failure);
    const told = Array.isArray(answer.body.results) ? answer.body.results : [];
    const results = new Map(told.map((/** @type {any} */ result) => [result?.id, result]));
    const have = await this.#receipt(answer.body);
    if (!have) return this.#fail("receipt");
    const settled = rows.map((row) => ({ row, result: results.get(row.revision.id) }));
    const taken = settled.filter(({ row }) => have.get(row.revision.id) === row.line?.sha256);
    const received = Object.fromEntries(taken.map(({ row, result }) => [row.revision.id, result?.received_at ?? row.savedAt]));
    await this.#note(() => this.#ledger.deliver(have, answer.body, received));
    for (const { row, result } of taken) this.#delivered(row, result, received[row.revision.id]);
    const refused = settled.filter(({ row, result }) => result?.state === "refused" && this.#waiting.has(row.revision.id));
    for (const { row, result } of refused) await this.#refused(row, result);
    return taken.length + refused.length > 0 ? this.#succeed() : this.#fail("receipt");
  }

  /**
   * @param {Waiting} row
   * @param {any} result
   * @param {string} receivedAt
   */
  #delivered(row, result, receivedAt) {
    const key = keyOf(row.revision.item, row.revision.row);
    this.#waiting.delete(row.revision.id);
    if (this.#latest.get(key) === row) this.#latest.delete(key);
    this.isClockAhead ||= result?.clock_ahead === true;
    this.isApart ||= result?.state === "apart";
    this.#recording.acknowledge(row.revision, receivedAt);
  }

  /**
   * @param {Waiting} row
   * @param {any} result
   */
  async #refused(row, result) {
    Object.assign(row, { code: result.code || "sync.refused", field: result.field ?? "" });
    this.#turnedDown.set(row.revision.id, row);
    this.#recording.trouble(keyOf(row.revision.item, row.revision.row), true);
    await this.#note(() => this.#ledger.mark(row.revision.id, row.code, row.field));
  }

  /**
   * Send one photo, part by part: only parts that the server lacks.
   * @param {PhotoLine} photo
   */
  async #sendPhoto(photo) {
    const address = `${this.#session.addresses.photos}/${photo.id}`;
    const held = await exchange(`${address}/parts`, {}, this.#fetch);
    if (held.failure) return this.#fail(held.failure);
    const blob = await this.#files.readFile(photo.file).catch(() => null);
    if (!blob) return this.#refusedPhoto(photo, "tablet.photo_damaged");
    const total = Math.max(1, Math.ceil(blob.size / PART_BYTES));
    const known = new Set(held.body.held ?? held.body.parts ?? []);
    for (let part = 0; part < total; part += 1) {
      if (known.has(part)) continue;
      const bytes = await blob.slice(part * PART_BYTES, (part + 1) * PART_BYTES).arrayBuffer();
      const headers = { "Content-Type": "application/octet-stream", "X-Content-SHA256": await sha256(bytes) };
      const sent = await this.#put(`${address}/parts/${part}?of=${total}`, bytes, headers);
      if (sent.failure === "refused" && !PASSING.includes(sent.code)) return this.#refusedPhoto(photo, sent.code);
      if (sent.failure) return this.#fail(sent.failure);
    }
    const answer = await this.#ask("POST", address, { ...this.#about(), sha256: photo.sha256, ...photo.facts });
    if (answer.failure === "refused") return this.#refusedPhoto(photo, answer.code);
    if (answer.failure) return this.#fail(answer.failure);
    // Parts that are missing or differ there are sent once more at the next exchange.
    if (answer.body.state === "refused") return this.#fail("server");
    const have = await this.#receipt(answer.body);
    if (!have || have.get(photo.id) !== photo.sha256) return this.#fail("receipt");
    await this.#note(() => this.#ledger.deliver(have, answer.body, {}));
    this.isApart ||= answer.body.state === "apart";
    this.onPhoto();
    return this.#succeed();
  }

  /**
   * A photo is not taken, or its file is not whole any more: say so at the photo and go on with the others.
   * @param {PhotoLine} photo
   * @param {string} code
   */
  async #refusedPhoto(photo, code) {
    await this.#note(() => this.#ledger.mark(photo.id, code));
    this.onPhoto();
    return this.#succeed();
  }

  /**
   * Write something into the journal that is only a note about what the server has: should that fail, it counts all the
   * same until this page ends; after the next start the record is sent once more, and the server knows it.
   * @param {() => Promise<void>} write
   */
  async #note(write) {
    try {
      await write();
    } catch {
      this.onUnkept();
    }
  }

  /** Return what a delivery to the office needs: the token of this sign-in, this device, and what makes sure of a receipt. */
  receiver() {
    const { token, device } = this.#session;
    return { token, device, verify: (/** @type {any} */ body) => this.#receipt(body) };
  }

  /** @param {any} body */
  #receipt(body) {
    const { visit, device, key } = this.#session;
    return verified(body, { visit, device, key });
  }

  #about() {
    return { protocol: PROTOCOL, author: this.#session.person, device: this.#session.device };
  }

  /**
   * @param {string} method
   * @param {string} address
   * @param {any} value
   */
  #ask(method, address, value) {
    const headers = { "X-CSRFToken": this.#session.token, "Content-Type": "application/json" };
    return exchange(address, { method, body: JSON.stringify(value), headers, seconds: 30 }, this.#fetch);
  }

  /**
   * @param {string} address
   * @param {ArrayBuffer} body
   * @param {Record<string, string>} headers
   */
  #put(address, body, headers) {
    const all = { "X-CSRFToken": this.#session.token, ...headers };
    return exchange(address, { method: "PUT", body, headers: all, seconds: 60 }, this.#fetch);
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
    for (const listener of [...this.#onceTold.splice(0), ...this.#listeners]) listener(undefined);
  }
}

/**
 * @param {Revision} revision
 * @returns {Waiting}
 */
function fresh(revision) {
  return { revision, line: null, isOpen: false, isKept: false, isKeeping: true, isSending: false, savedAt: "", code: "", field: "", instead: [] };
}
