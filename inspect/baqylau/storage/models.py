"""Table of stored bytes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from baqylau.db.types import UtcDateTime, short_text


class Blob(SQLModel, table=True):
    """Bytes in the blob folder, named by the SHA-256 of what they are when decrypted. Append-only."""

    __tablename__ = "blob"

    sha256: str = Field(primary_key=True, sa_type=short_text(64))
    #: Size in bytes, unencrypted.
    size: int
    media_type: str = Field(sa_type=short_text(80))
    created_at: datetime = Field(sa_type=UtcDateTime)
