"""Measure side by side: two sides take turns, so that what else the machine does falls on both; the median counts."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median


def seconds_of(work: Callable[[], object]) -> float:
    """Do the work and return how many seconds it took by the wall's clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Let both sides measure themselves in turns and return the median of each; who goes first changes each round."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            found[side].append((ours, theirs)[side]())
    return median(found[0]), median(found[1])


def peak_mib(pid: int) -> float:
    """Return the largest resident size that the process has had, in MiB; 0 for one that has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)


def share_mib(pid: int) -> float:
    """Return the process's share of memory now, pages of several processes divided among them, in MiB; 0 if it has gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0.0)


def tree_of(pid: int) -> set[int]:
    """Return the process and all below it."""
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found
