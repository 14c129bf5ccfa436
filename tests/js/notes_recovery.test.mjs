import assert from "node:assert/strict";
import { test } from "node:test";

import { LETTERS, newCode, normalCode } from "baqylau/tablet/notes/codes.js";
import { decodeKey, encodeKey } from "baqylau/tablet/notes/recovery.js";

const random = () => crypto.getRandomValues(new Uint8Array(32));
const slip = (code) => {
  try {
    decodeKey(code);
  } catch (trouble) {
    return trouble;
  }
  return null;
};

test("every key comes back from its code", () => {
  const keys = [new Uint8Array(32), new Uint8Array(32).fill(255), ...Array.from({ length: 300 }, random)];
  for (const key of keys) assert.deepEqual(decodeKey(encodeKey(key)), key);
  assert.match(encodeKey(random()), /^([0-9A-HJKMNP-TV-Z]{5}-){12}[0-9A-HJKMNP-TV-Z]{5}$/);
  assert.equal(new Set(keys.map(encodeKey)).size, keys.length);
});

test("how the code is typed does not matter: small letters, blanks, look-alikes, Cyrillic ones too", () => {
  const key = random();
  const code = encodeKey(key);
  const cyrillic = { A: "А", B: "В", C: "С", E: "Е", H: "Н", K: "К", M: "М", P: "Р", T: "Т", X: "Х", 0: "О", 1: "l" };
  assert.deepEqual(decodeKey(code.toLowerCase().replaceAll("-", "  ")), key);
  assert.deepEqual(decodeKey([...code].map((letter) => cyrillic[letter] ?? letter).join("")), key);
});

test("every slip of one letter and every swap within a group is found, in its group", () => {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (let round = 0; round < 5; round += 1) {
    const letters = [...encodeKey(random()).replaceAll("-", "")];
    for (let at = 0; at < letters.length; at += 1) {
      for (const other of alphabet) {
        if (other === letters[at]) continue;
        const trouble = slip(letters.with ? letters.with(at, other).join("") : letters.map((one, index) => (index === at ? other : one)).join(""));
        assert.equal(trouble?.code, "bad_code");
        assert.deepEqual(trouble.facts.groups, [Math.floor(at / 5) + 1]);
      }
      if (at % 5 < 3 && letters[at] !== letters[at + 1]) {
        const swapped = [...letters];
        [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
        assert.deepEqual(slip(swapped.join(""))?.facts.groups, [Math.floor(at / 5) + 1]);
      }
    }
  }
});

test("two swapped groups are found", () => {
  const groups = encodeKey(Uint8Array.from({ length: 32 }, (_none, at) => at * 7)).split("-");
  [groups[2], groups[7]] = [groups[7], groups[2]];
  assert.deepEqual(slip(groups.join("-")).facts.groups, [3, 8]);
});

test("a code that is cut short says how much was typed", () => {
  const trouble = slip(encodeKey(random()).slice(0, 40));
  assert.deepEqual([trouble.code, trouble.facts], ["bad_code", { groups: [], length: 34 }]);
  assert.equal(slip("").facts.length, 0);
});

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
