/**
 * What one answer is worth: the values of its fields, whether it is complete, and how it stands to its norms.
 *
 * Beside relevance.js, which knows the whole visit; the twin of `field_value`, `is_answered` and `assess` in Python.
 */

import { EMPTY, asNumber, compare } from "./expressions.js";

/**
 * @typedef {import("./expressions.js").Value} Value
 * @typedef {import("./grammar.js").Tree} Tree
 * @typedef {import("./graph.js").Basis} Basis
 * @typedef {import("./graph.js").Limit} Limit
 * @typedef {import("./graph.js").Node} Node
 * @typedef {Record<string, any>} Answer the answer object: {field id: value}
 * @typedef {{rating: "met" | "partly" | "not_met" | null, limits: Limit[]}} Assessment
 * @typedef {Record<Basis, Assessment>} Assessments
 */

/** @type {Basis[]} */
const BASES = ["national", "international"];
/** @type {Record<string, string[]>} */
const NEEDED_FIELDS = { scale: BASES, ratio: ["numerator", "denominator"] };
/**
 * The field that is meant when an expression names the item alone; `value` for all other types.
 * @type {Record<string, string>}
 */
export const MAIN_FIELDS = { scale: "national", ratio: "ratio" };

/**
 * Return what a field of an answer is worth in an expression; EMPTY when it was not filled in.
 * @param {string} type
 * @param {Answer | null | undefined} answer
 * @param {string} field
 * @returns {Value}
 */
export function fieldValue(type, answer, field) {
  if (!answer || "status" in answer) return EMPTY;
  if (type === "ratio" && field === "ratio") {
    const [upper, lower] = [asNumber(answer.numerator), asNumber(answer.denominator)];
    // First times 100: 7 of 100 must give 7 exactly.
    return upper === null || !lower ? EMPTY : asNumber((100 * upper) / lower);
  }
  const value = answer[field] ?? EMPTY;
  return value === "" || (Array.isArray(value) && value.length === 0) ? EMPTY : value;
}

/**
 * Tell whether an item of that type needs no more attention: its main fields are filled, or a status is given.
 * @param {string} type
 * @param {Answer | null | undefined} answer
 */
export function isAnswered(type, answer) {
  if (!answer || type === "computed") return false;
  const needed = NEEDED_FIELDS[type] ?? ["value"];
  return "status" in answer || needed.every((field) => fieldValue(type, answer, field) !== EMPTY);
}

/**
 * Tell whether a value keeps to the limit; of several choices, each must.
 * @param {Limit} limit
 * @param {Value} value
 */
export function isWithin(limit, value) {
  const each = Array.isArray(value) ? value : [value];
  return each.length > 0 && each.every((one) => compare(limit.op, one, limit.bound));
}

/**
 * Return how an answer stands to both norms. A scale is what the monitor rated; otherwise every limit that applies must
 * hold, and `limits` names those that decided: the broken ones, or those that were kept.
 * @param {Node} node
 * @param {Answer | null} answer
 * @param {(when: Tree | null) => boolean} applies tells whether a limit's condition is fulfilled
 * @returns {Assessments}
 */
export function assess(node, answer, applies) {
  const of = (/** @type {Basis} */ basis) => (node.type === "scale" ? rated(answer?.[basis]) : weighed(basis));
  const weighed = (/** @type {Basis} */ basis) => {
    const counting = node.limits.filter(({ limit, when }) => {
      return limit.basis === basis && fieldValue(node.type, answer, limit.field) !== EMPTY && applies(when);
    });
    const limits = counting.map(({ limit }) => limit);
    const broken = limits.filter((limit) => !isWithin(limit, fieldValue(node.type, answer, limit.field)));
    if (broken.length > 0) return { rating: /** @type {const} */ ("not_met"), limits: broken };
    return { rating: limits.length > 0 ? /** @type {const} */ ("met") : null, limits };
  };
  return { national: of("national"), international: of("international") };
}

/**
 * @param {any} rating
 * @returns {Assessment}
 */
function rated(rating) {
  return { rating: ["met", "partly", "not_met"].includes(rating) ? rating : null, limits: [] };
}

/**
 * Tell whether two assessments say the same by the same limits.
 * @param {Assessments | undefined} before
 * @param {Assessments | undefined} after
 */
export function isSameAssessment(before, after) {
  if (!before || !after) return before === after;
  return BASES.every((basis) => {
    const [one, other] = [before[basis], after[basis]];
    const isSameLength = one.limits.length === other.limits.length;
    return one.rating === other.rating && isSameLength && one.limits.every((limit, at) => limit === other.limits[at]);
  });
}
