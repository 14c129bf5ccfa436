// Write a visit file with the tablet's own module: facts as JSON on standard input, the file on standard output.
import { transferCode, writeVisitFile } from "baqylau/tablet/store/visitfile.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { photos, ...about } = JSON.parse(Buffer.concat(chunks).toString());
const taken = photos.map(({ facts, content }) => ({ facts, blob: new Uint8Array(Buffer.from(content, "base64")) }));
const file = await writeVisitFile({ ...about, code: transferCode(), photos: taken });
process.stdout.write(Buffer.from(await file.arrayBuffer()));
