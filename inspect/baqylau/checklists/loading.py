"""Load and check forms/<slug>/v<N>.yaml and forms/standards.yaml, telling every fault with its line.

The first step in the way of the data: a checklist with a fault stops the start of the program, and a published version
is never read from here again but from its stored JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator

from baqylau.checklists.building import (
    build,
    build_act,
    canonical_json,
    from_json,
    show,
    to_json,
)
from baqylau.checklists.checking.structure import identity_findings, structure_findings
from baqylau.checklists.checking.wording import Finding, schema_findings, validator, where
from baqylau.checklists.checking.yamltree import Tree, line_of, read_tree
from baqylau.checklists.rules import never_reused, questions
from baqylau.checklists.terms import Checklist, ChecklistFaults, Fault, Standard

__all__ = [
    "canonical_json",
    "check",
    "from_json",
    "load",
    "load_standards",
    "show",
    "to_json",
]


def load(path: Path, standards: Mapping[str, Standard]) -> Checklist:
    """Return the checklist of a file. `standards` as load_standards returns them. Raise ChecklistFaults with every fault."""
    content, faults = _examine(path, standards)
    if faults:
        raise ChecklistFaults(faults)
    return build(cast("Mapping[str, Any]", content), standards)


def check(path: Path, standards: Mapping[str, Standard] | None = None) -> list[Fault]:
    """Return every fault of a checklist's file, in the order of its lines; the older versions beside it are looked at too.

    Without `standards` those of standards.yaml in the folder above the checklist's are taken, its own faults included.
    """
    faults: list[Fault] = []
    if standards is None:
        try:
            standards = load_standards(path.parent.parent / "standards.yaml")
        except ChecklistFaults as error:
            standards, faults = {}, list(error.faults)
    content, found = _examine(path, standards)
    if not found:
        found = _reused(path, content, standards)
    return faults + found


def load_standards(path: Path) -> dict[str, Standard]:
    """Return {act: standard without a place in it} of standards.yaml. Raise ChecklistFaults with every fault."""
    tree, faults = _read(path, 2)
    if tree.content is not None or not faults:
        faults += _located(path, 2, tree.content, schema_findings(tree.content, _validator("standards")))
    if faults:
        raise ChecklistFaults(sorted(faults))
    return {act: build_act(act, one) for act, one in cast("dict[str, dict[str, Any]]", tree.content).items()}


def _examine(path: Path, standards: Mapping[str, Standard]) -> tuple[object, list[Fault]]:
    """Return the content of a file and all its faults."""
    tree, faults = _read(path, 3)
    if tree.content is None and faults:
        return None, faults
    findings = schema_findings(tree.content, _validator("checklist"))
    refused = [finding.path for finding in findings]
    findings += structure_findings(tree.content, refused, standards)
    findings += identity_findings(tree.content, path)
    return tree.content, sorted(faults + _located(path, 3, tree.content, findings))


def _read(path: Path, parts: int) -> tuple[Tree, list[Fault]]:
    """Return a file's tree and the faults of its writing."""
    try:
        tree = read_tree(path)
    except OSError as error:
        return Tree(), [Fault(_shown(path, parts), 1, "", f"the file cannot be read: {error.strerror}")]
    return tree, [Fault(_shown(path, parts), flaw.line, "", flaw.message) for flaw in tree.flaws]


def _located(path: Path, parts: int, content: object, findings: Iterable[Finding]) -> list[Fault]:
    """Return findings as faults, with lines and the item that each is about."""
    return [
        Fault(_shown(path, parts), line_of(content, one.path), where(content, one.path)[0], one.message)
        for one in findings
    ]


def _reused(path: Path, content: object, standards: Mapping[str, Standard]) -> list[Fault]:
    """Return a fault for each id that an older version dropped and this one uses for another question."""
    newest = build(cast("Mapping[str, Any]", content), standards)
    older = []
    for version in range(1, newest.version):
        beside, faults = _examine(path.with_name(f"v{version}.yaml"), standards)
        if not faults:
            older.append(questions(build(cast("Mapping[str, Any]", beside), standards)))
    wrong = set(never_reused(older, questions(newest)))
    findings = [
        Finding(("sections", at, "items", index, "id"), "an older version used this id for another question")
        for at, section in enumerate(newest.sections)
        for index, item in enumerate(section.items)
        if item.id in wrong
    ]
    return _located(path, 3, content, findings)


def _shown(path: Path, parts: int) -> str:
    """Return the end of a path, such as forms/full-visit/v1.yaml, whatever folder the command runs in."""
    return "/".join(path.parts[-parts:])


@lru_cache
def _validator(definition: str) -> Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
    return validator(schema, definition)
