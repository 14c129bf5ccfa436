"""An edition of the shell: every file that a tablet needs to start without a network, by address and SHA-256."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from baqylau.locations import shipped
from baqylau.tablet.slim import without_comments

#: Style sheets of the shell, in the order in which they hold.
STYLES = (
    "tokens", "faces", "base", "header", "buttons", "notices", "forms", "marks", "progress", "panels", "tablet", "recording",
    "shell",
)  # fmt: skip
_SHARED_SCRIPTS = ("expressions", "grammar", "graph", "norms", "relevance")
_OTHER_FILES = (
    "fonts/PTSans-Regular.ttf", "fonts/PTSans-Bold.ttf", "fonts/PTSans-Italic.ttf", "icons/baqylau.svg", "icons/marks.svg",
)  # fmt: skip
MEDIA_TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml", ".png": "image/png",
    ".json": "application/json", ".webmanifest": "application/manifest+json", ".html": "text/html",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file of an edition, with its SHA-256 in hexadecimal digits."""

    content: bytes
    sha256: str


@dataclass(frozen=True)
class Edition:
    """The files of one version of the shell: {path below the version's address: file}."""

    version: str
    files: Mapping[str, File]

    def script_paths(self) -> list[str]:
        """Return the paths of the scripts that are loaded at the start, so that a browser fetches them at once."""
        late = ("js/tablet/notes/", "js/tablet/store/journal-worker", "js/tablet/store/argon", "vendor/")
        return sorted(path for path in self.files if path.endswith(".js") and not path.startswith(late))


def edition_of(words: Mapping[str, bytes], frame: bytes) -> Edition:
    """Return the edition with these words ({language: JSON}); `frame` is what else decides the shell's page."""
    return _edition_of(_newest(), tuple(sorted(words.items())), frame)


@cache
def _edition_of(_newest: int, words: tuple[tuple[str, bytes], ...], frame: bytes) -> Edition:
    files = dict(_read_files()) | {f"words/{language}.json": _file(text) for language, text in words}
    digest = hashlib.sha256(frame)
    for path in sorted(files):
        digest.update(f"{path}\0{files[path].sha256}\n".encode())
    return Edition(digest.hexdigest()[:12], files)


def _newest() -> int:
    return max((shipped("static") / path).stat().st_mtime_ns for path in _paths())


def _read_files() -> Iterator[tuple[str, File]]:
    for path in _paths():
        content = (shipped("static") / path).read_bytes()
        is_ours = path.endswith((".js", ".css")) and not path.startswith("vendor/")
        yield path, _file(without_comments(content.decode()).encode() if is_ours else content)


def _file(content: bytes) -> File:
    return File(content, hashlib.sha256(content).hexdigest())


def _paths() -> list[str]:
    static = shipped("static")
    scripts = [f"js/{name}.js" for name in _SHARED_SCRIPTS] + _below(static, "js/tablet") + _below(static, "vendor")
    return [*scripts, *(f"css/{name}.css" for name in STYLES), *_OTHER_FILES]


def _below(static: Path, folder: str) -> list[str]:
    return sorted(path.relative_to(static).as_posix() for path in (static / folder).rglob("*.js"))


def as_json(value: object) -> str:
    """Return the value as JSON that may stand inside a page."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
