"""Commands on checklists: check, list, show."""

import sys
from pathlib import Path
from typing import Any

import click

from baqylau.checklists.loading import check as faults_in
from baqylau.checklists.loading import load, load_standards
from baqylau.checklists.loading import show as in_full
from baqylau.checklists.terms import Checklist, ChecklistFaults
from baqylau.cli.output import json_option, show
from baqylau.locations import shipped


@click.group()
def checklists() -> None:
    """Check, list and show the checklists in forms/."""


def _files() -> list[Path]:
    return sorted(shipped("forms").glob("*/v*.yaml"))


def _newest() -> list[Checklist]:
    """Return the newest version of each checklist that ships with the program."""
    standards = load_standards(shipped("forms") / "standards.yaml")
    newest: dict[str, Checklist] = {}
    for path in _files():
        checklist = load(path, standards)
        if checklist.slug not in newest or newest[checklist.slug].version < checklist.version:
            newest[checklist.slug] = checklist
    return sorted(newest.values(), key=lambda checklist: checklist.slug)


@checklists.command("check")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@json_option
def check(path: Path | None, as_json: bool) -> None:
    """Say what is wrong in the checklist at PATH, or in all; exit 1 if anything is."""
    paths = _files() if path is None else sorted(path.rglob("v*.yaml")) if path.is_dir() else [path]
    faults = [fault for file in paths for fault in faults_in(file)]
    listed = [str(fault) for fault in faults]
    show(listed, as_json, lambda: listed or [f"{len(paths)} checklist(s), no faults"])
    sys.exit(1 if faults else 0)


@checklists.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the checklists that ship with the program."""
    found: list[dict[str, Any]] = [
        {
            "code": checklist.code,
            "slug": checklist.slug,
            "version": checklist.version,
            "items": sum(len(section.items) for section in checklist.sections if section.kind == "domain"),
        }
        for checklist in _newest()
    ]
    show(
        found,
        as_json,
        lambda: [f"{line['code']:6} {line['slug']} v{line['version']}, {line['items']} items" for line in found],
    )


@checklists.command("show")
@click.argument("slug")
@json_option
def show_one(slug: str, as_json: bool) -> None:
    """Show the newest version of the checklist SLUG, whole."""
    try:
        found = next((checklist for checklist in _newest() if checklist.slug == slug), None)
    except ChecklistFaults as faults:
        raise click.ClickException(str(faults)) from faults
    if found is None:
        raise click.ClickException(f'no checklist is called "{slug}"')
    whole = _asked_and_framing(in_full(found))
    show(whole, as_json, lambda: [f"{item['id']:5} {item['text']['en']}" for item in whole["items"]])


def _asked_and_framing(whole: dict[str, Any]) -> dict[str, Any]:
    """Put the items of the domains under `items`, those of header, talks and reprisal plan under `framing_items`."""
    domains = {section["id"] for section in whole["sections"] if section["kind"] == "domain"}
    items = whole["items"]
    return {
        **whole,
        "items": [item for item in items if item["section"] in domains],
        "framing_items": [item for item in items if item["section"] not in domains],
    }
