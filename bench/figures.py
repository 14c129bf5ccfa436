"""A figure: a ratio, what it is held against, and whether it keeps to its bar; how figures are printed and kept."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One ratio. Smaller is better everywhere."""

    #: "<group>.<name>".
    name: str
    ours: float
    theirs: float
    #: What was measured on our side, and what the ratio is against, in words.
    what: str
    against: str
    #: The ratio may be as large as this.
    bar: float
    #: Both sides with their units, for the table.
    sides: str

    @property
    def value(self) -> float:
        """The ratio of our side to theirs, to four digits."""
        return float(f"{self.ours / self.theirs:.4g}")

    @property
    def holds(self) -> bool:
        """Tell whether the ratio keeps to its bar."""
        return self.value <= self.bar

    def as_written(self) -> dict[str, Any]:
        """Return the figure as it stands in bench.json."""
        return {
            "figure": self.name,
            "value": self.value,
            "unit": "ratio",
            "against": self.against,
            "bar": self.bar,
            "holds": self.holds,
        }


def line(figure: Figure) -> str:
    """Return the figure as a line of the table, with both sides under it."""
    verdict = "holds" if figure.holds else "FAILS"
    return (
        f"{figure.name:24} {figure.value:>9.4g}   bar {figure.bar:<7.4g} {verdict}\n"
        f"    {figure.what}\n    against {figure.against}\n    {figure.sides}"
    )


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures into `path`, beside those of other names that are there."""
    kept = {}
    if path.exists():
        kept = {one["figure"]: one for one in json.loads(path.read_text())}
    kept |= {one.name: one.as_written() for one in figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps([kept[name] for name in sorted(kept)], ensure_ascii=False, indent=2) + "\n")
    part.replace(path)
