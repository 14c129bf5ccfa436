/**
 * Bring the slots to the server: all of them, each time, in random order, so that what arrives tells nothing.
 *
 * A delivery is due at the first exchange of a day and when the visit is finished, whether anybody was interviewed or not.
 */

import { hashOf } from "baqylau/tablet/notes/slots.js";
import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

/**
 * Tell whether the slots are to be sent now.
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 * @param {string} today "yyyy-mm-dd"
 * @param {boolean} isFinishing
 */
export function isDue(slots, today, isFinishing = false) {
  return slots.deliveredOn !== today || (isFinishing && slots.isChanged);
}

/**
 * Send all slots; resolves once the server has said of each that it holds exactly these bytes.
 *
 * Throws NotesTrouble `network`, `signed_out` or `refused` (facts: status, code). Nothing on the tablet is lost by that: the
 * next delivery sends everything again.
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 * @param {{address: string, device: string, token: string, today: string, fetch?: typeof globalThis.fetch,
 *   verify?: (answer: any, sent: Map<string, string>) => Promise<boolean>}} to `address`: …/api/v1/visits/<id>/notes;
 *   `verify` judges the signed receipt, {"note-<slot>": hash} in `sent`
 */
export async function deliver(slots, { address, device, token, today, fetch = (...given) => globalThis.fetch(...given), verify }) {
  const sent = new Map();
  for (const { slot, bytes } of await slots.forDelivery()) {
    const sha256 = await hashOf(bytes);
    const headers = {
      "Content-Type": "application/octet-stream", "X-Content-SHA256": sha256, "X-Device": device, "X-CSRFToken": token,
    };
    const answer = await asked(() => fetch(`${address}/${slot}`, { method: "PUT", headers, body: bytes, redirect: "error" }), slots);
    if (answer.sha256 !== sha256) throw again(slots, "network");
    sent.set(`note-${slot}`, sha256);
  }
  const held = await asked(() => fetch(`${address}/held?device=${encodeURIComponent(device)}`, { redirect: "error" }), slots);
  const have = new Map(Array.isArray(held.have) ? held.have : []);
  const isHeld = [...sent].every(([name, sha256]) => have.get(name) === sha256);
  if (!isHeld || (verify && !(await verify(held, sent)))) throw again(slots, "network");
  await slots.delivered(today);
}

/**
 * @param {() => Promise<Response>} ask
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 */
async function asked(ask, slots) {
  let response;
  let body = null;
  try {
    response = await ask();
    body = await response.json();
  } catch {
    // A page of a network that asks for a sign-in is no JSON either.
    throw again(slots, "network");
  }
  if (response.ok && body && body.protocol === 2) return body;
  if (response.status === 401) throw again(slots, "signed_out");
  throw again(slots, response.status >= 500 || response.ok ? "network" : "refused", { status: response.status, code: body?.code ?? "" });
}

/**
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 * @param {"network" | "signed_out" | "refused"} code
 */
function again(slots, code, facts = {}) {
  slots.isChanged = true;
  return new NotesTrouble(code, facts);
}
