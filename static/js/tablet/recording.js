/**
 * The visit as this page knows it: items, rows, the answers that stand, what is asked and how far it is. Pure: no page,
 * no network, no storage; whoever listens is told which keys have changed.
 */

import { CONTEXT_NAMES, keyOf, partsOf } from "baqylau/graph.js";
import { names } from "baqylau/grammar.js";
import { isAnswered } from "baqylau/norms.js";
import { Standing, prepare } from "baqylau/relevance.js";
import { EMPTY_ENTRY, isSame } from "baqylau/tablet/entries.js";
import { Heads } from "baqylau/tablet/heads.js";
import { Tally } from "baqylau/tablet/tally.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {import("baqylau/tablet/entries.js").Entry} Entry
 * @typedef {{row: string, label: string, isRemoved: boolean}} Row
 * @typedef {{plan: import("baqylau/graph.js").Plan, standing: Standing, answers: Map<string, any>}} Part one checklist
 */

export class Recording {
  #bundle;
  #heads = new Heads();
  /** @type {Map<string, any>} */
  #items = new Map();
  /** @type {Map<string, Part>} the part that an item or a repeat belongs to */
  #parts = new Map();
  /** @type {Map<string, Row[]>} */
  #rows = new Map();
  /** @type {((keys: Set<string>) => void)[]} */
  #listeners = [];
  /** @type {Set<string>} keys whose value on the page cannot be taken, or was refused */
  #troubled = new Set();
  #newId;
  /** @type {any[]} */
  sections = [];
  tally = new Tally();

