/**
 * The files of a vault (photos, sealed notes), each encrypted in pieces and on the disk before it counts as there.
 *
 * A file that a crash left unfinished is known by its length and removed at the next opening.
 */

import { sha256 } from "baqylau/tablet/store/bytes.js";
import { Disk, fileAt, namesIn, remove } from "baqylau/tablet/store/disk.js";
import { fileHead } from "baqylau/tablet/store/seal.js";
import * as space from "baqylau/tablet/store/space.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";

const NAME = /^[\w-][\w.-]{0,99}$/;

export class Files {
  #disk = new Disk();
  #vault;
  #sealer;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {Promise<unknown>} */
  #swept = Promise.resolve();

  /**
   * @param {string} vault
   * @param {import("baqylau/tablet/store/seal.js").Sealer} sealer
   */
  constructor(vault, sealer) {
    this.#vault = vault;
    this.#sealer = sealer;
  }

  /**
   * Keep a file; resolves when all of it is on the disk. Files are written one after another.
   * @param {string} name
   * @param {Blob | Uint8Array} content
   * @returns {Promise<{sha256: string, size: number}>}
   */
  put(name, content) {
    const written = this.#last.then(() => this.#put(name, content));
    this.#last = written.catch(() => undefined);
    return written;
  }

  /**
   * @param {string} name
   * @param {Blob | Uint8Array} content
   */
  async #put(name, content) {
    if (await this.has(name)) throw new StoreTrouble("exists", `there is a file ${name}`);
    const clear = content instanceof Uint8Array ? content : new Uint8Array(await content.arrayBuffer());
    const hash = sha256(clear);
    await space.reserve(clear.length);
    try {
      await this.#write(this.#path(name), this.#sealer.sealFile(name, clear), clear.length);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.code === "full") space.noteFull();
      space.giveBack(clear.length);
      await remove(this.#path(name)).catch(() => undefined);
      throw trouble;
    }
    return { sha256: await hash, size: clear.length };
  }

  /**
   * @param {string[]} path
   * @param {AsyncIterable<Uint8Array>} pieces
   * @param {number} size
   */
  async #write(path, pieces, size) {
    let at = 0;
    try {
      const before = await this.#disk.open(path);
      if (before > 0) await this.#disk.truncate(path, 0);
      for await (const bytes of pieces) {
        await this.#disk.write(path, [{ at, bytes }], false);
        at += bytes.length;
      }
      await this.#disk.write(path, []);
      await this.#disk.close(path);
    } catch (error) {
      this.#disk.end();
      throw error;
    }
  }

  /**
   * Return the clear content; throws `not_there` or `damaged`.
   * @param {string} name
   * @param {string} [type] the media type that the Blob shall have
   * @returns {Promise<Blob>}
   */
  async read(name, type = "") {
    await this.#swept;
    const file = await fileAt(this.#path(name));
    if (!file) throw notThere(name);
    try {
      return new Blob(await this.#sealer.openFile(name, file), { type });
    } catch (error) {
      // Swept or dropped since it was found.
      throw isGone(error) ? notThere(name) : error;
    }
  }

  /**
   * Tell whether the whole file is there.
   * @param {string} name
   */
  async has(name) {
    const found = await this.#look(name);
    return found !== null && found.head?.length === found.file.size;
  }

  /** @param {string} name */
  async drop(name) {
    const found = await this.#look(name);
    if (!found) return;
    await remove(this.#path(name));
    space.giveBack(found.head?.size ?? 0);
  }

  /**
   * Return the names and sizes of all whole files.
   * @returns {Promise<{name: string, size: number}[]>}
   */
  async list() {
    const found = (await namesIn([this.#vault, "files"])).map(async ({ name }) => {
      const { file, head } = (await this.#look(name)) ?? {};
      return head && head.length === file?.size ? { name, size: head.size } : null;
    });
    return (await Promise.all(found)).filter((one) => one !== null);
  }

  /**
   * Return a file and what its head says, or null where it is not there (any more).
   * @param {string} name
   */
  async #look(name) {
    const file = await fileAt(this.#path(name));
    try {
      return file && { file, head: await fileHead(file) };
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Remove what a crash left unfinished, before any file is written. */
  sweep() {
    this.#swept = this.#sweep().catch(() => undefined);
    this.#last = this.#swept;
  }

  async #sweep() {
    const whole = new Set((await this.list()).map(({ name }) => name));
    const all = await namesIn([this.#vault, "files"]);
    for (const { name } of all.filter((one) => !whole.has(one.name))) await remove(this.#path(name));
  }

  async close() {
    await this.#last;
    this.#disk.end();
  }

  /** @param {string} name */
  #path(name) {
    if (!NAME.test(name)) throw new StoreTrouble("not_there", "a file's name has letters, digits, dots and dashes");
    return [this.#vault, "files", name];
  }
}

/** @param {string} name */
function notThere(name) {
  return new StoreTrouble("not_there", `there is no file ${name}`);
}

/**
 * Tell whether the browser says so of a file that was there a moment ago.
 * @param {unknown} error
 */
function isGone(error) {
  return error instanceof DOMException && error.name === "NotFoundError";
}
