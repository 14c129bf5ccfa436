/**
 * The page of confidential interviews: consent in the person's language, a code for them, a note that is sealed.
 *
 * Nothing on this page can be opened again on the tablet: a draft lives in memory, what is sealed is for the keys of the
 * recipients. No name, no hour, no room is asked for, and none is recorded.
 */

import { make, fill, write } from "baqylau/tablet/dom.js";
import { raise } from "baqylau/tablet/notes/alerts.js";
import { normalCode } from "baqylau/tablet/notes/codes.js";
import { LANGUAGES, READ_ALOUD, TOPICS, USES } from "baqylau/tablet/notes/consent.js";
import { Draft } from "baqylau/tablet/notes/draft.js";
import { Slots } from "baqylau/tablet/notes/slots.js";

/**
 * @typedef {{id: string, name: string, key: string}} Recipient
 * @typedef {{vault: import("baqylau/tablet/notes/slots.js").Vault,
 *   words: {say: (key: string, values?: Record<string, string | number>) => string, here: (text: any) => string},
 *   me: {id: string, name?: string}, recipients: Recipient[], announce: (text: string, isUrgent?: boolean) => void,
 *   confirm: (question: string) => Promise<boolean>, slots?: Slots, slotCount?: number, sealSeconds?: number}} NotesPage
 *   `slots`: those that `prepareNotes` made for this vault
 */

/** What keeps an entry from the browser's memory and from a speller that sends it elsewhere. */
const UNSEEN = { autocomplete: "off", autocorrect: "off", autocapitalize: "sentences", spellcheck: "false" };
const NAMES = { kk: "Қазақша", ru: "Русский", en: "English" };

/**
 * Fill the slots of the vault, if nothing has yet: at taking along and after each unlocking, interviews or not.
 * @param {{vault: any, recipients: Recipient[], slotCount?: number}} page
 * @returns {Promise<Slots>}
 */
export function prepareNotes({ vault, recipients, slotCount }) {
  return Slots.open(vault, recipients.map(({ key }) => key), slotCount);
}

/**
 * Show the interviews in `room`. The answer's `close` seals what is open and leaves nothing in the page: call it before the
 * vault is locked and before another page is shown; false says that something could not be sealed.
 * @param {NotesPage} page
 * @param {HTMLElement} room
 */
export async function openInterviews(page, room) {
  if (page.recipients.length === 0) {
    fill(room, notice(page, "bad", "interview_no_recipients", "interview_no_recipients_text"));
    return { close: async () => true, isOpen: () => false, slots: null };
  }
  const slots = page.slots ?? (await prepareNotes(page));
  const view = new InterviewsView(page, room, slots);
  view.showStart();
  return { close: () => view.close(), isOpen: () => view.isOpen, slots };
}

class InterviewsView {
  #page;
  #room;
  #slots;
  #say;
  /** @type {Draft | null} */
  #draft = null;
  #state = make("p", { class: "interview-state", role: "status" });
  /** @type {Element} */
  #trouble = make("div");

  /**
   * @param {NotesPage} page
   * @param {HTMLElement} room
   * @param {Slots} slots
   */
  constructor(page, room, slots) {
    this.#page = page;
    this.#room = room;
    this.#slots = slots;
    this.#say = page.words.say.bind(page.words);
  }

  get isOpen() {
    return this.#draft !== null;
  }

