/**
 * The lock: after a time without a touch, when the page is out of sight, and on one gesture. Locking loads the page anew,
 * so that the key and everything decrypted leave the memory of the page.
 */

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

/** Minutes without a touch, to choose from; the first is the one that holds at first. */
export const MINUTES = [5, 2, 15];
/** How long the page may be out of sight, in seconds: a camera or a sign-in in another tab needs a moment. */
const HIDDEN_SECONDS = 60;
/** How long a camera may be open. */
const CAMERA_SECONDS = 300;

/**
 * Lock when nobody is there.
 * @param {Page} page
 * @param {() => Promise<void>} handOver lets everything be durable
 */
export function lockWhenLeft(page, handOver) {
  let touchedAt = Date.now();
  let hiddenAt = 0;
  const lock = async () => {
    // Out of sight at once; what was typed is kept first, for nothing may be lost by a lock.
    document.documentElement.dataset.locked = "true";
    await Promise.race([handOver(), new Promise((resolve) => setTimeout(resolve, 5000))]);
    await page.vault.lock();
    location.replace("/tablet/");
  };
  const minutes = () => page.lockMinutes ?? MINUTES[0];
  const isOverdue = () => Date.now() - touchedAt > minutes() * 60_000;
  const wasHiddenLong = () => hiddenAt > 0 && Date.now() - hiddenAt > (page.isCameraOpen ? CAMERA_SECONDS : HIDDEN_SECONDS) * 1000;
  const look = () => {
    if (isOverdue() || wasHiddenLong()) lock();
  };
  for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
    addEventListener(kind, () => (touchedAt = Date.now()), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiddenAt = Date.now();
      handOver();
      return;
    }
    look();
    hiddenAt = 0;
    page.isCameraOpen = false;
    page.sync.look();
  });
  setInterval(look, 5000);
  document.getElementById("to-lock")?.addEventListener("click", lock);
  page.lock = lock;
}
