/**
 * Reading a visit at the office: what the server has, drawn as on the tablet, with nothing to record. Nothing is kept in
 * the browser.
 */

import { fill, icon, make, useMarks } from "baqylau/tablet/dom.js";
import { exchange } from "baqylau/tablet/exchange.js";
import { Frame } from "baqylau/tablet/frame.js";
import { Page } from "baqylau/tablet/page.js";

const PULL_SECONDS = 30;

/** Stands where the tablet has its delivery: nothing waits, and what others record comes by itself. */
class Following {
  failure = "";
  /** @type {(recorded: any) => void} */
  onRecorded = () => {};
  #page;
  #version;

  /** @param {Page} page @param {string} version */
  constructor(page, version) {
    this.#page = page;
    this.#version = version;
  }

  onState() {}

  waitingOf() {
    return undefined;
  }

  async look() {
    const { addresses, recording } = this.#page;
    const mark = recording.mark();
    const { body } = await exchange(`${addresses.heads}?protocol=2&seen=${encodeURIComponent(this.#version)}`, {});
    if (!body) return;
    this.#page.token = body.token;
    if (!body.heads) return;
    this.#version = body.version;
    this.onRecorded(body);
    recording.pull(body.heads, mark);
  }
}

/** @param {string} id */
function json(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * Say that the visit could not be opened, and offer to try again.
 * @param {Record<string, string>} strings
 */
function tellLoadFailed(strings) {
  const again = make("button", { type: "button", class: "button button-primary", onclick: () => location.reload() }, strings.reload);
  const title = make("p", { class: "notice-title" }, icon("bad"), make("span", {}, strings.load_failed));
  const text = make("div", { class: "notice-text" }, make("p", {}, strings.load_failed_text), make("p", {}, again));
  const place = /** @type {HTMLElement} */ (document.getElementById("recording"));
  fill(place, make("div", { class: "notice notice-bad", role: "alert" }, title, text));
}

async function start() {
  const given = { ...json("page"), strings: json("words") };
  useMarks(given.marks);
  const { body: bundle } = await exchange(given.addresses.bundle, { cache: "default", seconds: 60 });
  if (!bundle) return tellLoadFailed(given.strings);
  const page = new Page({ ...bundle, me: { ...bundle.me, records: false } }, given);
  page.token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
  const following = new Following(page, bundle.version);
  page.sync = /** @type {any} */ (following);
  const frame = new Frame(page);
  frame.route();
  setInterval(() => following.look(), PULL_SECONDS * 1000);
  document.addEventListener("visibilitychange", () => document.hidden || following.look());
  document.documentElement.dataset.ready = "true";
}

start();
