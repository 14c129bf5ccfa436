/**
 * How much room there is, by our own count: the browser's estimate says nothing about the disk.
 *
 * Ballast, a file as large as two photos, is kept for answers: when the disk is full it goes, answers still save, and
 * photos are refused until there is room for the ballast again.
 */

import { Disk, fileAt, namesIn, remove } from "baqylau/tablet/store/disk.js";
import { randomBytes } from "baqylau/tablet/store/bytes.js";
import { lengthOf } from "baqylau/tablet/store/seal.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";

const BALLAST = ["ballast"];
const BALLAST_SIZE = 8 << 20;
const PIECE = 1 << 16;

export const settings = { limit: 2 ** 31 };

/** Whether a write has failed for want of room since ballast was last laid. */
let isFull = false;
let used = 0;
/** @type {Promise<void> | null} */
let counting = null;

/** Count what is there and lay ballast, once; afterwards what is written is added. */
export function prepare() {
  counting ??= lay().then(count).catch((error) => {
    counting = null;
    throw troubleOf(error, "refused");
  });
  return counting;
}

/** Count anew. */
export async function count() {
  used = await sizeOf([]);
}

/**
 * @param {string[]} path
 * @returns {Promise<number>}
 */
async function sizeOf(path) {
  const sizes = (await namesIn(path)).map(async ({ name, isFolder }) => {
    if (isFolder) return sizeOf([...path, name]);
    const size = (await fileAt([...path, name]))?.size ?? 0;
    // What a journal holds stands in the index once more.
    return name === "journal" ? 2 * size : size;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Write the ballast unless it is there; without room for it, no photo is taken. */
async function lay() {
  if ((await fileAt(BALLAST))?.size === BALLAST_SIZE) return;
  const disk = new Disk();
  try {
    await disk.open(BALLAST);
    // Not zeros, which a file system may leave out.
    const bytes = randomBytes(PIECE);
    for (let at = 0; at < BALLAST_SIZE; at += PIECE) {
      await disk.write(BALLAST, [{ at, bytes }], at + PIECE >= BALLAST_SIZE);
    }
    isFull = false;
  } catch {
    isFull = true;
    disk.end();
    await remove(BALLAST).catch(() => undefined);
  } finally {
    disk.end();
  }
}

/** Make room for answers: let the ballast go. */
export async function dropBallast() {
  isFull = true;
  await remove(BALLAST).catch(() => undefined);
}

/**
 * Throw `full` unless a file of `size` clear bytes may be written.
 * @param {number} size
 */
export async function reserve(size) {
  await prepare();
  if (isFull) await lay();
  if (isFull || used + lengthOf(size) > settings.limit) throw new StoreTrouble("full", "no room for another file");
  used += lengthOf(size);
}

/**
 * Give back what a file of `size` clear bytes had.
 * @param {number} size
 */
export function giveBack(size) {
  used = Math.max(0, used - lengthOf(size));
}

/** Note that the disk had no room for a file. */
export function noteFull() {
  isFull = true;
}

/** @returns {Promise<{isPersistent: boolean, used: number, limit: number, share: number}>} */
export async function state() {
  await prepare();
  await count();
  const limit = isFull ? Math.min(used, settings.limit) : settings.limit;
  const isPersistent = (await navigator.storage.persisted?.()) ?? false;
  return { isPersistent, used, limit, share: limit > 0 ? Math.min(1, used / limit) : 1 };
}
