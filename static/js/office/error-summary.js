// The error summary of a form: the title says that there is an error, the focus moves to the summary, and each of its
// links puts the focus into its field with the label in sight.

/** @param {HTMLElement} summary */
export function attach(summary) {
  document.title = `${summary.dataset.prefix} ${document.title}`;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("a");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    labelOf(control).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}

/**
 * What names a control: the legend of its group for choices, else its label, else itself.
 * @param {HTMLElement} control
 */
function labelOf(control) {
  const isChoice = control.matches("input[type=radio], input[type=checkbox]");
  const legend = isChoice ? control.closest("fieldset")?.querySelector("legend") : null;
  return legend ?? /** @type {HTMLInputElement} */ (control).labels?.[0] ?? control;
}
