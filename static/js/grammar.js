/**
 * Read an expression to a tree: the tokens, the parser, and the names that a tree asks for.
 *
 * The twin of baqylau/checklists/grammar.py, with the same messages and columns. Never turned into code, so that the
 * content security policy stays closed.
 */

export const MAX_LENGTH = 500;
export const MAX_DEPTH = 30;
export const MAX_DIGITS = 15;

/**
 * @typedef {{kind: "literal", value: number | string}} Literal
 * @typedef {{kind: "listing", values: (number | string)[]}} Listing
 * @typedef {{kind: "name", name: string, column: number}} Name
 * @typedef {{kind: "negative" | "not", operand: Tree}} Unary
 * @typedef {{kind: "logic" | "comparison" | "arithmetic", op: string, left: Tree, right: Tree}} Binary
 * @typedef {{kind: "selected", name: Name, choice: string}} Selected
 * @typedef {{kind: "answered", name: Name}} Answered
 * @typedef {Literal | Listing | Name | Unary | Binary | Selected | Answered} Tree
 *
 * @typedef {{kind: "number" | "text" | "name" | "sign" | "end", text: string, column: number}} Token
 */

/** An expression that cannot be read. `column` counts characters from 1. */
export class ExpressionError extends Error {
  /**
   * @param {string} reason
   * @param {number} column
   */
  constructor(reason, column) {
    super(`column ${column}: ${reason}`);
    this.name = "ExpressionError";
    this.reason = reason;
    this.column = column;
  }
}

const TOKEN =
  /([ \t\r\n]+)|([0-9]+(?:\.[0-9]+)?)|("[^"\u0000-\u001f]*")|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)|(==|!=|<=|>=|[-+*/<>()[\],])/uy;
const COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "in", "not"];
const WORDS = ["and", "or", "not", "in"];

/**
 * Return the tokens of an expression, an `end` token last.
 * @param {string} source
 * @returns {Token[]}
 */
function tokensOf(source) {
  const columnAt = (/** @type {number} */ at) => Array.from(source.slice(0, at)).length + 1;
  /** @type {Token[]} */
  const found = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) throw unreadable(String.fromCodePoint(source.codePointAt(at) ?? 0), columnAt(at));
    const [text, space, number, quoted, name] = match;
    const column = columnAt(at);
    at = TOKEN.lastIndex;
    if (space !== undefined) continue;
    if (number !== undefined && text.replace(".", "").length > MAX_DIGITS) {
      throw new ExpressionError(`a number of more than ${MAX_DIGITS} digits`, column);
    }
    const kind = number !== undefined ? "number" : quoted !== undefined ? "text" : name !== undefined ? "name" : "sign";
    found.push({ kind: WORDS.includes(text) ? "sign" : kind, text, column });
  }
  found.push({ kind: "end", text: "", column: columnAt(source.length) });
  return found;
}

/**
 * Explain a character that begins no token.
 * @param {string} character
 * @param {number} column
 */
function unreadable(character, column) {
  if (character === '"') return new ExpressionError("the text that begins here is not closed on its line", column);
  if (character === "=") return new ExpressionError('unexpected "="; equal is written "=="', column);
  return new ExpressionError(`unexpected character "${character}"`, column);
}

/** Recursive descent; the loosest binding first: or, and, not, comparison, + -, * /, sign, value. */
class Parser {
  #tokens;
  #at = 0;
  #depth = 0;

  /** @param {string} source */
  constructor(source) {
    this.#tokens = tokensOf(source);
  }

  /** @returns {Tree} */
  whole() {
    const tree = this.#either();
    if (this.#next.kind !== "end") throw this.#unexpected("");
    return tree;
  }

  get #next() {
    return this.#tokens[this.#at];
  }

