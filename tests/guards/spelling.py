"""Spell the Kazakh, Russian and English texts of checklists, catalogues and guides with hunspell.

hunspell-kk knows too few forms of words, so a list of words that a person has read stands beside it:
`python -m tests.guards.spelling` prints what neither knows; a right word is then added to words.<language>.txt.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.guards.translations import read

ROOT = Path(__file__).parents[2]
DICTIONARIES = {"kk": "kk_KZ", "ru": "ru_RU"}
#: A word of more than two letters; a hyphen or apostrophe may stand within.
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{[^}]*\}|<[^>]+>|`[^`]*`|https?://\S+|\]\([^)]*\)")


def texts(language: str) -> Iterator[str]:
    """Give every text in the language that people read."""
    for path in sorted((ROOT / "forms").rglob("*.yaml")):
        yield from _of_language(yaml.load(path.read_text(), yaml.CSafeLoader), language)
    for message in read(language):
        if message.id:
            yield from [message.string] if isinstance(message.string, str) else message.string
    for path in sorted((ROOT / "docs").rglob(f"*.{language}.md")):
        yield path.read_text()


def _of_language(node: Any, language: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from _of_language(value, language)
    elif isinstance(node, list):
        for value in node:
            yield from _of_language(value, language)


def words(language: str) -> set[str]:
    """Return the words of all texts, without codes, addresses and abbreviations in capitals."""
    found: set[str] = set()
    for text in texts(language):
        found.update(_WORD.findall(_PLACEHOLDER.sub(" ", text or "")))
    return {word for word in found if len(word) > 2 and not word.isupper() and not re.search(r"[A-Za-z]", word)}


def reviewed(language: str) -> set[str]:
    """Return the words that a person has read and found right."""
    path = Path(__file__).with_name(f"words.{language}.txt")
    return set(path.read_text().split()) if path.exists() else set()


def unknown(language: str) -> list[str]:
    """Return the words that neither the dictionary nor the reviewed list knows."""
    asked = sorted(words(language) - reviewed(language))
    done = subprocess.run(
        ["hunspell", "-d", DICTIONARIES[language], "-i", "utf-8", "-l"],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    flagged = set(done.stdout.split())
    return [word for word in asked if word in flagged]


def main() -> int:
    """Print the unknown words of each language; 1 if there are any."""
    found = {language: unknown(language) for language in DICTIONARIES}
    for language, flagged in found.items():
        for word in flagged:
            print(f"{language}: {word}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
