"""Write bytes under their hash, whole or not at all, and read them back."""

import hashlib
import os
import re
import secrets
from http import HTTPStatus
from pathlib import Path

from cryptography.exceptions import InvalidTag

from baqylau.errors import Problem
from baqylau.storage.keys import open_bytes, seal_bytes

_SHA256 = re.compile(r"[0-9a-f]{64}")


def path_of(blobs: Path, sha256: str) -> Path:
    """Return where the bytes with this hash lie; raises ValueError for anything that is not a SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return blobs / sha256[:2] / sha256


def keep_file(folders: tuple[Path, Path], content: bytes) -> str:
    """Write the encrypted file of `content` unless it is there, and return its SHA-256; without a row it is harmless.

    For work before a transaction; `store` finds the file and adds its row.
    """
    blobs, keys = folders
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(blobs, sha256)
    if not path.exists():
        write_whole(path, seal_bytes(keys, content, f"blob|{sha256}"))
    return sha256


def write_whole(path: Path, content: bytes) -> None:
    """Let `path` hold `content`, flushed, or be as it was; raises OSError on a full disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Two threads may write the same bytes at once, each sealed with a nonce of its own.
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _flush_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Let the new name survive a power cut: a photo may be receipted next."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
