/**
 * An unlocked visit: read from the vault, shown, recorded, delivered, and locked again. Key and answers live in this
 * page's memory only; locking loads the page anew, so that nothing of them is left.
 */

import { icon, make } from "baqylau/tablet/dom.js";
import { Delivery } from "baqylau/tablet/delivery.js";
import { deliveryButton } from "baqylau/tablet/departure.js";
import { Frame } from "baqylau/tablet/frame.js";
import { Interviewing } from "baqylau/tablet/interviewing.js";
import { Ledger } from "baqylau/tablet/ledger.js";
import { lockWhenLeft } from "baqylau/tablet/lock.js";
import { Page } from "baqylau/tablet/page.js";
import { Photos } from "baqylau/tablet/photos.js";
import { receiptKey } from "baqylau/tablet/receipts.js";
import { addressesOf } from "baqylau/tablet/takealong.js";

/** @typedef {import("baqylau/tablet/shell.js").Shell} Shell */

/**
 * Open the visit of this vault.
 * @param {Shell} shell
 * @param {any} vault
 */
export async function openVisit(shell, vault) {
  const ledger = await Ledger.read(vault);
  const bundle = await bundleOf(vault, ledger);
  const kept = ledger.settings.get("session");
  const page = new Page(bundle, { ...shell.given, addresses: addressesOf(shell, vault.visit) });
  catchUp(page.recording, ledger);
  page.vault = vault;
  page.kept = new Photos(ledger, vault);
  page.sync = new Delivery(await sessionOf(vault, page, bundle, kept), ledger, vault, page.recording);
  const title = () => page.words.here(bundle.place.name);
  shell.title(title());
  if (bundle.recipients.length > 0) page.interviews = new Interviewing(page, bundle);
  const frame = new Frame(page);
  connect(shell, page, ledger, frame, title);
  page.sync.start();
  tellReport(page, vault.report);
  for (const id of ["thumbs", "to-lock", "to-delivery"]) /** @type {HTMLElement} */ (document.getElementById(id)).hidden = false;
  frame.route();
  document.documentElement.dataset.ready = "true";
}

/**
 * @param {any} vault
 * @param {Ledger} ledger
 */
async function bundleOf(vault, ledger) {
  const names = ledger.settings.get("parts");
  const read = async (/** @type {string} */ file) => JSON.parse(await (await vault.readFile(file)).text());
  const visit = await read("part-visit");
  const checklists = await Promise.all(names.filter((/** @type {string} */ name) => name.startsWith("checklist")).map((/** @type {string} */ name) => read(`part-${name}`)));
  return { ...visit, checklists, ...(await read(ledger.settings.get("recorded").file)) };
}

/**
 * Bring the recording up to what the journal holds beyond the server's last answer.
 * @param {import("baqylau/tablet/recording.js").Recording} recording
 * @param {Ledger} ledger
 */
function catchUp(recording, ledger) {
  const { mark } = ledger.settings.get("recorded");
  const later = [...ledger.lines.values()].filter((line) => line.receiptSeq === 0 || line.receiptSeq > mark);
  recording.add(later.map((line) => line.revision));
  for (const line of later) if (line.receiptSeq > 0) recording.acknowledge(line.revision, line.receivedAt);
}

/**
 * @param {any} vault
 * @param {Page} page
 * @param {any} bundle
 * @param {any} kept
 */
async function sessionOf(vault, page, bundle, kept) {
  const { person, token, key } = kept;
  return { visit: vault.visit, person, device: vault.id, token, version: bundle.version, key: await receiptKey(key), addresses: page.addresses };
}

/**
 * @param {Shell} shell
 * @param {Page} page
 * @param {Ledger} ledger
 * @param {Frame} frame
 * @param {() => string} title
 */
