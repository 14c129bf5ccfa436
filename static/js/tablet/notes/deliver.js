/**
 * Bring the slots to the server: all of them, each time, in random order, so that what arrives tells nothing.
 *
 * A delivery is due at the first exchange of a day and when the visit is finished, whether anybody was interviewed or not.
 */

import { NotesTrouble } from "baqylau/tablet/notes/trouble.js";

/**
 * Tell whether the slots are to be sent now.
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 * @param {string} today "yyyy-mm-dd"
 * @param {boolean} isFinishing
 */
export function isDue(slots, today, isFinishing = false) {
  return slots.deliveredOn !== today || slots.isUnderWay || (isFinishing && slots.isChanged);
}

/**
 * Send all slots; resolves once the server has said of each that it holds exactly these bytes.
 *
 * Throws NotesTrouble `network`, `signed_out` or `refused` (facts: status, code). Nothing on the tablet is lost by that: the
 * next call sends what did not arrive.
 * @param {import("baqylau/tablet/notes/slots.js").Slots} slots
 * @param {{address: string, device: string, token: string, today: string, fetch?: typeof globalThis.fetch,
 *   verify?: (answer: any, sent: Map<string, string>) => Promise<boolean>}} to `address`: …/api/v1/visits/<id>/notes;
 *   `verify` judges the signed receipt, {"note-<slot>": hash} in `sent`
 */
export async function deliver(slots, { address, device, token, today, fetch = (...given) => globalThis.fetch(...given), verify }) {
  const outgoing = await slots.forDelivery();
  for (const one of outgoing.filter(({ isTaken }) => !isTaken)) {
    const headers = {
      "Content-Type": "application/octet-stream", "X-Content-SHA256": one.sha256, "X-Device": device, "X-CSRFToken": token,
    };
    const answer = await asked(() => fetch(`${address}/${one.slot}`, { method: "PUT", headers, body: one.bytes, redirect: "error" }));
    if (answer.sha256 !== one.sha256) throw new NotesTrouble("network");
    one.isTaken = true;
  }
  const held = await asked(() => fetch(`${address}/held?device=${encodeURIComponent(device)}`, { redirect: "error" }));
  const have = new Map(Array.isArray(held.have) ? held.have : []);
  for (const one of outgoing) one.isTaken = have.get(nameOf(one)) === one.sha256;
  const sent = new Map(outgoing.map((one) => [nameOf(one), one.sha256]));
  if (outgoing.some(({ isTaken }) => !isTaken) || (verify && !(await verify(held, sent)))) throw new NotesTrouble("network");
  await slots.delivered(today);
}

/** Return the name of a slot in receipts. @param {{slot: number}} one */
const nameOf = ({ slot }) => `note-${slot}`;

/** @param {() => Promise<Response>} ask */
async function asked(ask) {
  let response;
  let body = null;
  try {
    response = await ask();
    body = await response.json();
  } catch {
    // A page of a network that asks for a sign-in is no JSON either.
    throw new NotesTrouble("network");
  }
  if (response.ok && body && body.protocol === 2) return body;
  if (response.status === 401) throw new NotesTrouble("signed_out");
  throw new NotesTrouble(response.status >= 500 || response.ok ? "network" : "refused", { status: response.status, code: body?.code ?? "" });
}
