/**
 * The vaults of this tablet: what each person has taken along of each visit, encrypted under a key of its own.
 *
 * The key of a vault is random. It is wrapped by a passphrase (Argon2id), by a passkey and by a recovery code, and the
 * wrapped keys stand at the head of the vault's journal and in the index. Label and day are the only clear text.
 */

import { Disk, namesIn, remove } from "baqylau/tablet/store/disk.js";
import { Files } from "baqylau/tablet/store/files.js";
import { Index } from "baqylau/tablet/store/index.js";
import { Journal, readHeader } from "baqylau/tablet/store/journal.js";
import * as keys from "baqylau/tablet/store/keys.js";
import { compareAndHeal } from "baqylau/tablet/store/opening.js";
import { encodeSecret, newSecret } from "baqylau/tablet/store/recovery.js";
import { Sealer } from "baqylau/tablet/store/seal.js";
import * as space from "baqylau/tablet/store/space.js";
import { StoreTrouble, troubleOf } from "baqylau/tablet/store/trouble.js";
import { Vault } from "baqylau/tablet/store/vault.js";

export { StoreTrouble } from "baqylau/tablet/store/trouble.js";
export { encodeSecret as recoveryCode, isCode, slipsIn } from "baqylau/tablet/store/recovery.js";

/**
 * @typedef {import("baqylau/tablet/store/frames.js").Head} Head
 * @typedef {{id: string, label: string, takenOn: string}} Listed
 * @typedef {{passphrase: string} | {prf: Uint8Array} | {recovery: string}} Way how a person opens a vault
 * @typedef {{isPersistent: boolean, used: number, limit: number, share: number}} State `used` and `limit` in bytes by our
 *   own count; from `share` >= 0.8 warn, at 1 photos are refused and answers still save
 */

/** How long to wait for a page that is just letting the vault go, in milliseconds. */
const LOCK_WAIT = 1500;

/** @type {Map<string, Vault>} the vaults that this page has open */
const open = new Map();

/**
 * Say where the scripts of the workers lie; without it they are looked for beside this module.
 * @param {{journal?: string, key?: string, argon2?: string, limit?: number}} addresses `limit`: bytes for all vaults
 */
export function setUp(addresses) {
  if (addresses.journal) Disk.address = addresses.journal;
  if (addresses.key) keys.addresses.worker = addresses.key;
  if (addresses.argon2) keys.addresses.argon2 = addresses.argon2;
  if (addresses.limit) space.settings.limit = addresses.limit;
}

/**
 * Return the vaults of this tablet, also those whose index the browser has lost.
 * @returns {Promise<Listed[]>}
 */
export async function listVaults() {
  const found = new Map();
  const index = new Index("", space.dropBallast);
  try {
    for (const header of await index.headers().catch(() => [])) found.set(header.id, header);
  } finally {
    index.close();
  }
  const folders = (await names()).filter(({ isFolder }) => isFolder);
  for (const { name } of folders) {
    // While another page writes to it, its beginning may not be readable: then the index knows.
    const header = await readHeader(name).catch(() => null);
    if (header) found.set(name, header);
  }
  return [...found.values()].map(({ id, label, takenOn }) => ({ id, label, takenOn }))
    .sort((one, other) => (one.takenOn + one.label < other.takenOn + other.label ? -1 : 1));
}

async function names() {
  try {
    return await namesIn([]);
  } catch (error) {
    throw troubleOf(error, "refused");
  }
}

/**
 * Make a vault and open it. `sealRecovery` gets 20 random bytes and returns them sealed to the leader's key; what it
 * returns is kept as `vault.recovery`. Whoever unseals them tells the person `recoveryCode(bytes)`.
 * @param {{label: string, visit: string, person: string, passphrase: string,
 *   sealRecovery?: (key: Uint8Array) => Promise<string>}} about
 * @returns {Promise<Vault>}
 */
export async function createVault({ label, visit, person, passphrase, sealRecovery }) {
  await navigator.storage.persist?.();
  const id = crypto.randomUUID();
  const key = await keys.newKey();
  const takenOn = new Date().toISOString().slice(0, 10);
  const ways = [await keys.wrap(id, key, { passphrase })];
  let recovery = "";
  if (sealRecovery) {
    const secret = newSecret();
    recovery = await sealRecovery(secret);
    ways.push(await keys.wrap(id, key, { recovery: encodeSecret(secret) }));
    secret.fill(0);
  }
  const about = await new Sealer(id, key).sealText("about", { label, takenOn, visit, person });
  return held(id, async (release) => begin({ v: 1, n: 1, id, label, takenOn, about, ways, recovery }, key, release, false));
}

/**
 * Open a vault; what start-up found and mended is in `vault.report`. A wrong passphrase changes nothing.
 * @param {string} id
 * @param {Way} way
 * @returns {Promise<Vault>}
 */
export async function openVault(id, way) {
  return held(id, async (release) => {
    const header = await newestHeader(id);
    if (!header) throw await withoutHeader(id);
    return begin(header, keys.unwrap(id, header.ways, way), release, true);
  });
}

/**
 * Let the vault be opened by this passkey as well.
 * @param {Vault} vault
 * @param {Uint8Array} prf the 32 bytes that passkey.js gives
 */
