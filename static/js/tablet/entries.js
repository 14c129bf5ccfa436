/**
 * What people type and choose, read and checked before it becomes an answer: the same checks as
 * baqylau/checklists/entries.py, so that the server never refuses what the page took. Pure.
 */

/**
 * @typedef {Record<string, any>} Answer
 * @typedef {{value: Answer | null, sources: string[], note: string, flags: string[]}} Entry
 * @typedef {{problem: string, low?: number, high?: number}} Flaw
 */

/** @type {Entry} */
export const EMPTY_ENTRY = Object.freeze({ value: null, sources: [], note: "", flags: [] });
export const MOST_TEXT = 4000;
const COUNT_RANGE = [0, 10_000_000];
const YEARS = [1900, 2100];
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Read a number as people type it: "14,2", "14.2", "1 200"; undefined for nothing, a Flaw for what is none.
 * @param {string} typed
 * @param {{isWhole: boolean, range: number[]}} wanted
 * @returns {number | undefined | Flaw}
 */
export function readNumber(typed, { isWhole, range: [low, high] }) {
  const text = typed.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".").replace(/^[\u2212\u2013]/, "-");
  if (text === "") return undefined;
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(text)) return { problem: "not_a_number" };
  const value = Number(text);
  if (isWhole && !Number.isInteger(value)) return { problem: "not_whole" };
  if (value < low || value > high) return { problem: "out_of_range", low, high };
  return value;
}

/**
 * Return the lowest and highest number that a field may hold.
 * @param {{type: string, unit?: string | null}} field
 * @param {Record<string, number[]>} units
 */
export function rangeOf(field, units) {
  const [low, high] = (field.unit && units[field.unit]) || COUNT_RANGE;
  return field.type === "count" ? [Math.max(0, low), high] : [low, high];
}

/**
 * Return a text that can be stored; undefined for nothing but white space.
 * @param {string} typed
 * @returns {string | undefined}
 */
export function readText(typed) {
  const text = typed.replace(/\r\n?/g, "\n").replace(UNPRINTABLE, "").slice(0, MOST_TEXT).replace(/[\ud800-\udbff]$/, "");
  return text.trim() === "" ? undefined : text;
}

/**
 * Read a day from its three parts; undefined when all are empty, a Flaw for a day that is none.
 * @param {string[]} parts day, month, year
 * @returns {string | undefined | Flaw}
 */
export function readDate(parts) {
  const typed = parts.map((part) => part.trim());
  if (typed.every((part) => part === "")) return undefined;
  if (!typed.every((part) => /^\d+$/.test(part))) return { problem: "not_a_date" };
  const [day, month, year] = typed.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || year < YEARS[0] || year > YEARS[1]) return { problem: "not_a_date" };
  return date.toISOString().slice(0, 10);
}

/**
 * Read a time of day: "9:05", "09.05", "0905"; undefined for nothing.
 * @param {string} typed
 * @returns {string | undefined | Flaw}
 */
export function readTime(typed) {
  const text = typed.trim();
  if (text === "") return undefined;
  const [, hours, minutes] = /^(\d{1,2})[:.,\s]?(\d{2})$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return { problem: "not_a_time" };
  return `${hours.padStart(2, "0")}:${minutes}`;
}

/**
 * Tell whether something that was read is a flaw.
 * @param {unknown} read
 * @returns {read is Flaw}
 */
export function isFlaw(read) {
  return typeof read === "object" && read !== null && "problem" in read;
}

/**
 * Return the answer with one field changed; undefined takes the field away, and nothing left is null.
 * @param {Answer | null} answer
 * @param {string} field
 * @param {unknown} value
 * @returns {Answer | null}
 */
export function withField(answer, field, value) {
  const { status: _status, ...kept } = answer ?? {};
  const next = field === "status" ? {} : kept;
  if (value !== undefined) next[field] = value;
  else delete next[field];
  return Object.keys(next).length === 0 ? null : next;
}

/**
 * Rate a scale. The international rating follows the national one while it says the same or nothing.
 * @param {Answer | null} answer
 * @param {"national" | "international"} basis
 * @param {string | undefined} rating undefined takes it back
 * @returns {Answer | null}
 */
export function rate(answer, basis, rating) {
  const follows = basis === "national" && isFollowing(answer);
  const next = withField(answer, basis, rating);
  return follows ? withField(next, "international", rating) : next;
}

/**
 * Tell whether the international rating has no opinion of its own.
 * @param {Answer | null} answer
 */
export function isFollowing(answer) {
  return answer?.international === undefined || answer.international === answer.national;
}

/**
 * Tell whether two values that JSON can write are the same.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {boolean}
 */
export function isSame(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  return (
    keys.length === others.length &&
    keys.every((key) => isSame(/** @type {any} */ (one)[key], /** @type {any} */ (other)[key]))
  );
}
