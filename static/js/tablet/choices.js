/**
 * Controls that are tapped: one of several, several of several, and the scale given twice. A tap on a chosen value asks
 * before it takes it back. Arrow keys move the focus only; space chooses, so that walking about records nothing.
 */

import { make, icon, write } from "baqylau/tablet/dom.js";
import { isFollowing } from "baqylau/tablet/entries.js";

/**
 * @typedef {import("baqylau/tablet/typed.js").Control} Control
 * @typedef {import("baqylau/tablet/words.js").Words} Words
 * @typedef {{value: string, label: string, tone?: string}} Option `tone`: the look of a segment
 * @typedef {{id: string, words: Words, label: string, labelledBy?: string, change: (value: any) => void,
 *   takeBack: (label: string) => Promise<boolean>}} Around as in typed.js; `takeBack` asks
 */

const NONE = "none";
const SHAPES = ["good", "partly", "bad", "unseen"];
export const RATINGS = [
  { value: "met", tone: "good" },
  { value: "partly", tone: "partly" },
  { value: "not_met", tone: "bad" },
  { value: "not_seen", tone: "unseen" },
  { value: "not_applicable", tone: "none" },
];

/**
 * @param {"radio" | "checkbox"} type
 * @param {Option} option
 * @param {string} id
 * @param {string} name
 */
function tappable(type, { value, label, tone }, id, name) {
  const input = make("input", { type, id, name, value });
  const shape = tone && SHAPES.includes(tone) ? icon(tone) : null;
  const word = make("span", {}, shape, make("span", {}, label));
  return { input, node: make("label", { class: tone ? `segment segment-${tone}` : "chip" }, input, word) };
}

/**
 * @param {HTMLElement} group
 * @param {HTMLInputElement[]} inputs
 */
function moveByArrows(group, inputs) {
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = inputs.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (!step || at === -1) return;
    event.preventDefault();
    inputs[(at + step + inputs.length) % inputs.length].focus();
  });
}

/**
 * One of several.
 * @param {Option[]} options
 * @param {Around} around
 * @param {{kind?: "chips" | "segments", className?: string}} [how]
 * @returns {Control & {legend: HTMLElement}}
 */
export function oneOf(options, around, { kind = "chips", className = "chips" } = {}) {
  /** @type {string | undefined} */
  let shown;
  const made = options.map((option, at) => tappable("radio", option, `${around.id}-${at}`, around.id));
  const inputs = made.map(({ input }) => input);
  inputs.forEach((input, at) => {
    const choose = async () => {
      if (input.value !== shown) around.change(input.value);
      else if (await around.takeBack(options[at].label)) around.change(undefined);
    };
    input.addEventListener("click", choose);
    // A radio button that is chosen already makes no click of the space key.
    input.addEventListener("keydown", (event) => {
      if (event.key !== " " || input.value !== shown) return;
      event.preventDefault();
      choose();
    });
  });
  const legend = make("legend", around.label ? {} : { class: "visually-hidden" }, around.label);
  const list = make("div", { class: kind === "chips" ? "chip-list" : "segments" }, ...made.map(({ node }) => node));
  const named = around.label ? null : around.labelledBy;
  const node = make("fieldset", { class: className, "aria-labelledby": named }, around.label && legend, list);
  moveByArrows(node, inputs);
  const show = (/** @type {any} */ value) => {
    shown = value;
    for (const input of inputs) input.checked = input.value === value;
  };
  return { node, show, legend };
}

/**
 * Several of several; a choice with the id "none" stands alone.
 * @param {Option[]} options
 * @param {Around} around
 * @returns {Control}
 */
export function severalOf(options, around) {
  /** @type {string[]} */
  let shown = [];
  const made = options.map((option, at) => tappable("checkbox", option, `${around.id}-${at}`, around.id));
  const change = (/** @type {string[]} */ values) => around.change(values.length > 0 ? values : undefined);
  made.forEach(({ input }, at) => {
    input.addEventListener("click", async () => {
      const { value, label } = options[at];
      if (shown.includes(value)) {
        input.checked = true;
        if (await around.takeBack(label)) change(shown.filter((one) => one !== value));
        return;
      }
      const others = value === NONE ? shown : [];
      const isSure = others.length === 0 || (await around.takeBack(labelsOf(options, others)));
      if (!isSure) show(shown);
      else change(inOrder(options, value === NONE ? [NONE] : [...shown.filter((one) => one !== NONE), value]));
    });
  });
  const legend = around.label ? make("legend", {}, around.label) : null;
  const named = around.label ? null : around.labelledBy;
  const list = make("div", { class: "chip-list" }, ...made.map(({ node }) => node));
  const node = make("fieldset", { class: "chips", "aria-labelledby": named }, legend, list);
  const show = (/** @type {any} */ values) => {
    shown = Array.isArray(values) ? values : [];
    for (const { input } of made) input.checked = shown.includes(input.value);
  };
  return { node, show };
}

/**
 * The scale, against the law of Kazakhstan and against international standards.
 * @param {Omit<Around, "change" | "label"> & {change: (basis: "national" | "international", rating: any) => void}} around
 * @returns {Control}
 */
export function scale(around) {
  const { words } = around;
  const options = RATINGS.map(({ value, tone }) => ({ value, tone, label: words.label("rating", value) }));
  const row = (/** @type {"national" | "international"} */ basis) => {
    const change = (/** @type {any} */ rating) => around.change(basis, rating);
    const given = { ...around, id: `${around.id}-${basis}`, label: words.label("basis", basis), change };
    return oneOf(options, given, { kind: "segments", className: "scale" });
  };
  const [national, international] = [row("national"), row("international")];
  const follows = make("span", { class: "follows" });
  international.legend.append(" ", follows);
  const group = { class: "scales", role: "group", "aria-labelledby": around.labelledBy };
  const node = make("div", group, national.node, international.node);
  const show = (/** @type {any} */ answer) => {
    national.show(answer?.national);
    international.show(answer?.international);
    const isLed = isFollowing(answer);
    international.node.classList.toggle("scale-follows", isLed);
    write(follows, isLed ? words.say("follows") : "");
  };
  return { node, show };
}

/**
 * @param {Option[]} options
 * @param {string[]} values
 */
function labelsOf(options, values) {
  return options.filter(({ value }) => values.includes(value)).map(({ label }) => label).join(", ");
}

/**
 * @param {Option[]} options
 * @param {string[]} values
 */
function inOrder(options, values) {
  return options.map(({ value }) => value).filter((value) => values.includes(value));
}