  /**
   * @param {any} bundle as sync.bundle gives it
   * @param {() => string} [newId]
   */
  constructor(bundle, newId = () => crypto.randomUUID()) {
    this.#bundle = bundle;
    this.#newId = newId;
    this.#heads.replace(bundle.heads, 0);
    for (const checklist of bundle.checklists) this.#addChecklist(checklist);
    for (const item of this.#items.values()) for (const key of this.keysOf(item.id)) this.#count(key);
  }

  /** @param {any} checklist */
  #addChecklist(checklist) {
    const plan = prepare(checklist);
    for (const section of checklist.sections) {
      const items = checklist.items.filter((/** @type {any} */ item) => item.section === section.id);
      this.sections.push({ ...section, items, checklist: checklist.title });
    }
    /** @type {any} */
    const part = { plan, answers: new Map() };
    for (const item of checklist.items) {
      this.#items.set(item.id, item);
      this.#parts.set(item.id, part);
    }
    for (const repeat of plan.repeats) this.#parts.set(repeat, part);
    this.#readRows(plan.repeats);
    for (const key of this.#heads.keys()) if (this.#parts.get(partsOf(key)[0]) === part) this.#keepAnswer(key);
    const rows = Object.fromEntries(plan.repeats.map((repeat) => [repeat, this.rowsOf(repeat).map(({ row }) => row)]));
    part.standing = new Standing(plan, { context: this.#bundle.context, answers: part.answers, rows });
  }

  /** @param {(keys: Set<string>) => void} listener */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** @param {string} id */
  item(id) {
    return this.#items.get(id);
  }

  /** Return every item, in the order of the checklists. */
  items() {
    return this.#items.values();
  }

  /**
   * Return the rows of a repeat in sight.
   * @param {string} repeat
   */
  rowsOf(repeat) {
    return (this.#rows.get(repeat) ?? []).filter((row) => !row.isRemoved);
  }

  /**
   * Return the rows of a repeat that were taken out of sight.
   * @param {string} repeat
   */
  removedRowsOf(repeat) {
    return (this.#rows.get(repeat) ?? []).filter((row) => row.isRemoved);
  }

  /**
   * Return the keys under which an item stands in this visit; without any row of its repeat, the item alone.
   * @param {string} id
   */
  keysOf(id) {
    return this.#standing(id).rowsOf(id).map((row) => keyOf(id, row));
  }

  /** @param {string} key */
  isAsked(key) {
    return this.#standing(partsOf(key)[0]).isAsked(key);
  }

  /**
   * Tell whether the place and the visit alone decide that an item is not asked: no answer can bring it back.
   * @param {string} id
   */
  isNeverAsked(id) {
    const relevance = this.#parts.get(id)?.plan.nodes.get(id)?.relevance;
    if (!relevance || ![...names(relevance)].every((name) => CONTEXT_NAMES.includes(name))) return false;
    return !this.keysOf(id).some((key) => this.isAsked(key));
  }

  /** @param {string} key */
  computed(key) {
    return this.#standing(partsOf(key)[0]).computed(key);
  }

  /** @param {string} key */
  assessments(key) {
    return this.#standing(partsOf(key)[0]).assessments(key);
  }

  /** @param {string} key */
  headsOf(key) {
    return this.#heads.of(key);
  }

  /** @param {string} key */
  isWaiting(key) {
    return this.#heads.isWaiting(key);
  }

  /** @param {string} key */
  isInConflict(key) {
    return this.#heads.of(key).length > 1;
  }

  /**
   * Return the head that this person's next change goes on from: the only one; of a conflict one's own, else none.
   * @param {string} key
   * @returns {Revision | null}
   */
  base(key) {
    const heads = this.#heads.of(key);
    if (heads.length < 2) return heads[0] ?? null;
    const mine = heads.filter((head) => (head.author ?? this.#bundle.me.id) === this.#bundle.me.id);
    return mine.length === 1 ? mine[0] : null;
  }

  /**
   * Tell whether this person may change the answer now: one who records, and not an answer that others disagree on.
   * @param {string} key
   */
  isOpen(key) {
    return this.#bundle.me.records && (!this.isInConflict(key) || this.base(key) !== null);
  }

  /**
   * Return what stands under the key for the controls to show.
   * @param {string} key
   * @returns {Entry}
   */
  entry(key) {
    return this.base(key) ?? EMPTY_ENTRY;
  }

  /**
   * Make the revision that changes the answer so; null when it changes nothing. `draft` is this page's last revision of
   * the key when nobody else has seen it: the new one takes its place.
   * @param {string} key
   * @param {Partial<Entry>} change
   * @param {{draft?: Revision | null, settles?: boolean}} [how]
   * @returns {Revision | null}
   */
  revise(key, change, { draft = null, settles = false } = {}) {
    const { value, sources, note, flags } = { ...this.entry(key), ...change };
    const before = this.entry(key);
    if (!settles && isSame({ value, sources, note, flags }, picked(before))) return null;
    const [item, row] = partsOf(key);
    const heads = settles ? this.headsOf(key) : [this.base(key)].filter((head) => head !== null);
    // A draft that is not the base any more was refused by the server, which has taken a later revision.
    const named = heads.map((head) => head.id).filter((id) => id !== draft?.id);
    const supersedes = [...new Set([...(draft?.supersedes ?? []), ...named])];
    const about = { id: this.#newId(), item, row, recorded_at: new Date().toISOString(), supersedes };
    const revision = { ...about, value, sources, note, flags };
    if (draft) this.#heads.drop(draft);
    this.add([revision]);
    return revision;
  }

  /**
   * Take in revisions of this page: just made, or kept by the outbox since an earlier time.
   * @param {Revision[]} revisions
   */
  add(revisions) {
    for (const revision of revisions) this.#heads.add(revision);
    this.#refresh(new Set(revisions.map(({ item, row }) => keyOf(item, row))));
  }

  /**
   * Note the server's acknowledgement.
   * @param {Revision} revision
   * @param {string} receivedAt
   */
  acknowledge(revision, receivedAt) {
    this.#heads.acknowledge(revision, receivedAt);
    this.#refresh(new Set([keyOf(revision.item, revision.row)]));
  }

  /** Return a mark for `pull`, to be taken before the server is asked. */
  mark() {
    return this.#heads.mark();
  }

  /**
   * Take in what the server has.
   * @param {Revision[]} heads
   * @param {number} mark
   */
  pull(heads, mark) {
    this.#refresh(this.#heads.replace(heads, mark));
  }

  /**
   * Note that what stands on the page under the key cannot be recorded, or can again.
   * @param {string} key
   * @param {boolean} isTroubled
   */
  trouble(key, isTroubled) {
    if (this.#troubled.has(key) === isTroubled) return;
    if (isTroubled) this.#troubled.add(key);
    else this.#troubled.delete(key);
    this.#refresh(new Set([key]));
  }

  /**
   * Return the next key after this one that is asked and has no answer, in the order of the checklist and round to its
   * beginning; null when nothing is left.
   * @param {string} from an item's key, or a section's id
   * @returns {string | null}
   */
  nextUnanswered(from) {
    const keys = this.sections.flatMap((section) => this.#walk(section));
    const at = keys.findIndex(({ key, section }) => key === from || section === from);
    const start = keys[at]?.key === from ? at + 1 : Math.max(at, 0);
    for (let step = 0; step < keys.length; step += 1) {
      const { key } = keys[(start + step) % keys.length];
      if (this.#isLeft(key)) return key;
    }
    return null;
  }

  /**
   * Return the keys of a section in the order in which the page shows them: each repeat where its first item stands, row
   * by row.
   * @param {any} section
   */
  #walk(section) {
    const seen = new Set();
    const found = [];
    for (const item of section.items) {
      if (!item.repeat) found.push({ key: item.id, section: section.id });
      if (!item.repeat || seen.has(item.repeat)) continue;
      seen.add(item.repeat);
      const inside = section.items.filter((/** @type {any} */ one) => one.repeat === item.repeat);
      for (const row of this.#standing(item.id).rowsOf(item.id)) {
        for (const one of inside) found.push({ key: keyOf(one.id, row), section: section.id });
      }
    }
    return found;
  }

  /** @param {string} key */
  #isLeft(key) {
    const { type } = this.#items.get(partsOf(key)[0]);
    return type !== "computed" && this.isAsked(key) && !isAnswered(type, this.#answer(key));
  }

  /** @param {string} id */
  #standing(id) {
    return /** @type {Part} */ (this.#parts.get(id)).standing;
  }

  /** @param {string} key */
  #answer(key) {
    return this.#parts.get(partsOf(key)[0])?.answers.get(key);
  }

  /**
   * Bring everything that follows from these answers up to date, and tell who listens.
   * @param {Set<string>} keys
   */
  #refresh(keys) {
    const known = [...keys].filter((key) => this.#parts.has(partsOf(key)[0]));
    const told = new Set(known);
    const repeats = known.map((key) => this.#repeatOf(key)).filter((repeat) => repeat !== null);
    for (const key of this.#takeRows(new Set(repeats))) told.add(key);
    const byPart = new Map();
    for (const key of known.filter((one) => this.#items.has(partsOf(one)[0]))) {
      const part = this.#parts.get(partsOf(key)[0]);
      if (this.#keepAnswer(key)) byPart.set(part, [...(byPart.get(part) ?? []), key]);
    }
    for (const [part, changed] of byPart) {
      const { asked, computed, assessments } = part.standing.update(changed);
      for (const key of [...asked, ...computed, ...assessments]) told.add(key);
    }
    for (const key of told) this.#count(key);
    for (const listener of this.#listeners) listener(told);
  }

  /**
   * Return the repeat whose rows may be others now: that of a row's name, or of an answer in a row that nobody has named.
   * @param {string} key
   * @returns {string | null}
   */
  #repeatOf(key) {
    const [id, row] = partsOf(key);
    const item = this.#items.get(id);
    if (!item) return id;
    const isNew = row && item.repeat && !(this.#rows.get(item.repeat) ?? []).some((one) => one.row === row);
    return isNew ? item.repeat : null;
  }

  /**
   * Let the answers of a part hold what stands under the key; tell whether its standing has to know.
   * @param {string} key
   */
  #keepAnswer(key) {
    const [id, row] = partsOf(key);
    const part = /** @type {Part} */ (this.#parts.get(id));
    const item = this.#items.get(id);
    if (!item) return false;
    const isOut = row !== "" && this.removedRowsOf(item.repeat).some((one) => one.row === row);
    // Of a conflict the last one stands in, as in baqylau.answers.rules.
    const value = isOut ? null : (this.#heads.of(key).at(-1)?.value ?? null);
    const before = part.answers.get(key) ?? null;
    if (value === null) part.answers.delete(key);
    else part.answers.set(key, value);
    return !isOut && !isSame(value, before);
  }

  /** @param {string[]} repeats */
  #readRows(repeats) {
    const fresh = new Map(repeats.map((repeat) => [repeat, /** @type {Row[]} */ ([])]));
    for (const key of this.#heads.keys()) {
      const [id, row] = partsOf(key);
      const rows = row ? fresh.get(fresh.has(id) ? id : this.#items.get(id)?.repeat) : undefined;
      if (!rows) continue;
      // A row whose name has not arrived yet is shown all the same, for its answers count.
      const known = rows.find((one) => one.row === row) ?? { row, label: "", isRemoved: false };
      if (!rows.includes(known)) rows.push(known);
      const value = fresh.has(id) ? this.#heads.of(key).at(-1)?.value : null;
      if (value) Object.assign(known, { label: value.label, isRemoved: value.removed === true });
    }
    for (const [repeat, rows] of fresh) this.#rows.set(repeat, rows);
  }

  /**
   * Take in that the rows of these repeats may be others, and return the keys that this changes.
   * @param {Set<string>} repeats
   */
  #takeRows(repeats) {
    const told = [];
    for (const repeat of repeats) {
      const { standing, plan } = /** @type {Part} */ (this.#parts.get(repeat));
      const items = [...plan.nodes.values()].filter((node) => node.repeat === repeat).map((node) => node.id);
      const before = items.flatMap((id) => this.keysOf(id));
      this.#readRows([repeat]);
      for (const { row } of this.rowsOf(repeat)) standing.addRow(repeat, row);
      for (const { row } of this.removedRowsOf(repeat)) standing.removeRow(repeat, row);
      const after = items.flatMap((id) => this.keysOf(id));
      for (const key of [...before, ...after]) this.#keepAnswer(key);
      standing.update(after);
      told.push(...before, ...after);
    }
    return told;
  }

  /** @param {string} key */
  #count(key) {
    const [id] = partsOf(key);
    const item = this.#items.get(id);
    if (!item) return;
    const heads = this.#heads.of(key);
    const isThere = this.keysOf(id).includes(key);
    const isAsked = isThere && item.type !== "computed" && this.isAsked(key);
    const facts = {
      asked: Number(isAsked),
      answered: Number(isAsked && isAnswered(item.type, this.#answer(key))),
      conflicts: Number(heads.length > 1),
      urgent: Number(heads.some((head) => head.flags.includes("urgent"))),
      unsaved: Number(this.#troubled.has(key)),
    };
    this.tally.set(item.section, key, isThere ? facts : null);
  }
}

/**
 * @param {Entry} entry
 * @returns {Entry}
 */
function picked({ value, sources, note, flags }) {
  return { value, sources, note, flags };
}
