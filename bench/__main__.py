"""`./dev bench [GROUP…]`: measure, print the table, keep the figures in instance/bench.json.

Exit status: 0 every figure keeps to its bar, 1 one does not, 2 something could not be measured.
"""

import argparse
import importlib
import sys
import traceback
from pathlib import Path

from bench.figures import Figure, keep, line

HERE = Path(__file__).parent
#: All groups, in the order of the work; those without a module yet are left out.
GROUPS = tuple(
    group for group in ("chain", "tablet", "report", "checklists", "followup") if (HERE / f"{group}.py").exists()
)


def main() -> int:
    """Run what was asked for and return the exit status."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one of {', '.join(GROUPS)}, or GROUP.MEASURE")
    asked = parser.parse_args().groups or GROUPS
    kept = HERE.parent / "instance" / "bench.json"
    figures: list[Figure] = []
    is_whole = True
    for wanted in asked:
        group, _, name = wanted.partition(".")
        if group not in GROUPS:
            parser.error(f"there is no group {group}; there are {', '.join(GROUPS)}")
        measures = [one for one in importlib.import_module(f"bench.{group}").MEASURES if name in ("", one.__name__)]
        if not measures:
            parser.error(f"the group {group} has no measure {name}")
        for measure in measures:
            print(f"-- {group}.{measure.__name__}", file=sys.stderr, flush=True)
            try:
                found = list(measure())
            except Exception:  # noqa: BLE001  # the others are measured all the same
                traceback.print_exc()
                is_whole = False
                continue
            keep(found, kept)
            figures += found
            print(*(line(one) for one in found), sep="\n", flush=True)
    if not is_whole:
        return 2
    return 0 if all(one.holds for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
