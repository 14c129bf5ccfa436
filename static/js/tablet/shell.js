/**
 * The tablet's shell: opens without a network, asks who unlocks what, and hands over to the recording of the visit.
 */

import { fill, make, useMarks, write } from "baqylau/tablet/dom.js";
import { goHome } from "baqylau/tablet/home.js";
import { watchEditions } from "baqylau/tablet/editions.js";
import { openVisit } from "baqylau/tablet/visit.js";
import { takeAlong } from "baqylau/tablet/takealong.js";
import { Words } from "baqylau/tablet/words.js";

const LANGUAGE = "baqylau-language";

/**
 * What the views of the shell share.
 * @typedef {{words: Words, given: any, base: string, version: string, main: HTMLElement, title: (text: string) => void,
 *   open: (vault: any) => Promise<void>, home: () => Promise<void>, onLanguage: (() => void) | null,
 *   pending: () => Promise<void>}} Shell
 */

/** The languages whose words are here already. */
const known = new Map();

/** @param {string} base @param {string} language */
async function load(base, language) {
  if (!known.has(language)) known.set(language, await (await fetch(`${base}words/${language}.json`)).json());
  return known.get(language);
}

/** @param {string[]} languages */
function preferred(languages) {
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered() ?? "";
  if (languages.includes(asked)) return asked;
  const browsers = navigator.languages.map((one) => one.slice(0, 2));
  return browsers.find((one) => languages.includes(one)) ?? languages[0];
}

function remembered() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

/** @param {Shell} shell @param {string} language */
async function speak(shell, language) {
  shell.given = await load(shell.base, language);
  shell.words = new Words(shell.given, {});
  document.documentElement.lang = language;
  /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=manifest]")).href = `/tablet/manifest-${language}.webmanifest`;
  for (const element of document.querySelectorAll("[data-word]")) {
    write(element, shell.words.say(/** @type {HTMLElement} */ (element).dataset.word ?? ""));
  }
  for (const button of document.querySelectorAll("#languages button")) {
    if (/** @type {HTMLButtonElement} */ (button).value === language) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  document.getElementById("languages")?.setAttribute("aria-label", shell.words.say("language"));
  document.getElementById("banner")?.setAttribute("aria-label", shell.words.say("saving_region"));
  document.getElementById("steps")?.setAttribute("aria-label", shell.words.say("forward_and_back"));
  try {
    localStorage.setItem(LANGUAGE, language);
  } catch {
    // A browser that keeps nothing says so when a visit is to be taken along.
  }
}

/** @param {Shell} shell */
function switchLanguages(shell) {
  document.getElementById("languages")?.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!(button instanceof HTMLButtonElement)) return;
    await speak(shell, button.value);
    shell.onLanguage?.();
  });
}

async function start() {
  const { base = "", version = "", languages = "" } = document.body.dataset;
  const main = /** @type {HTMLElement} */ (document.getElementById("recording"));
  const title = /** @type {HTMLElement} */ (document.getElementById("title"));
  /** @type {Shell} */
  const shell = {
    words: /** @type {any} */ (null),
    given: null,
    base,
    version,
    main,
    title: (text) => {
      write(title, text);
      document.title = `${text} · Baqylau`;
    },
    open: (vault) => openVisit(shell, vault),
    home: () => goHome(shell),
    onLanguage: null,
    pending: async () => {},
  };
  useMarks(`${base}icons/marks.svg`);
  await speak(shell, preferred(languages.split(" ")));
  switchLanguages(shell);
  watchEditions(shell);
  const visit = new URLSearchParams(location.search).get("take");
  if (visit) await takeAlong(shell, visit);
  else await goHome(shell);
  document.documentElement.dataset.started = "true";
}

start().catch((trouble) => {
  const text = known.values().next().value?.strings?.shell_failed ?? "";
  fill(
    /** @type {HTMLElement} */ (document.getElementById("notices")),
    make("div", { class: "notice notice-bad", role: "alert" }, make("p", { class: "notice-title" }, text || String(trouble?.message ?? trouble))),
  );
  throw trouble;
});
