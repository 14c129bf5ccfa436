/**
 * One section on the page; the others are built when they are opened, so that a tap has little to draw.
 */

import { make } from "baqylau/tablet/dom.js";
import { ItemView } from "baqylau/tablet/item.js";
import { RepeatView } from "baqylau/tablet/rows.js";
import { partsOf } from "baqylau/graph.js";

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

export class SectionView {
  /** @type {ItemView[]} */
  #items = [];
  /** @type {RepeatView[]} */
  #repeats = [];
  #page;

  /**
   * @param {Page} page
   * @param {any} section
   */
  constructor(page, section) {
    this.#page = page;
    this.section = section;
    this.node = make("div", { class: "section" }, make("p", { class: "section-intro" }, page.words.here(section.intro)));
    const seen = new Set();
    for (const item of section.items) {
      if (item.repeat && !seen.has(item.repeat)) this.#addRepeat(item.repeat);
      if (item.repeat) seen.add(item.repeat);
      else if (!page.recording.isNeverAsked(item.id)) this.#addItem(item);
    }
  }

  /** @param {any} item */
  #addItem(item) {
    const view = new ItemView(this.#page, item, item.id, "");
    this.#items.push(view);
    this.node.append(view.node);
  }

  /** @param {string} id */
  #addRepeat(id) {
    const { section } = this;
    const items = section.items.filter((/** @type {any} */ item) => item.repeat === id);
    if (items.every((/** @type {any} */ item) => this.#page.recording.isNeverAsked(item.id))) return;
    const view = new RepeatView(this.#page, section.repeats.find((/** @type {any} */ one) => one.id === id), items);
    this.#repeats.push(view);
    this.node.append(view.node);
  }

  /** Return the items on the page. */
  views() {
    return [...this.#items, ...this.#repeats.flatMap((repeat) => repeat.views())];
  }

  /**
   * Bring up to date what has changed.
   * @param {Set<string>} keys
   */
  refresh(keys) {
    const names = new Set([...keys].map((key) => partsOf(key)[0]));
    for (const repeat of this.#repeats) if (names.has(repeat.id)) repeat.refreshRows();
    for (const view of this.views()) if (keys.has(view.key)) view.refresh();
  }

  /** Bring up to date what is said about saving. */
  refreshState() {
    for (const view of this.views()) view.refreshState();
  }

  /** Bring up to date what others did. */
  refreshOthers() {
    for (const view of this.views()) view.refreshOthers();
  }

  /**
   * Show an item and put the focus on its question; tells whether it is here.
   * @param {string} key
   */
  goTo(key) {
    const [id, row] = partsOf(key);
    const item = this.section.items.find((/** @type {any} */ one) => one.id === id);
    const repeat = this.#repeats.find((one) => one.id === item?.repeat);
    if (row) repeat?.show(row);
    const view = this.views().find((one) => one.key === key);
    const node = view?.node ?? repeat?.node;
    if (!node) return false;
    node.scrollIntoView({ block: "start" });
    const target = /** @type {HTMLElement | null} */ (node.querySelector(".item-question") ?? node.querySelector("button"));
    target?.focus({ preventScroll: true });
    return true;
  }
}
