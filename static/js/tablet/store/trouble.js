/**
 * What can go wrong in the store. `code` is for the program; the shell says it in words.
 *
 * - `wrong_passphrase`: the passphrase, passkey or recovery code does not open this vault; nothing was changed
 * - `damaged_key`: no wrapped key of this vault can be read any more
 * - `not_there`: no such vault or file
 * - `busy`: another page holds the vault
 * - `full`: no room; what was to be kept is not kept
 * - `closed`: the vault is locked, or cannot write until it is opened again
 * - `refused`: the browser keeps nothing, or refuses what the key needs
 * - `exists`: a file of this name is there already
 * - `damaged`: a record or file is not what was written
 * - `too_long`: the wrapped keys no longer fit into their place
 * - of visit files: `not_a_visit_file`, `cut_short`, `wrong_code`, `other_installation`, `damaged`
 * - of passkeys: `no_passkey` (none made or none chosen), `no_prf` (this device's passkeys give no secret)
 */
export class StoreTrouble extends Error {
  /**
   * @param {string} code
   * @param {string} [message]
   * @param {unknown} [cause]
   */
  constructor(code, message = code, cause = undefined) {
    super(message, { cause });
    this.name = "StoreTrouble";
    this.code = code;
  }
}

/**
 * Return the trouble that an error of the browser stands for; one of ours stays as it is.
 * @param {any} error
 * @param {string} otherwise
 */
export function troubleOf(error, otherwise = "closed") {
  if (error instanceof StoreTrouble) return error;
  const code = CODES[error?.name] ?? otherwise;
  return new StoreTrouble(code, `${error?.name ?? "Error"}: ${error?.message ?? error}`, error);
}

/** @type {Record<string, string>} */
const CODES = {
  QuotaExceededError: "full", NotFoundError: "not_there", SecurityError: "refused", NoModificationAllowedError: "busy",
};
