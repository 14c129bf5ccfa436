// Give the heads of each case as a tablet sees them: cases as JSON on standard input, [[ids] per key] per case on output.
import { keyOf } from "baqylau/graph.js";
import { Heads } from "baqylau/tablet/heads.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

/** @param {{known: any[], given: any[]}} tablet `known`: recorded or seen here, `given`: the heads that the server gave */
function standing({ known, given }) {
  const heads = new Heads();
  heads.replace(given, heads.mark());
  for (const revision of known) heads.add(revision);
  const found = {};
  for (const key of heads.keys()) found[key] = heads.of(key).map(({ id }) => id).sort();
  return found;
}

const cases = JSON.parse(Buffer.concat(chunks).toString());
process.stdout.write(JSON.stringify({ keys: keyOf("D4", "r1"), heads: cases.map(standing) }));
