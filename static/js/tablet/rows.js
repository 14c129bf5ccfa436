/**
 * A repeat: something measured several times (cells, persons sampled). Its rows are tabs, so that one row stands on the page
 * at a time; a row can be added, renamed, taken out of sight and brought back. Nothing of a row is ever deleted.
 */

import { fill, make, write } from "baqylau/tablet/dom.js";
import { ItemView } from "baqylau/tablet/item.js";
import { textControl } from "baqylau/tablet/typed.js";
import { keyOf } from "baqylau/graph.js";

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

const LONGEST_LABEL = 80;

export class RepeatView {
  #page;
  #repeat;
  #items;
  #shown = "";
  /** @type {Map<string, {node: HTMLElement, views: ItemView[], showLabel: () => void}>} */
  #panels = new Map();

  /**
   * @param {Page} page
   * @param {any} repeat
   * @param {any[]} items
   */
  constructor(page, repeat, items) {
    this.#page = page;
    this.#repeat = repeat;
    this.#items = items;
    const { words } = page;
    const title = make("h2", { class: "repeat-title", id: `repeat-${repeat.id}` }, words.here(repeat.title));
    this.tabs = make("div", { class: "row-tabs", role: "tablist", "aria-labelledby": title.id });
    this.add = make("button", { type: "button", class: "button button-secondary", onclick: () => this.#addRow() }, words.here(repeat.add));
    this.panel = make("div", { class: "row-panel" });
    this.removed = make("div", { class: "rows-removed" });
    const head = make("div", { class: "row-head" }, this.tabs, page.me.records && this.add);
    this.node = make("section", { class: "repeat", "aria-labelledby": title.id }, title, head, this.panel, this.removed);
    this.#tabsByArrows();
    this.refreshRows();
  }

  get id() {
    return this.#repeat.id;
  }

  /** Return the items of the row in sight. */
  views() {
    return this.#panels.get(this.#shown)?.views ?? [];
  }

  /**
   * Show a row.
   * @param {string} row
   */
  show(row) {
    const rows = this.#page.recording.rowsOf(this.#repeat.id);
    this.#shown = (rows.find((one) => one.row === row) ?? rows[0])?.row ?? "";
    for (const tab of this.tabs.children) {
      const isShown = tab.getAttribute("data-row") === this.#shown;
      tab.setAttribute("aria-selected", String(isShown));
      tab.setAttribute("tabindex", isShown ? "0" : "-1");
    }
    if (!this.#shown) return fill(this.panel, this.#empty());
    if (!this.#panels.has(this.#shown)) this.#panels.set(this.#shown, this.#buildPanel(this.#shown));
    const panel = this.#panels.get(this.#shown);
    for (const view of panel?.views ?? []) view.refresh();
    panel?.showLabel();
    if (this.panel.firstChild !== panel?.node) fill(this.panel, panel?.node);
  }

  /** Bring the tabs up to date with the rows that there are. */
  refreshRows() {
    const rows = this.#page.recording.rowsOf(this.#repeat.id);
    const known = rows.map(({ row, label }) => `${row} ${label}`).join("\n");
    if (this.tabs.dataset.rows !== known) {
      this.tabs.dataset.rows = known;
      const hadFocus = this.tabs.contains(document.activeElement);
      fill(this.tabs, ...rows.map((row) => this.#tab(row)));
      if (hadFocus) /** @type {HTMLElement | null} */ (this.tabs.querySelector(`[data-row="${this.#shown}"]`))?.focus();
    }
    this.tabs.hidden = rows.length === 0;
    this.show(this.#shown);
    this.#refreshRemoved();
  }

  /** Draw the rows out of sight anew only when they are others: somebody may have the list open. */
  #refreshRemoved() {
    const rows = this.#page.recording.removedRowsOf(this.#repeat.id);
    const known = rows.map(({ row, label }) => `${row} ${label}`).join("\n");
    if (this.removed.dataset.rows === known) return;
    this.removed.dataset.rows = known;
    const wasOpen = this.removed.querySelector("details")?.open ?? false;
    fill(this.removed, this.#removedRows(rows));
    const list = this.removed.querySelector("details");
    if (list) list.open = wasOpen;
  }

  /** @param {import("baqylau/tablet/recording.js").Row} row */
  #tab({ row, label }) {
    const given = { type: "button", role: "tab", class: "row-tab", "data-row": row, id: `tab-${row}`, onclick: () => this.show(row) };
    return make("button", given, label || this.#numbered(1));
  }

  #tabsByArrows() {
    this.tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const tabs = /** @type {HTMLElement[]} */ ([...this.tabs.children]);
      const at = tabs.findIndex((tab) => tab === document.activeElement);
      if (!step || at === -1) return;
      event.preventDefault();
      const next = tabs[(at + step + tabs.length) % tabs.length];
      next.focus();
      this.show(next.dataset.row ?? "");
    });
  }

  #empty() {
    const { words } = this.#page;
    const many = this.#items.length;
    return make("p", { class: "repeat-empty" }, words.say("no_rows", { number: many, title: words.here(this.#repeat.title) }));
  }

  /** @param {string} row */
  #buildPanel(row) {
    const { words, units, me } = this.#page;
    const label = () => this.#page.recording.rowsOf(this.#repeat.id).find((one) => one.row === row)?.label ?? "";
    const change = (/** @type {any} */ text, /** @type {boolean} */ isTyping) => {
      const written = String(text ?? "").slice(0, LONGEST_LABEL);
      if (written.trim()) this.#page.revise(keyOf(this.#repeat.id, row), { value: { label: written } }, isTyping);
      else if (!isTyping) name.show(label());
    };
    const around = { id: `row-${row}`, words, units, label: words.say("row_name"), change, flaw: () => {} };
    const name = textControl(around, { isShort: true });
    const remove = make("button", { type: "button", class: "button button-quiet", onclick: () => this.#remove(row, label()) }, words.say("row_remove"));
    const views = this.#items
      .filter((item) => !this.#page.recording.isNeverAsked(item.id))
      .map((item) => new ItemView(this.#page, item, keyOf(item.id, row), row));
    const node = make(
      "div",
      { role: "tabpanel", "aria-labelledby": `tab-${row}` },
      me.records && make("div", { class: "row-name" }, name.node, remove),
      ...views.map((view) => view.node),
    );
    return { node, views, showLabel: () => name.show(label()) };
  }

  /** @param {import("baqylau/tablet/recording.js").Row[]} rows */
  #removedRows(rows) {
    const { words, me } = this.#page;
    if (rows.length === 0) return null;
    const back = (/** @type {any} */ { row, label }) => () => this.#page.revise(keyOf(this.#repeat.id, row), { value: { label } }, false);
    const lines = rows.map((row) =>
      make(
        "li",
        {},
        row.label,
        " ",
        me.records && make("button", { type: "button", class: "button button-quiet", onclick: back(row) }, words.say("row_back")),
      ),
    );
    return make("details", { class: "details" }, make("summary", {}, words.say("rows_removed")), make("ul", {}, ...lines));
  }

  #addRow() {
    const row = this.#page.newId();
    this.#page.revise(keyOf(this.#repeat.id, row), { value: { label: this.#numbered(0) } }, false);
    this.show(row);
    this.#page.announce(this.#page.words.say("row_added"));
    /** @type {HTMLInputElement | null} */ (this.panel.querySelector(".row-name input"))?.select();
  }

  /** @param {number} more */
  #numbered(more) {
    const { words, recording } = this.#page;
    const count = recording.rowsOf(this.#repeat.id).length + recording.removedRowsOf(this.#repeat.id).length;
    return `${words.here(this.#repeat.title)} ${count + 1 - more}`.slice(0, LONGEST_LABEL);
  }

  /**
   * @param {string} row
   * @param {string} label
   */
  async #remove(row, label) {
    const { words } = this.#page;
    if (!(await this.#page.confirm(words.say("row_remove_question", { row: label }), words.say("row_remove")))) return;
    this.#page.revise(keyOf(this.#repeat.id, row), { value: { label, removed: true } }, false);
    write(this.panel, "");
    this.#shown = "";
    this.refreshRows();
  }
}
