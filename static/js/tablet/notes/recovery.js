/**
 * The recovery code of a visit key: the 32 bytes as 13 groups of five letters and figures (Crockford base32). The last of
 * each group is a check over the other four and the group's place, so that a slip while reading out is found in its group.
 */

import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY_BYTES = 32;
const GROUPS = 13;
const DIGITS = 4;
/** Multiplied with the four digits in GF(32); all different and none 0, so that two swapped digits are found as well. */
const WEIGHTS = [1, 2, 4, 8];
const LIKENESS = /** @type {Record<string, string>} */ ({
  O: "0", I: "1", L: "1", А: "A", В: "B", С: "C", Е: "E", Н: "H", К: "K", М: "M", О: "0", Р: "P", Т: "T", Х: "X", У: "Y",
});

/**
 * Return the code of a key, its groups parted by hyphens.
 * @param {Uint8Array} key 32 bytes
 */
export function encodeKey(key) {
  if (key.length !== KEY_BYTES) throw new NotesTrouble("bad_code");
  const digits = [];
  let [held, bits] = [0, 0];
  for (const byte of [...key, 0]) {
    [held, bits] = [(held << 8) | byte, bits + 8];
    for (; bits >= 5; bits -= 5) digits.push((held >>> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return Array.from({ length: GROUPS }, (_none, place) => {
    const group = digits.slice(place * DIGITS, (place + 1) * DIGITS);
    return [...group, checkOf(group, place)].map((digit) => ALPHABET[digit]).join("");
  }).join("-");
}

/**
 * Return the key of a code as it was typed: small letters, blanks and look-alikes (also Cyrillic ones) are taken.
 *
 * Throws NotesTrouble `bad_code`; its facts are `groups` (from 1: those with a slip) and `length` (what was typed).
 * @param {string} typed
 */
export function decodeKey(typed) {
  const letters = [...typed.toUpperCase()].map((letter) => LIKENESS[letter] ?? letter).filter((letter) => /[0-9A-Z]/.test(letter));
  const size = DIGITS + 1;
  if (letters.length !== GROUPS * size) throw new NotesTrouble("bad_code", { groups: [], length: letters.length });
  const values = letters.map((letter) => ALPHABET.indexOf(letter));
  const wrong = [];
  const digits = [];
  for (let place = 0; place < GROUPS; place += 1) {
    const group = values.slice(place * size, (place + 1) * size);
    if (group.includes(-1) || checkOf(group.slice(0, DIGITS), place) !== group[DIGITS]) wrong.push(place + 1);
    digits.push(...group.slice(0, DIGITS));
  }
  if (wrong.length === 0 && (digits[digits.length - 1] & 15) !== 0) wrong.push(GROUPS);
  if (wrong.length > 0) throw new NotesTrouble("bad_code", { groups: wrong, length: letters.length });
  return bytesOf(digits);
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
