// The main menu on a narrow screen: folded behind a button that says what it is. Without this script it lies open.

/** @param {HTMLElement} menu */
export function attach(menu) {
  const list = menu.querySelector(".menu-list");
  if (!list) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "menu-button";
  button.textContent = menu.dataset.label ?? "";
  const show = (/** @type {boolean} */ isOpen) => button.setAttribute("aria-expanded", String(isOpen));
  show(false);
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    show(false);
    button.focus();
  });
  list.before(button);
}
