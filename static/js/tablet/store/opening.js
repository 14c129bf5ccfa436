/**
 * What happens before an opened vault is used: compare its two copies, mend each from the other, leave a mark of this
 * opening in both. A copy that knows fewer openings than the other, and fewer records, is an older one put back.
 */

import { compare } from "baqylau/tablet/store/compare.js";

/**
 * @typedef {import("baqylau/tablet/store/index.js").Index} Index
 * @typedef {import("baqylau/tablet/store/journal.js").Journal} Journal
 * @typedef {import("baqylau/tablet/store/journal.js").Read} Read
 * @typedef {import("baqylau/tablet/store/seal.js").Row} Row
 * @typedef {import("baqylau/tablet/store/seal.js").Sealer} Sealer
 * @typedef {import("baqylau/tablet/store/vault.js").Report} Report
 * @typedef {{journal: Journal, index: Index, sealer: Sealer, read: Read, rows: Row[]}} Copies
 * @typedef {{n: number, last: number, gone: number[][]}} Opening how many openings there were, the number of the last
 *   record then, and the ranges of numbers that were let go
 * @typedef {{bodies: Map<number, any>, last: number, report: Report}} Opened
 */

const BATCH = 500;
// The number at the head of the journal is not sealed: a wild one must not keep the page busy for ever.
const FURTHEST = 20_000;

/**
 * Compare and mend the copies; return what they hold.
 * @param {Copies} copies
 * @returns {Promise<Opened>}
 */
export async function compareAndHeal(copies) {
  const { sealer, read, rows } = copies;
  const marks = await openingsOf(copies);
  const gone = await goneOf(copies, marks);
  const inJournal = read.entries.filter(({ t }) => t === "r");
  const highest = [...inJournal, ...rows].reduce((most, { seq }) => Math.max(most, seq), 0);
  const counter = read.counter <= highest + FURTHEST ? read.counter : 0;
  const last = Math.max(highest, counter, marks.journal?.last ?? 0, marks.index?.last ?? 0);
  const found = await compare({
    journal: { rows: inJournal, bad: read.bad.filter(({ t }) => t === "r") }, index: { rows, bad: [], isNew: !marks.index }, last, gone,
    open: (row) => sealer.openRecord(row),
  });
  const report = reportOf(found, copies, marks);
  try {
    await recordForked(copies, found);
    await heal(copies, found);
    await leaveMark(copies, { n: newestOf(marks) + 1, last: found.last, gone: rangesOf(gone) });
  } catch (trouble) {
    // A full disk must not keep anybody from reading what was recorded.
    report.healing = /** @type {any} */ (trouble).code ?? "closed";
  }
  return { bodies: found.bodies, last: found.last, report };
}

/** @typedef {{journal: Opening | null, index: Opening | null}} Marks */

/**
 * @param {Copies} copies
 * @returns {Promise<Marks>}
 */
async function openingsOf({ index, sealer, read }) {
  const inIndex = await index.opening().catch(() => null);
  const inJournal = read.entries.findLast(({ t }) => t === "o");
  return {
    journal: inJournal ? await sealer.open(`opening|${inJournal.seq}`, inJournal) : null,
    index: inIndex ? await sealer.open(`opening|${inIndex.n}`, inIndex) : null,
  };
}

/** @param {Marks} marks */
const newestOf = ({ journal, index }) => Math.max(journal?.n ?? 0, index?.n ?? 0);

/**
 * @param {Copies} copies
 * @param {Marks} marks
 */
async function goneOf({ sealer, read }, marks) {
  const listed = read.entries.filter(({ t }) => t === "g").map((entry) => sealer.open(`gone|${entry.id}`, entry));
  const lists = (await Promise.all(listed)).map((one) => one?.gone ?? []);
  const gone = new Set();
  for (const [from, to] of [...lists, marks.journal?.gone ?? [], marks.index?.gone ?? []].flat()) {
    for (let seq = from; seq <= to; seq += 1) gone.add(seq);
  }
  return gone;
}

/**
 * Return numbers as ranges.
 * @param {Iterable<number>} numbers
 */
export function rangesOf(numbers) {
  /** @type {number[][]} */
  const ranges = [];
  for (const seq of [...numbers].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/**
 * @param {import("baqylau/tablet/store/compare.js").Compared} found
 * @param {Copies} copies
 * @param {Marks} marks
 * @returns {Report}
 */
function reportOf(found, { read }, marks) {
  const hasJournal = read.entries.length > 0;
  const hasIndex = marks.index !== null;
  const rolledBack = rolledBackOf(found, marks, hasJournal, hasIndex);
  /** @type {Report["rebuilt"]} */
  let rebuilt = null;
  if (!hasIndex && found.toIndex.length > 0) rebuilt = "index";
  if (!hasJournal && found.toJournal.length > 0) rebuilt = "journal";
  return {
    rebuilt, copied: found.toIndex.length + found.toJournal.length, cut: read.cut, damaged: found.damaged,
    isRolledBack: rolledBack !== null, rolledBack, healing: "",
  };
}

/**
 * @param {import("baqylau/tablet/store/compare.js").Compared} found
 * @param {Marks} marks
 * @param {boolean} hasJournal
 * @param {boolean} hasIndex
 * @returns {Report["rolledBack"]}
 */
function rolledBackOf(found, { journal, index }, hasJournal, hasIndex) {
  if (!hasJournal || !hasIndex) return null;
  if ((index?.n ?? 0) < (journal?.n ?? 0) && found.toIndex.length > 0) return "index";
  if ((journal?.n ?? 0) < (index?.n ?? 0) && found.toJournal.length > 0) return "journal";
  return null;
}

/**
 * Give what bears another record's number a number of its own, before its row is overwritten.
 * @param {Copies} copies
 * @param {import("baqylau/tablet/store/compare.js").Compared} found
 */
async function recordForked({ journal, index, sealer }, found) {
  for (const body of found.forked) {
    const seq = found.last + 1;
    const row = await sealer.sealRecord(body.id, seq, { ...body, seq });
    await journal.append([{ ...row, t: "r" }], seq);
    await index.put([row]);
    found.last = seq;
    found.bodies.set(seq, { ...body, seq });
  }
}

/**
 * Copy what is missing either way; the journal first, for it is the truth.
 * @param {Copies} copies
 * @param {import("baqylau/tablet/store/compare.js").Compared} found
 */
async function heal({ journal, index }, { toJournal, toIndex, last }) {
  for (let at = 0; at < toJournal.length; at += BATCH) {
    await journal.append(toJournal.slice(at, at + BATCH).map((row) => ({ ...row, t: /** @type {const} */ ("r") })), last);
  }
  for (let at = 0; at < toIndex.length; at += BATCH) await index.put(toIndex.slice(at, at + BATCH));
}

/**
 * @param {Copies} copies
 * @param {Opening} opening
 */
async function leaveMark({ journal, index, sealer }, opening) {
  const sealed = await sealer.seal(`opening|${opening.n}`, opening);
  await journal.append([{ t: "o", seq: opening.n, id: "", ...sealed }], opening.last);
  await index.putOpening({ n: opening.n, ...sealed });
}
