"""A visit file: what a tablet wrote for the office where there was no network (static/js/tablet/store/visitfile.js).

`BQV1`, one line of JSON, then AES-256-GCM frames whose key is wrapped to the installation's X25519 key. Each frame is bound to
visit, device, its number and the number of all, so none can be moved, dropped or brought from another file unnoticed.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from baqylau.errors import Problem, invalid
from baqylau.sync.receipts import installation_id

MAGIC = b"BQV1\n"
_OFFICE = b"baqylau visit file 1"
_IV = 12
_LONGEST_HEADER = 4096
_ITEMS, _PHOTO = 1, 2


class Header(BaseModel):
    """The header line."""

    model_config = ConfigDict(extra="ignore")

    v: int
    visit: UUID
    device: UUID
    installation: str
    epk: str
    wrap_office: str
    frames: int = Field(ge=0, le=100_000)


@dataclass(frozen=True)
class Items:
    """A frame of revisions, each as in a batch."""

    items: list[Any]


@dataclass(frozen=True)
class PhotoFrame:
    """A frame with one photo: its facts as JSON text, and its bytes."""

    facts: str
    content: bytes


@dataclass(frozen=True)
class Damaged:
    """A frame that does not open: it was altered, or its stick is worn."""


@dataclass(frozen=True)
class CutShort:
    """The end of a file that ends too early."""


Frame = Items | PhotoFrame | Damaged | CutShort


def read_header(file: IO[bytes], visit_id: UUID, key: X25519PrivateKey) -> Header:
    """Return the header of a file for this visit and installation; leaves the file at its first frame.

    Raises `sync.file_unknown`, `sync.file_other_installation` or `sync.file_other_visit`.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise _unknown()
    line = file.readline(_LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise _cut_in_header() if len(line) < _LONGEST_HEADER else _unknown()
    try:
        header = Header.model_validate_json(line)
    except ValidationError as error:
        raise _unknown() from error
    if header.v != 1:
        raise _unknown()
    if header.installation != installation_id(key.public_key().public_bytes_raw()):
        raise invalid(
            "sync.file_other_installation",
            "This file was made for another installation of the program. Nothing was taken in; read it in there.",
        )
    if header.visit != visit_id:
        raise invalid(
            "sync.file_other_visit",
            "This file is of another visit. Nothing was taken in; open the page of that visit and read it in there.",
        )
    return header


def file_key(header: Header, key: X25519PrivateKey) -> bytes:
    """Return the key of the file's frames; raises `sync.file_wrong_key` when the installation's key does not open it."""
    try:
        epk = base64.b64decode(header.epk, validate=True)
        wrapped = base64.b64decode(header.wrap_office, validate=True)
        shared = key.exchange(X25519PublicKey.from_public_bytes(epk))
        outer = HKDF(SHA256(), 32, epk, _OFFICE).derive(shared)
        found = AESGCM(outer).decrypt(wrapped[:_IV], wrapped[_IV:], None)
        AESGCM(found)
    except (ValueError, binascii.Error, InvalidTag) as error:
        raise invalid(
            "sync.file_wrong_key",
            "The key of this installation does not open the file: it was altered, or the key was replaced since the visit "
            "was taken along. Nothing was taken in; the tablet still has everything.",
        ) from error
    return found


def frames_of(file: IO[bytes], header: Header, key: bytes, most: int) -> Iterator[Frame]:
    """Give the frames one after the other; after the last one that is whole, `CutShort` for a file that ends too early.

    A frame longer than `most` bytes counts as damaged and is passed over.
    """
    box = AESGCM(key)
    for number in range(header.frames):
        length = int.from_bytes(sized := file.read(4))
        if len(sized) < 4:
            yield CutShort()
            return
        if length > most:
            file.seek(length, 1)
            yield Damaged()
            continue
        sealed = file.read(length)
        if len(sealed) < length:
            yield CutShort()
            return
        place = f"BQV1|{header.visit}|{header.device}|{number}|{header.frames}"
        try:
            clear = box.decrypt(sealed[:_IV], sealed[_IV:], place.encode())
        except (InvalidTag, ValueError):
            yield Damaged()
            continue
        yield _content(clear)


def _content(clear: bytes) -> Frame:
    try:
        if clear[0] == _ITEMS:
            items = json.loads(clear[1:])["items"]
            return Items(items) if isinstance(items, list) else Damaged()
        end = 3 + int.from_bytes(clear[1:3])
        if clear[0] == _PHOTO and end <= len(clear):
            return PhotoFrame(clear[3:end].decode(), clear[end:])
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return Damaged()


def _unknown() -> Problem:
    return invalid(
        "sync.file_unknown",
        "This is not a visit file of a tablet. Nothing was taken in; choose the file that the tablet has written.",
    )


def _cut_in_header() -> Problem:
    return invalid(
        "sync.file_cut_short",
        "The file ends too early: it was not copied whole. Nothing could be read; copy it once more from the tablet.",
    )
