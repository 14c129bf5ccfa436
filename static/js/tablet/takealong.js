/**
 * Take a visit along: everything that is needed inside comes to the tablet, is checked by its hash, and is kept encrypted
 * under a passphrase. At the end the page says in plain words whether the tablet is ready, and until when.
 */

import { fill, icon, make } from "baqylau/tablet/dom.js";
import { isWhole } from "baqylau/tablet/editions.js";
import { exchange } from "baqylau/tablet/exchange.js";
import { trouble } from "baqylau/tablet/home.js";
import { Ledger } from "baqylau/tablet/ledger.js";
import { field, flawOf } from "baqylau/tablet/passphrases.js";
import { sha256 } from "baqylau/tablet/receipts.js";
import { addPasskey, createVault, removeVault, storageState } from "baqylau/tablet/store/vaults.js";
import { make as makePasskey } from "baqylau/tablet/store/passkey.js";

/**
 * @typedef {import("baqylau/tablet/shell.js").Shell} Shell
 * @typedef {{name: string, address: string, sha256: string, bytes: number}} Part
 * @typedef {{visit: any, until: string, parts: Part[]}} Manifest
 */

/** Room that a visit with its photos may need, in bytes. */
const NEEDED = 300 * 1024 * 1024;

/** Something that keeps the visit from being taken along, said in words of the shell. */
class Obstacle extends Error {
  /** @param {string} word @param {Record<string, any>} [values] */
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

/**
 * Ask for a passphrase and take the visit along.
 * @param {Shell} shell
 * @param {string} visit
 */
export async function takeAlong(shell, visit) {
  const { words, main } = shell;
  shell.title(words.say("take_along"));
  shell.onLanguage = () => void takeAlong(shell, visit);
  const addresses = addressesOf(shell, visit);
  const answer = await exchange(addresses.takeAlong, {});
  if (answer.failure) return fill(main, ...refusal(shell, answer.failure, addresses));
  fill(main, form(shell, visit, answer.body, addresses));
}

/** @param {Shell} shell @param {string} visit @returns {Record<string, string>} */
export function addressesOf(shell, visit) {
  return Object.fromEntries(Object.entries(shell.given.addresses).map(([name, address]) => [name, String(address).replace("{visit}", visit)]));
}

/**
 * @param {Shell} shell
 * @param {string} failure
 * @param {Record<string, string>} addresses
 */
function refusal(shell, failure, addresses) {
  const { words } = shell;
  const link = failure === "signed_out" && make("a", { class: "button button-primary", href: addresses.signIn }, words.say("to_sign_in"));
  const back = make("a", { class: "button button-secondary", href: "/tablet/" }, words.say("to_list"));
  const text = words.say(failure === "signed_out" ? "take_signed_out" : failure === "network" ? "take_no_network" : "take_refused");
  return [trouble(words.say("take_failed"), text), make("p", { class: "vault-acts" }, link, back)];
}

/**
 * @param {Shell} shell
 * @param {string} visit
 * @param {Manifest} manifest
 * @param {Record<string, string>} addresses
 */
function form(shell, visit, manifest, addresses) {
  const { words } = shell;
  const first = field({ id: "passphrase", label: words.say("passphrase_new"), words, autocomplete: "new-password", hint: words.say("passphrase_hint") });
  const again = field({ id: "passphrase-again", label: words.say("passphrase_again"), words, autocomplete: "new-password" });
  const label = make("input", { class: "control", id: "vault-label", maxlength: 40, autocomplete: "off", value: "" });
  const message = make("div", { role: "alert" });
  const steps = make("ol", { class: "take-steps", "aria-live": "polite" });
  const button = make("button", { type: "submit", class: "button button-primary" }, words.say("take_along"));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const flaw = label.value.trim() ? flawOf(first.input.value, again.input.value) : "label_missing";
    fill(message, flaw && make("p", { class: "field-error" }, words.say(flaw)));
    if (flaw) return (flaw === "label_missing" ? label : first.input).focus();
    button.disabled = true;
    const tell = (/** @type {string} */ step) => steps.append(make("li", {}, icon("good"), words.say(step)));
    try {
      const vault = await carryOut({ shell, visit, manifest, addresses, label: label.value.trim(), passphrase: first.input.value, tell });
      shell.onLanguage = () => void ready(shell, vault, manifest);
      ready(shell, vault, manifest);
    } catch (error) {
      button.disabled = false;
      const known = error instanceof Obstacle ? words.say(error.word, error.values) : words.say("take_broken", { code: String(/** @type {any} */ (error).code ?? error) });
      fill(message, trouble(words.say("take_failed"), known));
    }
  };
  return make(
    "form",
    { class: "panel take-along", onsubmit: submit },
    make("h2", {}, words.here(manifest.visit?.place) || words.say("take_along")),
    make("p", {}, words.say("take_along_text", { number: manifest.visit?.number ?? "" })),
    make("div", { class: "field" }, make("label", { for: "vault-label" }, words.say("vault_label")), make("p", { class: "hint" }, words.say("vault_label_hint")), label),
    first.node,
    again.node,
    make("p", { class: "hint" }, words.say("passphrase_lost")),
    message,
    steps,
    make("p", { class: "vault-acts" }, button, make("a", { class: "button button-secondary", href: addresses.visit }, words.say("not_now"))),
  );
}

