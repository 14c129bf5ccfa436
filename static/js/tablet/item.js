/**
 * One item on the page: number, question, guidance, control, limits, sources, note, photos, marks, and whether it is saved.
 *
 * Built once when its section opens; `refresh` brings it up to date without building anything anew, so that nothing moves
 * and no focus is lost.
 */

import { badge, fill, icon, make, write } from "baqylau/tablet/dom.js";
import { oneOf, scale, severalOf } from "baqylau/tablet/choices.js";
import { conflictBlock } from "baqylau/tablet/conflict.js";
import { fieldLabel } from "baqylau/tablet/describe.js";
import { isSame, rate, withField } from "baqylau/tablet/entries.js";
import { limitLines } from "baqylau/tablet/limits.js";
import { photoButton, photoList, photoState } from "baqylau/tablet/photo.js";
import { savedWords } from "baqylau/tablet/saving.js";
import { dateControl, numberControl, textControl, timeControl } from "baqylau/tablet/typed.js";

/**
 * @typedef {import("baqylau/tablet/page.js").Page} Page
 * @typedef {import("baqylau/tablet/typed.js").Control} Control
 */

const SOURCES = ["O", "P", "S", "D"];
const FLAGS = ["urgent", "confidential", "good_practice"];

export class ItemView {
  #page;
  #item;
  #key;
  #row;
  #id;
  /** @type {{show: () => void}[]} */
  #controls = [];
  /** @type {Set<string>} fields in which something stands that cannot be recorded */
  #flaws = new Set();

  /**
   * @param {Page} page
   * @param {any} item
   * @param {string} key
   * @param {string} row
   */
  constructor(page, item, key, row) {
    this.#page = page;
    this.#item = item;
    this.#key = key;
    this.#row = row;
    this.#id = key.replace("/", "-");
    this.node = this.#build();
    this.refresh();
  }

  get key() {
    return this.#key;
  }

