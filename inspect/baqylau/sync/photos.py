"""Photos of tablets: parts that arrive in any order and more than once, put together, checked as a whole, cleaned, stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from baqylau.answers.actions import add_evidence
from baqylau.answers.photos import MEDIA_TYPE, Photo, clean_photo
from baqylau.answers.queries import find_evidence
from baqylau.answers.rules import problems_with
from baqylau.answers.terms import NewEvidence, Origin
from baqylau.audit.actions import record
from baqylau.errors import Problem, conflict, invalid
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from baqylau.storage.actions import store
from baqylau.storage.files import write_whole
from baqylau.storage.keys import open_bytes, seal_bytes
from baqylau.sync.actions import add_apart
from baqylau.sync.models import KeptApart, PhotoPart
from baqylau.sync.queries import count_unfinished, kept_apart_by_id, parts_of, photos_in_parts, stale_photos
from baqylau.sync.schemas import Result
from baqylau.sync.terms import ApartKind, Delivery
from baqylau.sync.weighing import apart, is_ahead, refused

#: A tablet sends one photo after the other; more unfinished ones than this of one person are a mistake or worse.
MOST_UNFINISHED = 40


@dataclass(frozen=True)
class SentPart:
    """One part, as it was sent."""

    photo_id: UUID
    number: int
    total: int
    content: bytes
    sha256: str


def keep_part(
    session: Session, user_id: UUID, visit_id: UUID, part: SentPart, settings: Settings, now: datetime
) -> str:
    """Keep one part and return "saved" or "repeated".

    A photo that its tablet cuts anew begins anew: what counts is the hash of the whole. Somebody else's photo under the
    same id is a clash. The file is written and flushed before its row. Raises OSError on a full disk.
    """
    _check_part(part, settings)
    held = parts_of(session, part.photo_id)
    if any((one.visit_id, one.user_id) != (visit_id, user_id) for one in held):
        raise _part_clash()
    stored = next((one for one in held if one.number == part.number), None)
    is_cut_anew = stored is not None and stored.sha256 != part.sha256
    if is_cut_anew or any(one.total != part.total for one in held):
        forget_parts(session, part.photo_id)
        held, stored = [], None
    if not held and count_unfinished(session, visit_id, user_id) >= MOST_UNFINISHED:
        raise conflict(
            "sync.too_many_unfinished",
            "Too many photos have arrived in part only. Finish those first; the photo stays on the tablet.",
        )
    path = part_path(settings.parts, part.photo_id, part.number, part.sha256)
    if stored is None or not path.exists():
        write_whole(path, seal_bytes(settings.keys, part.content, _context(part.photo_id, part.number)))
    if stored is not None:
        return "repeated"
    row = PhotoPart(
        photo_id=part.photo_id,
        number=part.number,
        total=part.total,
        visit_id=visit_id,
        user_id=user_id,
        size=len(part.content),
        sha256=part.sha256,
        received_at=now,
    )
    return _add_part(session, row)


def _add_part(session: Session, row: PhotoPart) -> str:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        if all(one.sha256 != row.sha256 for one in parts_of(session, row.photo_id) if one.number == row.number):
            raise _part_clash() from error
        return "repeated"
    return "saved"


def _check_part(part: SentPart, settings: Settings) -> None:
    most = -(-settings.upload_bytes // settings.part_bytes)
    if not 0 <= part.number < part.total <= most:
        raise invalid(
            "sync.part_malformed",
            "A photo comes in at most %(most)s parts, numbered from 0. Nothing was kept; the photo stays on the tablet.",
            most=most,
        )
    if not part.content or hashlib.sha256(part.content).hexdigest() != part.sha256:
        raise invalid(
            "sync.part_damaged", "This part of the photo did not arrive whole. The tablet sends it once more."
        )


def _part_clash() -> Problem:
    return conflict(
        "sync.part_clash",
        "A photo of somebody else is arriving under this id. Nothing was kept; the photo stays on the tablet.",
    )


def part_path(parts: Path, photo_id: UUID, number: int, sha256: str) -> Path:
    """Return where a part lies; its hash in the name lets no other part under the same number take its place."""
    return parts / str(photo_id) / f"{number}-{sha256}"


def _context(photo_id: UUID, number: int) -> str:
    return f"part|{photo_id}|{number}"


def put_together(
    session: Session, user_id: UUID, visit_id: UUID, new: NewEvidence, settings: Settings
) -> bytes | Result:
    """Return the photo whose parts have all arrived, compared with its hash; else why it is to be sent again.

    The field of `sync.parts_missing` names the missing numbers. Of a photo that differs from what the tablet named the
    parts are forgotten, for one of them is wrong and nobody knows which.
    """
    held = [one for one in parts_of(session, new.id) if (one.visit_id, one.user_id) == (visit_id, user_id)]
    numbers = {one.number for one in held}
    missing = sorted(set(range(held[0].total if held else 1)) - numbers)
    if missing:
        return refused(str(new.id), "sync.parts_missing", ",".join(str(number) for number in missing))
    content = b"".join(_read_part(one, settings) for one in held)
    if hashlib.sha256(content).hexdigest() != new.sent_sha256 or len(content) > settings.upload_bytes:
        forget_parts(session, new.id)
        return refused(str(new.id), "sync.photo_differs")
    return content


def _read_part(part: PhotoPart, settings: Settings) -> bytes:
    """Return the part's bytes, b"" for a file that is lost or damaged: the hash of the whole tells."""
    path = part_path(settings.parts, part.photo_id, part.number, part.sha256)
    try:
        return open_bytes(settings.keys, path.read_bytes(), _context(part.photo_id, part.number))
    except (FileNotFoundError, InvalidTag):
        return b""


