import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const template = readFileSync(new URL("templates/interviews/words.html", root), "utf8");
const known = new Set([...template.matchAll(/^ {2}"(\w+)":/gm)].map((match) => match[1]));
const folder = new URL("static/js/tablet/notes/", root);
const scripts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");

test("what the page of interviews says is in its template, and nothing else is", async () => {
  const { SIGNS } = await import("baqylau/tablet/notes/alerts.js");
  const said = new Set([...scripts.matchAll(/"(interview_\w+)"/g)].map((match) => match[1]));
  for (const sign of SIGNS) said.add(`interview_alert_${sign}`);
  assert.ok(said.size > 30);
  assert.deepEqual([...said].sort(), [...known].sort());
});

test("every text that is read aloud is there in all three languages, and the default is count only", async () => {
  const { LANGUAGES, READ_ALOUD, TOPICS, USES, defaultUses } = await import("baqylau/tablet/notes/consent.js");
  const texts = [...READ_ALOUD, ...USES.flatMap(({ name, question }) => [name, question]), ...TOPICS.map(({ name }) => name)];
  for (const text of texts) for (const language of LANGUAGES) assert.ok(text[language].length > 1, JSON.stringify(text));
  assert.deepEqual(USES.map(({ id }) => id), Object.keys(defaultUses()));
  assert.deepEqual(Object.entries(defaultUses()).filter(([, isOn]) => isOn), [["count", true]]);
});
