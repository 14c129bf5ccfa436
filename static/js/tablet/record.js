/**
 * The recording page: reads what the server put into it, and brings model, exchange and page together.
 */

import { ask } from "baqylau/tablet/ask.js";
import { Contents } from "baqylau/tablet/contents.js";
import { fill, icon, make, useMarks, write } from "baqylau/tablet/dom.js";
import { exchange } from "baqylau/tablet/exchange.js";
import { openOutbox } from "baqylau/tablet/outbox.js";
import { Recording } from "baqylau/tablet/recording.js";
import { SectionView } from "baqylau/tablet/section.js";
import { banner, barWords } from "baqylau/tablet/state.js";
import { Sync } from "baqylau/tablet/sync.js";
import { Words } from "baqylau/tablet/words.js";
import { keyOf, partsOf } from "baqylau/graph.js";

/**
 * @typedef {import("baqylau/tablet/heads.js").Revision} Revision
 * @typedef {import("baqylau/tablet/entries.js").Entry} Entry
 * @typedef {{id: string, item: string, row: string, caption: string}} Photo
 */

const DEVICE = "baqylau-device";

/** What the parts of the page share. */
export class Page {
  /** @type {Map<string, Photo[]>} */
  photos = new Map();
  /** @type {Record<string, string>} */
  people = {};
  unsentPhotos = new Set();
  lastSaved = "";
  isKeeping = true;
  #announced = 0;

  /**
   * @param {any} bundle
   * @param {any} page
   */
  constructor(bundle, page) {
    this.words = new Words(page, bundle.acts);
    this.units = page.units;
    this.addresses = page.addresses;
    this.uploadBytes = page.uploadBytes;
    this.me = bundle.me;
    this.isOpen = bundle.visit.state === "under_way";
    this.mySections = bundle.sections[bundle.me.id] ?? [];
    this.recording = new Recording(bundle, () => this.newId());
    this.takeIn(bundle);
    /** @type {Sync} */
    this.sync = /** @type {any} */ (null);
  }

  /** Return a random id, also where the page is not served securely and `randomUUID` is missing. */
  newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  token() {
    return /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
  }

  /**
   * Take in people and photos as the server has them.
   * @param {any} recorded
   */
  takeIn({ people = {}, photos = [], heads = [] }) {
    Object.assign(this.people, people);
    this.photos = new Map();
    for (const photo of photos) {
      const key = keyOf(photo.item, photo.row);
      this.photos.set(key, [...(this.photos.get(key) ?? []), photo]);
    }
    for (const head of heads) if (head.author === this.me.id && head.received_at > this.lastSaved) this.lastSaved = head.received_at;
  }

  /**
   * Record a change of an answer.
   * @param {string} key
   * @param {Partial<Entry>} change
   * @param {boolean} isTyping
   */
  revise(key, change, isTyping) {
    const draft = this.sync.draftOf(key);
    const revision = this.recording.revise(key, change, { draft });
    if (revision) this.sync.record(revision, { isOpen: isTyping, draft });
    else this.settled(key, isTyping);
  }

  /**
   * Note that a field was left as it is.
   * @param {string} key
   * @param {boolean} isTyping
   */
  settled(key, isTyping) {
    if (!isTyping) this.sync.close(key);
  }

  /**
   * Take one of several answers for all.
   * @param {string} key
   * @param {Revision} head
   */
  async settle(key, { value, sources, note, flags }) {
    if (!(await this.confirm(this.words.say("settle_question"), this.words.say("take_this")))) return;
    const revision = this.recording.revise(key, { value, sources, note, flags }, { settles: true });
    if (revision) this.sync.record(revision);
  }

  /** @param {string} label */
  takeBack(label) {
    return this.confirm(this.words.say("take_back_question", { answer: label }), this.words.say("take_back"));
  }

  /**
   * @param {string} question
   * @param {string} yes
   */
  confirm(question, yes) {
    return ask({ question, yes, no: this.words.say("keep") });
  }

  /**
   * Say something to people who listen to the page.
   * @param {string} text
   * @param {boolean} [isUrgent]
   */
  announce(text, isUrgent = false) {
    const region = /** @type {HTMLElement} */ (document.getElementById(isUrgent ? "announce-now" : "announce"));
    clearTimeout(this.#announced);
    this.#announced = window.setTimeout(() => write(region, text), isUrgent ? 0 : 1000);
  }
}

/** The page as a whole: what is open, the bar, the banner, the thumb zone. */
class Frame {
  #page;
  /** @type {SectionView | null} */
  #open = null;
  #lastKey = "";
  #barText = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.contents = new Contents(page);
    this.main = /** @type {HTMLElement} */ (document.getElementById("recording"));
    this.sheet = make("div", { class: "sheet" });
    this.title = /** @type {HTMLElement} */ (document.querySelector(".bar-title"));
    this.visitTitle = this.title.textContent ?? "";
    fill(this.main, this.contents.node, this.sheet);
    this.#tellReader();
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
    document.documentElement.dataset.view = this.main.dataset.view = section ? "sheet" : "contents";
    this.contents.mark(section?.id ?? "");
    if (section && this.#open?.section !== section) this.#openSection(section);
    if (!section) this.#open = null;
    if (!section) fill(this.sheet, make("p", { class: "sheet-empty" }, this.#page.words.say("choose_section")));
    this.#title(section);
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

  /** @param {any} section */
  #title(section) {
    const { words } = this.#page;
    const previous = /** @type {HTMLElement} */ (document.getElementById("previous"));
    if (!section) previous.hidden = true;
    const name = section ? words.here(section.title) : this.visitTitle;
    fill(this.title, section && make("span", { class: "number" }, section.id), section && " ", name);
    document.title = `${section ? `${section.id} ${name} · ` : ""}${this.visitTitle} · Baqylau`;
    /** @type {HTMLElement} */ (document.getElementById("to-contents")).hidden = !section;
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

/** Hand over what is typed, and let drafts be sent: the page may not come back. */
function handOver(/** @type {Page} */ page) {
  document.activeElement?.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  page.sync.closeAll();
}

/** Return this tablet's name for itself: random, it says nothing about anybody. */
function deviceName(/** @type {Page} */ page) {
  try {
    const known = localStorage.getItem(DEVICE) ?? page.newId();
    localStorage.setItem(DEVICE, known);
    return known;
  } catch {
    return page.newId();
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
  const page = new Page(bundle, given);
  const outbox = await openOutbox(bundle.visit.id, bundle.me.id).catch(() => null);
  const rows = (await outbox?.rows().catch(() => [])) ?? [];
  page.isKeeping = outbox !== null || !bundle.me.records;
  const session = {
    visit: bundle.visit.id,
    person: bundle.me.id,
    device: deviceName(page),
    token: page.token(),
    version: bundle.version,
    addresses: page.addresses,
  };
  page.sync = new Sync(session, outbox, page.recording);
  const frame = new Frame(page);
  page.sync.start(rows);
  frame.route();
  addEventListener("online", () => page.sync.look());
  document.addEventListener("visibilitychange", () => (document.hidden ? handOver(page) : page.sync.look()));
  addEventListener("pagehide", () => handOver(page));
  addEventListener("beforeunload", (event) => {
    const isAtRisk = page.unsentPhotos.size > 0 || !page.sync.isAllKept() || document.querySelector(".item [aria-invalid=true]");
    if (isAtRisk) event.preventDefault();
  });
  document.documentElement.dataset.ready = "true";
}

if (document.getElementById("page")) start();
