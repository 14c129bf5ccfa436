/* The service worker of the tablet's shell. Before this script the server writes EDITION: the version and the list of
   [address, SHA-256] of every file. An edition is taken whole or not at all; the one in use goes on until a person lets
   the new one begin. Only GET, only addresses under /tablet/. */

const PREFIX = "baqylau-tablet-";
const CACHE = PREFIX + EDITION.version;
const SHELL = "/tablet/";

self.addEventListener("install", (event) => event.waitUntil(take()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Fetch every file and compare its hash; one that is missing or other undoes the whole. */
async function take() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(EDITION.files.map(([address, hash]) => takeOne(cache, address, hash)));
  } catch (trouble) {
    await caches.delete(CACHE);
    throw trouble;
  }
}

async function takeOne(cache, address, hash) {
  const response = await fetch(address, { cache: "no-store", credentials: "omit", redirect: "error" });
  const bytes = await response.clone().arrayBuffer();
  if (!response.ok || (await hex(bytes)) !== hash) throw new Error(`not as listed: ${address}`);
  await cache.put(address, response);
}

async function hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin || !address.pathname.startsWith(SHELL)) return;
  if (address.pathname === `${SHELL}worker.js`) return;
  event.respondWith(answer(request, address));
});

/** A page gets the files of the edition that its addresses name: an old page never meets new files. */
async function answer(request, address) {
  const named = /^\/tablet\/v\/([0-9a-f]+)\//.exec(address.pathname)?.[1];
  const cache = await caches.open(named ? PREFIX + named : CACHE);
  const kept = await cache.match(address.pathname === SHELL ? SHELL : request, { ignoreSearch: true });
  return kept ?? fetch(request);
}

self.addEventListener("message", (event) => {
  const { ask } = event.data ?? {};
  if (ask === "activate") self.skipWaiting();
  else if (ask === "check") event.waitUntil(check().then((missing) => event.ports[0].postMessage({ version: EDITION.version, missing })));
  else if (ask === "tidy") event.waitUntil(tidy());
});

/** Return the addresses of the files that are not here as listed. */
async function check() {
  const cache = await caches.open(CACHE);
  const missing = await Promise.all(
    EDITION.files.map(async ([address, hash]) => {
      const kept = await cache.match(address);
      return kept && (await hex(await kept.arrayBuffer())) === hash ? null : address;
    }),
  );
  return missing.filter((address) => address !== null);
}

/** Drop the files of earlier editions; asked for by a page once no other page runs one. */
async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}
