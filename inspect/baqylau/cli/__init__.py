"""The command line: `baqylau COMMAND`. Whatever lists or shows something has `--json`.

Exit status: 0 is yes, 1 is no, 2 is "could not tell". `commands.py` is the group; one module a family of commands.
"""
