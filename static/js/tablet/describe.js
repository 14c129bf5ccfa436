/**
 * Say an answer in words, as people compare it: for two answers side by side, and for readers who do not record. Pure.
 */

/**
 * @typedef {import("baqylau/tablet/words.js").Words} Words
 * @typedef {import("baqylau/tablet/entries.js").Answer} Answer
 */

/**
 * Return the lines that say the answer.
 * @param {any} item
 * @param {Answer | null} answer
 * @param {Words} words
 * @returns {string[]}
 */
export function describe(item, answer, words) {
  if (!answer) return [words.say("no_answer")];
  if (answer.status) return [words.label("rating", answer.status)];
  const fields = item.fields.filter((/** @type {any} */ field) => answer[field.id] !== undefined);
  return fields.map((/** @type {any} */ field) => {
    const label = fieldLabel(item, field, words);
    const value = say(field, answer[field.id], words);
    return label ? `${label}: ${value}` : value;
  });
}

/**
 * Return the label of a field; "" where the item's question is its label.
 * @param {any} item
 * @param {any} field
 * @param {Words} words
 */
export function fieldLabel(item, field, words) {
  if (item.type === "scale" && field.is_main) return words.label("basis", field.id);
  if (item.type === "measure" && field.is_main && field.id !== "value") return words.say(`measured_${field.id}`);
  return words.here(field.label);
}

/**
 * Say one value.
 * @param {any} field
 * @param {any} value
 * @param {Words} words
 * @returns {string}
 */
export function say(field, value, words) {
  if (Array.isArray(value)) return value.map((one) => choiceLabel(field, one, words)).join(", ");
  if (typeof value === "number") return words.amount(value, field.unit);
  if (field.type === "rating") return words.label("rating", value);
  if (field.type === "yesno") return words.label("yesno", value);
  if (field.type === "date") return words.day(value);
  return field.choices?.length > 0 ? choiceLabel(field, value, words) : String(value);
}

/**
 * @param {any} field
 * @param {any} value
 * @param {Words} words
 */
function choiceLabel(field, value, words) {
  const choice = field.choices?.find((/** @type {any} */ one) => one.id === value);
  return choice ? words.here(choice.label) : String(value);
}