  /** Bring everything up to date with what stands. */
  refresh() {
    const { recording, words } = this.#page;
    const isAsked = recording.isAsked(this.#key);
    const isOpen = recording.isOpen(this.#key);
    this.node.classList.toggle("is-irrelevant", !isAsked);
    this.body.inert = !isAsked;
    write(this.irrelevant, isAsked ? "" : words.say("not_asked"));
    for (const control of this.#controls) control.show();
    for (const group of this.node.querySelectorAll("fieldset, .part")) {
      for (const input of group.querySelectorAll("input, textarea")) input.toggleAttribute("disabled", !isOpen);
    }
    this.#refreshComputed();
    this.#refreshMarks();
    this.refreshOthers();
    this.refreshState();
  }

  /** Bring up to date what others did: their answers beside one's own, the photos. */
  refreshOthers() {
    const { recording } = this.#page;
    const heads = recording.headsOf(this.#key).map((head) => head.id).join(" ");
    if (this.conflict.dataset.heads !== heads) fill(this.conflict, conflictBlock(this.#page, this.#item, this.#key));
    this.conflict.dataset.heads = heads;
    const photos = photoState(this.#page, this.#key);
    if (this.photos.dataset.photos !== photos) fill(this.photos, ...photoList(this.#page, this.#key));
    this.photos.dataset.photos = photos;
  }

  /** Bring up to date whether it is saved. */
  refreshState() {
    const { text, isBad } = savedWords(this.#page, this.#key, this.#flaws.size > 0);
    this.state.classList.toggle("is-unsaved", isBad);
    write(this.stateWords, text);
    fill(this.stateShape, isBad && icon("bad"));
  }

  #build() {
    const { words, me } = this.#page;
    const id = this.#id;
    const question = make(this.#row ? "h3" : "h2", { class: "item-question", id: `${id}-question`, tabindex: "-1" }, words.here(this.#item.text));
    this.irrelevant = make("p", { class: "item-irrelevant" });
    this.marks = make("p", { class: "item-marks" });
    this.conflict = make("div");
    this.limits = make("div", { class: "limits", "aria-live": "off" });
    this.photos = make("ul", { class: "photos" });
    this.stateShape = make("span");
    this.stateWords = make("span");
    this.state = make("p", { class: "item-state" }, this.stateShape, this.stateWords);
    const tools = this.#item.type === "computed" ? [] : me.records ? this.#tools() : [...this.#readerNote(), this.state];
    this.body = make(
      "div", { class: "item-controls" }, this.conflict, ...this.#controlNodes(), this.limits, ...tools, this.photos,
    );
    return make(
      "article",
      { class: "item", id: `item-${id}`, "aria-labelledby": question.id, "data-key": this.#key },
      make("p", { class: "item-number" }, this.#item.id),
      make("div", { class: "item-body" }, question, this.marks, this.#guidance(), this.irrelevant, this.body),
    );
  }

  #guidance() {
    const { words } = this.#page;
    const standards = this.#item.standards.map((/** @type {any} */ one) => words.standard(`${one.act} ${one.at}`.trim()));
    return make(
      "details",
      { class: "details item-guidance" },
      make("summary", {}, words.say("guidance"), make("span", { class: "visually-hidden" }, ` ${this.#item.id}`)),
      make(
        "div",
        { class: "details-text" },
        make("p", {}, words.here(this.#item.guidance)),
        standards.length > 0 && make("p", { class: "item-standards" }, standards.join(" · ")),
      ),
    );
  }

  #controlNodes() {
    const item = this.#item;
    if (item.type === "computed") {
      this.computed = make("p", { class: "computed" });
      return [this.computed];
    }
    const nodes = [];
    if (item.type === "scale") nodes.push(this.#scale());
    const fields = item.fields.filter((/** @type {any} */ field) => field.is_entered && field.type !== "rating");
    const mains = fields.filter((/** @type {any} */ field) => field.is_main).map((/** @type {any} */ field) => this.#field(field));
    const besides = fields.filter((/** @type {any} */ field) => !field.is_main).map((/** @type {any} */ field) => this.#field(field));
    if (mains.length > 0) nodes.push(make("div", { class: "parts" }, ...mains));
    if (item.type === "ratio") {
      this.computed = make("p", { class: "computed" });
      nodes.push(this.computed);
    }
    if (besides.length > 0) nodes.push(make("div", { class: "parts parts-beside" }, ...besides));
    if (item.type !== "scale") nodes.push(this.#status());
    return nodes;
  }

  #scale() {
    const { words } = this.#page;
    const change = (/** @type {"national" | "international"} */ basis, /** @type {any} */ rating) =>
      this.#revise({ value: rate(this.#entry().value, basis, rating) }, false);
    const control = scale({
      id: `${this.#id}-scale`, words, labelledBy: `${this.#id}-question`, change, takeBack: (label) => this.#page.takeBack(label),
    });
    this.#controls.push({ show: () => control.show(this.#entry().value) });
    return control.node;
  }

  /** @param {any} field */
  #field(field) {
    const { words, units } = this.#page;
    const change = (/** @type {any} */ value, isTyping = false) => this.#changeField(field, value, isTyping);
    const around = {
      id: `${this.#id}-${field.id}`,
      words,
      units,
      label: fieldLabel(this.#item, field, words),
      labelledBy: `${this.#id}-question`,
      change,
      takeBack: (/** @type {string} */ label) => this.#page.takeBack(label),
      flaw: (/** @type {any} */ flaw) => this.#tellFlaw(field.id, flaw, message),
    };
    const message = make("p", { class: "item-flaw", id: `${around.id}-flaw`, role: "alert" });
    const control = this.#controlOf(field, around);
    control.node.append(message);
    this.#controls.push({ show: () => control.show(this.#entry().value?.[field.id]) });
    return control.node;
  }

  /**
   * @param {any} field
   * @param {any} around
   * @returns {Control}
   */
  #controlOf(field, around) {
    const { words } = this.#page;
    const choices = (field.choices ?? []).map((/** @type {any} */ one) => ({ value: one.id, label: words.here(one.label) }));
    switch (field.type) {
      case "count":
      case "measure":
        return numberControl(field, around);
      case "yesno":
        return oneOf(["yes", "no", "unknown"].map((value) => ({ value, label: words.label("yesno", value) })), around);
      case "single":
        return oneOf(choices, around);
      case "multi":
        return severalOf(choices, around);
      case "date":
        return dateControl(around);
      case "time":
        return timeControl(around);
      default:
        return textControl(around, { isShort: field.id === "instrument" && field.is_main });
    }
  }

  #status() {
    const { words } = this.#page;
    const options = ["not_seen", "not_applicable"].map((value) => ({ value, label: words.label("rating", value) }));
    const change = async (/** @type {any} */ value) => {
      const before = this.#entry().value;
      const isSure = !before || before.status || (await this.#page.confirm(words.say("replace_question"), words.say("replace")));
      if (isSure) this.#changeField({ id: "status" }, value, false);
      else this.refresh();
    };
    const label = words.say("or_say");
    const around = { id: `${this.#id}-status`, words, label, change, takeBack: (/** @type {string} */ one) => this.#page.takeBack(one) };
    const control = oneOf(options, around, { className: "chips item-status" });
    control.legend.classList.add("visually-hidden");
    this.#controls.push({ show: () => control.show(this.#entry().value?.status) });
    return control.node;
  }

  #tools() {
    const { words } = this.#page;
    const id = this.#id;
    const sources = this.#ticks("sources", SOURCES.map((value) => ({ value, label: words.label("source", value) })), words.say("seen_by"));
    const flags = this.#ticks("flags", FLAGS.map((value) => ({ value, label: words.label("flag", value) })), words.say("marks"));
    const note = this.#note();
    const room = make("div");
    const acts = make(
      "div",
      { class: "item-acts" },
      this.#fold(words.say("add_note"), note),
      photoButton(this.#page, { item: this.#item.id, row: this.#row, id }, room),
      this.#fold(words.say("add_mark"), flags),
      this.state,
    );
    return [sources, acts, note, flags, room];
  }

  /** What a reader who does not record sees of sources and note. */
  #readerNote() {
    const text = make("p", { class: "item-reader" });
    const { words } = this.#page;
    this.#controls.push({
      show: () => {
        const { sources, note } = this.#entry();
        const seen = sources.map((source) => words.label("source", source)).join(", ");
        write(text, [seen && `${words.say("seen_by")}: ${seen}`, note].filter(Boolean).join(" · "));
      },
    });
    return [text];
  }

  /**
   * @param {"sources" | "flags"} name
   * @param {import("baqylau/tablet/choices.js").Option[]} options
   * @param {string} label
   */
  #ticks(name, options, label) {
    const { words } = this.#page;
    const change = (/** @type {any} */ values) => this.#revise({ [name]: values ?? [] }, false);
    // A source ticked by mistake hides nothing when it goes: no question.
    const takeBack = () => Promise.resolve(true);
    const control = severalOf(options, { id: `${this.#id}-${name}`, words, label, change, takeBack });
    control.node.classList.add(`item-${name}`);
    this.#controls.push({ show: () => control.show(this.#entry()[name]) });
    return control.node;
  }

  #note() {
    const { words, units } = this.#page;
    const change = (/** @type {any} */ note, /** @type {boolean} */ isTyping) => this.#revise({ note: note ?? "" }, isTyping);
    const around = { id: `${this.#id}-note`, words, units, label: words.say("note"), change, flaw: () => {} };
    const control = textControl(around);
    const show = () => {
      control.show(this.#entry().note);
      if (this.#entry().note) control.node.hidden = false;
    };
    this.#controls.push({ show });
    control.node.classList.add("item-note");
    return control.node;
  }

  /**
   * Return the button that shows and hides a part of the item.
   * @param {string} label
   * @param {HTMLElement} part
   */
  #fold(label, part) {
    part.hidden = true;
    const toggle = () => {
      part.hidden = !part.hidden;
      button.setAttribute("aria-expanded", String(!part.hidden));
      if (!part.hidden) /** @type {HTMLElement | null} */ (part.querySelector("textarea, input"))?.focus();
    };
    const given = { type: "button", class: "button button-quiet act", "aria-expanded": "false", onclick: toggle };
    const button = make("button", given, label);
    return button;
  }

  #refreshComputed() {
    const { recording, words } = this.#page;
    fill(this.limits, ...limitLines(this.#item, recording.assessments(this.#key), words));
    if (!this.computed) return;
    const value = recording.computed(this.#key);
    const isComputed = this.#item.type === "computed";
    const unit = isComputed ? this.#item.unit : "percent";
    const missing = isComputed ? words.say("computed_later") : "";
    write(this.computed, value === null ? missing : `= ${words.amount(Math.round(value * 100) / 100, unit)}`);
    this.computed.classList.toggle("is-missing", value === null);
  }

  #refreshMarks() {
    const { words } = this.#page;
    const tones = /** @type {Record<string, string>} */ ({ urgent: "urgent", good_practice: "good" });
    const flags = this.#entry().flags;
    if (this.marks.dataset.flags === flags.join(" ")) return;
    this.marks.dataset.flags = flags.join(" ");
    fill(this.marks, ...flags.map((flag) => badge(words.label("flag", flag), tones[flag])));
  }

  #entry() {
    return this.#page.recording.entry(this.#key);
  }

  /**
   * @param {any} field
   * @param {any} value
   * @param {boolean} isTyping
   */
  #changeField(field, value, isTyping) {
    const { value: before } = this.#entry();
    if (isSame(before?.[field.id], value)) return this.#page.settled(this.#key, isTyping);
    let next = withField(before, field.id, value);
    if (this.#item.type === "measure" && field.id === "value") next = this.#timed(next, before, value);
    return this.#revise({ value: next }, isTyping);
  }

  /**
   * Give a first measurement the time of day; a time left alone goes with its number.
   * @param {any} next
   * @param {any} before
   * @param {any} value
   */
  #timed(next, before, value) {
    if (value !== undefined && before?.value === undefined && next.time === undefined) {
      return withField(next, "time", this.#page.words.clock(new Date()));
    }
    return value === undefined ? withField(next, "time", undefined) : next;
  }

  /**
   * @param {Partial<import("baqylau/tablet/entries.js").Entry>} change
   * @param {boolean} isTyping
   */
  #revise(change, isTyping) {
    this.#page.revise(this.#key, change, isTyping);
    if (this.#flaws.size > 0) this.#page.recording.trouble(this.#key, true);
  }

  /**
   * @param {string} field
   * @param {import("baqylau/tablet/entries.js").Flaw | null} flaw
   * @param {HTMLElement} message
   */
  #tellFlaw(field, flaw, message) {
    if (flaw) this.#flaws.add(field);
    else this.#flaws.delete(field);
    const { words } = this.#page;
    const [low, high] = [flaw?.low, flaw?.high].map((one) => (one === undefined ? "" : words.number(one)));
    write(message, flaw ? words.say(`flaw_${flaw.problem}`, { low, high }) : "");
    this.#page.recording.trouble(this.#key, this.#flaws.size > 0);
    this.refreshState();
  }
}
