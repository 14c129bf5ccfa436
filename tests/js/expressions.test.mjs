import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ExpressionError, evaluate, names, parse } from "../../static/js/expressions.js";

const { cases } = JSON.parse(readFileSync(new URL("../checklists/expression_cases.json", import.meta.url), "utf8"));

for (const { expression, values = {}, result, near, error, column } of cases) {
  const shown = `${expression.slice(0, 60)} with ${JSON.stringify(values)}`;
  if (error !== undefined) {
    test(`${shown} is refused at column ${column}`, () => {
      assert.throws(() => parse(expression), (thrown) => {
        assert.ok(thrown instanceof ExpressionError);
        assert.equal(thrown.message, `column ${column}: ${error}`);
        assert.equal(thrown.column, column);
        return true;
      });
    });
  } else {
    test(`${shown} is ${JSON.stringify(result)}`, () => {
      const found = evaluate(parse(expression), (name) => values[name]);
      if (near) assert.ok(Math.abs(found - result) < 1e-12, `${found}`);
      else if (typeof result === "number") assert.ok(found === result, `${found}`);
      else assert.deepEqual(found, result);
    });
  }
}

test("the names of an expression are all that it asks for", () => {
  const tree = parse('answered(A8) and not selected(F7, "x") or -D2.beds + 1 > place.limit and 1 in place.groups');
  assert.deepEqual([...names(tree)].sort(), ["A8", "D2.beds", "F7", "place.groups", "place.limit"]);
});
