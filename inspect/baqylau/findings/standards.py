"""Standards as people write them, one a line: “PEC 115(1)”."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from baqylau.checklists.loading import load_standards
from baqylau.checklists.terms import Standard
from baqylau.locations import shipped

#: Longest place in an act.
_LONGEST = 80


class Written(NamedTuple):
    """What was read from lines: [(act, place in it)], and the lines that name no act, or one not in force."""

    standards: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    not_in_force: tuple[str, ...]


@cache
def acts() -> Mapping[str, Standard]:
    """Return {act: the act as a whole} of forms/standards.yaml, in its order."""
    return load_standards(shipped("forms") / "standards.yaml")


def read_standards(lines: str, day: date, known: Mapping[str, Standard]) -> Written:
    """Return the standards that the lines name, each once; `day` is the visit's."""
    found: dict[tuple[str, str], None] = {}
    unknown, not_in_force = [], []
    for line in filter(None, (" ".join(one.split()) for one in lines.splitlines())):
        act, _, at = line.partition(" ")
        if act not in known or len(at) > _LONGEST:
            unknown.append(line)
        elif not known[act].is_valid_on(day):
            not_in_force.append(line)
        else:
            found[act, at] = None
    return Written(tuple(found), tuple(unknown), tuple(not_in_force))


def in_lines(standards: Iterable[Mapping[str, str]]) -> str:
    """Return stored standards as lines."""
    return "\n".join(f"{one['act']} {one['at']}".rstrip() for one in standards)
