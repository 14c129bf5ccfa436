/**
 * The key of a vault and the ways to it: wrapped by a passphrase, by passkeys and by a recovery code.
 *
 * Each wrapping is bound to its vault and its way, so that none can be put in another's place.
 */

import { base64, fromBase64, randomBytes, utf8 } from "baqylau/tablet/store/bytes.js";
import { decodeSecret } from "baqylau/tablet/store/recovery.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";

/**
 * @typedef {{way: string, how: string, salt: string, wrapped: string}} Wrapping `how` and `salt`: of the passphrase
 * @typedef {{passphrase: string} | {prf: Uint8Array} | {recovery: string}} Way
 */

export const addresses = {
  worker: new URL("./argon-worker.js", import.meta.url).href,
  argon2: new URL("../../../vendor/hash-wasm/argon2.umd.min.js", import.meta.url).href,
};

// A way is named with all its figures: an altered header cannot ask for weaker ones.
const ARGON2 = "argon2id|65536|3|1";
const PBKDF2 = "pbkdf2-sha256|600000";
const IV = 12;

/** Return a new key of a vault. It can be taken out only to be wrapped again, and leaves memory with its vault. */
export function newKey() {
  return /** @type {Promise<CryptoKey>} */ (
    crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"])
  );
}

/**
 * @param {string} vault
 * @param {CryptoKey} key
 * @param {Way} way
 * @returns {Promise<Wrapping>}
 */
export async function wrap(vault, key, way) {
  if (!("passphrase" in way)) return sealed(vault, key, nameOf(way), "hkdf", "", await fromSecret(vault, way));
  const salt = randomBytes(16);
  const [how, outer] = await fromNewPassphrase(way.passphrase, salt);
  return sealed(vault, key, "passphrase", how, base64(salt), outer);
}

/**
 * Return the key that the wrappings hold; throws `wrong_passphrase` where none opens this way.
 * @param {string} vault
 * @param {Wrapping[]} wrappings
 * @param {Way} way
 * @returns {Promise<CryptoKey>}
 */
export async function unwrap(vault, wrappings, way) {
  for (const one of wrappings.filter(({ way: name }) => name === nameOf(way))) {
    const outer = "passphrase" in way
      ? await fromPassphrase(way.passphrase, fromBase64(one.salt), one.how)
      : await fromSecret(vault, way);
    const bytes = fromBase64(one.wrapped);
    const how = { name: "AES-GCM", iv: bytes.subarray(0, IV), additionalData: place(vault, one.way, one.how) };
    try {
      return await crypto.subtle.unwrapKey(
        "raw", bytes.subarray(IV), outer, how, "AES-GCM", true, ["encrypt", "decrypt"]);
    } catch {
      // The next wrapping may be the one; nothing is counted and nothing is destroyed.
    }
  }
  throw new StoreTrouble("wrong_passphrase");
}

/** @param {Way} way */
function nameOf(way) {
  if ("passphrase" in way) return "passphrase";
  return "prf" in way ? "passkey" : "recovery";
}

/**
 * @param {string} vault
 * @param {CryptoKey} key
 * @param {string} way
 * @param {string} how
 * @param {string} salt
 * @param {CryptoKey} outer
 */
async function sealed(vault, key, way, how, salt, outer) {
  const iv = randomBytes(IV);
  const wrapping = { name: "AES-GCM", iv, additionalData: place(vault, way, how) };
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", key, outer, wrapping));
  return { way, how, salt, wrapped: base64(Uint8Array.of(...iv, ...wrapped)) };
}

/**
 * @param {string} vault
 * @param {string} way
 * @param {string} how
 */
const place = (vault, way, how) => utf8(`b1|${vault}|key|${way}|${how}`);

/**
 * @param {string} vault
 * @param {{prf: Uint8Array} | {recovery: string}} way
 */
async function fromSecret(vault, way) {
  const secret = "prf" in way ? way.prf : decodeSecret(way.recovery);
  if (!secret) throw new StoreTrouble("wrong_passphrase");
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: utf8(vault), info: utf8(`baqylau vault ${nameOf(way)} 1`) };
  return crypto.subtle.deriveKey(how, key, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/**
 * @param {string} passphrase
 * @param {Uint8Array} salt
 * @returns {Promise<[string, CryptoKey]>}
 */
async function fromNewPassphrase(passphrase, salt) {
  try {
    return [ARGON2, await fromPassphrase(passphrase, salt, ARGON2)];
  } catch (error) {
    if (troubleOf(error).code !== "refused") throw error;
    // WebAssembly is refused here: slower guessing is lost, not the encryption.
    return [PBKDF2, await fromPassphrase(passphrase, salt, PBKDF2)];
  }
}

/**
 * @param {string} passphrase
 * @param {Uint8Array} salt
 * @param {string} how
 */
async function fromPassphrase(passphrase, salt, how) {
  if (passphrase === "") throw new StoreTrouble("wrong_passphrase", "the passphrase is empty");
  const words = utf8(passphrase.normalize("NFKC"));
  if (how === ARGON2) return imported(await argon2(words, salt));
  if (how !== PBKDF2) throw new StoreTrouble("damaged_key", `a key is wrapped in a way that is not known: ${how}`);
  const key = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveBits"]);
  const figures = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 600_000 };
  return imported(new Uint8Array(await crypto.subtle.deriveBits(figures, key, 256)));
}

/** @param {Uint8Array} bytes */
const imported = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["wrapKey", "unwrapKey"]);

/**
 * Derive in a worker, which the page does not wait for while it draws; its 64 MiB go with it.
 * @param {Uint8Array} words
 * @param {Uint8Array} salt
 * @returns {Promise<Uint8Array>}
 */
async function argon2(words, salt) {
  const worker = new Worker(addresses.worker);
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.hash ? resolve(data.hash) : reject(new StoreTrouble("refused", data.error)));
      worker.onerror = (event) => reject(new StoreTrouble("refused", event.message));
      worker.postMessage({ script: addresses.argon2, words, salt });
    });
  } catch (error) {
    throw troubleOf(error, "refused");
  } finally {
    worker.terminate();
  }
}
