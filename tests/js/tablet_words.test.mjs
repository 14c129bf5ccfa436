import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { describe as inWords } from "baqylau/tablet/describe.js";
import { SIGNS } from "baqylau/tablet/notes/alerts.js";
import { Words } from "baqylau/tablet/words.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const keysOf = (template) => [...template.matchAll(/^ {2}"(\w+)":/gm)].map((match) => match[1]);
const [ofAnswers, ofTablet, ofInterviews] = ["answers", "tablet", "interviews"].map((name) => keysOf(read(`templates/${name}/words.html`)));
const known = new Set([...ofAnswers, ...ofTablet]);
const folder = "static/js/tablet/";
const names = readdirSync(new URL(folder, root), { recursive: true }).filter((name) => name.endsWith(".js"));
const script = (name) => read(`${folder}${name}`);
const scripts = names.map(script).join("\n");

const quoted = (text) => [...text.matchAll(/"([a-z]\w*)"/g)].map((match) => match[1]);
const found = (name, pattern) => quoted(script(name).match(pattern)?.[0] ?? assert.fail(`${name}: nothing like ${pattern}`));

/** Return the failures of an exchange, as its type names them. */
const failures = () => found("exchange.js", /@typedef \{"network"[^}]*\}/);

/** What may stand in `${…}` of a family of keys, from the lists of the scripts themselves. */
const FAMILIES = {
  "failure_*": failures,
  "banner_*": () => found("saving.js", /if \(sync\.failure === "[^)]*\)/),
  "flaw_*": () => [...script("entries.js").matchAll(/problem: "(\w+)"/g)].map((match) => match[1]),
  "unlock_*": () => found("home.js", /const known = \[[^\]]*\]/),
  "*_question": () => found("photo.js", /@type \{"permission"[^}]*\}/),
  "measured_*": () => ["instrument", "time"],
  "interview_alert_*": () => SIGNS,
};

/** Keys that come to `say` in a variable: from a list, or through a function that says what it is given. */
const LISTED = [
  () => found("limits.js", /const COMPARISONS = \{[^}]*\}/).filter((word) => word !== "in"),
  () => [...script("passphrases.js").matchAll(/"(passphrase_\w+)";/g)].map((match) => match[1]),
  () => [...script("takealong.js").matchAll(/(?:new Obstacle|tell)\("(\w+)"|: "(label_missing)"/g)].map((match) => match[1] ?? match[2]),
  () => [...script("departure.js").matchAll(/(?:act|line)\("(\w+)"|"(room_\w+)"/g)].map((match) => match[1] ?? match[2]),
  () => [...script("frame.js").matchAll(/#step\([^"]*"(\w+)"\)/g)].map((match) => match[1]),
  () => found("typed.js", /\[[^\]]*"day"[^\]]*\]/),
  () => [...read("templates/tablet/shell.html").matchAll(/data-word="(\w+)"/g)].map((match) => match[1]),
  () => [...scripts.matchAll(/\bstrings\??\.(\w+)/g)].map((match) => match[1]),
  () => quoted(script("notes/interviews.js")).filter((word) => word.startsWith("interview_")),
];

/** Return what stands before the bracket that closes. */
function insideOf(text) {
  let depth = 1;
  const end = [...text].findIndex((letter) => (depth += { "(": 1, ")": -1 }[letter] ?? 0) === 0);
  return text.slice(0, end);
}

/** Return the keys that the scripts say: words.say("x"), say(isA ? "x" : "y"), families such as say(`failure_${…}`), lists. */
function said() {
  const [keys, families] = [new Set(LISTED.flatMap((list) => list())), new Set()];
  for (const { index, 0: call } of scripts.matchAll(/\bsay\(/g)) {
    const inside = insideOf(scripts.slice(index + call.length, index + 600));
    // A key comes first, what fills its places after it; what a key is compared with is none.
    const chosen = inside.split(/,\s*\{/)[0].replace(/===? "\w+"/g, "");
    for (const key of quoted(chosen)) keys.add(key);
    for (const [, family] of chosen.matchAll(/`([^`]*)`/g)) families.add(family.replace(/\$\{[^}]*\}/, "*"));
  }
  for (const [family, list] of Object.entries(FAMILIES)) for (const one of list()) keys.add(family.replace("*", one));
  return { keys, families };
}

test("every sentence that the scripts say is in a template", () => {
  const { keys, families } = said();
  assert.ok(names.length > 40 && keys.size > 200, `${names.length} scripts, ${keys.size} sentences`);
  assert.deepEqual([...keys].filter((key) => !known.has(key) && !ofInterviews.includes(key)), []);
  assert.deepEqual([...families].sort(), Object.keys(FAMILIES).sort());
});

test("every sentence of the templates is said somewhere", () => {
  const { keys } = said();
  assert.deepEqual([...known].filter((key) => !keys.has(key)), []);
});

test("no sentence stands in two templates", () => {
  assert.equal(known.size, ofAnswers.length + ofTablet.length);
  assert.deepEqual(ofInterviews.filter((key) => known.has(key)), []);
});

test("each failure of an exchange has its words", () => {
  assert.equal(failures().length, 10);
  for (const failure of failures()) assert.ok(known.has(`failure_${failure}`), failure);
});

const page = (language) => ({
  language, zone: "Asia/Almaty",
  strings: { saved: "saved {time}, {time}", no_answer: "taken back", measured_time: "Time of day" },
  labels: { unit: { m2: "m²" }, rating: { met: "met", not_seen: "not seen" }, basis: { national: "national law" }, yesno: { yes: "yes" } },
});
const words = (language = "ru") => new Words(page(language), { PEC: { ru: "УИК", en: "PEC" } });

test("sentences, numbers, times and standards are said as they are said here", () => {
  assert.equal(words().say("saved", { time: "12:04" }), "saved 12:04, 12:04");
  assert.throws(() => words().say("nothing"), /no words for nothing/);
  assert.deepEqual([14.2, 2.3666, 1200, 12345.6, -12345, 0].map((value) => words().number(value)), ["14,2", "2,367", "1200", "12\u202f345,6", "-12\u202f345", "0"]);
  assert.equal(words("en").number(14.2), "14.2");
  assert.equal(words().clock("2026-11-23T07:04:30Z"), "12:04");
  assert.equal(words().standard("PEC 115(1)"), "УИК 115(1)");
  assert.equal(words().standard("XYZ 3"), "XYZ 3");
  assert.equal(words().amount(2.5, "m2"), "2,5\u00a0m²");
  assert.equal(words("kk").here({ ru: "только так" }), "только так");
});

test("an answer is said field by field", () => {
  const item = {
    type: "measure",
    fields: [
      { id: "value", type: "measure", unit: "m2", label: {}, is_main: true },
      { id: "time", type: "time", label: {}, is_main: true },
      { id: "kind", type: "multi", label: { ru: "Вид" }, choices: [{ id: "cell", label: { ru: "Камера" } }] },
      { id: "day", type: "date", label: { ru: "День" } },
      { id: "sure", type: "yesno", label: { ru: "Точно" } },
    ],
  };
  const answer = { value: 14.2, time: "12:01", kind: ["cell", "gone"], day: "2026-11-23", sure: "yes" };
  assert.deepEqual(inWords(item, answer, words()), [
    "14,2\u00a0m²", "Time of day: 12:01", "Вид: Камера, gone", "День: 23.11.2026", "Точно: yes",
  ]);
  assert.deepEqual(inWords(item, null, words()), ["taken back"]);
  assert.deepEqual(inWords(item, { status: "not_seen" }, words()), ["not seen"]);
});
