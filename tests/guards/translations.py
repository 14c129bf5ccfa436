"""Gather the messages of code and templates, and say which lack a Kazakh or Russian translation.

`python -m tests.guards.translations --update` rewrites the catalogues; tests/guards/test_translations.py uses the rest.
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
LANGUAGES = ("kk", "ru", "en")
#: What marks a message, beside the defaults of the extractor.
KEYWORDS = ("_", "gettext", "ngettext:1,2", "lazy_gettext", "lazy", "N_", "conflict:2", "invalid:2", "Problem:3")


def extract() -> Catalog:
    """Return every message that code and templates hold today."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        keywords = [part for word in KEYWORDS for part in ("-k", word)]
        command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "babel.cfg", *keywords]
        command += ["--no-location", "--omit-header", "--sort-output", "-o", str(template), "."]
        subprocess.run(command, cwd=ROOT, check=True)
        with template.open("rb") as file:
            return read_po(file)


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Return the catalogue of a language, empty if there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Return the messages without a translation; English texts are their own."""
    catalogue = read(language)
    return [_id(message) for message in extract() if message.id and not _is_translated(catalogue.get(_id(message)))]


def stale(language: str) -> list[str]:
    """Return the messages of a catalogue that no code or template holds any more."""
    held = {_id(message) for message in extract() if message.id}
    return [_id(message) for message in read(language) if message.id and _id(message) not in held]


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    texts = [message.string] if isinstance(message.string, str) else message.string
    return all(texts)


def update() -> None:
    """Rewrite the catalogues with today's messages, keeping their translations and dropping what is gone."""
    template = extract()
    for language in LANGUAGES:
        before, after = read(language), _empty(language)
        for message in template:
            if not message.id:
                continue
            old = before.get(_id(message))
            text = message.id if language == "en" else (old.string if old else None)
            after.add(message.id, text, flags=[flag for flag in message.flags if flag != "fuzzy"])
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, after, width=120, sort_output=True, omit_header=False)


def _empty(language: str) -> Catalog:
    """Return a catalogue whose head holds no dates and no names: what does not change is not written anew."""
    fixed = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale=language,
        project="Baqylau",
        version="1",
        header_comment=f"# The texts of Baqylau: {language}.",
        copyright_holder="Baqylau",
        last_translator="Baqylau",
        language_team=language,
        creation_date=fixed,
        revision_date=fixed,
        fuzzy=False,
    )


def main() -> int:
    """Update if asked; list what is missing."""
    if "--update" in sys.argv:
        update()
    lacking = [f"{language}: {message}" for language in ("kk", "ru") for message in missing(language)]
    print("\n".join(lacking) or "every message is translated")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
