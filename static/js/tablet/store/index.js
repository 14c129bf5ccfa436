/**
 * The index of the vaults in IndexedDB: small rows only. It may vanish whole (browsers do that); the journal rebuilds it.
 */

import { troubleOf } from "baqylau/tablet/store/trouble.js";

const NAME = "baqylau-vaults";
const VERSION = 1;
const PAGE = 500;

/**
 * @typedef {import("baqylau/tablet/store/frames.js").Head} Head
 * @typedef {import("baqylau/tablet/store/seal.js").Row} Row
 * @typedef {import("baqylau/tablet/store/seal.js").Sealed} Sealed
 */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("vaults", { keyPath: "id" });
      request.result.createObjectStore("records", { keyPath: ["vault", "seq"] });
      request.result.createObjectStore("openings", { keyPath: "vault" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new DOMException("an older page holds the index", "InvalidStateError"));
  });
}

export class Index {
  #vault;
  #relief;
  /** @type {Promise<IDBDatabase> | null} */
  #database = null;

  /**
   * @param {string} vault
   * @param {() => Promise<unknown>} relief makes room on a full disk
   */
  constructor(vault, relief) {
    this.#vault = vault;
    this.#relief = relief;
  }

  /**
   * Return the header of every vault in the index.
   * @returns {Promise<Head[]>}
   */
  headers() {
    return this.#run("readonly", ["vaults"], (transaction) => done(transaction.objectStore("vaults").getAll()));
  }

  /** @returns {Promise<Head | null>} */
  async header() {
    const found = await this.#run("readonly", ["vaults"], (transaction) =>
      done(transaction.objectStore("vaults").get(this.#vault)));
    return found ?? null;
  }

  /** @param {Head} header */
  async putHeader(header) {
    await this.#run("readwrite", ["vaults"], (transaction) => transaction.objectStore("vaults").put(header));
  }

  /** @returns {Promise<({n: number, vault: string} & Sealed) | null>} */
  async opening() {
    const found = await this.#run("readonly", ["openings"], (transaction) =>
      done(transaction.objectStore("openings").get(this.#vault)));
    return found ?? null;
  }

  /** @param {{n: number} & Sealed} opening */
  async putOpening(opening) {
    await this.#run("readwrite", ["openings"], (transaction) =>
      transaction.objectStore("openings").put({ ...opening, vault: this.#vault }));
  }

  /**
   * Yield the records after `from` in order, in pages.
   * @param {number} [from]
   * @returns {AsyncGenerator<Row[]>}
   */
  async *pages(from = 0) {
    for (let after = from; ; ) {
      const range = IDBKeyRange.bound([this.#vault, after], [this.#vault, Infinity], true);
      const rows = await this.#run("readonly", ["records"], (transaction) =>
        done(transaction.objectStore("records").getAll(range, PAGE)));
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1).seq;
    }
  }

  /**
   * Put records; resolves when they are on the disk.
   * @param {Row[]} rows
   */
  async put(rows) {
    await this.#run("readwrite", ["records"], (transaction) => {
      const store = transaction.objectStore("records");
      // A part of a larger buffer would be stored with the whole of it.
      for (const { seq, id, iv, ct } of rows) store.put({ vault: this.#vault, seq, id, iv: iv.slice(), ct: ct.slice() });
    });
  }

  /**
   * Let records go. Only deletes, which works on a full disk too.
   * @param {number[]} seqs
   */
  async drop(seqs) {
    await this.#run("readwrite", ["records"], (transaction) => {
      for (const seq of seqs) transaction.objectStore("records").delete([this.#vault, seq]);
    });
  }

  /** Remove everything of this vault. */
  async dropVault() {
    const all = IDBKeyRange.bound([this.#vault], [this.#vault, Infinity]);
    await this.#run("readwrite", ["vaults", "records", "openings"], (transaction) => {
      transaction.objectStore("records").delete(all);
      transaction.objectStore("openings").delete(this.#vault);
      transaction.objectStore("vaults").delete(this.#vault);
    });
  }

  /** Let go of the database. */
  close() {
    this.#database?.then((database) => database.close()).catch(() => undefined);
    this.#database = null;
  }

  /**
   * Run a transaction; when it fails, make room, open the database anew and try once more.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => T} work
   * @returns {Promise<Awaited<T>>}
   */
  async #run(mode, stores, work) {
    try {
      return await this.#attempt(mode, stores, work);
    } catch (first) {
      this.close();
      if (mode === "readwrite" && troubleOf(first).code === "full") await this.#relief();
      return await this.#attempt(mode, stores, work).catch((second) => {
        this.close();
        throw troubleOf(second);
      });
    }
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => T} work
   */
  async #attempt(mode, stores, work) {
    const transaction = (await this.#connected()).transaction(stores, mode, { durability: "strict" });
    const end = finished(transaction);
    try {
      const result = work(transaction);
      if (mode === "readonly") return await result;
      // The page may be put away this moment: do not wait for anything before committing.
      transaction.commit();
      await end;
      return await result;
    } catch (error) {
      end.catch(() => undefined);
      throw error;
    }
  }

  #connected() {
    this.#database ??= open().then((database) => {
      // A newer page brings a newer form of the database: let it, what is saved here stays saved.
      database.onversionchange = () => this.close();
      database.onclose = () => this.close();
      return database;
    });
    return this.#database;
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
    transaction.onabort = () => reject(transaction.error ?? new DOMException("the index could not write", "AbortError"));
  });
}
