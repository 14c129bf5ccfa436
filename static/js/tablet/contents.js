/**
 * The list of sections with how far each is, and the search over all items.
 */

import { badge, fill, make, write } from "baqylau/tablet/dom.js";

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

const MOST_FOUND = 40;

export class Contents {
  #page;
  /** @type {Map<string, {link: HTMLElement, count: HTMLElement, bar: HTMLProgressElement, marks: HTMLElement}>} */
  #entries = new Map();
  /** @type {{item: any, text: string}[] | null} */
  #texts = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    const { words } = page;
    const search = make("input", {
      class: "control control-full", id: "search", type: "search", autocomplete: "off", oninput: () => this.#search(search.value),
    });
    this.list = make("div", {}, ...this.#groups());
    this.found = make("div", { class: "found", hidden: true });
    this.node = make(
      "nav",
      { class: "contents", "aria-label": words.say("sections") },
      make("div", { class: "contents-search" }, make("label", { class: "part-label", for: "search" }, words.say("search")), search),
      this.found,
      this.list,
    );
    this.refresh();
  }

  #groups() {
    const { words, recording, mySections } = this.#page;
    const titles = [...new Set(recording.sections.map((section) => section.checklist))];
    return titles.flatMap((title) => {
      const inside = recording.sections.filter((section) => section.checklist === title);
      const entries = inside.map((section) => make("li", {}, this.#entry(section, mySections.includes(section.id))));
      return [titles.length > 1 && make("h2", { class: "contents-title" }, words.here(title)), make("ol", { class: "contents-list" }, ...entries)];
    }).filter((part) => part !== false);
  }

  /**
   * @param {any} section
   * @param {boolean} isMine
   */
  #entry(section, isMine) {
    const { words } = this.#page;
    const count = make("span", { class: "contents-count" });
    const bar = make("progress", { class: "progress-bar", "aria-hidden": "true" });
    const marks = make("span", { class: "contents-marks" });
    const title = make("span", { class: "contents-name" }, words.here(section.title), isMine && make("span", { class: "contents-mine" }, ` · ${words.say("yours")}`));
    const link = make(
      "a",
      { class: "contents-link", href: `#${section.id}` },
      make("span", { class: "item-number" }, section.id),
      make("span", { class: "contents-what" }, title, marks),
      make("span", { class: "contents-progress" }, count, bar),
    );
    this.#entries.set(section.id, { link, count, bar, marks });
    return link;
  }

  /**
   * Bring the sums of these sections up to date; of all without an argument.
   * @param {Iterable<string>} [sections]
   */
  refresh(sections = this.#entries.keys()) {
    const { words, recording } = this.#page;
    for (const id of sections) {
      const entry = this.#entries.get(id);
      if (!entry) continue;
      const { asked, answered, conflicts, urgent, unsaved } = recording.tally.of(id);
      write(entry.count, words.say("of", { done: answered, all: asked }));
      entry.bar.max = Math.max(asked, 1);
      entry.bar.value = answered;
      fill(
        entry.marks,
        conflicts > 0 && badge(words.say("conflicts", { number: conflicts }), "partly"),
        urgent > 0 && badge(words.say("urgent", { number: urgent }), "urgent"),
        unsaved > 0 && badge(words.say("unsaved_count", { number: unsaved }), "bad"),
      );
    }
  }

  /**
   * Mark the section that is open.
   * @param {string} id
   */
  mark(id) {
    for (const [section, { link }] of this.#entries) {
      if (section === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {string} typed */
  #search(typed) {
    const { words, recording } = this.#page;
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    this.list.hidden = wanted.length > 0;
    this.found.hidden = wanted.length === 0;
    if (wanted.length === 0) return;
    this.#texts ??= [...recording.items()]
      .filter((item) => !recording.isNeverAsked(item.id))
      .map((item) => ({ item, text: `${item.id} ${words.here(item.text)} ${words.here(item.guidance)}`.toLowerCase() }));
    const hits = this.#texts.filter(({ text }) => wanted.every((word) => text.includes(word)));
    const links = hits.slice(0, MOST_FOUND).map(({ item }) => make("li", {}, this.#hit(item)));
    const count = hits.length === 0 ? words.say("found_none") : words.say("found", { number: hits.length });
    fill(this.found, make("p", { role: "status" }, count), make("ol", { class: "contents-list" }, ...links));
  }

  /** @param {any} item */
  #hit(item) {
    const { words, recording } = this.#page;
    const [key] = recording.keysOf(item.id);
    return make(
      "a",
      { class: "contents-link", href: `#${key}` },
      make("span", { class: "item-number" }, item.id),
      make("span", { class: "contents-what" }, words.here(item.text)),
    );
  }
}
