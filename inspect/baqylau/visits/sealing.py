"""Protected names at rest: sealed with the installation's key, each bound to its own row."""

from base64 import b64decode, b64encode
from pathlib import Path
from uuid import UUID

from baqylau.storage.keys import open_bytes, seal_bytes


def seal_name(keys: Path, row_id: UUID, name: str) -> str:
    """Return `name` as it is stored in the row `row_id`."""
    return b64encode(seal_bytes(keys, name.encode(), _context(row_id))).decode()


def open_name(keys: Path, row_id: UUID, sealed: str) -> str:
    """Return the name; raises cryptography's InvalidTag when it was altered or copied from another row."""
    return open_bytes(keys, b64decode(sealed), _context(row_id)).decode()


def _context(row_id: UUID) -> str:
    return f"protected_name|sealed_name|{row_id}"