export async function addPasskey(vault, prf) {
  await vault.changeHeader(async (key, header) => {
    const ways = [...header.ways, await keys.wrap(vault.id, key, { prf })];
    return { ...header, n: header.n + 1, ways };
  });
}

/**
 * Let the vault be opened by `passphrase` and no longer by the old one. The key of the vault stays the same.
 * @param {Vault} vault
 * @param {string} passphrase
 */
export async function changePassphrase(vault, passphrase) {
  await vault.changeHeader(async (key, header) => {
    const others = header.ways.filter((/** @type {any} */ { way }) => way !== "passphrase");
    return { ...header, n: header.n + 1, ways: [await keys.wrap(vault.id, key, { passphrase }), ...others] };
  });
}

/**
 * Remove a vault with everything in it. One that this page has open is locked first; `busy` when another page has it.
 * @param {string} id
 */
export async function removeVault(id) {
  await open.get(id)?.lock();
  await held(id, async (release) => {
    const index = new Index(id, space.dropBallast);
    try {
      await remove([id]);
      await index.dropVault();
      await space.count();
    } catch (error) {
      throw troubleOf(error);
    } finally {
      index.close();
      release();
    }
  });
}

/**
 * Tell how much room is left, by our own budget: the browser's estimate knows nothing about the disk.
 * @returns {Promise<State>}
 */
export async function storageState() {
  return space.state();
}

/**
 * Do `work` as the only page that holds this vault; it calls `release` when it is done with it, or throws.
 * @template T
 * @param {string} id
 * @param {(release: () => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function held(id, work) {
  /** @type {() => void} */
  let release = () => undefined;
  // A page that was closed or loaded anew a moment ago gives its lock back a little later.
  const signal = AbortSignal.timeout(LOCK_WAIT);
  const isFree = await new Promise((resolve, reject) => {
    navigator.locks.request(`baqylau-vault-${id}`, { signal }, () => {
      resolve(true);
      return new Promise((end) => (release = () => end(undefined)));
    }).catch((error) => (signal.aborted ? resolve(false) : reject(error)));
  });
  if (!isFree) throw new StoreTrouble("busy", "another page has this vault");
  try {
    return await work(release);
  } catch (error) {
    release();
    throw troubleOf(error, "refused");
  }
}

/**
 * Return the newer of the headers of journal and index, or null.
 * @param {string} id
 * @returns {Promise<Head | null>}
 */
async function newestHeader(id) {
  const index = new Index(id, space.dropBallast);
  const inIndex = await index.header().catch(() => null);
  index.close();
  const inJournal = await readHeader(id);
  return inJournal && inJournal.n >= (inIndex?.n ?? 0) ? inJournal : inIndex;
}

/** @param {string} id */
async function withoutHeader(id) {
  const isThere = (await names()).some(({ name }) => name === id);
  return isThere ? new StoreTrouble("damaged_key", "no wrapped key can be read") : new StoreTrouble("not_there");
}

/**
 * Read and mend both copies and return the open vault.
 * @param {Head} header
 * @param {CryptoKey | Promise<CryptoKey>} unlocking both copies are read while the passphrase is stretched
 * @param {() => void} release
 * @param {boolean} isOld whether there may be something to read
 */
async function begin(header, unlocking, release, isOld) {
  const { id } = header;
  const journal = new Journal(id, space.dropBallast);
  const index = new Index(id, space.dropBallast);
  try {
    const [key, read, rows] = await Promise.all([unlocking, journal.read(), isOld ? allRows(index) : []]);
    const sealer = new Sealer(id, key);
    await journal.trim();
    const healing = await agree(header, journal, index);
    const opened = await compareAndHeal({ journal, index, sealer, read, rows });
    opened.report.healing ||= healing;
    const files = new Files(id, sealer);
    const about = await aboutOf(header, sealer, opened.report);
    const vault = new Vault(about, { journal, index, files, sealer, release: () => (open.delete(id), release()) }, opened);
    open.set(id, vault);
    if (isOld) files.sweep();
    space.prepare().catch(() => undefined);
    return vault;
  } catch (error) {
    await journal.close();
    index.close();
    throw error;
  }
}

/** @param {Index} index */
async function allRows(index) {
  const pages = [];
  for await (const page of index.pages()) pages.push(page);
  return pages.flat();
}

/**
 * Write the header where it is missing or older.
 * @param {Head} header
 * @param {Journal} journal
 * @param {Index} index
 * @returns {Promise<string>} "" or the code of what kept it from being written
 */
async function agree(header, journal, index) {
  try {
    if (journal.header?.n !== header.n) await journal.writeHeader(header);
    if ((await index.header())?.n !== header.n) await index.putHeader(header);
    return "";
  } catch (error) {
    return troubleOf(error).code;
  }
}

/**
 * Return what the sealed part of the header says; where the clear part says otherwise, that is damage.
 * @param {Head} header
 * @param {Sealer} sealer
 * @param {import("baqylau/tablet/store/vault.js").Report} report
 */
async function aboutOf(header, sealer, report) {
  const about = await sealer.openText("about", header.about);
  if (!about || about.label !== header.label || about.takenOn !== header.takenOn) {
    report.damaged.push({ seq: 0, why: "label", where: "both", isMended: about !== null });
  }
  return { visit: "", person: "", label: header.label, takenOn: header.takenOn, ...about, id: header.id, recovery: header.recovery };
}
