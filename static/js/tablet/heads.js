/**
 * Which answers stand: the server's heads together with what this page has recorded since. Pure.
 *
 * A head is a revision that no other revision names in `supersedes`. Two heads of one item are a conflict that people
 * settle; nothing here chooses between them, and no clock decides an order.
 */

import { keyOf } from "baqylau/graph.js";

/**
 * @typedef {{id: string, item: string, row: string, value: Record<string, any> | null, sources: string[], note: string,
 *   flags: string[], recorded_at: string, supersedes?: string[], author?: string, received_at?: string}} Revision
 * @typedef {{revision: Revision, acknowledged: number | null}} Local a revision of this page; `acknowledged` counts the
 *   server's acknowledgements, null = not acknowledged
 */

export class Heads {
  /** @type {Map<string, Revision[]>} */
  #server = new Map();
  /** @type {Map<string, Local[]>} */
  #local = new Map();
  /** @type {Map<string, string[]>} ids that are still here, though the server has taken what supersedes them */
  #replaced = new Map();
  #acknowledgements = 0;

  /** Return the key of every answer that is known, standing or not. */
  keys() {
    return new Set([...this.#server.keys(), ...this.#local.keys()]);
  }

  /**
   * Return the revisions that stand for this key: those of the server first, in the order in which they arrived there.
   * @param {string} key
   * @returns {Revision[]}
   */
  of(key) {
    const server = this.#server.get(key) ?? [];
    const local = this.#local.get(key);
    if (!local) return server;
    const replaced = new Set([...(this.#replaced.get(key) ?? []), ...supersededBy(local)]);
    const standing = new Map();
    for (const revision of [...server, ...local.map((one) => one.revision)]) {
      if (!replaced.has(revision.id)) standing.set(revision.id, revision);
    }
    return [...standing.values()];
  }

  /**
   * Tell whether this page has recorded something for the key that the server has not acknowledged.
   * @param {string} key
   */
  isWaiting(key) {
    return (this.#local.get(key) ?? []).some((one) => one.acknowledged === null);
  }

  /**
   * Add a revision of this page.
   * @param {Revision} revision
   */
  add(revision) {
    const key = keyOf(revision.item, revision.row);
    const local = this.#local.get(key);
    if (local) local.push({ revision, acknowledged: null });
    else this.#local.set(key, [{ revision, acknowledged: null }]);
  }

  /**
   * Take a revision of this page away again: a draft that a longer one replaces, or one that the server refused.
   * @param {Revision} revision
   */
  drop(revision) {
    const key = keyOf(revision.item, revision.row);
    const left = (this.#local.get(key) ?? []).filter((one) => one.revision.id !== revision.id);
    if (left.length > 0) this.#local.set(key, left);
    else this.#local.delete(key);
  }

  /**
   * Note that the server has this revision since `receivedAt`.
   * @param {Revision} revision
   * @param {string} receivedAt
   */
  acknowledge(revision, receivedAt) {
    const local = this.#local.get(keyOf(revision.item, revision.row)) ?? [];
    for (const one of local) {
      if (one.revision.id !== revision.id) continue;
      one.acknowledged = this.#acknowledgements += 1;
      one.revision.received_at = receivedAt;
    }
  }

  /** Return a mark for `replace`, to be taken before the server is asked. */
  mark() {
    return this.#acknowledgements;
  }

  /**
   * Take in the heads that the server gave when it was asked after `mark`, and return the keys that stand otherwise now.
   * What it had acknowledged before is in its answer or was superseded there.
   * @param {Revision[]} heads
   * @param {number} mark
   * @returns {Set<string>}
   */
  replace(heads, mark) {
    const before = new Map([...this.keys()].map((key) => [key, idsOf(this.of(key))]));
    this.#server = new Map();
    for (const head of heads) {
      const key = keyOf(head.item, head.row);
      this.#server.set(key, [...(this.#server.get(key) ?? []), head]);
    }
    for (const [key, local] of this.#local) {
      const left = local.filter((one) => one.acknowledged === null || one.acknowledged > mark);
      const replaced = [...(this.#replaced.get(key) ?? []), ...supersededBy(local.filter((one) => !left.includes(one)))];
      this.#replaced.set(key, replaced.filter((id) => left.some(({ revision }) => revision.id === id)));
      if (left.length > 0) this.#local.set(key, left);
      else this.#local.delete(key);
    }
    const all = new Set([...before.keys(), ...this.keys()]);
    return new Set([...all].filter((key) => (before.get(key) ?? "") !== idsOf(this.of(key))));
  }
}

/** @param {Local[]} local */
function supersededBy(local) {
  return local.flatMap(({ revision }) => revision.supersedes ?? []);
}

/** @param {Revision[]} revisions */
function idsOf(revisions) {
  return revisions.map((revision) => revision.id).join(" ");
}