  #take() {
    return this.#tokens[this.#at++];
  }

  /** @param {...string} signs */
  #has(...signs) {
    return this.#next.kind === "sign" && signs.includes(this.#next.text);
  }

  /** @param {string} sign */
  #expect(sign) {
    if (!this.#has(sign)) throw this.#unexpected(`"${sign}"`);
    this.#take();
  }

  /**
   * @param {string} kind
   * @param {string} wanted
   */
  #takeOnly(kind, wanted) {
    if (this.#next.kind !== kind) throw this.#unexpected(wanted);
    return this.#take();
  }

  /** @param {string} wanted */
  #unexpected(wanted) {
    const tail = wanted ? `; ${wanted} is expected` : "";
    const { kind, text, column } = this.#next;
    if (kind === "end") return new ExpressionError("the expression ends too early" + tail, column);
    return new ExpressionError(`unexpected ${kind === "text" ? text : `"${text}"`}${tail}`, column);
  }

  /**
   * Read one level further in, and no further than the limit.
   * @param {() => Tree} read
   */
  #deeper(read) {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new ExpressionError(`nested more than ${MAX_DEPTH} deep`, this.#next.column);
    }
    const tree = read();
    this.#depth -= 1;
    return tree;
  }

  /**
   * Read operands joined by these signs, the leftmost first.
   * @param {"logic" | "arithmetic"} kind
   * @param {string[]} signs
   * @param {() => Tree} operand
   * @returns {Tree}
   */
  #chain(kind, signs, operand) {
    let tree = operand();
    while (this.#has(...signs)) tree = { kind, op: this.#take().text, left: tree, right: operand() };
    return tree;
  }

  /** @returns {Tree} */
  #either() {
    return this.#chain("logic", ["or"], () => this.#both());
  }

  /** @returns {Tree} */
  #both() {
    return this.#chain("logic", ["and"], () => this.#condition());
  }

  /** @returns {Tree} */
  #condition() {
    if (!this.#has("not")) return this.#comparison();
    this.#take();
    return { kind: "not", operand: this.#deeper(() => this.#condition()) };
  }

  /** @returns {Tree} */
  #comparison() {
    const left = this.#sum();
    if (!this.#has(...COMPARISONS)) return left;
    let op = this.#take().text;
    if (op === "not") {
      this.#expect("in");
      op = "not in";
    }
    const { column } = this.#next;
    const right = this.#sum();
    if (op.endsWith("in") && right.kind !== "listing" && right.kind !== "name") {
      throw new ExpressionError(`"${op}" needs a list or a name on its right`, column);
    }
    if (this.#has(...COMPARISONS)) {
      throw new ExpressionError('comparisons cannot be chained; join two with "and"', this.#next.column);
    }
    return { kind: "comparison", op, left, right };
  }

  /** @returns {Tree} */
  #sum() {
    return this.#chain("arithmetic", ["+", "-"], () => this.#product());
  }

  /** @returns {Tree} */
  #product() {
    return this.#chain("arithmetic", ["*", "/"], () => this.#signed());
  }

  /** @returns {Tree} */
  #signed() {
    if (!this.#has("-")) return this.#single();
    this.#take();
    return { kind: "negative", operand: this.#deeper(() => this.#signed()) };
  }

  /** @returns {Tree} */
  #single() {
    if (this.#next.kind === "number" || this.#next.kind === "text") return { kind: "literal", value: this.#constant() };
    if (this.#next.kind === "name") {
      const token = this.#take();
      return this.#has("(") ? this.#call(token) : { kind: "name", name: token.text, column: token.column };
    }
    if (this.#has("(")) {
      this.#take();
      const tree = this.#deeper(() => this.#either());
      this.#expect(")");
      return tree;
    }
    if (this.#has("[")) return this.#listing();
    throw this.#unexpected("a value");
  }

  /** @returns {number | string} */
  #constant() {
    if (this.#next.kind === "number") return Number(this.#take().text);
    if (this.#next.kind === "text") return this.#take().text.slice(1, -1);
    throw this.#unexpected("a number or a text");
  }

  /** @returns {Listing} */
  #listing() {
    this.#take();
    const values = [];
    if (!this.#has("]")) {
      values.push(this.#constant());
      while (this.#has(",")) {
        this.#take();
        values.push(this.#constant());
      }
    }
    this.#expect("]");
    return { kind: "listing", values };
  }

  /**
   * @param {Token} called
   * @returns {Tree}
   */
  #call(called) {
    if (called.text !== "selected" && called.text !== "answered") {
      throw new ExpressionError(`unknown function "${called.text}"`, called.column);
    }
    this.#expect("(");
    const token = this.#takeOnly("name", "an item");
    /** @type {Name} */
    const name = { kind: "name", name: token.text, column: token.column };
    /** @type {Tree} */
    let tree = { kind: "answered", name };
    if (called.text === "selected") {
      this.#expect(",");
      tree = { kind: "selected", name, choice: this.#takeOnly("text", "a choice in quotation marks").text.slice(1, -1) };
    }
    this.#expect(")");
    return tree;
  }
}

/**
 * Return the tree of an expression, or throw ExpressionError with the column of what is wrong.
 * @param {string} source
 * @returns {Tree}
 */
export function parse(source) {
  if (source.length > MAX_LENGTH && Array.from(source).length > MAX_LENGTH) {
    throw new ExpressionError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH + 1);
  }
  if (/^[ \t\r\n]*$/.test(source)) throw new ExpressionError("the expression is empty", 1);
  return new Parser(source).whole();
}

/**
 * Return every name that the expression asks for.
 * @param {Tree} tree
 * @returns {Set<string>}
 */
export function names(tree) {
  const found = new Set();
  const waiting = [tree];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.kind === "name") found.add(part.name);
    else if (part.kind === "negative" || part.kind === "not") waiting.push(part.operand);
    else if (part.kind === "selected" || part.kind === "answered") waiting.push(part.name);
    else if ("left" in part) waiting.push(part.left, part.right);
  }
  return found;
}