/**
 * @param {{shell: Shell, visit: string, manifest: Manifest, addresses: Record<string, string>, label: string, passphrase: string,
 *   tell: (step: string) => void}} about
 */
async function carryOut({ shell, visit, manifest, addresses, label, passphrase, tell }) {
  await checkRoom();
  tell("step_room");
  const { session, parts } = await fetchAll(manifest, addresses);
  tell("step_parts");
  const vault = await createVault({ label, visit, person: session.person, passphrase, sealRecovery: sealing(visit, parts) });
  try {
    const ledger = new Ledger(vault);
    for (const [name, text] of parts) await vault.putFile(`part-${name}`, new Blob([text]));
    await ledger.set("parts", [...parts.keys()]);
    await ledger.set("recorded", { file: "part-recorded", mark: 0 });
    tell("step_kept");
    const registered = await register(vault, addresses, session.token);
    await ledger.set("session", { ...registered, person: session.person });
    tell("step_registered");
  } catch (error) {
    await vault.lock();
    await removeVault(vault.id);
    throw error;
  }
  if (!(await isWhole())) throw new Obstacle("take_not_whole");
  tell("step_program");
  return vault;
}

/** Refuse where the browser may throw away what it keeps, or where there is too little room. */
async function checkRoom() {
  const isPersistent = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.());
  if (!isPersistent) throw new Obstacle("take_not_persistent");
  const { limit, used } = await storageState();
  if (limit - used < NEEDED) throw new Obstacle("take_no_room", { megabytes: Math.round(NEEDED / 1024 / 1024) });
}

/**
 * Fetch every part and compare its hash; also who is signed in, and the token for what is sent.
 * @param {Manifest} manifest
 * @param {Record<string, string>} addresses
 */
async function fetchAll(manifest, addresses) {
  const parts = new Map();
  for (const { name, address, sha256: hash } of manifest.parts) {
    const response = await fetch(address, { credentials: "same-origin", redirect: "error", cache: "no-store" });
    const bytes = await response.arrayBuffer();
    if (!response.ok || (await sha256(bytes)) !== hash) throw new Obstacle("take_part_wrong", { name });
    parts.set(name, new TextDecoder().decode(bytes));
  }
  const answer = await exchange(`${addresses.heads}?protocol=2&seen=`, {});
  if (answer.failure) throw new Obstacle("take_no_network");
  return { session: { person: answer.body.person, token: answer.body.token }, parts };
}

/**
 * Return what seals the recovery code to the leader's key; undefined while the leader has none that is approved.
 * @param {string} visit
 * @param {Map<string, string>} parts
 */
function sealing(visit, parts) {
  const { recipients } = JSON.parse(parts.get("visit") ?? "{}");
  const keys = recipients.filter((/** @type {any} */ one) => one.part === "leader").map((/** @type {any} */ one) => one.key);
  if (keys.length === 0) return undefined;
  return async (/** @type {Uint8Array} */ secret) => (await import("baqylau/tablet/notes/sealing.js")).sealsRecovery(keys, visit)(secret);
}

/**
 * Make the vault known to the server as a device of this visit.
 * @param {any} vault
 * @param {Record<string, string>} addresses
 * @param {string} token
 */
async function register(vault, addresses, token) {
  const body = JSON.stringify({ protocol: 2, device: vault.id, label: vault.label, recovery: vault.recovery ?? "" });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await exchange(addresses.devices, { method: "POST", body, headers });
  if (answer.failure) throw new Obstacle("take_no_network");
  const { until, key, import_key: importKey } = answer.body;
  return { until, key, importKey, token };
}

/**
 * Say that the tablet is ready.
 * @param {Shell} shell
 * @param {any} vault
 * @param {Manifest} manifest
 */
function ready(shell, vault, manifest) {
  const { words, main } = shell;
  shell.title(words.say("ready"));
  history.replaceState(null, "", "/tablet/");
  const withPasskey = async () => {
    try {
      await addPasskey(vault, await makePasskey());
      passkey.replaceWith(make("p", {}, icon("good"), words.say("passkey_added")));
    } catch {
      passkey.replaceWith(make("p", {}, words.say("passkey_not_here")));
    }
  };
  const passkey = make("button", { type: "button", class: "button button-secondary", onclick: withPasskey }, words.say("passkey_add"));
  const begin = make("button", { type: "button", class: "button button-primary", onclick: () => shell.open(vault) }, words.say("open_visit"));
  fill(
    main,
    make(
      "div",
      { class: "notice notice-good", role: "status" },
      make("p", { class: "notice-title" }, icon("good"), make("span", {}, words.say("ready"))),
      make("div", { class: "notice-text" }, make("p", {}, words.say("ready_text", { day: words.day(manifest.until) }))),
    ),
    make("p", { class: "vault-acts" }, begin, globalThis.PublicKeyCredential && passkey),
  );
}

