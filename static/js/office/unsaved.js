// A form whose entries are not saved: the browser asks before the page is left. Sending the form is no leaving.

/** @param {HTMLFormElement} form */
export function attach(form) {
  const before = entriesOf(form);
  let isBeingSent = false;
  // An invalid form comes back with what was written, so it differs from what is stored from the start.
  const cameBack = document.querySelector(".error-summary") !== null;

  form.addEventListener("submit", () => {
    isBeingSent = true;
  });
  window.addEventListener("pageshow", () => {
    isBeingSent = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isBeingSent || (!cameBack && entriesOf(form) === before)) return;
    event.preventDefault();
    event.returnValue = ""; // what browsers before 2023 asked for
  });
}

/**
 * The form's entries as one text; a chosen file counts by name and size.
 * @param {HTMLFormElement} form
 */
export function entriesOf(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [
    name,
    typeof value === "string" ? value : `${value.name} ${value.size}`,
  ]);
  return JSON.stringify(entries);
}
