"""The history of a visit says every act in words, and has no word for an act that nobody does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import baqylau
from baqylau.visits.labels import ACTS

_ACT, _SUBJECT = 1, 3


def _record_calls() -> Iterator[tuple[ast.AST, ast.Call, str]]:
    """Give each call of `record` in the program with the function around it and its place."""
    for path in sorted(Path(next(iter(baqylau.__path__))).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "record":
                        yield function, call, f"{path.name}:{call.lineno}"


def _subject_kind(function: ast.AST, call: ast.Call, place: str) -> str:
    """Return the kind of thing that an act is recorded on, also where a variable holds it."""
    about = call.args[_SUBJECT]
    if isinstance(about, ast.Name):
        assigned = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and any(ast.unparse(one) == about.id for one in node.targets)
        ]
        assert len(assigned) == 1, f"{place}: cannot tell what the act is recorded on"
        about = assigned[0]
    assert isinstance(about, ast.Tuple), f"{place}: cannot tell what the act is recorded on"
    kind = ast.literal_eval(about.elts[0])
    assert isinstance(kind, str), place
    return kind


def test_every_act_on_a_visit_has_words_and_every_word_an_act() -> None:
    on_visits = {
        ast.literal_eval(call.args[_ACT])
        for function, call, place in _record_calls()
        if _subject_kind(function, call, place) == "visit"
    }
    assert {"visits.plan_visit", "answers.record_batch", "reports.mark_ready"} <= on_visits
    assert set(ACTS) == on_visits
