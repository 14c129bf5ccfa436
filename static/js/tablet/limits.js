/**
 * Show how an answer stands to the law of Kazakhstan and to international standards: word, shape, the bound, the place.
 */

import { icon, make } from "baqylau/tablet/dom.js";
import { fieldLabel, say } from "baqylau/tablet/describe.js";

/**
 * @typedef {import("baqylau/tablet/words.js").Words} Words
 * @typedef {import("baqylau/graph.js").Limit} Limit
 * @typedef {import("baqylau/norms.js").Assessments} Assessments
 */

/** @type {Record<string, string>} */
const COMPARISONS = {
  ">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than", "==": "exactly", "!=": "other_than", in: "one_of",
};

/**
 * Return a line for each basis by which the answer is weighed; none for a scale, which says so itself.
 * @param {any} item
 * @param {Assessments | null} assessments
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
export function limitLines(item, assessments, words) {
  if (!assessments || item.type === "scale") return [];
  return /** @type {const} */ (["national", "international"])
    .filter((basis) => assessments[basis].rating !== null)
    .map((basis) => {
      const { rating, limits } = assessments[basis];
      const isBroken = rating === "not_met";
      const verdict = `${words.label("basis", basis)}: ${words.label("rating", rating ?? "")}`;
      const bounds = [...new Set(limits.map((limit) => boundWords(item, limit, words)))].join("; ");
      return make(
        "p",
        { class: isBroken ? "limit limit-broken" : "limit limit-kept" },
        icon(isBroken ? "bad" : "good"),
        make("span", {}, make("strong", {}, verdict), " ", make("span", { class: "limit-bound" }, bounds)),
      );
    });
}

/**
 * Say a limit: "at least 2,5 m² per person, УИК 115(1)".
 * @param {any} item
 * @param {Limit} limit
 * @param {Words} words
 */
function boundWords(item, limit, words) {
  const field = item.fields.find((/** @type {any} */ one) => one.id === limit.field) ?? {};
  const isMain = limit.field === "value" || limit.field === "ratio";
  const label = isMain ? "" : fieldLabel(item, field, words);
  const isWord = typeof limit.bound === "string" && limit.op === "==";
  const bound = say(field, limit.bound, words);
  const said = isWord ? bound : words.say(COMPARISONS[limit.op], { bound });
  return `${label ? `${label}: ` : ""}${said}, ${words.standard(limit.standard)}`;
}
