"""How commands print: lines for people, or one JSON value for programs."""

import json
from collections.abc import Callable
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def show(value: Any, as_json: bool, in_words: Callable[[], list[str]]) -> None:
    """Print `value` as JSON, or the lines that say it in words."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        return
    for line in in_words():
        click.echo(line)
