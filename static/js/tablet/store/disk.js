/** The page's side of the worker that writes files, and what can be asked about files without it. */

const ROOT = "baqylau-vaults";
const PATIENCE = 40;

/** @typedef {{at: number, bytes: Uint8Array}} Piece */

/** One worker: what it is asked is done in order. */
export class Disk {
  static address = new URL("./journal-worker.js", import.meta.url).href;

  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #count = 0;

  /**
   * Open a file for writing and return its size. Another page or a worker that is just ending may hold it for a moment.
   * @param {string[]} path
   * @param {boolean} create
   * @returns {Promise<number>}
   */
  async open(path, create = true) {
    for (let left = PATIENCE; ; left -= 1) {
      try {
        return await this.#ask("open", { path: [ROOT, ...path], create });
      } catch (error) {
        if (/** @type {any} */ (error).name !== "NoModificationAllowedError" || left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /**
   * @param {string[]} path
   * @param {number} at
   * @param {number} length
   * @returns {Promise<Uint8Array>}
   */
  read(path, at, length) {
    return this.#ask("read", { path: [ROOT, ...path], at, length });
  }

  /**
   * Write pieces; unless more is to come (`isLast` false) it resolves when they are on the disk.
   * @param {string[]} path
   * @param {Piece[]} pieces
   * @param {boolean} isLast
   */
  write(path, pieces, isLast = true) {
    return this.#ask("write", { path: [ROOT, ...path], pieces, isLast });
  }

  /**
   * @param {string[]} path
   * @param {number} size
   */
  truncate(path, size) {
    return this.#ask("truncate", { path: [ROOT, ...path], size });
  }

  /** @param {string[]} path */
  close(path) {
    return this.#ask("close", { path: [ROOT, ...path] });
  }

  /** End the worker; what it still held is closed by the browser. */
  end() {
    this.#worker?.terminate();
    this.#fail(new DOMException("the worker was ended", "InvalidStateError"));
  }

  /**
   * @param {string} op
   * @param {object} what
   * @returns {Promise<any>}
   */
  #ask(op, what) {
    this.#worker ??= this.#begin();
    const n = (this.#count += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#worker?.postMessage({ n, op, ...what });
    });
  }

  #begin() {
    const worker = new Worker(Disk.address);
    worker.onmessage = ({ data }) => {
      const waiting = this.#waiting.get(data.n);
      this.#waiting.delete(data.n);
      if (data.error) waiting?.reject(new DOMException(data.error.message, data.error.name));
      else waiting?.resolve(data.value);
    };
    worker.onerror = (event) => this.#fail(new DOMException(event.message ?? "the worker failed", "InvalidStateError"));
    return worker;
  }

  /** @param {Error} error */
  #fail(error) {
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

/**
 * Return a folder of ours, or null when it is not there.
 * @param {string[]} path
 * @returns {Promise<any>} a FileSystemDirectoryHandle
 */
export async function folder(path) {
  let place = await navigator.storage.getDirectory();
  try {
    for (const name of [ROOT, ...path]) place = await place.getDirectoryHandle(name);
  } catch (error) {
    if (/** @type {any} */ (error).name === "NotFoundError") return null;
    throw error;
  }
  return place;
}

/**
 * Return a file of ours as it is now, or null when it is not there.
 * @param {string[]} path
 * @returns {Promise<File | null>}
 */
export async function fileAt(path) {
  const place = await folder(path.slice(0, -1));
  try {
    return place && (await (await place.getFileHandle(path.at(-1))).getFile());
  } catch (error) {
    if (/** @type {any} */ (error).name === "NotFoundError") return null;
    throw error;
  }
}

/**
 * Return the names and kinds of what a folder holds.
 * @param {string[]} path
 * @returns {Promise<{name: string, isFolder: boolean}[]>}
 */
export async function namesIn(path) {
  const found = [];
  for await (const [name, handle] of (await folder(path))?.entries() ?? []) {
    found.push({ name, isFolder: handle.kind === "directory" });
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Remove a file or a folder with everything in it; nothing happens when it is not there.
 * @param {string[]} path
 */
export async function remove(path) {
  const place = await folder(path.slice(0, -1));
  try {
    await place?.removeEntry(path.at(-1), { recursive: true });
  } catch (error) {
    if (/** @type {any} */ (error).name !== "NotFoundError") throw error;
  }
}
