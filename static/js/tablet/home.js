/**
 * What the shell shows first: the visits that were taken along on this tablet, and the way to unlock one.
 */

import { ask } from "baqylau/tablet/ask.js";
import { fill, icon, make } from "baqylau/tablet/dom.js";
import { field } from "baqylau/tablet/passphrases.js";
import { get as getPasskey } from "baqylau/tablet/store/passkey.js";
import { StoreTrouble, isCode, listVaults, openVault, removeVault, slipsIn } from "baqylau/tablet/store/vaults.js";

/** @typedef {import("baqylau/tablet/shell.js").Shell} Shell */

/** Under this name the page that removes a visit tells the next one that it did. */
export const REMOVED = "baqylau-removed";

/**
 * Show the list.
 * @param {Shell} shell
 */
export async function goHome(shell) {
  const { words, main } = shell;
  const vaults = await listVaults().catch((trouble) => /** @type {StoreTrouble} */ (trouble));
  shell.title(words.say("shell_title"));
  shell.onLanguage = () => void goHome(shell);
  if (!Array.isArray(vaults)) return fill(main, trouble(words.say("store_refused"), words.say("store_refused_text")));
  const list = vaults.map((vault) => make("li", {}, card(shell, vault)));
  const empty = make("div", { class: "panel" }, make("h2", {}, words.say("nothing_here")), make("p", {}, words.say("nothing_here_text")));
  const office = make("p", {}, make("a", { class: "button button-secondary", href: "/" }, words.say("to_office")));
  fill(main, wasRemoved() && done(words.say("removed")), list.length > 0 ? make("ul", { class: "vaults" }, ...list) : empty, office);
}

/**
 * @param {Shell} shell
 * @param {{id: string, label: string, takenOn: string}} vault
 */
function card(shell, vault) {
  const { words } = shell;
  const passphrase = field({ id: `unlock-${vault.id}`, label: words.say("passphrase"), words, autocomplete: "current-password" });
  const message = make("p", { class: "field-error", role: "alert" });
  const unlock = (/** @type {any} */ way) => attempt(shell, vault.id, way, message);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { value } = passphrase.input;
    passphrase.input.value = "";
    if (value) unlock(isCode(value) ? { recovery: value, passphrase: value } : { passphrase: value });
  };
  const byKey = async () => {
    try {
      await unlock({ prf: await getPasskey() });
    } catch (trouble) {
      message.textContent = words.say("passkey_failed");
    }
  };
  return make(
    "form",
    { class: "panel vault", onsubmit: submit },
    make("h2", { class: "vault-label" }, vault.label),
    make("p", { class: "vault-day" }, words.say("taken_along_on", { day: words.day(vault.takenOn) })),
    passphrase.node,
    message,
    make(
      "div",
      { class: "vault-acts" },
      make("button", { type: "submit", class: "button button-primary" }, words.say("unlock")),
      globalThis.PublicKeyCredential && make("button", { type: "button", class: "button button-quiet", onclick: byKey }, words.say("unlock_passkey")),
      make("button", { type: "button", class: "button button-quiet", onclick: () => remove(shell, vault) }, words.say("remove_unopened")),
    ),
  );
}

/**
 * @param {Shell} shell
 * @param {string} id
 * @param {any} way
 * @param {HTMLElement} message
 */
async function attempt(shell, id, way, message) {
  const { words } = shell;
  message.textContent = words.say("unlocking");
  try {
    const { recovery, ...plain } = way;
    const vault = await openVault(id, recovery && !plain.passphrase ? { recovery } : plain).catch((trouble) => {
      if (recovery && trouble.code === "wrong_passphrase") return openVault(id, { recovery });
      throw trouble;
    });
    await shell.open(vault);
  } catch (trouble) {
    const code = /** @type {any} */ (trouble).code;
    const known = ["wrong_passphrase", "damaged_key", "not_there", "busy", "full", "refused"];
    const slips = way.recovery ? slipsIn(way.recovery) : [];
    if (code === "wrong_passphrase" && slips.length > 0) message.textContent = words.say("recovery_slip", { groups: slips.join(", ") });
    else message.textContent = words.say(known.includes(code) ? `unlock_${code}` : "unlock_failed");
    if (!code) throw trouble;
  }
}

/**
 * Remove what a person cannot or need not open any more: asked twice, for what was not delivered is gone.
 * @param {Shell} shell
 * @param {{id: string, label: string}} vault
 */
async function remove(shell, vault) {
  const { words } = shell;
  const no = words.say("keep");
  if (!(await ask({ question: words.say("remove_question", { label: vault.label }), yes: words.say("remove"), no }))) return;
  if (!(await ask({ question: words.say("remove_question_again"), yes: words.say("remove_for_good"), no }))) return;
  await removeVault(vault.id);
  await goHome(shell);
}

/** Tell whether this page was loaded because a visit was just removed. */
function wasRemoved() {
  const is = sessionStorage.getItem(REMOVED) !== null;
  sessionStorage.removeItem(REMOVED);
  return is;
}

/** @param {string} text */
function done(text) {
  return make("div", { class: "notice notice-good", role: "status" }, make("p", { class: "notice-title" }, icon("good"), make("span", {}, text)));
}

/**
 * Return a red notice.
 * @param {string} title
 * @param {string} text
 */
export function trouble(title, text) {
  const head = make("p", { class: "notice-title" }, icon("bad"), make("span", {}, title));
  return make("div", { class: "notice notice-bad", role: "alert" }, head, make("div", { class: "notice-text" }, make("p", {}, text)));
}
