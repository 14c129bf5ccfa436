"""What the program holds is written down: settings, error codes, addresses, words."""

import ast
import re
from pathlib import Path

from baqylau.app import Application
from baqylau.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "inspect" / "baqylau"
_CODE = re.compile(r"^[a-z]+\.[a-z0-9_]+$")


def problem_codes() -> dict[str, set[str]]:
    """Return the codes with which the program refuses, with the messages given for each."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Problem", "conflict", "invalid"}:
                arguments = [argument for argument in node.args if isinstance(argument, ast.Constant)]
                code = arguments[0].value if arguments else None
                if isinstance(code, str) and _CODE.match(code):
                    found.setdefault(code, set()).add(ast.dump(node.args[-1])[:200])
    return found


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert documented == set(Settings.model_fields)


def test_every_error_code_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z]+\.[a-z0-9_]+)`", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))
    assert set(problem_codes()) - documented == set()


def test_a_code_says_one_thing() -> None:
    assert {code for code, messages in problem_codes().items() if len(messages) > 1} == set()


def test_no_address_comes_or_goes_unnoticed(app: Application) -> None:
    addresses = sorted(
        f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}"
        for rule in app.url_map.iter_rules()
    )
    assert addresses == (Path(__file__).parent / "addresses.txt").read_text().splitlines()


def test_every_adr_says_context_decision_consequences_and_status() -> None:
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert records
    for path in records:
        text = path.read_text()
        for word in ("Status", "Context", "Decision", "Consequences"):
            assert word in text, f"{path.name} lacks {word}"
