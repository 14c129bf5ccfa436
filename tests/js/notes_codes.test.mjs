import assert from "node:assert/strict";
import { test } from "node:test";

import { LETTERS, newCode, normalCode } from "baqylau/tablet/notes/codes.js";

test("an interview's code is eight letters that cannot be taken for others, and typed as people do it is the same", () => {
  const codes = new Set(Array.from({ length: 500 }, () => newCode()));
  assert.equal(codes.size, 500);
  for (const code of codes) assert.match(code, new RegExp(`^[${LETTERS}]{4} [${LETTERS}]{4}$`));
  for (const confusing of "OI01LQ5S2ZUVAEY".replace("S", "").replace("L", "")) assert.ok(!LETTERS.includes(confusing), confusing);
  const [code] = codes;
  assert.equal(normalCode(code.toLowerCase().replace(" ", "-")), code);
  assert.equal(normalCode("КТРХ МВСН"), "KTPX MBCH");
  assert.equal(normalCode("KTRB MW"), "");
});
