/**
 * Editions of the program: the service worker holds one whole, a newer one waits until a person lets it begin. The page
 * is told; nothing is ever changed under an open visit.
 */

import { fill, make } from "baqylau/tablet/dom.js";

const WORKER = "/tablet/worker.js";

/** @typedef {import("baqylau/tablet/shell.js").Shell} Shell */

/**
 * Register the worker and say when a newer edition waits.
 * @param {Shell} shell
 */
export async function watchEditions(shell) {
  if (!navigator.serviceWorker) return;
  let isChanging = false;
  const had = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    // The first worker takes over a page that runs the same edition already.
    if (!had && !isChanging) return;
    document.documentElement.inert = true;
    await shell.pending();
    location.reload();
  });
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/tablet/", updateViaCache: "none" }).catch(() => null);
  if (!registration) return;
  const offer = () => {
    const { waiting } = registration;
    if (waiting && navigator.serviceWorker.controller) showOffer(shell, () => {
      isChanging = true;
      return change(shell, waiting);
    });
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  const current = registration.active;
  if (current && !registration.waiting) current.postMessage({ ask: "tidy" });
}

/**
 * @param {Shell} shell
 * @param {() => Promise<void>} begin
 */
function showOffer(shell, begin) {
  const place = /** @type {HTMLElement} */ (document.getElementById("notices"));
  if (place.querySelector(".edition-offer")) return;
  const { words } = shell;
  const act = make("button", { type: "button", class: "button button-secondary", onclick: begin }, words.say("edition_begin"));
  const text = make("div", { class: "notice-text" }, make("p", {}, words.say("edition_text")), act);
  place.append(make("div", { class: "notice notice-neutral edition-offer" }, make("p", { class: "notice-title" }, words.say("edition_ready")), text));
}

/**
 * Let everything be durable, then let the waiting edition take over; the page is loaded anew by it.
 * @param {Shell} shell
 * @param {ServiceWorker} waiting
 */
async function change(shell, waiting) {
  fill(/** @type {HTMLElement} */ (document.getElementById("notices")));
  document.documentElement.inert = true;
  await shell.pending();
  waiting.postMessage({ ask: "activate" });
}

/**
 * Tell whether this edition is here whole; false also where the browser has no service workers.
 * @returns {Promise<boolean>}
 */
export async function isWhole() {
  if (!navigator.serviceWorker) return false;
  const registration = await Promise.race([navigator.serviceWorker.ready, afterSeconds(60)]);
  const worker = registration?.active;
  if (!worker) return false;
  const channel = new MessageChannel();
  const answer = new Promise((resolve) => (channel.port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage({ ask: "check" }, [channel.port2]);
  const said = await Promise.race([answer, afterSeconds(30)]);
  return said?.missing?.length === 0;
}

/** @param {number} seconds @returns {Promise<null>} */
function afterSeconds(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000, null));
}
