/**
 * Make elements. The only way in which text reaches the page: as text, never as markup.
 */

const SVG = "http://www.w3.org/2000/svg";
/** What the browser would write into its own files in the clear, to bring it back after a crash, unless told not to. */
const ENTRIES = ["input", "textarea", "select"];
let marks = "";

/**
 * Say where static/icons/marks.svg lies.
 * @param {string} address
 */
export function useMarks(address) {
  marks = address;
}

/**
 * Return an element. Attributes: a function is a listener (`onclick`), true is an attribute without a value, false, null
 * and undefined are left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (ENTRIES.includes(tag)) element.setAttribute("autocomplete", "off");
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child || child === "")));
  return element;
}

/**
 * Return a shape of static/icons/marks.svg, for eyes only; a word always stands beside it.
 * @param {string} name
 */
export function icon(name) {
  const shape = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${marks}#${name}`);
  for (const [key, value] of [["class", "icon"], ["aria-hidden", "true"], ["viewBox", "0 0 16 16"]]) {
    shape.setAttribute(key, value);
  }
  shape.append(use);
  return shape;
}

/**
 * Return a badge: a word with its shape.
 * @param {string} text
 * @param {string} [tone] neutral | good | partly | bad | unseen | urgent
 */
export function badge(text, tone = "neutral") {
  return make("span", { class: `badge badge-${tone}` }, tone !== "neutral" && icon(tone), make("span", {}, text));
}

/**
 * Let the element hold these children and nothing else; the document is left alone when it does already.
 * @param {Element} element
 * @param {...(Node | string | null | undefined | false)} children
 */
export function fill(element, ...children) {
  const wanted = /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ""));
  if (wanted.length === 0 && element.childNodes.length === 0) return;
  element.replaceChildren(...wanted);
}

/**
 * Put text into an element, only when it is another one.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
