"""Store bytes."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from baqylau.storage.files import keep_file
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
