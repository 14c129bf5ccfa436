/**
 * The dependency graph of a checklist: which items ask for which, and in what order they can be decided.
 *
 * Built once for each checklist that a tablet holds; relevance.js walks it at each tap.
 */

import { names, parse } from "./grammar.js";

/**
 * @typedef {import("./grammar.js").Tree} Tree
 * @typedef {import("./expressions.js").Value} Value
 * @typedef {"national" | "international"} Basis
 * @typedef {{basis: Basis, field: string, op: string, bound: Value, standard: string, when?: string | null}} Limit
 * @typedef {{id: string, section: string, type: string, repeat: string | null, relevance: Tree | null,
 *   expression: Tree | null, limits: {limit: Limit, when: Tree | null}[]}} Node
 * @typedef {{nodes: Map<string, Node>, order: string[], sections: string[], repeats: string[],
 *   feeds: Map<string, string[]>, narrows: Map<string, string[]>}} Plan `feeds` says whose relevance or expression
 *   names an item or something of the place; `narrows` says whose limits do.
 */

export const CONTEXT_NAMES = ["place.kind", "place.groups", "place.limit", "visit.kind"];

/**
 * Return how an answer is found: "D1", in a row of a repeat "D1/<row id>".
 * @param {string} itemId
 * @param {string} [rowId]
 */
export function keyOf(itemId, rowId = "") {
  return rowId ? `${itemId}/${rowId}` : itemId;
}

/**
 * Return the item id and the row id ("" outside repeats) of a key.
 * @param {string} key
 * @returns {[string, string]}
 */
export function partsOf(key) {
  const at = key.indexOf("/");
  return at === -1 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}

/**
 * Build the dependency graph of a checklist: of its stored JSON, its content, or what `show` gives.
 * @param {Record<string, any>} checklist
 * @returns {Plan}
 */
export function prepare(checklist) {
  const content = checklist.content ?? checklist;
  /** @type {Record<string, any>[]} */
  const items =
    content.items ??
    content.sections.flatMap((/** @type {any} */ section) =>
      section.items.map((/** @type {any} */ item) => ({ ...item, section: section.id })),
    );
  const nodes = new Map(items.map((item) => [item.id, nodeOf(item)]));
  const feeds = new Map();
  const narrows = new Map();
  for (const node of nodes.values()) {
    for (const name of rootsOf([node.relevance, node.expression])) addTo(feeds, name, node.id);
    for (const name of rootsOf(node.limits.map(({ when }) => when))) addTo(narrows, name, node.id);
  }
  const sections = content.sections.map((/** @type {any} */ section) => section.id);
  const repeats = content.sections.flatMap((/** @type {any} */ section) =>
    (section.repeats ?? []).map((/** @type {any} */ repeat) => repeat.id),
  );
  return { nodes, order: orderOf(nodes), sections, repeats, feeds, narrows };
}

/**
 * @param {Record<string, any>} item
 * @returns {Node}
 */
function nodeOf(item) {
  const tree = (/** @type {string | null | undefined} */ source) => (source ? parse(source) : null);
  const limits = (item.limits ?? []).map((/** @type {Limit} */ limit) => ({ limit, when: tree(limit.when) }));
  return {
    id: item.id,
    section: item.section,
    type: item.type,
    repeat: item.repeat ?? null,
    relevance: tree(item.relevance),
    expression: tree(item.expression),
    limits,
  };
}

/**
 * Return the ids of the items, and the names of the place and visit, that these trees ask for.
 * @param {(Tree | null)[]} trees
 * @returns {Set<string>}
 */
function rootsOf(trees) {
  const found = new Set();
  for (const tree of trees) {
    for (const name of tree ? names(tree) : []) found.add(CONTEXT_NAMES.includes(name) ? name : name.split(".")[0]);
  }
  return found;
}

/**
 * @param {Map<string, string[]>} map
 * @param {string} name
 * @param {string} id
 */
function addTo(map, name, id) {
  const known = map.get(name);
  if (known) known.push(id);
  else map.set(name, [id]);
}

/**
 * Return the item ids so that each comes after those it needs. Checklists with cycles are refused when loaded.
 * @param {Map<string, Node>} nodes
 * @returns {string[]}
 */
function orderOf(nodes) {
  const needs = new Map();
  for (const node of nodes.values()) {
    needs.set(node.id, [...rootsOf([node.relevance, node.expression])].filter((id) => nodes.has(id)));
  }
  /** @type {Set<string>} */
  const placed = new Set();
  let waiting = [...nodes.keys()];
  while (waiting.length > 0) {
    const left = waiting.filter((id) => {
      const isReady = needs.get(id).every((/** @type {string} */ other) => placed.has(other));
      if (isReady) placed.add(id);
      return !isReady;
    });
    if (left.length === waiting.length) throw new Error(`these items depend on themselves: ${left.join(", ")}`);
    waiting = left;
  }
  return [...placed];
}
