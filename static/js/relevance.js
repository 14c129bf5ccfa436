/**
 * What is asked on a visit, what is computed, and how answers stand to their norms, kept up to date tap by tap.
 *
 * The twin of baqylau/checklists/rules.py. `prepare` (graph.js) builds the graph of a checklist once; a Standing is one
 * visit at one moment, and `update` re-evaluates only what depends on what changed. Pure: no page, no storage.
 */

import { EMPTY, asNumber, evaluate } from "./expressions.js";
import { CONTEXT_NAMES, keyOf, partsOf } from "./graph.js";
import { MAIN_FIELDS, assess, fieldValue, isAnswered, isSameAssessment } from "./norms.js";

export { keyOf, partsOf, prepare } from "./graph.js";

/**
 * @typedef {import("./expressions.js").Value} Value
 * @typedef {import("./expressions.js").Tree} Tree
 * @typedef {import("./norms.js").Answer} Answer
 * @typedef {import("./norms.js").Assessments} Assessments
 * @typedef {import("./graph.js").Node} Node
 * @typedef {import("./graph.js").Plan} Plan
 * @typedef {{asked: string[], computed: string[], assessments: string[], evaluated: number}} Changes keys whose
 *   relevance, computed value or assessments are not what they were, and how many expressions were evaluated
 * @typedef {Map<string, Set<string>>} Spots {item id: row ids}
 */

/** How one visit stands: what is asked, computed and within the norms. */
export class Standing {
  #plan;
  #context;
  #answers;
  /** @type {Map<string, string[]>} */
  #rows;
  /** @type {Map<string, boolean>} */
  #asked = new Map();
  /** @type {Map<string, number | null>} */
  #computed = new Map();
  /** @type {Map<string, Assessments>} */
  #assessments = new Map();
  #evaluated = 0;

  /**
   * The answers and the context stay the caller's: change them first, then call `update`. A repeat without any row
   * counts as one row with the id "", so that a cell nobody measured is missed and not forgotten.
   * @param {Plan} plan
   * @param {{context?: Record<string, Value>, answers?: Map<string, Answer>, rows?: Record<string, string[]>}} [visit]
   */
  constructor(plan, { context = {}, answers = new Map(), rows = {} } = {}) {
    this.#plan = plan;
    this.#context = context;
    this.#answers = answers;
    this.#rows = new Map(plan.repeats.map((repeat) => [repeat, [...(rows[repeat] ?? [])]]));
    for (const key of answers.keys()) {
      const [id, row] = partsOf(key);
      const known = this.#rows.get(plan.nodes.get(id)?.repeat ?? "");
      if (known && row && !known.includes(row)) known.push(row);
    }
    this.#settle(new Map(plan.order.map((id) => [id, new Set(this.rowsOf(id))])), new Map());
  }

