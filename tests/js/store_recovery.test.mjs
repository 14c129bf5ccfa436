import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeSecret, encodeSecret, isCode, newSecret as random, slipsIn } from "baqylau/tablet/store/recovery.js";

test("every key comes back from its code", () => {
  const keys = [new Uint8Array(20), new Uint8Array(20).fill(255), ...Array.from({ length: 300 }, random)];
  for (const key of keys) assert.deepEqual(decodeSecret(encodeSecret(key)), key);
  assert.match(encodeSecret(random()), /^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
  assert.equal(new Set(keys.map(encodeSecret)).size, keys.length);
});

test("how the code is typed does not matter: small letters, blanks, look-alikes, Cyrillic ones too", () => {
  const key = random();
  const code = encodeSecret(key);
  const cyrillic = { A: "А", B: "В", C: "С", E: "Е", H: "Н", K: "К", M: "М", P: "Р", T: "Т", X: "Х", 0: "О", 1: "l" };
  assert.deepEqual(decodeSecret(code.toLowerCase().replaceAll("-", "  ")), key);
  assert.deepEqual(decodeSecret([...code].map((letter) => cyrillic[letter] ?? letter).join("")), key);
});

test("every slip of one letter and every swap within a group is found, in its group", () => {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (let round = 0; round < 5; round += 1) {
    const letters = [...encodeSecret(random()).replaceAll("-", "")];
    for (let at = 0; at < letters.length; at += 1) {
      for (const other of alphabet) {
        if (other === letters[at]) continue;
        const typed = letters.map((one, index) => (index === at ? other : one)).join("");
        assert.deepEqual([decodeSecret(typed), slipsIn(typed)], [null, [Math.floor(at / 5) + 1]]);
      }
      if (at % 5 < 3 && letters[at] !== letters[at + 1]) {
        const swapped = [...letters];
        [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
        assert.deepEqual(slipsIn(swapped.join("")), [Math.floor(at / 5) + 1]);
      }
    }
  }
});

test("two swapped groups are found", () => {
  const groups = encodeSecret(Uint8Array.from({ length: 20 }, (_none, at) => at * 7)).split("-");
  [groups[2], groups[7]] = [groups[7], groups[2]];
  assert.deepEqual(slipsIn(groups.join("-")), [3, 8]);
});

test("a code that is cut short or too long is none", () => {
  const code = encodeSecret(random());
  for (const typed of ["", code.slice(0, 40), `${code}0`, "five words that are a passphrase"]) {
    assert.deepEqual([isCode(typed), decodeSecret(typed)], [false, null]);
  }
  assert.equal(isCode(code), true);
});
