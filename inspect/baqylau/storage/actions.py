"""Store bytes."""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from baqylau.storage.files import path_of
from baqylau.storage.keys import seal_bytes
from baqylau.storage.models import Blob


def store(session: Session, folders: tuple[Path, Path], content: bytes, media_type: str, now: datetime) -> Blob:
    """Keep `content` under its SHA-256 and return its row; content that is there already is not written again.

    `folders` is (blobs, keys). The file is complete and flushed before its row is added. Raises OSError on a full disk,
    leaving no half file behind.
    """
    sha256 = keep_file(folders, content)
    blob = session.get(Blob, sha256)
    if blob is None:
        blob = Blob(sha256=sha256, size=len(content), media_type=media_type, created_at=now)
        session.add(blob)
        session.flush()
    return blob


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
