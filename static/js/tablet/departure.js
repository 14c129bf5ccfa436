/**
 * How far everything is, and the ways by which a visit leaves the tablet: delivered by the network, saved as a file, and in
 * the end removed. Always in sight: what lies here alone, what is on the way, what is delivered.
 */

import { ask } from "baqylau/tablet/ask.js";
import { fill, icon, make, write } from "baqylau/tablet/dom.js";
import { exchange } from "baqylau/tablet/exchange.js";
import { REMOVED } from "baqylau/tablet/home.js";
import { MINUTES } from "baqylau/tablet/lock.js";
import { removeVault, storageState } from "baqylau/tablet/store/vaults.js";

/**
 * @typedef {import("baqylau/tablet/shell.js").Shell} Shell
 * @typedef {import("baqylau/tablet/page.js").Page} Page
 * @typedef {import("baqylau/tablet/ledger.js").Ledger} Ledger
 */

/**
 * Keep the button in the bar up to date, and let it open the list; returns what writes it anew, in another language.
 * @param {Shell} shell
 * @param {Page} page
 * @param {Ledger} ledger
 */
export function deliveryButton(shell, page, ledger) {
  const button = /** @type {HTMLElement} */ (document.getElementById("to-delivery"));
  const show = () => {
    const { here, delivered } = page.sync.counts();
    write(button, page.words.say("counts", { here, delivered }));
  };
  button.addEventListener("click", () => open(shell, page, ledger));
  page.sync.onState(show);
  show();
  return show;
}

/**
 * @param {Shell} shell
 * @param {Page} page
 * @param {Ledger} ledger
 */
async function open(shell, page, ledger) {
  const { words } = page;
  const counts = make("dl", { class: "facts" });
  const state = make("p", { role: "status" });
  const remove = make("button", { type: "button", class: "button button-danger", onclick: () => finish(shell, page, dialog) }, words.say("finish"));
  const act = (/** @type {string} */ word, /** @type {() => any} */ onclick) => make("button", { type: "button", class: "button button-secondary", onclick }, words.say(word));
  const show = () => showCounts(page, counts, state, remove);
  const dialog = make(
    "dialog",
    { class: "ask departure", "aria-labelledby": "departure-title" },
    make("h2", { id: "departure-title" }, words.say("departure")),
    counts,
    state,
    await room(words),
    make("div", { class: "ask-acts" }, act("send_now", () => page.sync.look()), act("save_file", () => saveFile(page, ledger, dialog))),
    lockChoice(page),
    make("p", { class: "hint" }, words.say("finish_text")),
    make("div", { class: "ask-acts" }, remove, act("close", () => dialog.close())),
  );
  page.sync.onState(show);
  show();
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {Page} page
 * @param {HTMLElement} counts
 * @param {HTMLElement} state
 * @param {HTMLButtonElement} remove
 */
function showCounts({ words, sync }, counts, state, remove) {
  const { here, onTheWay, delivered, bytesHere, bytesDelivered, refused } = sync.counts();
  const size = (/** @type {number} */ bytes) => words.say("kilobytes", { number: words.number(Math.ceil(bytes / 1024)) });
  const line = (/** @type {string} */ word, /** @type {number} */ number, /** @type {string} */ more) => [
    make("dt", {}, words.say(word)),
    make("dd", {}, `${words.number(number)}${more && ` · ${more}`}`),
  ];
  fill(
    counts,
    ...line("count_here", here, size(bytesHere)),
    ...line("count_on_the_way", onTheWay, ""),
    ...line("count_delivered", delivered, size(bytesDelivered)),
    ...(refused > 0 ? line("count_refused", refused, "") : []),
  );
  write(state, sync.failure ? words.say(`failure_${sync.failure}`) : here > 0 ? "" : words.say("all_delivered"));
  remove.disabled = here > 0;
}

/** @param {import("baqylau/tablet/words.js").Words} words */
async function room(words) {
  const { share, limit, used } = await storageState();
  const left = Math.max(0, Math.round((limit - used) / 1024 / 1024));
  const word = share >= 1 ? "room_none" : share >= 0.8 ? "room_little" : "room_left";
  return make("p", { class: share >= 0.8 ? "hint is-warning" : "hint" }, share >= 0.8 && icon("partly"), words.say(word, { number: left }));
}

/** @param {Page} page */
function lockChoice(page) {
  const { words } = page;
  const options = [...MINUTES].sort((one, other) => one - other).map((minutes) => {
    const option = make("option", { value: minutes }, words.say("minutes", { number: minutes }));
    option.selected = minutes === page.lockMinutes;
    return option;
  });
  const choice = make("select", { class: "control", id: "lock-minutes", onchange: () => (page.lockMinutes = Number(choice.value)) }, ...options);
  return make("div", { class: "field" }, make("label", { for: "lock-minutes" }, words.say("lock_after")), choice);
}

/**
 * Save what is recorded here as one encrypted file for the office.
 * @param {Page} page
 * @param {Ledger} ledger
 * @param {HTMLElement} dialog
 */
async function saveFile(page, ledger, dialog) {
  const { words } = page;
  const { transferCode, writeVisitFile } = await import("baqylau/tablet/store/visitfile.js");
  // The code would let another tablet read the file; the office does without.
  const code = transferCode();
  const items = [...ledger.lines.values()].map(({ id, seq, text, sha256 }) => ({ id, seq, body: text, sha256 }));
  const photos = await Promise.all([...ledger.photos.values()].map(async ({ facts, file, sha256 }) => ({ facts: { ...facts, sha256 }, blob: await page.vault.readFile(file) })));
  const { importKey } = ledger.settings.get("session");
  const file = await writeVisitFile({ visit: page.vault.visit, device: page.vault.id, importKey, code, items, photos });
  const link = make("a", { href: URL.createObjectURL(file), download: `${page.vault.id.slice(0, 8)}.baqylau` });
  link.click();
  URL.revokeObjectURL(link.href);
  dialog.querySelector(".transfer")?.remove();
  dialog.querySelector(".facts")?.after(
    make("div", { class: "transfer", role: "status" }, make("p", {}, words.say("file_saved"))),
  );
}

/**
 * Remove the visit from this tablet: only after receipts for everything.
 * @param {Shell} shell
 * @param {Page} page
 * @param {HTMLDialogElement} dialog
 */
async function finish(shell, page, dialog) {
  const { words } = page;
  if (page.sync.counts().here > 0) return;
  if (!(await ask({ question: words.say("finish_question"), yes: words.say("remove_for_good"), no: words.say("keep") }))) return;
  if (page.interviews && !(await page.interviews.leave())) {
    dialog.querySelector(".transfer")?.remove();
    dialog.querySelector(".facts")?.after(make("p", { class: "transfer field-error", role: "alert" }, words.say("interviews_unsent")));
    return;
  }
  // The server need not hear of it: nothing depends on its knowing.
  await exchange(`${page.addresses.devices}/${page.vault.id}/end`, { method: "POST", headers: { "X-CSRFToken": page.sync.receiver().token }, seconds: 5 });
  await page.vault.lock();
  await removeVault(page.vault.id);
  dialog.close();
  sessionStorage.setItem(REMOVED, "true");
  location.replace("/tablet/");
}
