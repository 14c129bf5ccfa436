/**
 * What the two copies of a vault, journal and index, say together. Pure but for opening what is sealed.
 *
 * A copy may lack its end (a crash, a power cut): that is copied over. It never lacks a record in its middle by itself:
 * that, and what does not open in its place, is damage and is named, and mended from the other copy where that is whole.
 */

import { isEqual } from "baqylau/tablet/store/bytes.js";

/**
 * @typedef {import("baqylau/tablet/store/seal.js").Row} Row
 * @typedef {import("baqylau/tablet/store/vault.js").Damage} Damage
 * @typedef {{rows: Row[], bad: {seq?: number}[]}} Copy
 * @typedef {{journal: Copy, index: Copy & {isNew?: boolean}, last: number, gone: Set<number>,
 *   open: (row: Row) => Promise<any>}} Given `last`: the highest number known to have been recorded; `gone`: numbers let go
 *   from the index; `isNew`: the browser threw the index away and began another, which lacks what was before
 * @typedef {{bodies: Map<number, any>, toJournal: Row[], toIndex: Row[], damaged: Damage[], forked: any[], last: number}}
 *   Compared `forked`: what was recorded under a number that another record bears too
 */

const AT_ONCE = 512;

/**
 * @param {Given} given
 * @returns {Promise<Compared>}
 */
export async function compare(given) {
  const seen = await openAll(given);
  const last = Math.max(given.last, highest(seen.journal), highest(seen.index));
  /** @type {Compared} */
  const found = { bodies: new Map(), toJournal: [], toIndex: [], damaged: [], forked: [], last };
  const ends = { journal: highest(seen.journal), index: given.index.isNew ? 0 : highest(seen.index) };
  for (let seq = 1; seq <= last; seq += 1) judge(seq, seen, given, ends, found);
  const chosen = new Set([...found.bodies.values()].map(({ id }) => id));
  found.forked = found.forked.filter(({ id }) => !chosen.has(id));
  return found;
}

/** @param {Map<number, unknown>} numbered */
const highest = (numbered) => [...numbered.keys()].reduce((most, seq) => Math.max(most, seq), 0);

/**
 * @typedef {{row: Row, body: any}[]} Good
 * @typedef {{journal: Map<number, Good>, index: Map<number, Good>, badInJournal: Set<number>, badInIndex: Set<number>}} Seen
 */

/**
 * Open every record once, many at a time: the same bytes in both copies are the same record.
 * @param {Given} given
 * @returns {Promise<Seen>}
 */
async function openAll({ journal, index, open }) {
  const journalBodies = await openMany(journal.rows, open);
  const known = new Map(journal.rows.map((row, at) => [row.seq, { row, body: journalBodies[at] }]));
  const indexBodies = await openMany(index.rows, async (row) => {
    const other = known.get(row.seq);
    return other?.body && isSame(other.row, row) ? other.body : open(row);
  });
  const goodInJournal = grouped(journal.rows, journalBodies);
  const goodInIndex = grouped(index.rows, indexBodies);
  const bad = (/** @type {Copy} */ copy, /** @type {any[]} */ bodies) => new Set(
    [...copy.bad.map(({ seq }) => seq), ...copy.rows.filter((_, at) => !bodies[at]).map(({ seq }) => seq)]
      .filter((seq) => typeof seq === "number"));
  return {
    journal: goodInJournal, index: goodInIndex,
    badInJournal: bad(journal, journalBodies), badInIndex: bad(index, indexBodies),
  };
}

/**
 * @param {Row[]} rows
 * @param {(row: Row) => Promise<any>} open
 */
async function openMany(rows, open) {
  const bodies = [];
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    bodies.push(...(await Promise.all(rows.slice(at, at + AT_ONCE).map(open))));
  }
  return bodies;
}

/**
 * @param {Row[]} rows
 * @param {any[]} bodies
 * @returns {Map<number, Good>}
 */
function grouped(rows, bodies) {
  const groups = new Map();
  rows.forEach((row, at) => {
    if (!bodies[at]) return;
    const group = groups.get(row.seq);
    if (!group) groups.set(row.seq, [{ row, body: bodies[at] }]);
    else if (group.every((/** @type {any} */ one) => one.row.id !== row.id)) group.push({ row, body: bodies[at] });
  });
  return groups;
}

/**
 * @param {Row} one
 * @param {Row} other
 */
const isSame = (one, other) => one.id === other.id && isEqual(one.iv, other.iv) && isEqual(one.ct, other.ct);

/**
 * Decide about one number: which record it is, where it must be copied to, what is wrong with it.
 * @param {number} seq
 * @param {Seen} seen
 * @param {Given} given
 * @param {{journal: number, index: number}} ends
 * @param {Compared} found
 */
function judge(seq, seen, given, ends, found) {
  const inJournal = seen.journal.get(seq);
  const inIndex = seen.index.get(seq);
  const good = inJournal ?? inIndex;
  const isGone = given.gone.has(seq);
  if (good && !(isGone && !inIndex)) found.bodies.set(seq, good[0].body);
  if (!inJournal && good) found.toJournal.push(good[0].row);
  const isOther = inJournal && inIndex && !isSame(inJournal[0].row, inIndex[0].row);
  if ((!inIndex && good && !isGone) || isOther) found.toIndex.push(good[0].row);
  const others = [...(inJournal ?? []), ...(inIndex ?? [])].filter(({ row }) => row.id !== good?.[0].row.id);
  found.forked.push(...others.map(({ body }) => body));
  const why = [
    others.length > 0 && /** @type {const} */ (["both", "forked"]),
    !inJournal && wrong("journal", seq, seen.badInJournal, ends.journal),
    !inIndex && !isGone && wrong("index", seq, seen.badInIndex, ends.index),
    isOther && others.length === 0 && /** @type {const} */ (["index", "altered"]),
  ].filter((one) => Array.isArray(one));
  if (!good && !isGone) {
    const isAltered = seen.badInJournal.has(seq) || seen.badInIndex.has(seq);
    found.damaged.push({ seq, why: isAltered ? "altered" : "missing", where: "both", isMended: false });
  } else if (good) {
    for (const [where, what] of why) found.damaged.push({ seq, why: what, where, isMended: true });
  }
}

/**
 * @param {"journal" | "index"} where
 * @param {number} seq
 * @param {Set<number>} bad
 * @param {number} end
 * @returns {["journal" | "index", "altered" | "removed"] | null}
 */
function wrong(where, seq, bad, end) {
  if (bad.has(seq)) return [where, "altered"];
  // At the end of a copy that still has something, a record may be missing by a crash alone.
  return seq < end ? [where, "removed"] : null;
}
