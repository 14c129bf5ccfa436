/**
 * What this tablet has recorded and the server has not acknowledged: kept in IndexedDB, so that a reload or a crash loses
 * nothing. A row leaves only when the server says that it has exactly this revision, or when a person replaces it.
 *
 * Rows are small (no photos): IndexedDB loses whole databases when it holds big values. `durability: "strict"` makes a
 * save wait for the disk, so that a power cut takes nothing that was saved.
 */

const NAME = "baqylau-tablet";
const VERSION = 1;
const STORE = "outbox";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {{visit: string, person: string, id: string, seq: number, revision: Revision, code: string, field: string}} Row
 *   `seq`: the order of recording on this tablet; `code` and `field`: why the server refused it, "" when it has not
 */

/**
 * Open the outbox of one person's visit; rejects where the browser keeps nothing (private window, full disk).
 * @param {string} visit
 * @param {string} person
 */
export async function openOutbox(visit, person) {
  const database = await open();
  return new Outbox(database, visit, person);
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["visit", "person", "id"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the outbox is blocked by an older page"));
  });
}

export class Outbox {
  #database;
  #visit;
  #person;
  #seq = 0;

  /**
   * @param {IDBDatabase} database
   * @param {string} visit
   * @param {string} person
   */
  constructor(database, visit, person) {
    this.#database = database;
    this.#visit = visit;
    this.#person = person;
    // A newer page brings a newer form of the database: let it, what is saved here stays saved.
    database.onversionchange = () => database.close();
  }

  /**
   * Return every row, the oldest first.
   * @returns {Promise<Row[]>}
   */
  async rows() {
    const store = this.#database.transaction(STORE, "readonly").objectStore(STORE);
    const rows = await done(store.getAll(this.#range()));
    return rows.sort((/** @type {Row} */ one, /** @type {Row} */ other) => one.seq - other.seq);
  }

  /**
   * Keep a revision, in the place of the rows of the revisions `instead`; resolves when it is on the disk.
   * @param {Revision} revision
   * @param {string[]} [instead]
   * @returns {Promise<Row>}
   */
  async keep(revision, instead = []) {
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(STORE);
    this.#seq = Math.max(this.#seq + 1, Date.now());
    const about = { visit: this.#visit, person: this.#person, id: revision.id, seq: this.#seq };
    const row = { ...about, revision, code: "", field: "" };
    store.add(row);
    for (const old of instead) store.delete(this.#key(old));
    // The page may be put away this moment: do not wait for anything before committing.
    transaction.commit();
    await finished(transaction);
    return row;
  }

  /**
   * Note that the server refused a revision, and why; it stays until a person corrects it.
   * @param {string} id
   * @param {string} code
   * @param {string} field
   */
  async mark(id, code, field) {
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(STORE);
    const row = await done(store.get(this.#key(id)));
    if (row) store.put({ ...row, code, field });
    await finished(transaction);
  }

  /**
   * Let rows go. Only deletes, which works on a full disk too.
   * @param {string[]} ids
   */
  async release(ids) {
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    for (const id of ids) transaction.objectStore(STORE).delete(this.#key(id));
    await finished(transaction);
  }

  /** @param {string} id */
  #key(id) {
    return [this.#visit, this.#person, id];
  }

  #range() {
    return IDBKeyRange.bound([this.#visit, this.#person], [this.#visit, this.#person, []]);
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error ?? new Error("the outbox could not write"));
  });
}
