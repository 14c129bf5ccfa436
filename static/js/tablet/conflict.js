/**
 * Two answers to one item: shown as they stand, with who gave them. The leader takes one of them here, or goes to the page
 * of conflicts to write why; everybody else reads.
 */

import { badge, make } from "baqylau/tablet/dom.js";
import { describe } from "baqylau/tablet/describe.js";

/**
 * @typedef {import("baqylau/tablet/page.js").Page} Page
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 */

/**
 * Return what the item shows of its conflict; null without one.
 * @param {Page} page
 * @param {any} item
 * @param {string} key
 * @returns {HTMLElement | null}
 */
export function conflictBlock(page, item, key) {
  const { recording, words, me } = page;
  const heads = recording.headsOf(key);
  if (heads.length < 2) return null;
  const cards = heads.map((head) => make("li", { class: "answer-card" }, ...card(page, item, key, head)));
  const advice = words.say(me.settles ? "conflict_settle" : recording.isOpen(key) ? "conflict_own" : "conflict_wait");
  return make(
    "div",
    { class: "item-conflict", role: "group", "aria-label": words.say("conflict") },
    make("p", { class: "item-conflict-title" }, badge(words.say("conflict"), "partly")),
    make("ul", { class: "answer-cards" }, ...cards),
    make("p", { class: "item-conflict-advice" }, advice, " ", make("a", { href: page.addresses.conflicts }, words.say("conflict_page"))),
  );
}

/**
 * @param {Page} page
 * @param {any} item
 * @param {string} key
 * @param {Revision} head
 */
function card(page, item, key, head) {
  const { words, me, people } = page;
  const author = head.author ?? me.id;
  const name = author === me.id ? words.say("you") : (people[author] ?? words.say("somebody"));
  const sources = head.sources.map((source) => words.label("source", source)).join(", ");
  const take = () => page.settle(key, head);
  return [
    make("p", { class: "answer-card-who" }, make("strong", {}, name), ` · ${words.clock(head.received_at ?? head.recorded_at)}`),
    ...describe(item, head.value, words).map((line) => make("p", { class: "answer-card-value" }, line)),
    sources && make("p", { class: "answer-card-more" }, `${words.say("seen_by")}: ${sources}`),
    head.note && make("p", { class: "answer-card-more" }, head.note),
    me.settles && make("button", { type: "button", class: "button button-secondary", onclick: take }, words.say("take_this")),
  ];
}
