/**
 * The recovery code of a vault: 20 random bytes as 8 groups of five letters and figures (Crockford base32). The last of
 * each group is a check over the other four and the group's place, so that a slip while reading out is found in its group.
 */

import { StoreTrouble } from "baqylau/tablet/store/trouble.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY_BYTES = 20;
const GROUPS = 8;
const DIGITS = 4;
/** Multiplied with the four digits in GF(32); all different and none 0, so that two swapped digits are found as well. */
const WEIGHTS = [1, 2, 4, 8];
const LIKENESS = /** @type {Record<string, string>} */ ({
  O: "0", I: "1", L: "1", А: "A", В: "B", С: "C", Е: "E", Н: "H", К: "K", М: "M", О: "0", Р: "P", Т: "T", Х: "X", У: "Y",
});

/** Return new random bytes for a recovery code. */
export const newSecret = () => crypto.getRandomValues(new Uint8Array(KEY_BYTES));

/**
 * Return the code of a secret, its groups parted by hyphens.
 * @param {Uint8Array} secret 20 bytes
 */
export function encodeSecret(secret) {
  if (secret.length !== KEY_BYTES) throw new StoreTrouble("refused", "a recovery code holds 20 bytes");
  const digits = [];
  let [held, bits] = [0, 0];
  for (const byte of secret) {
    [held, bits] = [(held << 8) | byte, bits + 8];
    for (; bits >= 5; bits -= 5) digits.push((held >>> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return Array.from({ length: GROUPS }, (_none, place) => {
    const group = digits.slice(place * DIGITS, (place + 1) * DIGITS);
    return [...group, checkOf(group, place)].map((digit) => ALPHABET[digit]).join("");
  }).join("-");
}

/** Tell whether so much was typed as a code has: small letters, blanks and look-alikes (also Cyrillic ones) are taken. */
export const isCode = (/** @type {string} */ typed) => lettersOf(typed).length === GROUPS * (DIGITS + 1);

/**
 * Return the groups of a typed code in which there is a slip, counted from 1; none when it is right.
 * @param {string} typed
 */
export function slipsIn(typed) {
  return groupsOf(typed).flatMap((group, place) => (group.includes(-1) || checkOf(group.slice(0, DIGITS), place) !== group[DIGITS] ? [place + 1] : []));
}

/**
 * Return the secret of a typed code; null for what is no code or has a slip.
 * @param {string} typed
 */
export function decodeSecret(typed) {
  if (!isCode(typed) || slipsIn(typed).length > 0) return null;
  return bytesOf(groupsOf(typed).flatMap((group) => group.slice(0, DIGITS)));
}

/** @param {string} typed */
function lettersOf(typed) {
  return [...typed.toUpperCase()].map((letter) => LIKENESS[letter] ?? letter).filter((letter) => /[0-9A-Z]/.test(letter));
}

/** @param {string} typed */
function groupsOf(typed) {
  const values = lettersOf(typed).map((letter) => ALPHABET.indexOf(letter));
  return Array.from({ length: GROUPS }, (_none, place) => values.slice(place * (DIGITS + 1), (place + 1) * (DIGITS + 1)));
}

/** @param {number[]} digits */
function bytesOf(digits) {
  const key = new Uint8Array(KEY_BYTES);
  let [held, bits, at] = [0, 0, 0];
  for (const digit of digits) {
    [held, bits] = [(held << 5) | digit, bits + 5];
    if (bits >= 8 && at < KEY_BYTES) {
      key[at] = (held >>> (bits - 8)) & 255;
      [at, bits] = [at + 1, bits - 8];
    }
    held &= (1 << bits) - 1;
  }
  return key;
}

/**
 * @param {number[]} digits
 * @param {number} place
 */
function checkOf(digits, place) {
  return digits.reduce((sum, digit, at) => sum ^ product(digit, WEIGHTS[at]), place + 1);
}

/**
 * Multiply in GF(32) with x^5 + x^2 + 1.
 * @param {number} one
 * @param {number} other
 */
function product(one, other) {
  let sum = 0;
  for (let bit = 0; bit < 5; bit += 1) {
    if ((other >> bit) & 1) sum ^= one << bit;
  }
  for (let bit = 8; bit >= 5; bit -= 1) if ((sum >> bit) & 1) sum ^= 0b100101 << (bit - 5);
  return sum;
}