def forget_parts(session: Session, photo_id: UUID) -> None:
    """Take the rows of the photo's parts away; `remove_part_files` takes the files, after the commit."""
    session.execute(delete(PhotoPart).where(col(PhotoPart.photo_id) == photo_id))


def remove_part_files(parts: Path, photo_id: UUID) -> None:
    """Remove the files of a photo whose rows are gone; what cannot be removed now the cleaning removes later."""
    folder = parts / str(photo_id)
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()


def drop_stale_parts(session: Session, settings: Settings, now: datetime) -> list[UUID]:
    """Forget the photos of which no part has come for `tablet_days`, and return their ids.

    The tablet has them whole until it gets a receipt, so nothing is lost.
    """
    stale = list(stale_photos(session, now - timedelta(days=settings.tablet_days)))
    for photo_id in stale:
        forget_parts(session, photo_id)
    if stale:
        record(session, "sync.drop_parts", None, ("installation", "parts"), now, photos=len(stale))
    return stale


def orphaned_photos(session: Session, parts: Path, older_than: datetime) -> list[UUID]:
    """Return the photos whose part files lie there without a row since before then: broken off, or taken long ago."""
    if not parts.is_dir():
        return []
    known = {str(photo_id) for photo_id in photos_in_parts(session)}
    return [
        UUID(folder.name)
        for folder in parts.iterdir()
        if folder.name not in known and folder.stat().st_mtime < older_than.timestamp()
    ]


def again(session: Session, delivery: Delivery, new: NewEvidence) -> Result | None:
    """Return the result for a photo that is held already, None for a new one; another one under its id is a clash."""
    owner = (new.sent_sha256, delivery.visit_id, delivery.author.user_id)
    if stored := find_evidence(session, new.id):
        if (stored.sent_sha256, stored.visit_id, stored.author_id) != owner:
            return refused(str(new.id), "sync.clash")
        return Result(id=str(new.id), state="repeated", received_at=stored.received_at, sha256=new.sent_sha256)
    if kept := kept_apart_by_id(session, [new.id]).get(new.id):
        if (kept.sent_sha256, kept.visit_id, kept.author_id) != owner:
            return refused(str(new.id), "sync.clash")
        return apart(kept, new.recorded_at)
    return None


def take_photo(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    new: NewEvidence,
    facts: str,
    photo: Photo,
    settings: Settings,
    now: datetime,
) -> Result:
    """Store a cleaned photo with its facts, or keep it apart, and return what became of it.

    `facts` is the JSON text that was sent. The audit event is that of `add_evidence` or of the keeping apart.
    """
    if problems_with(delivery.checklists, new.item_id, new.row_id, None):
        return refused(str(new.id), "sync.unknown_item")
    blob = store(session, (settings.blobs, settings.keys), photo.content, MEDIA_TYPE, now)
    if delivery.apart is None:
        origin = Origin(delivery.author.user_id, str(delivery.device_id), now)
        add_evidence(session, actor, delivery.visit_id, new, photo, blob.sha256, now, origin)
        return Result(id=str(new.id), state="saved", received_at=now, clock_ahead=is_ahead(new.recorded_at, now))
    row = KeptApart(
        id=new.id,
        visit_id=delivery.visit_id,
        device_id=delivery.device_id,
        author_id=delivery.author.user_id,
        kind=ApartKind.PHOTO,
        body=facts,
        sent_sha256=new.sent_sha256,
        blob_sha256=blob.sha256,
        width=photo.width,
        height=photo.height,
        reason=delivery.apart,
        received_at=now,
    )
    if add_apart(session, row):
        about = {"device": delivery.device_id, "kept": 1, "reason": delivery.apart}
        record(session, "sync.keep_apart", actor.user_id, ("visit", delivery.visit_id), now, **about)
    return apart(row, new.recorded_at)


def cleaned(sent: bytes, settings: Settings) -> Photo:
    """Return the photo encoded anew (`answers.photos.clean_photo`)."""
    return clean_photo(sent, settings.photo_pixels, settings.photo_side)
