/**
 * Seal to the recipients of the visit: age files that this tablet cannot open again, for it has only public keys.
 */

import { BLOB_BYTES, FRAME_BYTES, coverPlaintext, framed, plaintextsOf } from "baqylau/tablet/notes/envelope.js";
import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";
import { encodeSecret } from "baqylau/tablet/store/recovery.js";

/** Loaded when the first note is sealed: nobody else needs it. */
const age = () => import("vendor/age/age-encryption.js");

/**
 * Return the age file of the bytes.
 * @param {string[]} keys "age1…"
 * @param {Uint8Array | string} plain
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function sealed(keys, plain) {
  if (keys.length === 0) throw new NotesTrouble("no_recipients");
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const key of keys) encrypter.addRecipient(key);
  return encrypter.encrypt(plain);
}

/**
 * Return the sealed parts of a note, each a frame to be kept.
 * @param {string[]} keys
 * @param {string} id
 * @param {number} rev
 * @param {object} content
 */
export async function sealedParts(keys, id, rev, content) {
  const frames = [];
  for (const plain of plaintextsOf(id, rev, content)) frames.push(framed(await sealed(keys, plain), FRAME_BYTES));
  return frames;
}

/**
 * Return a frame that nobody without a key can tell from a note.
 * @param {string[]} keys
 */
export async function sealedCover(keys) {
  return framed(await sealed(keys, coverPlaintext()), FRAME_BYTES);
}

/**
 * Return a frame as it is sent: sealed once more, so that each delivery's blobs are new ones whether their notes are or not.
 * @param {string[]} keys
 * @param {Uint8Array} frame
 */
export async function sealedForDelivery(keys, frame) {
  return framed(await sealed(keys, frame), BLOB_BYTES);
}

/**
 * Return the function that seals the recovery code of a vault to the leader of the group: `sealRecovery` of the store.
 * @param {string[]} keys the leader's approved key
 * @param {string} visit its id
 * @returns {(secret: Uint8Array) => Promise<string>}
 */
export function sealsRecovery(keys, visit) {
  return async (secret) => {
    const { armor } = await age();
    return armor.encode(await sealed(keys, `baqylau visit key 1\n${visit}\n${encodeSecret(secret)}\n`));
  };
}
