/**
 * Photos of an item: those of this tablet, those that the server has, and a new one, kept only after its two questions are
 * answered. Permission of the administration and consent of the persons shown are asked for every image (PEC 32(4)-(5)).
 */

import { fill, make, write } from "baqylau/tablet/dom.js";
import { readText } from "baqylau/tablet/entries.js";
import { oneOf } from "baqylau/tablet/choices.js";
import { Unreadable } from "baqylau/tablet/photos.js";

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

const PERMISSIONS = ["not_needed", "given", "refused"];
const CONSENTS = ["no_persons", "given", "not_given"];

/**
 * Return the photos of the key: those of this tablet, then those that only the server has.
 * @param {Page} page
 * @param {string} key
 * @returns {HTMLElement[]}
 */
export function photoList(page, key) {
  const here = page.kept?.of(key) ?? [];
  const ids = new Set(here.map((photo) => photo.id));
  const elsewhere = (page.photos.get(key) ?? []).filter((photo) => !ids.has(photo.id));
  return [...here.map((photo) => ownPhoto(page, photo)), ...elsewhere.map((photo) => servedPhoto(page, photo))];
}

/**
 * Return what changes when the photos of the key do.
 * @param {Page} page
 * @param {string} key
 */
export function photoState(page, key) {
  const here = (page.kept?.of(key) ?? []).map(({ id, isDelivered, code }) => `${id}${isDelivered}${code}`);
  return [...here, ...(page.photos.get(key) ?? []).map((photo) => photo.id)].join(" ");
}

/**
 * @param {Page} page
 * @param {import("baqylau/tablet/ledger.js").PhotoLine} photo
 */
function ownPhoto(page, photo) {
  const { words } = page;
  const name = photo.facts.caption || words.say("photo");
  const picture = make("img", { alt: name, class: "photo-image" });
  const show = (/** @type {string} */ address) => (picture.src = address);
  const state = photo.code ? words.say("photo_refused", { code: photo.code }) : words.say(photo.isDelivered ? "photo_delivered" : "photo_here");
  page.kept.preview(photo).then(show, () => write(line, words.say("photo_damaged")));
  const line = make("p", { class: `photo-state${photo.code ? " is-unsaved" : ""}` }, state);
  return make("li", { class: "photo" }, picture, make("p", { class: "photo-caption" }, name), line);
}

/**
 * @param {Page} page
 * @param {import("baqylau/tablet/page.js").Photo} photo
 */
function servedPhoto(page, photo) {
  const { words } = page;
  const address = `${page.addresses.photo}/${photo.id}`;
  const name = photo.caption || words.say("photo");
  const picture = make("img", { src: address, alt: name, loading: "lazy", class: "photo-image" });
  // Without a network there is only the caption.
  picture.addEventListener("error", () => picture.remove());
  return make(
    "li",
    { class: "photo" },
    make("a", { href: address, target: "_blank" }, picture),
    make("p", { class: "photo-caption" }, name),
    page.me.withdraws && page.token && withdrawal(page, address, name),
  );
}

/**
 * @param {Page} page
 * @param {string} address
 * @param {string} name
 */
function withdrawal(page, address, name) {
  const { words } = page;
  const send = async (/** @type {SubmitEvent} */ event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    event.preventDefault();
    const question = words.say("withdraw_question", { photo: name });
    if (await page.confirm(question, words.say("withdraw"))) form.submit();
  };
  return make(
    "form",
    { method: "post", action: `${address}/withdraw`, onsubmit: send },
    make("input", { type: "hidden", name: "csrf_token", value: page.token }),
    make("button", { type: "submit", class: "button button-quiet" }, words.say("withdraw")),
  );
}

/**
 * Return the button that takes a photo; `room` is the element in which the questions about it are asked.
 * @param {Page} page
 * @param {{item: string, row: string, id: string}} place
 * @param {HTMLElement} room
 */
export function photoButton(page, { item, row, id }, room) {
  const input = make("input", {
    type: "file", id: `${id}-photo`, accept: "image/*", capture: "environment", class: "photo-input",
    onchange: () => {
      const file = input.files?.[0];
      input.value = "";
      if (file) fill(room, questions(page, { item, row, id }, file, room));
      room.querySelector("img")?.scrollIntoView({ block: "nearest" });
    },
  });
  return make("label", { class: "button button-quiet act" }, input, make("span", {}, page.words.say("add_photo")));
}

/**
 * @param {Page} page
 * @param {{item: string, row: string, id: string}} place
 * @param {File} file
 * @param {HTMLElement} room
 */
function questions(page, { item, row, id }, file, room) {
  const { words } = page;
  const facts = { id: page.newId(), item, row, caption: "", permission: "", consent: "", recorded_at: new Date().toISOString() };
  const preview = make("img", { src: URL.createObjectURL(file), alt: words.say("photo_preview"), class: "photo-preview" });
  const caption = make("input", { class: "control control-full", id: `${id}-caption`, maxlength: 300, autocomplete: "off" });
  const state = make("p", { class: "photo-state", role: "status" }, words.say("photo_unsent"));
  const choice = (/** @type {"permission" | "consent"} */ name, /** @type {string[]} */ values) => {
    const options = values.map((value) => ({ value, label: words.label(name, value) }));
    const change = (/** @type {any} */ value) => {
      facts[name] = value ?? "";
      control.show(value);
    };
    const takeBack = () => Promise.resolve(true);
    const control = oneOf(options, { id: `${id}-${name}`, words, label: words.say(`${name}_question`), change, takeBack });
    return control.node;
  };
  const end = () => {
    URL.revokeObjectURL(preview.src);
    page.openPhotos.delete(facts.id);
    fill(room);
  };
  const send = async () => {
    facts.caption = readText(caption.value) ?? "";
    const message = await keepPhoto(page, facts, file, state);
    if (message === "") end();
  };
  page.openPhotos.add(facts.id);
  return make(
    "div",
    { class: "photo-questions", role: "group", "aria-label": words.say("photo") },
    preview,
    make("div", { class: "part part-wide" }, make("label", { class: "part-label", for: caption.id }, words.say("caption")), caption),
    choice("permission", PERMISSIONS),
    choice("consent", CONSENTS),
    state,
    make(
      "div",
      { class: "item-acts" },
      make("button", { type: "button", class: "button button-primary", onclick: send }, words.say("keep_photo")),
      make("button", { type: "button", class: "button button-quiet", onclick: end }, words.say("discard_photo")),
    ),
  );
}

/**
 * Keep the photo and return "" when it is on this tablet, else what to tell the person.
 * @param {Page} page
 * @param {import("baqylau/tablet/ledger.js").PhotoFacts} facts
 * @param {File} file
 * @param {HTMLElement} state
 */
async function keepPhoto(page, facts, file, state) {
  const { words } = page;
  const tell = (/** @type {string} */ text, isBad = true) => {
    state.classList.toggle("is-unsaved", isBad);
    state.textContent = text;
    return text;
  };
  if (!facts.permission || !facts.consent) return tell(words.say("photo_answer_both"));
  tell(words.say("saving"), false);
  try {
    await page.kept.keep(facts, file);
  } catch (trouble) {
    if (trouble instanceof Unreadable) return tell(words.say("photo_unreadable"));
    return tell(words.say(/** @type {any} */ (trouble).code === "full" ? "photo_no_room" : "photo_not_kept"));
  }
  page.announce(words.say("photo_saved"));
  return "";
}
