"""Addresses of scripts, styles and fonts with the hash of their content, so that they can be cached for ever."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

from baqylau.locations import shipped


def content_hash(path: Path) -> str:
    """Return the first 12 hexadecimal digits of the file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def _hash_of(name: str, _modified: int) -> str:
    return content_hash(shipped("static") / name)


def asset_address(name: str) -> str:
    """Return the address of `static/<name>`; it changes with the content."""
    modified = (shipped("static") / name).stat().st_mtime_ns
    return url_for("static", filename=name, v=_hash_of(name, modified))


def import_map() -> Markup:
    """Return the import map that gives each of our modules its one address, by name and by path.

    `import "baqylau/graph.js"` finds it by its name; `import "./graph.js"` is resolved to an address without the hash,
    which the map leads to the same address: else the browser would run the module twice.
    """
    folder = shipped("static") / "js"
    modules = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.js"))
    imports: dict[str, str] = {}
    for name in modules:
        imports[f"baqylau/{name}"] = asset_address(f"js/{name}")
        imports[url_for("static", filename=f"js/{name}")] = imports[f"baqylau/{name}"]
    return Markup(json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S704
