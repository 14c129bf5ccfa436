/**
 * The photos of a visit on this tablet: made smaller and encoded anew in the page, so that nothing of the camera's data is
 * left, then kept encrypted in the vault, each a file of its own. A preview exists decrypted in memory only.
 */

import { keyOf } from "baqylau/graph.js";
import { sha256 } from "baqylau/tablet/receipts.js";

/**
 * @typedef {import("baqylau/tablet/ledger.js").Ledger} Ledger
 * @typedef {import("baqylau/tablet/ledger.js").PhotoFacts} PhotoFacts
 * @typedef {import("baqylau/tablet/ledger.js").PhotoLine} PhotoLine
 * @typedef {{putFile: (name: string, content: Blob) => Promise<any>, readFile: (name: string) => Promise<Blob>}} Files
 */

const LONGEST_SIDE = 2400;
const QUALITY = 0.86;

/** The file is no photo that this browser can read. */
export class Unreadable extends Error {}

export class Photos {
  #ledger;
  #files;
  /** @type {Map<string, string>} */
  #previews = new Map();
  onKept = () => {};

  /**
   * @param {Ledger} ledger
   * @param {Files} files
   */
  constructor(ledger, files) {
    this.#ledger = ledger;
    this.#files = files;
  }

  /**
   * Keep a photo with its facts; resolves when both are on the disk. Rejects with Unreadable, or as the vault does.
   * @param {PhotoFacts} facts
   * @param {Blob} taken
   */
  async keep(facts, taken) {
    const photo = await encodedAnew(taken);
    const file = `photo-${facts.id}`;
    await this.#files.putFile(file, photo);
    const hash = await sha256(await photo.arrayBuffer());
    await this.#ledger.keepPhoto(facts, { file, sha256: hash, size: photo.size });
    this.onKept();
  }

  /**
   * Return the photos of an item that lie on this tablet, the oldest first.
   * @param {string} key
   */
  of(key) {
    return [...this.#ledger.photos.values()].filter(({ facts }) => keyOf(facts.item, facts.row) === key);
  }

  /**
   * Return an address under which this page, and nothing else, can show the photo.
   * @param {PhotoLine} photo
   */
  async preview(photo) {
    const known = this.#previews.get(photo.id);
    if (known) return known;
    const address = URL.createObjectURL(await this.#files.readFile(photo.file));
    this.#previews.set(photo.id, address);
    return address;
  }
}

/**
 * Return the picture as a JPEG of at most 2400 pixels a side, turned upright.
 * @param {Blob} taken
 * @returns {Promise<Blob>}
 */
export async function encodedAnew(taken) {
  const picture = await createImageBitmap(taken, { imageOrientation: "from-image" }).catch(() => {
    throw new Unreadable();
  });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
