/**
 * A member's key, made in this browser. The private part is at once encrypted to the passphrase, as an age file that every
 * program for age opens, kept in this browser and saved as a file; the form gets the public part alone.
 */

import { fill, make, write } from "baqylau/tablet/dom.js";
import { fingerprintOf, keep, kept, painted } from "baqylau/office/reading-key.js";

const LEAST = 15;

/** @param {HTMLElement} element */
export function attach(element) {
  const words = JSON.parse(element.dataset.words ?? "{}");
  const made = /** @type {HTMLElement} */ (element.querySelector(".key-made"));
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  const [passphrase, again] = /** @type {HTMLInputElement[]} */ (["new-passphrase", "new-passphrase-again"].map((id) => document.getElementById(id)));
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("make-key"));
  showKept(words, made);
  button.addEventListener("click", async () => {
    const wrong = [...passphrase.value].length < LEAST ? words.short : passphrase.value !== again.value ? words.differ : "";
    if (wrong) return complain(made, wrong);
    button.disabled = true;
    fill(made, make("p", {}, words.making));
    await painted();
    try {
      const { publicKey, text } = await newKey(passphrase.value);
      passphrase.value = again.value = "";
      await show(words, made, form, publicKey, text);
    } catch (trouble) {
      console.warn(trouble);
      button.disabled = false;
      complain(made, words.failed);
    }
  });
}

/**
 * @param {Record<string, string>} words
 * @param {HTMLElement} made
 */
async function showKept(words, made) {
  const keys = kept();
  if (keys.length === 0) return;
  fill(made, make("p", {}, words.fingerprint), groups(await fingerprintOf(keys[keys.length - 1].publicKey)));
}

/** @param {string[]} fingerprint */
function groups(fingerprint) {
  return make("p", { class: "fingerprint" }, ...fingerprint.flatMap((group) => [make("code", {}, group), " "]));
}

/**
 * @param {HTMLElement} place
 * @param {string} words
 */
function complain(place, words) {
  fill(place, make("p", { class: "field-error", role: "alert" }, words));
}

/** @param {string} passphrase */
async function newKey(passphrase) {
  const { Encrypter, armor, generateX25519Identity, identityToRecipient } = await import("vendor/age/age-encryption.js");
  const identity = await generateX25519Identity();
  const publicKey = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  const text = armor.encode(await encrypter.encrypt(`# public key: ${publicKey}\n${identity}\n`));
  return { publicKey, text };
}

/**
 * @param {Record<string, string>} words
 * @param {HTMLElement} made
 * @param {HTMLFormElement} form
 * @param {string} publicKey
 * @param {string} text the encrypted private part
 */
async function show(words, made, form, publicKey, text) {
  keep(publicKey, text);
  const fingerprint = await fingerprintOf(publicKey);
  let isSaved = false;
  const link = make("a", {
    class: "button button-primary", download: `baqylau-key-${fingerprint[0]}.age`, href: URL.createObjectURL(new Blob([text], { type: "text/plain" })),
    onclick: () => {
      isSaved = true;
      form.hidden = false;
    },
  }, words.file);
  fill(made, make("p", {}, words.made), make("p", {}, words.fingerprint), groups(fingerprint), make("p", { class: "actions" }, link), make("p", { class: "key-hint" }));
  /** @type {HTMLInputElement} */ (form.querySelector("[name=public_key]")).value = publicKey;
  form.addEventListener("submit", (event) => {
    if (isSaved) return;
    event.preventDefault();
    write(/** @type {Element} */ (made.querySelector(".key-hint")), words.file_first);
  });
}
