/**
 * Controls that are typed into: numbers, texts, days, times. What is typed is handed over at least every two seconds and
 * when the field is left; what cannot be an answer stays on the page with a message and is not recorded.
 */

import { make } from "baqylau/tablet/dom.js";
import { isFlaw, readDate, readNumber, readText, readTime, rangeOf } from "baqylau/tablet/entries.js";

/**
 * @typedef {import("baqylau/tablet/words.js").Words} Words
 * @typedef {import("baqylau/tablet/entries.js").Flaw} Flaw
 * @typedef {{id: string, words: Words, units: Record<string, number[]>, label: string, labelledBy?: string,
 *   change: (value: any, isTyping: boolean) => void, flaw: (flaw: Flaw | null) => void}} Around what a control knows of
 *   the item it stands in; `label` "" = `labelledBy` names it
 * @typedef {{node: HTMLElement, show: (value: any) => void}} Control
 */

const COMMIT_SECONDS = 2;

/**
 * Let a field hand over what is typed: `read` gives the value, undefined or a Flaw.
 * @param {HTMLElement} node the element whose inputs are typed into
 * @param {Around} around
 * @param {() => any} read
 * @param {(isFlawed: boolean) => void} mark
 * @returns {() => boolean} tells whether there is something typed that has not been handed over
 */
function listen(node, around, read, mark) {
  let isTyped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const commit = (/** @type {boolean} */ isTyping) => {
    clearTimeout(timer);
    timer = undefined;
    const value = read();
    const isWrong = isFlaw(value);
    if (!isTyping) {
      around.flaw(isWrong ? value : null);
      mark(isWrong);
      isTyped = false;
    }
    if (!isWrong) around.change(value, isTyping);
  };
  node.addEventListener("input", () => {
    isTyped = true;
    timer ??= setTimeout(() => commit(true), COMMIT_SECONDS * 1000);
  });
  node.addEventListener("focusout", (event) => {
    if (isTyped && !node.contains(/** @type {Node | null} */ (event.relatedTarget))) commit(false);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement) && isTyped) commit(false);
  });
  return () => isTyped;
}

/**
 * @param {Around} around
 * @param {HTMLElement} input
 * @param {string} [unitId]
 */
function named(around, input, unitId = "") {
  if (!around.label) input.setAttribute("aria-labelledby", `${around.labelledBy} ${unitId}`.trim());
  return around.label ? make("label", { class: "part-label", for: around.id }, around.label) : null;
}

/**
 * @param {HTMLElement[]} inputs
 * @param {string} messageId
 * @returns {(isFlawed: boolean) => void}
 */
function marker(inputs, messageId) {
  return (isFlawed) => {
    for (const input of inputs) {
      input.toggleAttribute("aria-invalid", isFlawed);
      if (isFlawed) input.setAttribute("aria-invalid", "true");
      if (isFlawed) input.setAttribute("aria-describedby", messageId);
      else input.removeAttribute("aria-describedby");
    }
  };
}

/**
 * @param {any} field
 * @param {Around} around
 * @returns {Control}
 */
export function numberControl(field, around) {
  const { id, words, units } = around;
  const isWhole = field.type === "count";
  const input = make("input", {
    class: "control", id, type: "text", inputmode: isWhole ? "numeric" : "decimal", autocomplete: "off", maxlength: 20,
  });
  const unit = field.unit && make("span", { class: "unit", id: `${id}-unit` }, words.label("unit", field.unit));
  const node = make("div", { class: "part" }, named(around, input, unit ? `${id}-unit` : ""), make("div", { class: "measure" }, input, unit));
  const isTyped = listen(node, around, () => readNumber(input.value, { isWhole, range: rangeOf(field, units) }), marker([input], `${id}-flaw`));
  const show = (/** @type {any} */ value) => {
    const isHeld = isTyped() || input.hasAttribute("aria-invalid");
    if (!isHeld) input.value = typeof value === "number" ? words.number(value, 6) : "";
  };
  return { node, show };
}

/**
 * @param {Around} around
 * @param {{isShort?: boolean}} [how]
 * @returns {Control}
 */
export function textControl(around, { isShort = false } = {}) {
  const input = isShort
    ? make("input", { class: "control", id: around.id, type: "text", maxlength: 200, autocomplete: "off" })
    : make("textarea", { class: "control control-full", id: around.id, rows: 2, maxlength: 4000 });
  const node = make("div", { class: isShort ? "part part-short" : "part part-wide" }, named(around, input), input);
  const isTyped = listen(node, around, () => readText(input.value), () => {});
  const show = (/** @type {any} */ value) => {
    if (!isTyped()) input.value = typeof value === "string" ? value : "";
  };
  return { node, show };
}

/**
 * A day in three fields, in the order in which it is said here: no calendar of the browser's own language.
 * @param {Around} around
 * @returns {Control}
 */
export function dateControl(around) {
  const { id, words } = around;
  const parts = ["day", "month", "year"].map((name) => {
    const input = make("input", {
      class: `control control-${name}`, id: name === "day" ? id : `${id}-${name}`, type: "text", inputmode: "numeric",
      maxlength: name === "year" ? 4 : 2, autocomplete: "off",
    });
    const label = make("label", { class: "date-label", for: input.id }, words.say(name));
    return { input, box: make("div", { class: "date-part" }, label, input) };
  });
  const inputs = parts.map((part) => part.input);
  const legend = around.label ? make("legend", { class: "part-label" }, around.label) : null;
  const given = { class: "part", "aria-labelledby": around.label ? null : around.labelledBy };
  const node = make("fieldset", given, legend, make("div", { class: "date" }, ...parts.map((part) => part.box)));
  const isTyped = listen(node, around, () => readDate(inputs.map((input) => input.value)), marker(inputs, `${id}-flaw`));
  const show = (/** @type {any} */ value) => {
    if (isTyped() || inputs[0].hasAttribute("aria-invalid")) return;
    const [year = "", month = "", day = ""] = typeof value === "string" ? value.split("-") : [];
    [day, month, year].forEach((part, at) => {
      inputs[at].value = part && at < 2 ? String(Number(part)) : part;
    });
  };
  return { node, show };
}

/**
 * @param {Around} around
 * @returns {Control}
 */
export function timeControl(around) {
  const input = make("input", {
    class: "control control-time", id: around.id, type: "text", inputmode: "numeric", maxlength: 5, autocomplete: "off",
  });
  const node = make("div", { class: "part part-short" }, named(around, input), input);
  const isTyped = listen(node, around, () => readTime(input.value), marker([input], `${around.id}-flaw`));
  const show = (/** @type {any} */ value) => {
    if (!isTyped() && !input.hasAttribute("aria-invalid")) input.value = typeof value === "string" ? value : "";
  };
  return { node, show };
}
