import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isFlaw, isFollowing, isSame, rangeOf, rate, readDate, readNumber, readText, readTime, withField,
} from "baqylau/tablet/entries.js";

const whole = { isWhole: true, range: [0, 100] };
const decimal = { isWhole: false, range: [-90, 100] };

for (const [typed, wanted, read] of [
  ["14,2", decimal, 14.2],
  ["14.2", decimal, 14.2],
  [" 1 4 ", decimal, 14],
  ["\u2212 7", decimal, -7],
  ["-7", decimal, -7],
  [",5", decimal, 0.5],
  ["14,", decimal, 14],
  ["", decimal, undefined],
  ["  ", whole, undefined],
  ["12", whole, 12],
  ["0", whole, 0],
]) {
  test(`"${typed}" is read as ${read}`, () => assert.equal(readNumber(typed, wanted), read));
}

for (const [typed, wanted, problem] of [
  ["abc", decimal, "not_a_number"],
  ["1,2,3", decimal, "not_a_number"],
  ["1e3", decimal, "not_a_number"],
  ["-", decimal, "not_a_number"],
  ["12,5", whole, "not_whole"],
  ["101", whole, "out_of_range"],
  ["-1", whole, "out_of_range"],
]) {
  test(`"${typed}" is no number that can be taken: ${problem}`, () => {
    const read = readNumber(typed, wanted);
    assert.ok(isFlaw(read));
    assert.equal(read.problem, problem);
  });
}

test("a number out of range says the range", () => {
  assert.deepEqual(readNumber("500", decimal), { problem: "out_of_range", low: -90, high: 100 });
});

test("a count is never below nothing, whatever its unit allows", () => {
  assert.deepEqual(rangeOf({ type: "count", unit: "points" }, { points: [-10, 10] }), [0, 10]);
  assert.deepEqual(rangeOf({ type: "measure", unit: "celsius" }, { celsius: [-90, 100] }), [-90, 100]);
  assert.deepEqual(rangeOf({ type: "count" }, {}), [0, 10_000_000]);
});

test("a text keeps its lines and loses what cannot be stored", () => {
  assert.equal(readText("one\r\ntwo"), "one\ntwo");
  assert.equal(readText("a\u0000b\u0007c\ttab"), "abc\ttab");
  assert.equal(readText("half \ud800 a pair, whole \u{1F600}"), "half  a pair, whole \u{1F600}");
  assert.equal(readText(" \n "), undefined);
  assert.equal(readText("x".repeat(5000)).length, 4000);
  assert.equal(readText("x".repeat(3999) + "\u{1F600}"), "x".repeat(3999));
});

test("a day is read from its parts, and only a real one", () => {
  assert.equal(readDate(["3", "9", "2026"]), "2026-09-03");
  assert.equal(readDate(["29", "2", "2024"]), "2024-02-29");
  assert.equal(readDate(["", " ", ""]), undefined);
  for (const parts of [["29", "2", "2026"], ["31", "4", "2026"], ["1", "13", "2026"], ["1", "1", "26"], ["1", "", "2026"], ["x", "1", "2026"]]) {
    assert.ok(isFlaw(readDate(parts)), parts.join("."));
  }
});

test("a time of day is read as people write it", () => {
  for (const [typed, read] of [["9:05", "09:05"], ["09.05", "09:05"], ["0905", "09:05"], ["23:59", "23:59"], ["", undefined]]) {
    assert.equal(readTime(typed), read);
  }
  for (const typed of ["24:00", "12:60", "noon", "12"]) assert.ok(isFlaw(readTime(typed)), typed);
});

test("a field taken away leaves the others, and nothing left is no answer", () => {
  assert.deepEqual(withField({ value: 3, beds: 4 }, "value", undefined), { beds: 4 });
  assert.equal(withField({ value: 3 }, "value", undefined), null);
  assert.deepEqual(withField(null, "value", "yes"), { value: "yes" });
});

test("a status stands alone, and a value takes its place", () => {
  assert.deepEqual(withField({ value: 3, beds: 4 }, "status", "not_seen"), { status: "not_seen" });
  assert.deepEqual(withField({ status: "not_seen" }, "value", 3), { value: 3 });
  assert.equal(withField({ status: "not_seen" }, "status", undefined), null);
});

test("the international rating follows the national one until it is touched", () => {
  const first = rate(null, "national", "met");
  assert.deepEqual(first, { national: "met", international: "met" });
  assert.ok(isFollowing(first));
  assert.deepEqual(rate(first, "national", "partly"), { national: "partly", international: "partly" });
  const own = rate(first, "international", "not_met");
  assert.deepEqual(own, { national: "met", international: "not_met" });
  assert.equal(isFollowing(own), false);
  assert.deepEqual(rate(own, "national", "partly"), { national: "partly", international: "not_met" });
  assert.equal(rate(first, "national", undefined), null);
  assert.deepEqual(rate(own, "national", undefined), { international: "not_met" });
});

test("answers are compared by what they hold", () => {
  assert.ok(isSame({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }));
  assert.equal(isSame({ a: 1 }, { a: 1, b: 2 }), false);
  assert.equal(isSame(null, {}), false);
  assert.equal(isSame([1, 2], [2, 1]), false);
});
