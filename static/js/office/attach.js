// Attaches the modules that a page names: <… data-module="office/menu office/unsaved">.
// Every page works without them, so a module that fails is left out and the page goes on.

/** @param {Element} element */
async function attachTo(element) {
  for (const name of (element.getAttribute("data-module") ?? "").split(/\s+/).filter(Boolean)) {
    try {
      const module = await import(`baqylau/${name}.js`);
      module.attach(element);
    } catch (error) {
      console.error(`module ${name}`, error);
    }
  }
}

document.querySelectorAll("[data-module]").forEach(attachTo);
