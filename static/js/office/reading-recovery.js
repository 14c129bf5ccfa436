/** The recovery copies of the keys of a visit's tablets: opened here with the leader's key, their codes to be read out. */

import { fetchSealed, readsWithKey } from "baqylau/office/reading-key.js";
import { make } from "baqylau/tablet/dom.js";

/** @param {HTMLElement} element */
export function attach(element) {
  readsWithKey(element, async (keys, words) => {
    const { devices } = await (await fetchSealed(element)).json();
    const shown = [];
    for (const device of devices) {
      const code = await codeOf(device.recovery, keys);
      shown.push(make("section", { class: "panel" },
        make("h2", {}, device.label, " ", device.person),
        code ? make("p", { class: "fingerprint" }, ...code.split("-").flatMap((group) => [make("code", {}, group), " "])) : make("p", {}, words.other_key)));
    }
    return shown.length > 0 ? shown : [make("p", {}, words.none)];
  });
}

/**
 * Return the code in a recovery copy; "" when none of the keys opens it.
 * @param {string} text
 * @param {string[]} keys
 */
async function codeOf(text, keys) {
  const { Decrypter, armor } = await import("vendor/age/age-encryption.js");
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  try {
    const [head, , code] = (await decrypter.decrypt(armor.decode(text), "text")).split("\n");
    return head === "baqylau visit key 1" ? code : "";
  } catch {
    return "";
  }
}
