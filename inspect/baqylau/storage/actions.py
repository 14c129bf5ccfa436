"""Store bytes."""

import hashlib
import os
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
    blobs, keys = folders
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(blobs, sha256)
    if not path.exists():
        _write_whole(path, seal_bytes(keys, content, f"blob|{sha256}"))
    blob = session.get(Blob, sha256)
    if blob is None:
        blob = Blob(sha256=sha256, size=len(content), media_type=media_type, created_at=now)
        session.add(blob)
        session.flush()
    return blob


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
