// Lets node find what the page's import map calls "vendor/…". Import it before modules that seal.
import { register } from "node:module";

const vendor = new URL("../../static/vendor/", import.meta.url).href;
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(name, context, next) {
      return name.startsWith("vendor/") ? { url: ${JSON.stringify(vendor)} + name.slice(7), format: "module", shortCircuit: true } : next(name, context);
    }`)}`,
);

/** A vault in memory: what the tablet's store does, without its encryption. */
export class MemoryVault {
  records = [];
  held = new Map();
  failing = "";

  async append(body) {
    if (this.failing === "append") throw Object.assign(new Error("full"), { code: "full" });
    this.records.push(structuredClone(body));
    return { seq: this.records.length, id: crypto.randomUUID() };
  }

  async *all() {
    for (const [index, body] of this.records.entries()) yield { seq: index + 1, body: structuredClone(body) };
  }

  async putFile(name, content) {
    if (this.failing === "putFile") throw Object.assign(new Error("full"), { code: "full" });
    this.held.set(name, content.slice());
    return { sha256: "", size: content.length };
  }

  async readFile(name) {
    if (!this.held.has(name)) throw new Error("not there");
    return new Blob([this.held.get(name)]);
  }

  async dropFile(name) {
    this.held.delete(name);
  }

  async files() {
    return [...this.held.keys()];
  }
}
