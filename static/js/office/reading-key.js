/**
 * The reader's own key: from the file that its owner kept, or from this browser, opened with its passphrase for this page only.
 */

const NAME = "baqylau.member-keys";

/** What keeps a key from being opened; `code` is a key of the page's words. */
export class KeyTrouble extends Error {
  /** @param {"wrong_passphrase" | "not_a_key" | "no_file" | "network" | "confirm_again"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @returns {{publicKey: string, text: string}[]} encrypted keys of this browser, the newest last */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "[]");
  } catch {
    return [];
  }
}

/**
 * Keep an encrypted key in this browser; one that keeps nothing has the file.
 * @param {string} publicKey
 * @param {string} text
 */
export function keep(publicKey, text) {
  try {
    localStorage.setItem(NAME, JSON.stringify([...kept(), { publicKey, text }]));
  } catch (trouble) {
    console.warn(trouble);
  }
}

/**
 * Return the eight groups of a public key's fingerprint, as `interviews.rules.fingerprint` does.
 * @param {string} publicKey
 */
export async function fingerprintOf(publicKey) {
  const digest = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(publicKey)));
  return Array.from({ length: 8 }, (_none, at) => String(digest.getUint16(2 * at)).padStart(5, "0"));
}

/**
 * Return the private keys that the chosen file, or this browser, holds under the passphrase.
 *
 * Throws KeyTrouble `no_file`, `not_a_key`, `wrong_passphrase`.
 * @param {File | undefined} file
 * @param {string} passphrase
 * @returns {Promise<string[]>}
 */
export async function openKeys(file, passphrase) {
  const texts = file ? [await file.text()] : kept().map(({ text }) => text);
  if (texts.length === 0) throw new KeyTrouble("no_file");
  const opened = [];
  let trouble = new KeyTrouble("not_a_key");
  for (const text of texts) {
    try {
      opened.push(...(await identitiesIn(text, passphrase)));
    } catch (reason) {
      trouble = /** @type {KeyTrouble} */ (reason);
    }
  }
  if (opened.length === 0) throw trouble;
  return opened;
}

/**
 * @param {string} text
 * @param {string} passphrase
 */
async function identitiesIn(text, passphrase) {
  const { Decrypter, armor } = await import("vendor/age/age-encryption.js");
  let sealed;
  try {
    sealed = armor.decode(text);
  } catch {
    throw new KeyTrouble("not_a_key");
  }
  let plain;
  try {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    plain = await decrypter.decrypt(sealed, "text");
  } catch {
    throw new KeyTrouble("wrong_passphrase");
  }
  const found = plain.split("\n").filter((line) => line.startsWith("AGE-SECRET-KEY-1"));
  if (found.length === 0) throw new KeyTrouble("not_a_key");
  return found;
}

/**
 * Let the element's form open keys, then do `read` with them, and show what it returns; what goes wrong is said in words.
 * @param {HTMLElement} element
 * @param {(keys: string[], words: Record<string, string>) => Promise<Node[]>} read
 */
export function readsWithKey(element, read) {
  const words = JSON.parse(element.dataset.words ?? "{}");
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  const opened = /** @type {HTMLElement} */ (element.querySelector(".opened"));
  const trouble = /** @type {HTMLElement} */ (element.querySelector(".key-trouble"));
  const file = /** @type {HTMLInputElement} */ (form.querySelector("[type=file]"));
  const passphrase = /** @type {HTMLInputElement} */ (form.querySelector("[type=password]"));
  const close = () => {
    opened.replaceChildren();
    form.hidden = false;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    opened.textContent = words.opening;
    await painted();
    try {
      const keys = await openKeys(file.files?.[0], passphrase.value);
      const nodes = await read(keys, words);
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button button-secondary", textContent: words.close });
      button.addEventListener("click", close);
      opened.replaceChildren(...nodes, button);
      form.hidden = true;
      opened.focus();
    } catch (reason) {
      opened.textContent = "";
      trouble.textContent = words[reason instanceof KeyTrouble ? reason.code : "network"];
      if (!(reason instanceof KeyTrouble)) console.warn(reason);
    } finally {
      passphrase.value = "";
    }
  });
  // A page that the browser keeps for the way back must not keep what was opened.
  window.addEventListener("pagehide", close);
}

/** Resolve once what was said stands on the screen: the passphrase's work holds the page for seconds. */
export function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/**
 * Ask the server for what is sealed. Nothing goes with the question but its token.
 * @param {HTMLElement} element
 */
export async function fetchSealed(element) {
  const response = await fetch(element.dataset.address ?? "", {
    method: "POST", headers: { "X-CSRFToken": element.dataset.token ?? "" }, cache: "no-store", redirect: "error",
  }).catch(() => {
    throw new KeyTrouble("network");
  });
  if (response.status === 403 || response.status === 401) throw new KeyTrouble("confirm_again");
  if (!response.ok) throw new KeyTrouble("network");
  return response;
}
