/**
 * One exchange with the server, and what its answer is worth. Only JSON of our own protocol counts: a page of a captive
 * portal, half an answer or an error page is as good as none.
 */

export const PROTOCOL = 2;

/**
 * @typedef {"network" | "server" | "full" | "signed_out" | "token" | "other_person" | "not_open" | "not_allowed" | "refused" | "receipt"}
 *   Failure
 * @typedef {{body: any, failure: null} | {body: null, failure: Failure, code: string, message: string}} Answer
 */

/** @type {Record<string, Failure>} */
const BY_CODE = {
  "app.not_signed_in": "signed_out",
  "app.form_expired": "token",
  "sync.other_person": "other_person",
  "sync.visit_not_open": "not_open",
  "app.disk_full": "full",
};

/**
 * Ask the server; never rejects.
 * @param {string} address
 * @param {RequestInit & {seconds?: number}} options
 * @param {typeof globalThis.fetch} [ask]
 * @returns {Promise<Answer>}
 */
export async function exchange(address, { seconds = 20, ...options }, ask = globalThis.fetch) {
  try {
    const signal = AbortSignal.timeout(seconds * 1000);
    const response = await ask(address, { credentials: "same-origin", redirect: "error", cache: "no-store", signal, ...options });
    return worth(response, await read(response));
  } catch {
    return failed("network");
  }
}

/**
 * Return the JSON of an answer, or null for anything else.
 * @param {Response} response
 */
async function read(response) {
  if (!(response.headers.get("Content-Type") ?? "").startsWith("application/json")) return null;
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {Response} response
 * @param {any} body
 * @returns {Answer}
 */
function worth(response, body) {
  if (response.ok) return body?.protocol === PROTOCOL ? { body, failure: null } : failed("network");
  // Something in between speaks here, not our server: what it says is no answer to us.
  if (typeof body?.code !== "string") return failed(response.status >= 500 ? "server" : "network");
  const { code, message = "" } = body;
  if (BY_CODE[code]) return failed(BY_CODE[code], code, message);
  if (response.status >= 500) return failed("server", code, message);
  if (response.status === 403 || response.status === 404) return failed("not_allowed", code, message);
  return failed("refused", code, message);
}

/**
 * @param {Failure} failure
 * @param {string} [code]
 * @param {string} [message]
 * @returns {Answer}
 */
function failed(failure, code = "", message = "") {
  return { body: null, failure, code, message };
}
