/** Gives a test the store's modules, and taps and takes photos as fast as the browser keeps them. */

import * as compare from "baqylau/tablet/store/compare.js";
import * as index from "baqylau/tablet/store/index.js";
import * as passkey from "baqylau/tablet/store/passkey.js";
import * as space from "baqylau/tablet/store/space.js";
import * as vaults from "baqylau/tablet/store/vaults.js";
import * as visitfile from "baqylau/tablet/store/visitfile.js";

const hex = async (blob) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Record without a pause until the browser dies; `window.kept` hears of each record and photo that is kept. */
async function storm(vault, { photos, size, words }) {
  const taps = async () => {
    for (let n = 0; ; n += 1) {
      const { seq, id } = await vault.append({ kind: "revision", revision: { item: `D${n % 240}`, words: `${words} ${n}` } });
      window.kept(JSON.stringify({ seq, id }));
      if (n % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const shots = async () => {
    for (let n = 0; ; n += 1) {
      const bytes = new Uint8Array(size + (n % 5) * 100_000).fill(n % 251);
      const name = `p-${crypto.randomUUID()}`;
      const { sha256 } = await vault.putFile(name, bytes);
      window.kept(JSON.stringify({ photo: name, sha256 }));
    }
  };
  await Promise.all([taps(), ...(photos ? [shots()] : [])]);
}

const all = async (vault) => {
  const rows = [];
  for await (const row of vault.all()) rows.push(row);
  return rows;
};

/** Call a function and tell its result or the code of its trouble. */
const tried = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: error.code ?? String(error) };
  }
};

Object.assign(window, { store: { ...vaults, ...visitfile, compare, index, passkey, space, hex, storm, all, tried } });
document.documentElement.dataset.ready = "";
