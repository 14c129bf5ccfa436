/**
 * How far each section is, kept up to date key by key, so that a tap never walks the whole checklist. Pure.
 */

/**
 * @typedef {{asked: number, answered: number, conflicts: number, urgent: number, unsaved: number}} Sums
 * @typedef {keyof Sums} Name
 */

/** @returns {Sums} */
const nothing = () => ({ asked: 0, answered: 0, conflicts: 0, urgent: 0, unsaved: 0 });

export class Tally {
  /** @type {Map<string, {section: string, facts: Sums}>} */
  #known = new Map();
  /** @type {Map<string, Sums>} */
  #sections = new Map();
  #all = nothing();

  /**
   * Note what is so of one key, instead of what was noted before; `facts` null = the key is gone.
   * @param {string} section
   * @param {string} key
   * @param {Sums | null} facts
   */
  set(section, key, facts) {
    const before = this.#known.get(key);
    if (before) this.#add(before.section, before.facts, -1);
    if (facts) {
      this.#known.set(key, { section, facts });
      this.#add(section, facts, 1);
    } else {
      this.#known.delete(key);
    }
  }

  /**
   * Return the sums of a section.
   * @param {string} section
   * @returns {Readonly<Sums>}
   */
  of(section) {
    return this.#sections.get(section) ?? nothing();
  }

  /** @returns {Readonly<Sums>} */
  all() {
    return this.#all;
  }

  /**
   * @param {string} section
   * @param {Sums} facts
   * @param {number} sign
   */
  #add(section, facts, sign) {
    const sums = this.#sections.get(section) ?? nothing();
    for (const name of /** @type {Name[]} */ (Object.keys(facts))) {
      sums[name] += sign * facts[name];
      this.#all[name] += sign * facts[name];
    }
    this.#sections.set(section, sums);
  }
}
