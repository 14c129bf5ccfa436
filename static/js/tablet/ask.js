/**
 * Ask before something is taken back. A dialog of our own: the browser's would speak the browser's language.
 */

import { make } from "baqylau/tablet/dom.js";

/**
 * Resolve with true when the person says yes; closing the dialog is a no.
 * @param {{question: string, yes: string, no: string}} words
 * @returns {Promise<boolean>}
 */
export function ask({ question, yes, no }) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const close = (/** @type {string} */ answer) => () => dialog.close(answer);
    const dialog = make(
      "dialog",
      { class: "ask", "aria-labelledby": "ask-question" },
      make("p", { class: "ask-question", id: "ask-question" }, question),
      make(
        "div",
        { class: "ask-acts" },
        make("button", { type: "button", class: "button button-primary", onclick: close("no") }, no),
        make("button", { type: "button", class: "button button-danger", onclick: close("yes") }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
