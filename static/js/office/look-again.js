// Long work: the page asks for itself again every few seconds while it is being looked at, and goes on when the work is
// done. Only the waiting part is exchanged, so that nothing else on the page moves and no field is emptied.

const SECONDS = 4;

/** @param {HTMLElement} waiting */
export function attach(waiting) {
  setTimeout(() => lookAgain(waiting), SECONDS * 1000);
}

/** @param {HTMLElement} waiting */
async function lookAgain(waiting) {
  if (document.hidden) return attach(waiting);
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!response.ok) return attach(waiting);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector(".waiting");
    if (!fresh) return location.reload();
    const label = fresh.querySelector(".waiting-label")?.textContent ?? "";
    const shown = waiting.querySelector(".waiting-label");
    if (shown && shown.textContent !== label) shown.textContent = label;
  } catch {
    // No network for a moment: what is shown stays true as of the last look.
  }
  attach(waiting);
}