  /**
   * Return the rows in which an item stands; [""] outside repeats.
   * @param {string} itemId
   * @returns {string[]}
   */
  rowsOf(itemId) {
    const repeat = this.#plan.nodes.get(itemId)?.repeat;
    const rows = repeat ? (this.#rows.get(repeat) ?? []) : [];
    return rows.length > 0 ? rows : [""];
  }

  /** @param {string} key */
  isAsked(key) {
    return this.#asked.get(key) ?? false;
  }

  /**
   * Return the value of a computed item, or the per cent of a ratio; null where an answer it needs is missing.
   * @param {string} key
   */
  computed(key) {
    return this.#computed.get(key) ?? EMPTY;
  }

  /**
   * Return how the answer stands to both norms; null for an item that is not asked.
   * @param {string} key
   */
  assessments(key) {
    return this.#assessments.get(key) ?? null;
  }

  /**
   * Return {section id: how many items are asked and answered}; computed items are not asked of anybody.
   * @returns {Record<string, {asked: number, answered: number}>}
   */
  progress() {
    const found = Object.fromEntries(this.#plan.sections.map((id) => [id, { asked: 0, answered: 0 }]));
    for (const { id, type, section } of this.#plan.nodes.values()) {
      if (type === "computed") continue;
      for (const key of this.rowsOf(id).map((row) => keyOf(id, row))) {
        if (!this.isAsked(key)) continue;
        found[section].asked += 1;
        if (isAnswered(type, this.#answers.get(key))) found[section].answered += 1;
      }
    }
    return found;
  }

  /**
   * Take in that these answers (by key) or names of the place and visit have changed.
   * @param {Iterable<string>} changedKeys
   * @returns {Changes}
   */
  update(changedKeys) {
    /** @type {Spots} */
    const again = new Map();
    /** @type {Spots} */
    const touched = new Map();
    for (const key of changedKeys) {
      if (CONTEXT_NAMES.includes(key)) {
        for (const id of this.#plan.feeds.get(key) ?? []) this.#mark(again, id, this.rowsOf(id));
        for (const id of this.#plan.narrows.get(key) ?? []) this.#mark(touched, id, this.rowsOf(id));
      } else {
        const [id, row] = partsOf(key);
        if (this.#asked.has(key)) this.#mark(touched, id, [row]);
        else if (this.#plan.nodes.get(id)?.repeat && row) return this.#withRow(id, row, changedKeys);
      }
    }
    return this.#settle(again, touched);
  }

  /**
   * Add a row to a repeat.
   * @param {string} repeat
   * @param {string} row
   * @returns {Changes}
   */
  addRow(repeat, row) {
    const rows = this.#rows.get(repeat);
    if (!rows || rows.includes(row)) return this.#settle(new Map(), new Map());
    if (rows.length === 0) this.#forget(repeat, "");
    rows.push(row);
    return this.#settle(this.#everyItemOf(repeat, row), new Map());
  }

  /**
   * Take a row out of a repeat. Its answers stay the caller's.
   * @param {string} repeat
   * @param {string} row
   * @returns {Changes}
   */
  removeRow(repeat, row) {
    const rows = this.#rows.get(repeat);
    if (!rows?.includes(row)) return this.#settle(new Map(), new Map());
    rows.splice(rows.indexOf(row), 1);
    this.#forget(repeat, row);
    return this.#settle(rows.length === 0 ? this.#everyItemOf(repeat, "") : new Map(), new Map());
  }

  /**
   * Take in an answer in a row that nobody had added yet.
   * @param {string} id
   * @param {string} row
   * @param {Iterable<string>} changedKeys
   * @returns {Changes}
   */
  #withRow(id, row, changedKeys) {
    const first = this.addRow(this.#plan.nodes.get(id)?.repeat ?? "", row);
    const second = this.update(changedKeys);
    const both = (/** @type {"asked" | "computed" | "assessments"} */ name) => [...new Set([...first[name], ...second[name]])];
    const evaluated = first.evaluated + second.evaluated;
    return { asked: both("asked"), computed: both("computed"), assessments: both("assessments"), evaluated };
  }

  /**
   * @param {string} repeat
   * @param {string} row
   * @returns {Spots}
   */
  #everyItemOf(repeat, row) {
    const inside = [...this.#plan.nodes.values()].filter((node) => node.repeat === repeat);
    return new Map(inside.map((node) => [node.id, new Set([row])]));
  }

  /**
   * @param {string} repeat
   * @param {string} row
   */
  #forget(repeat, row) {
    for (const id of this.#everyItemOf(repeat, row).keys()) {
      for (const map of [this.#asked, this.#computed, this.#assessments]) map.delete(keyOf(id, row));
    }
  }

  /**
   * @param {Spots} spots
   * @param {string} id
   * @param {Iterable<string>} rows
   */
  #mark(spots, id, rows) {
    const known = spots.get(id) ?? new Set();
    for (const row of rows) known.add(row);
    spots.set(id, known);
  }

  /**
   * Re-evaluate the items of `again`, then everything that asks for what changed, each after those it needs.
   * @param {Spots} again items whose relevance and expression may give something else
   * @param {Spots} touched items whose value or limits may be something else
   * @returns {Changes}
   */
  #settle(again, touched) {
    /** @type {Changes} */
    const changes = { asked: [], computed: [], assessments: [], evaluated: 0 };
    /** @type {Spots} */
    const judged = new Map();
    this.#evaluated = 0;
    for (const id of this.#plan.order) {
      for (const row of again.get(id) ?? []) {
        if (this.#decide(id, row, changes)) this.#mark(touched, id, [row]);
      }
      for (const row of touched.get(id) ?? []) {
        this.#compute(id, row, changes);
        this.#mark(judged, id, [row]);
        for (const other of this.#plan.feeds.get(id) ?? []) this.#mark(again, other, this.#reached(id, row, other));
        for (const other of this.#plan.narrows.get(id) ?? []) this.#mark(judged, other, this.#reached(id, row, other));
      }
    }
    for (const [id, rows] of judged) for (const row of rows) this.#judge(id, row, changes);
    changes.evaluated = this.#evaluated;
    return changes;
  }

  /**
   * Return the rows of `other` that see a row of an item: all of them from outside the repeat, the same one inside.
   * @param {string} id
   * @param {string} row
   * @param {string} other
   */
  #reached(id, row, other) {
    const { nodes } = this.#plan;
    const from = nodes.get(id)?.repeat;
    if (!from) return this.rowsOf(other);
    return from === nodes.get(other)?.repeat ? [row] : [];
  }

  /**
   * Evaluate relevance and expression; tell whether others may see something else now.
   * @param {string} id
   * @param {string} row
   * @param {Changes} changes
   */
  #decide(id, row, changes) {
    const node = this.#node(id);
    const key = keyOf(id, row);
    const asked = node.relevance === null || this.#evaluate(node.relevance, node, row) === true;
    const isChanged = this.#asked.get(key) !== asked;
    if (isChanged) changes.asked.push(key);
    this.#asked.set(key, asked);
    if (node.expression === null) return isChanged;
    const value = asked ? asNumber(this.#evaluate(node.expression, node, row)) : undefined;
    return this.#keep(key, value, changes) || isChanged;
  }

  /**
   * Work out the per cent of a ratio.
   * @param {string} id
   * @param {string} row
   * @param {Changes} changes
   */
  #compute(id, row, changes) {
    const key = keyOf(id, row);
    if (this.#node(id).type !== "ratio") return;
    const value = asNumber(fieldValue("ratio", this.#answers.get(key), "ratio"));
    this.#keep(key, this.isAsked(key) ? value : undefined, changes);
  }

  /**
   * Keep a computed value, undefined for none, and tell whether it is another one.
   * @param {string} key
   * @param {number | null | undefined} value
   * @param {Changes} changes
   */
  #keep(key, value, changes) {
    if (this.#computed.has(key) ? this.#computed.get(key) === value : value === undefined) return false;
    if (value === undefined) this.#computed.delete(key);
    else this.#computed.set(key, value);
    changes.computed.push(key);
    return true;
  }

  /**
   * Hold the answer against its norms.
   * @param {string} id
   * @param {string} row
   * @param {Changes} changes
   */
  #judge(id, row, changes) {
    const node = this.#node(id);
    const key = keyOf(id, row);
    const applies = (/** @type {Tree | null} */ when) => when === null || this.#evaluate(when, node, row) === true;
    const before = this.#assessments.get(key);
    const after = this.isAsked(key) ? assess(node, this.#answer(node, row), applies) : undefined;
    if (after === undefined) this.#assessments.delete(key);
    else this.#assessments.set(key, after);
    if (!isSameAssessment(before, after)) changes.assessments.push(key);
  }

  /**
   * Return the answer that counts: entered or computed, null for an item that is not asked.
   * @param {Node} node
   * @param {string} row
   * @returns {Answer | null}
   */
  #answer(node, row) {
    const key = keyOf(node.id, row);
    if (!this.isAsked(key)) return null;
    if (node.type !== "computed") return this.#answers.get(key) ?? null;
    const value = this.computed(key);
    return value === EMPTY ? null : { value };
  }

  /**
   * @param {Tree} tree
   * @param {Node} here
   * @param {string} row
   */
  #evaluate(tree, here, row) {
    this.#evaluated += 1;
    return evaluate(tree, (name) => this.#value(name, here.repeat, row));
  }

  /**
   * @param {string} name
   * @param {string | null} repeat
   * @param {string} row
   * @returns {Value}
   */
  #value(name, repeat, row) {
    if (CONTEXT_NAMES.includes(name)) return this.#context[name] ?? EMPTY;
    const [id, field] = name.split(".");
    const node = this.#plan.nodes.get(id);
    if (!node || (node.repeat !== null && node.repeat !== repeat)) return EMPTY;
    const answer = this.#answer(node, node.repeat ? row : "");
    return fieldValue(node.type, answer, field ?? MAIN_FIELDS[node.type] ?? "value");
  }

  /**
   * @param {string} id
   * @returns {Node}
   */
  #node(id) {
    const node = this.#plan.nodes.get(id);
    if (!node) throw new Error(`no item ${id} in this checklist`);
    return node;
  }
}
