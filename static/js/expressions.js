/**
 * Evaluate the small language of `relevance`, `when` and `expression` on the tablet.
 *
 * The twin of baqylau/checklists/expressions.py; both run tests/checklists/expression_cases.json. Nothing here knows items
 * or answers: a lookup gives the value of a name. `parse`, `names` and the tree come from grammar.js.
 */

export { ExpressionError, names, parse } from "./grammar.js";

/** What a name without an answer is worth. */
export const EMPTY = null;

/** 8.4 / 2.8 is not exactly 3 in binary; no place may fail a norm by the sixteenth digit. */
export const TOLERANCE = 1e-9;

/**
 * @typedef {import("./grammar.js").Tree} Tree
 * @typedef {boolean | number | string | null | ReadonlyArray<number | string>} Value
 * @typedef {(name: string) => Value | undefined} Lookup gives the value of "A8", "D2.beds" or "place.kind"
 */

/**
 * Return the value of the expression; EMPTY where an answer it needs is missing. Conditions are true or false.
 * @param {Tree} tree
 * @param {Lookup} lookup
 * @returns {Value}
 */
export function evaluate(tree, lookup) {
  switch (tree.kind) {
    case "literal":
      return tree.value;
    case "listing":
      return tree.values;
    case "name":
      return known(lookup(tree.name));
    case "negative": {
      const number = asNumber(evaluate(tree.operand, lookup));
      return number === null ? EMPTY : -number;
    }
    case "not":
      return evaluate(tree.operand, lookup) !== true;
    case "logic":
      // Only true is true: an item answered "no" must never pass for a fulfilled condition.
      if ((evaluate(tree.left, lookup) === true) === (tree.op === "or")) return tree.op === "or";
      return evaluate(tree.right, lookup) === true;
    case "comparison":
      return compare(tree.op, evaluate(tree.left, lookup), evaluate(tree.right, lookup));
    case "arithmetic":
      return calculate(tree.op, evaluate(tree.left, lookup), evaluate(tree.right, lookup));
    case "selected": {
      const chosen = known(lookup(tree.name.name));
      return Array.isArray(chosen) ? chosen.includes(tree.choice) : chosen === tree.choice;
    }
    case "answered":
      return known(lookup(tree.name.name)) !== EMPTY;
  }
}

/**
 * Return a number that can be reckoned with, or null; truth values are no numbers.
 * @param {unknown} value
 * @returns {number | null}
 */
export function asNumber(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/**
 * Tell whether the comparison holds; with EMPTY, or between things that cannot be compared so, it does not.
 * @param {string} op
 * @param {Value} left
 * @param {Value} right
 * @returns {boolean}
 */
export function compare(op, left, right) {
  if (left === EMPTY || right === EMPTY) return false;
  if (op === "in" || op === "not in") {
    if (Array.isArray(left) || !Array.isArray(right)) return false;
    return right.some((one) => isSame(left, one)) === (op === "in");
  }
  if (op === "==" || op === "!=") return isSame(left, right) === (op === "==");
  const order = orderOf(left, right);
  if (order === null) return false;
  if (op === "<") return order < 0;
  if (op === "<=") return order <= 0;
  return op === ">" ? order > 0 : order >= 0;
}

/**
 * Return the value, or EMPTY for nothing and for a number that is none.
 * @param {Value | undefined} value
 * @returns {Value}
 */
function known(value) {
  return value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? EMPTY : value;
}

/**
 * @param {number} left
 * @param {number} right
 */
function isClose(left, right) {
  return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right));
}

/**
 * Tell whether two values are equal; lists are, when they hold the same in any order.
 * @param {Value} left
 * @param {Value} right
 * @returns {boolean}
 */
function isSame(left, right) {
  if (typeof left === "number" && typeof right === "number") return isClose(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one) => right.some((other) => isSame(one, other)));
  }
  return left === right;
}

/**
 * Return -1, 0 or 1, or null for values without an order. Texts go by their characters, so dates by time.
 * @param {Value} left
 * @param {Value} right
 * @returns {number | null}
 */
function orderOf(left, right) {
  if (typeof left === "number" && typeof right === "number") {
    return isClose(left, right) ? 0 : Math.sign(left - right);
  }
  if (typeof left === "string" && typeof right === "string") return textOrder(left, right);
  return null;
}

/**
 * Order texts by code points, as Python does; `<` would go by UTF-16 units.
 * @param {string} left
 * @param {string} right
 */
function textOrder(left, right) {
  const [first, second] = [Array.from(left), Array.from(right)];
  const at = first.findIndex((character, index) => character !== second[index]);
  if (at === -1) return first.length === second.length ? 0 : -1;
  if (at >= second.length) return 1;
  return (first[at].codePointAt(0) ?? 0) < (second[at].codePointAt(0) ?? 0) ? -1 : 1;
}

/**
 * @param {string} op
 * @param {Value} left
 * @param {Value} right
 * @returns {number | null}
 */
function calculate(op, left, right) {
  const [first, second] = [asNumber(left), asNumber(right)];
  if (first === null || second === null || (op === "/" && second === 0)) return EMPTY;
  if (op === "+") return asNumber(first + second);
  if (op === "-") return asNumber(first - second);
  return asNumber(op === "*" ? first * second : first / second);
}
