/**
 * Codes that people write down: the code of an interview, by which the person may withdraw what was said.
 */

/** No letter that looks or sounds like another one, and no vowel, so that no code is a word. */
export const LETTERS = "BCDFGHKLMNPRSTWX";
const LENGTH = 8;

/**
 * Return a random code of eight letters, "KTRB MWHD": nothing in it comes from the person or the hour.
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array} [fill]
 */
export function newCode(fill = (bytes) => crypto.getRandomValues(bytes)) {
  const letters = [...fill(new Uint8Array(LENGTH))].map((byte) => LETTERS[byte % LETTERS.length]);
  return `${letters.slice(0, 4).join("")} ${letters.slice(4).join("")}`;
}

/**
 * Return the code as it is compared, however it was typed; "" for what is no code. Cyrillic letters that look the same count.
 * @param {string} typed
 */
export function normalCode(typed) {
  const likeness = /** @type {Record<string, string>} */ ({ В: "B", С: "C", Н: "H", К: "K", М: "M", Р: "P", Т: "T", Х: "X" });
  const letters = [...typed.toUpperCase()].map((letter) => likeness[letter] ?? letter).filter((letter) => LETTERS.includes(letter));
  return letters.length === LENGTH ? `${letters.slice(0, 4).join("")} ${letters.slice(4).join("")}` : "";
}
