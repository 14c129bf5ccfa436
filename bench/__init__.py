"""The benchmarks: what the program costs, each figure a ratio within one run against a peer or a limit.

A group is a module here with `MEASURES`, functions that give `figures.Figure`s. `./dev bench` runs the groups that there
are; a machine that is slow or busy is so for both sides of a ratio, and both take turns.
"""
