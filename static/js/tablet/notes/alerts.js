/**
 * Alerts for the leader of the group: that somebody of this visit must be looked after. An alert names nobody, no interview
 * and no hour; the server keeps one of a kind for the whole visit, so that their number tells nothing either.
 */

import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

/** A wish to be met again; fear of harm; signs of harm done already. */
export const SIGNS = /** @type {const} */ (["recontact", "fear", "harm"]);

/**
 * Keep an alert until it can be sent; one that was raised already is not raised twice.
 * @param {import("baqylau/tablet/notes/slots.js").Vault} vault
 * @param {typeof SIGNS[number]} sign
 */
export async function raise(vault, sign) {
  const { raised } = await alertsOf(vault);
  if (!raised.has(sign)) await vault.append({ kind: "note", alert: sign });
}

/**
 * Send what was not sent yet; resolves with the number of alerts that the server took.
 * @param {import("baqylau/tablet/notes/slots.js").Vault} vault
 * @param {{address: string, token: string, fetch?: typeof globalThis.fetch}} to `address`: …/api/v1/visits/<id>/alerts
 */
export async function deliverAlerts(vault, { address, token, fetch = (...given) => globalThis.fetch(...given) }) {
  const { raised, sent } = await alertsOf(vault);
  const waiting = [...raised].filter((sign) => !sent.has(sign));
  for (const sign of waiting) {
    const answer = await posted(fetch, address, token, sign);
    if (answer.sign !== sign) throw new NotesTrouble("network");
    await vault.append({ kind: "note", alerted: sign });
  }
  return waiting.length;
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} address
 * @param {string} token
 * @param {string} sign
 */
async function posted(fetch, address, token, sign) {
  let response;
  let body = null;
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    response = await fetch(address, { method: "POST", headers, body: JSON.stringify({ sign }), redirect: "error" });
    body = await response.json();
  } catch {
    throw new NotesTrouble("network");
  }
  if (response.ok && body?.protocol === 2) return body;
  throw new NotesTrouble(response.status === 401 ? "signed_out" : response.ok || response.status >= 500 ? "network" : "refused");
}

/** @param {import("baqylau/tablet/notes/slots.js").Vault} vault */
async function alertsOf(vault) {
  const [raised, sent] = [new Set(), new Set()];
  for await (const { body } of vault.all()) {
    if (body.kind === "note" && body.alert) raised.add(body.alert);
    if (body.kind === "note" && body.alerted) sent.add(body.alerted);
  }
  return { raised, sent };
}
