/** Bytes as text and back: UTF-8, base64, hexadecimal digits, and Crockford's base32 for codes that people read aloud. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/** @param {Uint8Array} bytes */
export const textOf = (bytes) => decoder.decode(bytes);

/** @param {number} count */
export const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {BufferSource} bytes */
export const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function isEqual(one, other) {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/**
 * Return the bytes in base32, in groups of `size` letters; bits beyond the last whole letter are left out.
 * @param {Uint8Array} bytes
 * @param {number} size
 */
export function inLetters(bytes, size) {
  let letters = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) letters += LETTERS[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return letters.match(new RegExp(`.{1,${size}}`, "g"))?.join("-") ?? "";
}

/**
 * Return a code as a person may have typed it in the one form that counts: capital letters without dashes, I and L as 1.
 * @param {string} code
 */
export function plainLetters(code) {
  return code.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
}