  /** Show what this is, to whom notes are sealed, and how an interview is begun. */
  showStart() {
    const names = this.#page.recipients.map(({ name }) => name).join(", ");
    const languages = LANGUAGES.map((code) =>
      make("button", { type: "button", class: "button button-primary", lang: code, onclick: () => this.#begin(code) }, NAMES[code]),
    );
    fill(
      this.#room,
      make("h2", {}, this.#say("interview_title")),
      this.#slots.isLost && notice(this.#page, "bad", "interview_lost", "interview_lost_text"),
      make("p", {}, this.#say("interview_what")),
      make("p", {}, this.#say("interview_sealed_to", { names })),
      this.#slots.free === 0
        ? notice(this.#page, "bad", "interview_full", "interview_full_text")
        : make("fieldset", { class: "field" },
            make("legend", { class: "field-label" }, this.#say("interview_begin")),
            make("p", { class: "hint" }, this.#say("interview_begin_hint")),
            make("div", { class: "actions" }, ...languages)),
    );
  }

  /** @param {string} language */
  #begin(language) {
    this.#draft = new Draft(this.#slots, this.#page.me.id, language, () => this.#refresh(), this.#page.sealSeconds);
    fill(
      this.#room,
      make("h2", { tabindex: "-1" }, this.#say("interview_title")),
      this.#consent(language),
      this.#code(),
      this.#note(),
      this.#after(),
      this.#trouble,
      this.#state,
      make("p", { class: "actions" },
        make("button", { type: "button", class: "button button-primary", onclick: () => this.#finish() }, this.#say("interview_seal"))),
    );
    this.#refresh();
    this.#room.querySelector("h2")?.focus();
  }

  /**
   * The text to be read aloud and the four uses, in the person's language.
   * @param {string} language
   */
  #consent(language) {
    const draft = /** @type {Draft} */ (this.#draft);
    const spoken = (/** @type {any} */ text) => text[language];
    const uses = USES.map(({ id, name, question }) =>
      tick(`use-${id}`, spoken(question), draft.content.uses[id], (isOn) => draft.change({ uses: { ...draft.content.uses, [id]: isOn } }), {
        lang: language, hint: this.#page.words.here(name),
      }),
    );
    return make("section", { class: "panel interview-consent" },
      make("h3", {}, this.#say("interview_read_aloud")),
      ...READ_ALOUD.map((text) => make("p", { lang: language }, spoken(text))),
      tick("read-aloud", this.#say("interview_was_read"), false, (isOn) => draft.change({ read_aloud: isOn })),
      make("fieldset", { class: "field" }, make("legend", { class: "field-label" }, this.#say("interview_uses")), ...uses),
      make("p", { class: "hint" }, this.#say("interview_uses_hint")));
  }

  #code() {
    const draft = /** @type {Draft} */ (this.#draft);
    const place = make("section", { class: "panel interview-code" });
    const given = () => fill(place, make("p", {}, this.#say("interview_code_given")));
    fill(
      place,
      make("h3", {}, this.#say("interview_code")),
      make("p", { class: "interview-code-letters", translate: "no" }, draft.content.code),
      make("p", {}, this.#say("interview_code_text")),
      make("button", { type: "button", class: "button button-secondary", onclick: given }, this.#say("interview_code_done")),
    );
    return place;
  }

  #note() {
    const draft = /** @type {Draft} */ (this.#draft);
    const topics = TOPICS.map(({ id, name }) =>
      tick(`topic-${id}`, `${id} ${this.#page.words.here(name)}`, false, (isOn) => {
        const others = draft.content.topics.filter((one) => one !== id);
        draft.change({ topics: isOn ? [...others, id].sort() : others });
      }),
    );
    return make("section", { class: "panel" },
      make("h3", {}, this.#say("interview_note")),
      make("p", { class: "hint" }, this.#say("interview_note_hint")),
      text("account", this.#say("interview_account"), 10, (value) => draft.change({ account: value })),
      make("details", { class: "details" }, make("summary", {}, this.#say("interview_topics")), make("div", { class: "choices" }, ...topics)),
      text("wishes", this.#say("interview_wishes"), 3, (value) => draft.change({ wishes: value })),
      this.#continues());
  }

  #continues() {
    const draft = /** @type {Draft} */ (this.#draft);
    const error = make("p", { class: "field-error", id: "interview-continues-error" });
    const entered = (/** @type {Event} */ event) => {
      const typed = /** @type {HTMLInputElement} */ (event.target).value.trim();
      write(error, typed && !normalCode(typed) ? this.#say("interview_continues_wrong") : "");
      draft.change({ continues: normalCode(typed) });
    };
    return make("div", { class: "field" },
      make("label", { class: "field-label", for: "interview-continues" }, this.#say("interview_continues")),
      make("p", { class: "hint" }, this.#say("interview_continues_hint")),
      error,
      make("input", { ...UNSEEN, id: "interview-continues", class: "control control-short", "aria-describedby": error.id, onchange: entered }));
  }

  /** Fear of harm, the wish to be met again, and the alert that names nobody. */
  #after() {
    const draft = /** @type {Draft} */ (this.#draft);
    const how = text("again-how", this.#say("interview_again_how"), 2, (value) => draft.change({ again_how: value }));
    how.hidden = true;
    const again = tick("again", this.#say("interview_again"), false, (isOn) => {
      how.hidden = !isOn;
      draft.change({ again: isOn });
    });
    const alerts = /** @type {const} */ (["recontact", "fear", "harm"]).map((sign) => {
      const button = make("button", { type: "button", class: "button button-secondary", onclick: () => this.#alert(sign, button) }, this.#say(`interview_alert_${sign}`));
      return button;
    });
    return make("section", { class: "panel" },
      make("h3", {}, this.#say("interview_after")),
      text("risk", this.#say("interview_risk"), 3, (value) => draft.change({ risk: value })),
      again,
      how,
      make("p", { class: "hint" }, this.#say("interview_alert_hint")),
      make("div", { class: "actions" }, ...alerts));
  }

  /**
   * @param {"recontact" | "fear" | "harm"} sign
   * @param {HTMLButtonElement} button
   */
  async #alert(sign, button) {
    if (!(await this.#page.confirm(this.#say("interview_alert_question")))) return;
    try {
      await raise(this.#page.vault, sign);
      button.disabled = true;
      this.#page.announce(this.#say("interview_alert_kept"));
    } catch {
      this.#page.announce(this.#say("interview_not_kept"), true);
    }
  }

  async #finish() {
    if (!this.#draft?.content.read_aloud && !(await this.#page.confirm(this.#say("interview_not_read")))) return;
    // Sealed even when nothing was written: that somebody talked and consented is a note as well.
    this.#draft?.change({});
    if (await this.close()) {
      this.#page.announce(this.#say("interview_is_sealed"));
      this.showStart();
      this.#room.prepend(notice(this.#page, "good", "interview_is_sealed", "interview_is_sealed_text"));
    }
  }

  /** Seal what is open and take it out of the page. */
  async close() {
    if (this.#draft && !(await this.#draft.close())) return false;
    this.#draft = null;
    fill(this.#room, make("p", {}));
    return true;
  }

  #refresh() {
    const draft = this.#draft;
    if (!draft) return;
    const code = draft.trouble?.code === "full" ? "interview_full" : "interview_not_kept";
    if (draft.trouble && this.#trouble.childNodes.length === 0) this.#page.announce(this.#say(code), true);
    fill(this.#trouble, draft.trouble && notice(this.#page, "bad", code, draft.trouble.code === "full" ? "interview_full_text" : "interview_not_kept_text"));
    write(this.#state, this.#say(draft.isSealed ? "interview_state_sealed" : "interview_state_open"));
  }
}

/**
 * @param {NotesPage} page
 * @param {string} tone
 * @param {string} title key of the words
 * @param {string} text key of the words
 */
function notice({ words }, tone, title, text) {
  return make("div", { class: `notice notice-${tone}`, role: tone === "bad" ? "alert" : "status" },
    make("p", { class: "notice-title" }, make("span", {}, words.say(title))),
    make("div", { class: "notice-text" }, make("p", {}, words.say(text))));
}

/**
 * @param {string} name
 * @param {string} label
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} changed
 * @param {{lang?: string, hint?: string}} [more]
 */
function tick(name, label, isOn, changed, { lang, hint } = {}) {
  const id = `interview-${name}`;
  const box = make("input", { type: "checkbox", class: "choice-control", id, checked: isOn, autocomplete: "off" });
  box.addEventListener("change", () => changed(box.checked));
  return make("div", { class: "field field-tick" },
    make("div", { class: "choice" }, box, make("label", { class: "choice-label", for: id, lang }, label)),
    hint && make("p", { class: "hint" }, hint));
}

/**
 * @param {string} name
 * @param {string} label
 * @param {number} rows
 * @param {(value: string) => void} changed
 */
function text(name, label, rows, changed) {
  const id = `interview-${name}`;
  const area = make("textarea", { ...UNSEEN, id, rows, class: "control control-text" });
  area.addEventListener("input", () => changed(area.value));
  return make("div", { class: "field" }, make("label", { class: "field-label", for: id }, label), area);
}
