/**
 * A passkey's secret (WebAuthn PRF): 32 bytes that this device gives only after its owner has been recognised.
 *
 * Nothing is sent anywhere: the secret opens a vault, it signs nobody in.
 */

import { randomBytes, utf8 } from "baqylau/tablet/store/bytes.js";
import { StoreTrouble } from "baqylau/tablet/store/trouble.js";

// One passkey serves all vaults of a person: keys.js binds what comes of it to each vault.
const INPUT = utf8("baqylau tablet vaults, first key");
const ASK = { extensions: { prf: { eval: { first: INPUT } } } };

/** Tell whether this browser has passkeys at all; whether they give a secret shows only when one is made. */
export async function isPossible() {
  return (await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()) ?? false;
}

/**
 * Make a passkey and return its secret; throws `no_passkey` or `no_prf`.
 * @param {string} [name] how the device lists it; not encrypted
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export async function make(name = "Baqylau") {
  const credential = await asked(() => navigator.credentials.create({
    publicKey: {
      rp: { name: "Baqylau" }, user: { id: randomBytes(16), name, displayName: name }, challenge: randomBytes(32),
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" }, ...ASK,
    },
  }));
  const { prf } = credential.getClientExtensionResults();
  if (!prf?.enabled) throw new StoreTrouble("no_prf", "this device's passkeys give no secret");
  return prf.results?.first ? new Uint8Array(prf.results.first) : get([new Uint8Array(credential.rawId)]);
}

/**
 * Ask for a passkey and return its secret; throws `no_passkey` or `no_prf`.
 * @param {Uint8Array[]} [ids] only these; without it the person chooses
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export async function get(ids = []) {
  const allowCredentials = ids.map((id) => ({ type: /** @type {const} */ ("public-key"), id }));
  const credential = await asked(() => navigator.credentials.get({
    publicKey: { challenge: randomBytes(32), userVerification: "required", allowCredentials, ...ASK },
  }));
  const secret = credential.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new StoreTrouble("no_prf", "this passkey gives no secret");
  return new Uint8Array(secret);
}

/**
 * @param {() => Promise<any>} ask
 * @returns {Promise<any>}
 */
async function asked(ask) {
  try {
    return (await ask()) ?? Promise.reject(new Error("none"));
  } catch (error) {
    throw new StoreTrouble("no_passkey", "no passkey was made or chosen", error);
  }
}