function connect(shell, page, ledger, frame, title) {
  const { sync } = page;
  const shown = sync.onRecorded;
  sync.onRecorded = (recorded) => {
    shown(recorded);
    keepRecorded(page, ledger, recorded);
  };
  page.kept.onKept = () => {
    frame.refreshOthers();
    sync.wake();
  };
  sync.onPhoto = () => frame.refreshOthers();
  if (page.interviews) sync.alsoSend = (to) => /** @type {Interviewing} */ (page.interviews).deliver(to);
  sync.onUnkept = () => tellUnkept(page);
  const showDelivery = deliveryButton(shell, page, ledger);
  shell.onLanguage = () => {
    page.speak(shell.given);
    shell.title(title());
    frame.redraw(title());
    showDelivery();
  };
  shell.pending = () => sync.settled();
  lockWhenLeft(page, () => handOver(page));
  addEventListener("online", () => sync.look());
  addEventListener("pagehide", () => void handOver(page));
  addEventListener("beforeunload", (event) => {
    if (page.openPhotos.size > 0 || !sync.isAllKept()) event.preventDefault();
  });
}

/** Let what is being typed be kept, and drafts be sent. */
async function handOver(/** @type {Page} */ page) {
  document.activeElement?.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  page.sync.closeAll();
  await page.interviews?.close();
  await page.sync.settled();
}

/**
 * Keep the server's answer for the next start without a network.
 * @param {Page} page
 * @param {Ledger} ledger
 * @param {any} recorded
 */
async function keepRecorded(page, ledger, recorded) {
  const { version, people, heads, photos, mark } = recorded;
  const before = ledger.settings.get("recorded").file;
  const file = `recorded-${page.newId()}`;
  try {
    await page.vault.putFile(file, new Blob([JSON.stringify({ version, people, heads, photos })]));
    await ledger.set("recorded", { file, mark });
    await page.vault.dropFile(before);
  } catch {
    // The former answer stays; nothing of one's own is in it.
  }
}

/**
 * Say what start-up found and mended, or could not.
 * @param {Page} page
 * @param {any} report
 */
function tellReport({ words }, report) {
  const place = /** @type {HTMLElement} */ (document.getElementById("notices"));
  const lost = report.damaged.filter((/** @type {any} */ one) => !one.isMended);
  const lines = [
    report.rebuilt && words.say(report.rebuilt === "index" ? "report_index" : "report_journal"),
    report.isRolledBack && words.say("report_rolled_back"),
    report.cut > 0 && words.say("report_cut"),
    lost.length > 0 && words.say("report_damaged", { numbers: lost.map((/** @type {any} */ one) => one.seq).join(", ") }),
    report.healing && words.say("report_unmended"),
  ].filter(Boolean);
  if (lines.length === 0) return;
  const isBad = lost.length > 0 || report.healing;
  const close = make("button", { type: "button", class: "button button-quiet", onclick: () => notice.remove() }, words.say("understood"));
  const notice = make(
    "div",
    { class: `notice notice-${isBad ? "bad" : "partly"}`, role: "alert" },
    make("p", { class: "notice-title" }, icon(isBad ? "bad" : "partly"), make("span", {}, words.say("report_title"))),
    make("div", { class: "notice-text" }, ...lines.map((line) => make("p", {}, line)), close),
  );
  place.append(notice);
}

/**
 * Stand in the way until what could not be written is: the value is still on the screen.
 * @param {Page} page
 */
function tellUnkept(page) {
  const { words } = page;
  if (document.getElementById("unkept")) return;
  const again = async () => {
    if (await page.sync.keepAgain()) dialog.close();
  };
  const dialog = make(
    "dialog",
    { id: "unkept", class: "ask ask-bad", role: "alertdialog", "aria-labelledby": "unkept-title" },
    make("p", { class: "ask-question", id: "unkept-title" }, words.say("unkept")),
    make("p", {}, words.say("unkept_dialog")),
    make(
      "div",
      { class: "ask-acts" },
      make("button", { type: "button", class: "button button-primary", onclick: again }, words.say("unkept_again")),
      make("button", { type: "button", class: "button button-secondary", onclick: () => dialog.close() }, words.say("unkept_see")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
