/**
 * Fields for passphrases: they can be shown, no browser corrects them, and nothing of them is kept.
 */

import { make } from "baqylau/tablet/dom.js";

/** A passphrase is the only thing that stands between a copied tablet and what was recorded: no PIN will do. */
export const SHORTEST = 12;

/**
 * Return a field for a passphrase with a button that shows what is typed.
 * @param {{id: string, label: string, words: import("baqylau/tablet/words.js").Words, autocomplete: string, hint?: string}} about
 */
export function field({ id, label, words, autocomplete, hint = "" }) {
  const input = make("input", {
    class: "control control-full", id, type: "password", autocomplete, autocapitalize: "off", spellcheck: "false", maxlength: 200,
    "aria-describedby": hint ? `${id}-hint` : null,
  });
  const toggle = () => {
    input.type = input.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", String(input.type === "text"));
  };
  const button = make("button", { type: "button", class: "button button-quiet", "aria-pressed": "false", onclick: toggle }, words.say("show_passphrase"));
  const node = make(
    "div",
    { class: "field" },
    make("label", { for: id }, label),
    hint && make("p", { class: "hint", id: `${id}-hint` }, hint),
    make("div", { class: "passphrase" }, input, button),
  );
  return { node, input };
}

/**
 * Return why the passphrase cannot be taken, as a word of the shell; "" when it can.
 * @param {string} passphrase
 * @param {string} again
 */
export function flawOf(passphrase, again) {
  if ([...passphrase.trim()].length < SHORTEST) return "passphrase_short";
  if (new Set(passphrase.toLowerCase()).size < 5) return "passphrase_simple";
  return passphrase === again ? "" : "passphrase_differs";
}
