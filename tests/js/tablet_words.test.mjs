import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { describe as inWords } from "baqylau/tablet/describe.js";
import { Words } from "baqylau/tablet/words.js";

const root = new URL("../../", import.meta.url);
const template = readFileSync(new URL("templates/answers/words.html", root), "utf8");
const known = new Set([...template.matchAll(/^ {2}"(\w+)":/gm)].map((match) => match[1]));
const folder = new URL("static/js/tablet/", root);
const scripts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");

/** Return the keys that the scripts say: words.say("x"), say(isA ? "x" : "y"), and families such as say(`failure_${…}`). */
function said() {
  const [keys, families] = [new Set(), new Set()];
  for (const [, inside] of scripts.matchAll(/\bsay\(((?:[^()]|\([^()]*\))*)\)/g)) {
    for (const [, key] of inside.matchAll(/"(\w+)"/g)) keys.add(key);
    for (const [, family] of inside.matchAll(/`(\w+)_\$\{/g)) families.add(`${family}_`);
    for (const [, family] of inside.matchAll(/`\$\{name\}_(\w+)`/g)) families.add(`_${family}`);
  }
  return { keys, families };
}

test("every sentence that the scripts say is in the template", () => {
  const { keys } = said();
  assert.ok(keys.size > 50);
  const missing = [...keys].filter((key) => !known.has(key) && !["next_section", "met", "day", "month", "year"].includes(key));
  // Values inside {…} of a say() are no keys: numbers and names only.
  assert.deepEqual(missing, []);
});

test("every sentence of the template is said somewhere", () => {
  const { keys, families } = said();
  const whole = scripts.replace(/\s+/g, " ");
  const unused = [...known].filter((key) => {
    if (keys.has(key) || whole.includes(`"${key}"`) || whole.includes(`strings.${key}`)) return false;
    return ![...families].some((family) => (family.startsWith("_") ? key.endsWith(family) : key.startsWith(family)));
  });
  assert.deepEqual(unused, []);
});

test("each failure of an exchange has its words", () => {
  const source = readFileSync(new URL("exchange.js", folder), "utf8");
  const failures = [...source.match(/@typedef \{("network"[^}]*)\}/)[1].matchAll(/"(\w+)"/g)].map((match) => match[1]);
  assert.equal(failures.length, 9);
  for (const failure of failures) assert.ok(known.has(`failure_${failure}`), failure);
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
