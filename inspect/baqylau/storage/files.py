"""Read stored bytes back."""

import hashlib
import re
from http import HTTPStatus
from pathlib import Path

from cryptography.exceptions import InvalidTag

from baqylau.errors import Problem
from baqylau.storage.keys import open_bytes

_SHA256 = re.compile(r"[0-9a-f]{64}")


def path_of(blobs: Path, sha256: str) -> Path:
    """Return where the bytes with this hash lie; raises ValueError for anything that is not a SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return blobs / sha256[:2] / sha256


def read(folders: tuple[Path, Path], sha256: str) -> bytes:
    """Return the bytes, decrypted and compared with their hash; `folders` is (blobs, keys).

    Raises Problem `storage.damaged` when the file is missing, altered or cannot be decrypted.
    """
    blobs, keys = folders
    try:
        content = open_bytes(keys, path_of(blobs, sha256).read_bytes(), f"blob|{sha256}")
    except (FileNotFoundError, InvalidTag) as error:
        raise _damaged(sha256) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _damaged(sha256)
    return content


def _damaged(sha256: str) -> Problem:
    return Problem(
        "storage.damaged",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A stored file is missing or damaged (%(short)s). Tell the administrator; a backup holds it.",
        short=sha256[:12],
    )
