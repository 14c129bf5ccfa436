/**
 * What the page says, in its language: sentences from the template, labels of values, numbers, times, names of acts.
 */

const THIN_SPACE = "\u202f";

/**
 * @typedef {{language: string, zone: string, strings: Record<string, string>,
 *   labels: Record<string, Record<string, string>>}} PageWords
 */

export class Words {
  #strings;
  #labels;
  #language;
  #acts;
  #clock;
  #seconds;

  /**
   * @param {PageWords} page
   * @param {Record<string, Record<string, string>>} acts {act: its short name in the languages}
   */
  constructor({ language, zone, strings, labels }, acts) {
    this.#language = language;
    this.#strings = strings;
    this.#labels = labels;
    this.#acts = acts;
    this.#clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
    this.#seconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone });
  }

  /**
   * Return a sentence, its {places} filled in.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  say(key, values = {}) {
    const sentence = this.#strings[key];
    if (sentence === undefined) throw new Error(`no words for ${key}`);
    return sentence.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
  }

  /**
   * Return the word for a value: label("rating", "met").
   * @param {string} kind
   * @param {string} value
   */
  label(kind, value) {
    return this.#labels[kind]?.[value] ?? value;
  }

  /**
   * Return a text of several languages in the page's, else in the first that it has.
   * @param {Record<string, string> | undefined} text
   */
  here(text) {
    return text?.[this.#language] ?? Object.values(text ?? {})[0] ?? "";
  }

  /**
   * Return a number as it is written here, with at most `places` decimals.
   * @param {number} value
   * @param {number} [places]
   */
  number(value, places = 3) {
    const written = String(Number(value.toFixed(places)));
    if (written.includes("e")) return written;
    const [whole, part] = written.split(".");
    const grouped = Math.abs(value) >= 10000 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
    return part ? `${grouped}${this.#language === "en" ? "." : ","}${part}` : grouped;
  }

  /**
   * Return the time of day of an instant, as the clocks here show it: "12:04".
   * @param {string | number | Date} instant
   */
  clock(instant) {
    return this.#clock.format(new Date(instant));
  }

  /**
   * Return the time of day to the second: "12:04:33".
   * @param {string | number | Date} instant
   */
  seconds(instant) {
    return this.#seconds.format(new Date(instant));
  }

  /**
   * Return a day: "23.11.2026".
   * @param {string} day "yyyy-mm-dd"
   */
  day(day) {
    return day.split("-").reverse().join(".");
  }

  /**
   * Return a standard as people quote it here: "PEC 115(1)" is "УИК 115(1)" in Russian.
   * @param {string} standard
   */
  standard(standard) {
    const [act, ...place] = standard.split(" ");
    return [this.here(this.#acts[act]) || act, ...place].join(" ");
  }

  /**
   * Return a number with its unit.
   * @param {number} value
   * @param {string | null | undefined} unit
   */
  amount(value, unit) {
    return unit ? `${this.number(value)}\u00a0${this.label("unit", unit)}` : this.number(value);
  }
}
