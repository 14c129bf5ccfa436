/** What can go wrong with sealed notes, by a code that the page has words for. */
export class NotesTrouble extends Error {
  /** @param {"full" | "no_recipients" | "too_many_recipients" | "too_large" | "damaged" | "not_ours" | "wrong_passphrase" | "not_a_key" | "bad_code" | "network" | "refused" | "signed_out"} code */
  constructor(code, /** @type {any} */ facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}
