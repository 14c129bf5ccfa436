/**
 * The recording page as a whole: what is open, the bar, the banner, the thumb zone.
 */

import { Contents } from "baqylau/tablet/contents.js";
import { fill, icon, make, write } from "baqylau/tablet/dom.js";
import { banner, barWords } from "baqylau/tablet/saving.js";
import { PLACE as INTERVIEWS } from "baqylau/tablet/interviewing.js";
import { SectionView } from "baqylau/tablet/section.js";
import { partsOf } from "baqylau/graph.js";

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

export class Frame {
  #page;
  /** @type {SectionView | null} */
  #open = null;
  #lastKey = "";
  #barText = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.main = /** @type {HTMLElement} */ (document.getElementById("recording"));
    this.sheet = make("div", { class: "sheet" });
    this.title = /** @type {HTMLElement} */ (document.querySelector(".bar-title"));
    this.visitTitle = this.title.textContent ?? "";
    this.#drawContents();
    document.getElementById("next")?.addEventListener("click", () => this.#goToNext());
    this.sheet.addEventListener("focusin", (event) => this.#remember(event));
    addEventListener("hashchange", () => this.route());
    page.recording.onChange((keys) => this.#changed(keys));
    page.sync.onState(() => this.#stateChanged());
    page.sync.onRecorded = (recorded) => {
      page.takeIn(recorded);
      this.#open?.refreshOthers();
    };
  }

  #drawContents() {
    this.contents = new Contents(this.#page);
    fill(this.main, this.contents.node, this.sheet);
    const { interviews, words } = this.#page;
    if (interviews) this.contents.node.append(make("p", {}, make("a", { class: "button button-secondary", href: `#${INTERVIEWS}` }, words.say("interviews"))));
    this.#tellReader();
  }

  /**
   * Draw everything anew: the page speaks another language now.
   * @param {string} visitTitle
   */
  redraw(visitTitle) {
    this.visitTitle = visitTitle;
    this.#drawContents();
    this.#open = null;
    this.#barText = "";
    const place = document.getElementById("banner");
    if (place) place.dataset.title = "";
    this.route();
  }

  /** Bring up to date what others did, and photos. */
  refreshOthers() {
    this.#open?.refreshOthers();
  }

  /** Tell a person who cannot record here why. */
  #tellReader() {
    const { me, words, isOpen } = this.#page;
    if (me.records) return;
    const text = words.say(isOpen ? "read_only_role" : "read_only_state");
    this.contents.node.prepend(make("div", { class: "notice notice-neutral" }, make("p", { class: "notice-title" }, text)));
  }

  /** Show what the address names: a section, an item, or the list. */
  route() {
    const name = decodeURIComponent(location.hash.slice(1));
    const item = this.#page.recording.item(partsOf(name)[0]);
    const section = this.#page.recording.sections.find((one) => one.id === (item?.section ?? name));
    const isInterviews = name === INTERVIEWS && this.#page.interviews !== null;
    // A note that cannot be sealed keeps its page open.
    if (!isInterviews) this.#page.interviews?.close().then((isSealed) => isSealed || (location.hash = INTERVIEWS));
    document.documentElement.dataset.view = this.main.dataset.view = section || isInterviews ? "sheet" : "contents";
    this.contents.mark(section?.id ?? "");
    if (section && this.#open?.section !== section) this.#openSection(section);
    if (!section) this.#open = null;
    if (isInterviews) this.#page.interviews?.show(this.sheet);
    else if (!section) fill(this.sheet, make("p", { class: "sheet-empty" }, this.#page.words.say("choose_section")));
    this.#title(section, isInterviews ? this.#page.words.say("interviews") : "");
    if (section && item) this.#goTo(name);
    else if (section) scrollTo(0, 0);
    this.#lastKey = item ? name : (section?.id ?? "");
    this.#stateChanged();
  }

  /** @param {any} section */
  #openSection(section) {
    this.#open = new SectionView(this.#page, section);
    const sections = this.#page.recording.sections;
    const at = sections.indexOf(section);
    fill(this.sheet, this.#open.node, this.#step(sections[at + 1], "next_section"));
    const previous = /** @type {HTMLAnchorElement} */ (document.getElementById("previous"));
    previous.hidden = at === 0;
    if (at > 0) previous.href = `#${sections[at - 1].id}`;
  }

  /**
   * @param {any} section
   * @param {string} words
   */
  #step(section, words) {
    if (!section) return null;
    const { say } = { say: this.#page.words.say.bind(this.#page.words) };
    const title = `${section.id} ${this.#page.words.here(section.title)}`;
    return make("p", { class: "section-next" }, make("a", { class: "button button-secondary", href: `#${section.id}` }, `${say(words)}: ${title}`));
  }

  /**
   * @param {any} section
   * @param {string} other what is shown instead of a section
   */
  #title(section, other) {
    const { words } = this.#page;
    const previous = /** @type {HTMLElement} */ (document.getElementById("previous"));
    if (!section) previous.hidden = true;
    const name = section ? words.here(section.title) : other || this.visitTitle;
    fill(this.title, section && make("span", { class: "number" }, section.id), section && " ", name);
    document.title = `${section ? `${section.id} ${name} · ` : ""}${this.visitTitle} · Baqylau`;
    /** @type {HTMLElement} */ (document.getElementById("to-contents")).hidden = !section && !other;
  }

  /** @param {string} key */
  #goTo(key) {
    // The browser scrolls by itself after the change of address; wait for that.
    requestAnimationFrame(() => this.#open?.goTo(key));
  }

  #goToNext() {
    const { recording, words } = this.#page;
    const next = recording.nextUnanswered(this.#lastKey);
    if (next === null) this.#page.announce(words.say("all_answered"));
    else if (location.hash === `#${next}`) this.#goTo(next);
    else location.hash = next;
    if (next === null) this.#tellAllAnswered();
  }

  #tellAllAnswered() {
    const button = /** @type {HTMLElement} */ (document.getElementById("next"));
    write(button, this.#page.words.say("all_answered"));
  }

  /** @param {FocusEvent} event */
  #remember(event) {
    const item = /** @type {HTMLElement} */ (event.target).closest(".item");
    if (item instanceof HTMLElement && item.dataset.key) this.#lastKey = item.dataset.key;
  }

  /** @param {Set<string>} keys */
  #changed(keys) {
    const { recording, words } = this.#page;
    this.#open?.refresh(keys);
    const items = [...keys].map((key) => recording.item(partsOf(key)[0])).filter(Boolean);
    this.contents.refresh(new Set(items.map((item) => item.section)));
    for (const key of keys) {
      for (const head of recording.headsOf(key)) {
        const isMine = (head.author ?? this.#page.me.id) === this.#page.me.id;
        if (isMine && (head.received_at ?? "") > this.#page.lastSaved) this.#page.lastSaved = head.received_at ?? "";
      }
    }
    write(/** @type {HTMLElement} */ (document.getElementById("next")), words.say("next_unanswered"));
    this.#stateChanged();
  }

  #stateChanged() {
    const page = this.#page;
    const { text, isBad } = barWords(page);
    const bar = /** @type {HTMLElement} */ (document.getElementById("bar-state"));
    if (text !== this.#barText) {
      fill(bar, isBad && icon("bad"), make("span", {}, text));
      bar.classList.toggle("is-unsaved", isBad);
      if (this.#barText) page.announce(text, isBad);
      this.#barText = text;
    }
    const open = this.#open?.section;
    const { asked, answered } = open ? page.recording.tally.of(open.id) : page.recording.tally.all();
    write(/** @type {HTMLElement} */ (document.getElementById("bar-count")), page.words.say("of", { done: answered, all: asked }));
    this.#open?.refreshState();
    this.#banner();
  }

  #banner() {
    const shown = banner(this.#page);
    const place = /** @type {HTMLElement} */ (document.getElementById("banner"));
    const known = shown ? shown.title : "";
    if (place.dataset.title === known) return;
    place.dataset.title = known;
    if (!shown) return fill(place);
    const { title, text, address, link, tone } = shown;
    const words = make("p", { class: "notice-title" }, icon(tone), make("span", {}, title));
    const sign = address && make("p", {}, make("a", { class: "button button-primary", href: address, target: "_blank" }, link));
    fill(place, make("div", { class: `notice notice-${tone}` }, words, make("div", { class: "notice-text" }, make("p", {}, text), sign)));
  }
}

