"""Read a visit file in at the office: every item goes through the same weighing as what a tablet delivers itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from baqylau.answers.photos import Photo
from baqylau.audit.actions import record
from baqylau.errors import Problem, invalid
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from baqylau.storage.files import keep_file, read
from baqylau.sync.actions import take_items
from baqylau.sync.photos import again, cleaned, take_photo
from baqylau.sync.receipts import import_key
from baqylau.sync.schemas import PhotoInFile, Result
from baqylau.sync.terms import Delivery
from baqylau.sync.visit_file import CutShort, Damaged, Header, Items, PhotoFrame, file_key, frames_of, read_header
from baqylau.sync.weighing import refused

#: So many items are weighed together.
_AT_ONCE = 200


@dataclass(frozen=True)
class PhotoRead:
    """A photo of the file: its facts, and the file of its cleaned bytes in the store."""

    facts: PhotoInFile
    text: str
    sha256: str
    size: tuple[int, int]


@dataclass
class FileRead:
    """What a visit file holds, before anything of it is in the database."""

    header: Header
    items: list[Any] = field(default_factory=list)
    photos: list[PhotoRead] = field(default_factory=list)
    #: Photos that cannot be taken, as results.
    refused: list[Result] = field(default_factory=list)
    damaged: int = 0
    is_cut_short: bool = False


@dataclass(frozen=True)
class Imported:
    """What became of a visit file."""

    #: How many answers and photos are new, repeated, refused, kept apart.
    new: int
    repeated: int
    refused: int
    apart: int
    #: Codes of the refusals, with how often each.
    codes: dict[str, int]
    #: Parts of the file that could not be read.
    damaged: int
    is_cut_short: bool


def read_visit_file(file: IO[bytes], visit_id: UUID, settings: Settings) -> FileRead:
    """Return what the file holds, its photos cleaned and written to the store; touches no database.

    Cleaning takes a while, and no transaction is open while it does. Of a file that was cut short, what is whole is
    read: the tablet may be gone for good. Raises `sync.file_*` for a file of which nothing can be read.
    """
    key = import_key(settings.keys)
    header = read_header(file, visit_id, key)
    found = FileRead(header)
    for frame in frames_of(file, header, file_key(header, key), settings.upload_bytes + 64 * 1024 * 1024):
        match frame:
            case Items(items):
                found.items += items
            case PhotoFrame(facts, content):
                _read_photo(found, facts, content, settings)
            case Damaged():
                found.damaged += 1
            case CutShort():
                found.is_cut_short = True
    return found


def _read_photo(found: FileRead, text: str, content: bytes, settings: Settings) -> None:
    try:
        facts = PhotoInFile.model_validate_json(text)
    except ValidationError:
        found.refused.append(refused("", "sync.photo_malformed"))
        return
    if len(content) > settings.upload_bytes or not facts.is_of(content):
        found.refused.append(refused(str(facts.id), "sync.photo_differs"))
        return
    try:
        photo = cleaned(content, settings)
    except Problem as problem:
        found.refused.append(refused(str(facts.id), problem.code))
        return
    sha256 = keep_file((settings.blobs, settings.keys), photo.content)
    found.photos.append(PhotoRead(facts, text, sha256, (photo.width, photo.height)))


def import_file(
    session: Session, actor: Actor, delivery: Delivery, found: FileRead, settings: Settings, now: datetime
) -> Imported:
    """Take in what the file holds, as if the tablet had delivered it, and count what became of it."""
    results = list(found.refused)
    for start in range(0, len(found.items), _AT_ONCE):
        results += take_items(session, actor, delivery, found.items[start : start + _AT_ONCE], now)
    results += [_take_photo(session, actor, delivery, photo, settings, now) for photo in found.photos]
    imported = _counted(results, found)
    about = {"device": delivery.device_id, "new": imported.new, "refused": imported.refused, "apart": imported.apart}
    record(session, "sync.import_file", actor.user_id, ("visit", delivery.visit_id), now, **about)
    return imported


def _take_photo(
    session: Session, actor: Actor, delivery: Delivery, read_in: PhotoRead, settings: Settings, now: datetime
) -> Result:
    new = read_in.facts.as_new(read_in.facts.id)
    if known := again(session, delivery, new):
        return known
    content = read((settings.blobs, settings.keys), read_in.sha256)
    photo = Photo(content, *read_in.size)
    return take_photo(session, actor, delivery, new, read_in.text, photo, settings, now)


def _counted(results: Sequence[Result], found: FileRead) -> Imported:
    states = Counter(result.state for result in results)
    codes = Counter(result.code or "" for result in results if result.state == "refused")
    return Imported(
        new=states["saved"],
        repeated=states["repeated"],
        refused=states["refused"],
        apart=states["apart"],
        codes=dict(sorted(codes.items())),
        damaged=found.damaged,
        is_cut_short=found.is_cut_short,
    )


def device_unknown() -> Problem:
    """Return the refusal of a file whose device never took this visit along."""
    return invalid(
        "sync.file_device_unknown",
        "The tablet that made this file is not known here: the visit was not taken along on it from this installation. "
        "Nothing was taken in.",
    )
