/**
 * Receipts: the server's signed list of what it holds of this tablet. Only a verified receipt makes a record "delivered".
 *
 * A receipt is a text, signed as it stands (Ed25519), so that nothing depends on how JSON is written.
 */

/**
 * @typedef {{receipt: string, signature: string}} Signed
 * @typedef {{visit: string, device: string, key: CryptoKey}} Addressee
 */

/**
 * Return the installation's key, as it was given when the visit was taken along.
 * @param {string} base64 the 32 bytes of an Ed25519 public key
 */
export function receiptKey(base64) {
  return crypto.subtle.importKey("raw", bytesOf(base64), { name: "Ed25519" }, false, ["verify"]);
}

/**
 * Return what the server holds, {id: SHA-256}; null for anything that is not its receipt for this visit and device.
 * @param {Signed} signed
 * @param {Addressee} addressee
 * @returns {Promise<Map<string, string> | null>}
 */
export async function verified({ receipt, signature }, { visit, device, key }) {
  if (typeof receipt !== "string" || typeof signature !== "string") return null;
  try {
    const isGenuine = await crypto.subtle.verify("Ed25519", key, bytesOf(signature), new TextEncoder().encode(receipt));
    if (!isGenuine) return null;
    const said = JSON.parse(receipt);
    return said.r === 1 && said.visit === visit && said.device === device ? new Map(said.have) : null;
  } catch {
    return null;
  }
}

/**
 * Return the SHA-256 of a text or of bytes, in hexadecimal digits.
 * @param {string | BufferSource} given
 */
export async function sha256(given) {
  const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
