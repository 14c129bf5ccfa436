"""Scripts and styles without their comment lines: a cheap tablet on a slow network loads what it runs.

Only whole lines go, so that line breaks and strings stay as they are; a guard test holds the scripts to comments that
begin a line.
"""

from collections.abc import Iterator


def without_comments(text: str) -> str:
    """Return the script or style sheet without lines that are comments and without empty lines."""
    return "\n".join(_kept(text)) + "\n"


def _kept(text: str) -> Iterator[str]:
    is_inside = False
    for line in text.splitlines():
        bare = line.strip()
        if is_inside:
            is_inside = not bare.endswith("*/")
        elif bare.startswith("/*") and ("*/" not in bare or bare.find("*/") == len(bare) - 2):
            is_inside = "*/" not in bare
        elif bare and not bare.startswith("//"):
            yield bare
