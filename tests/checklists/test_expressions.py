"""The expression language: the shared cases, random text, and the same answers as the tablet's JavaScript."""

import json
import math
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baqylau.checklists.expressions import Value, evaluate, names, parse
from baqylau.checklists.terms import ExpressionError

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "expression_cases.json").read_text(encoding="utf-8"))["cases"]
EXPRESSIONS_JS = HERE.parents[1] / "static" / "js" / "expressions.js"
WORDS = ["A8", "D2.beds", "place.groups", "and", "or", "not", "in", "selected", "answered", "(", ")", "[", "]", ","]
WORDS += [
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "*",
    "/",
    '"a"',
    '"yes"',
    "1",
    "2.5",
    '"',
    "=",
    ".",
    "é",
    "😀",
    "\n",
]


@pytest.mark.parametrize("case", [one for one in CASES if "error" not in one], ids=lambda one: one["expression"][:50])
def test_an_expression_has_the_value_that_the_shared_cases_say(case: dict[str, Any]) -> None:
    found = evaluate(parse(case["expression"]), case.get("values", {}).get)
    if case.get("near"):
        assert isinstance(found, float)
        assert math.isclose(found, case["result"], abs_tol=1e-12)
    else:
        assert found == case["result"]
        assert isinstance(found, bool) == isinstance(case["result"], bool)


@pytest.mark.parametrize("case", [one for one in CASES if "error" in one], ids=lambda one: one["expression"][:50])
def test_a_wrong_expression_is_refused_with_the_column_that_the_shared_cases_say(case: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(case["expression"])
    assert str(raised.value) == f"column {case['column']}: {case['error']}"
    assert raised.value.column == case["column"]


def test_there_are_enough_shared_cases_of_both_sorts() -> None:
    assert len(CASES) >= 120
    assert sum("error" in case for case in CASES) >= 30


def test_the_names_of_an_expression_are_all_that_it_asks_for() -> None:
    tree = parse('answered(A8) and not selected(F7, "x") or -D2.beds + 1 > place.limit and 1 in place.groups')
    assert names(tree) == {"A8", "D2.beds", "F7", "place.groups", "place.limit"}


def test_numbers_that_are_none_and_numbers_beyond_all_bounds_are_empty() -> None:
    values: list[Value] = [math.nan, math.inf, 10**400]
    for value in values:
        assert evaluate(parse("A1 + 1"), {"A1": value}.get) is None
        assert evaluate(parse("answered(A1)"), {"A1": value}.get) is False


@given(st.text(max_size=600))
@example("(" * 400)
@example("not " * 120)
@example("\ud800")
@settings(max_examples=300, deadline=None)
def test_the_parser_raises_nothing_but_expression_errors_on_any_text(source: str) -> None:
    _parse_and_evaluate(source)


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_the_parser_raises_nothing_but_expression_errors_on_any_words_of_the_language(source: str) -> None:
    _parse_and_evaluate(source)


def _parse_and_evaluate(source: str) -> None:
    try:
        tree = parse(source)
    except ExpressionError as error:
        column = error.column
    else:
        column = 1
        values: dict[str, Value] = {"A8": 3, "D2.beds": "yes", "place.groups": ["a"]}
        evaluate(tree, values.get)
    assert 1 <= column <= len(source) + 1


NODE_SCRIPT = """
import { readFileSync } from "node:fs";
const { evaluate, parse } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(0, "utf8"));
const found = cases.map(({ source, values }) => {
  try {
    return { result: evaluate(parse(source), (name) => values[name]) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(found));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_python_and_javascript_give_the_same_on_generated_expressions() -> None:
    chance = random.Random(20261123)
    cases = [{"source": _sentence(chance, 4), "values": _values(chance)} for _ in range(700)]
    # Words thrown together are nearly all wrong: they compare the messages.
    cases += [{"source": " ".join(chance.choices(WORDS, k=chance.randint(1, 9))), "values": {}} for _ in range(300)]
    run = subprocess.run(
        ["node", "--input-type=module", "-e", NODE_SCRIPT, EXPRESSIONS_JS.as_uri()],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, there in zip(cases, json.loads(run.stdout), strict=True):
        assert _here(case) == there, case


def _here(case: dict[str, Any]) -> dict[str, Any]:
    try:
        result = evaluate(parse(case["source"]), case["values"].get)
    except ExpressionError as error:
        return {"error": str(error)}
    return {"result": list(result) if isinstance(result, tuple) else result}


def _values(chance: random.Random) -> dict[str, Any]:
    numbers = [0, 1, 2.5, 14.2, 6, -3, 0.1, 1e9, 7]
    found: dict[str, Any] = {name: chance.choice(numbers) for name in ("A8", "B1", "D2.beds") if chance.random() < 0.7}
    found |= {
        name: chance.choice(["yes", "no", "қазақ", "a"]) for name in ("C8", "place.kind") if chance.random() < 0.7
    }
    found |= {name: chance.sample(["a", "b", "men"], chance.randint(0, 3)) for name in ("F7",) if chance.random() < 0.8}
    return found


def _sentence(chance: random.Random, depth: int) -> str:
    """Return an expression that can be read, of any sort of value."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(
            ["A8", "B1", "D2.beds", "C8", "place.kind", "F7", "3", "0.1", "14.2", '"a"', '"yes"', "2.50"]
        )
    one, other = (_sentence(chance, depth - 1) for _ in range(2))
    number, sign = chance.choice(["A8", "B1", "3"]), chance.choice(["+", "-", "*", "/"])
    comparison, joint = chance.choice(["==", "!=", "<", "<=", ">", ">="]), chance.choice(["and", "or"])
    membership, several = chance.choice(["in", "not in"]), chance.choice(['[1, 2.5, "a", "yes"]', "F7", "A8"])
    return chance.choice(
        [
            f"({one}) {sign} ({other})",
            f"{number} {sign} {chance.choice(['D2.beds', '0.7', '6'])}",
            f"({one}) {comparison} ({other})",
            f"({one}) {joint} ({other})",
            f"not ({one})",
            f"-({one})",
            f"({one}) {membership} {several}",
            chance.choice(['selected(F7, "a")', "answered(A8)", 'selected(C8, "yes")', "answered(F7)"]),
        ]
    )
