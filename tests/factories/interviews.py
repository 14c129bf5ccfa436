"""Interviews for tests: keys of members, and sealed blobs in the form in which a tablet sends them."""

import json
import os
import struct
import uuid
from typing import Any

import pyrage
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.interviews.models import MemberKey, MemberKeyApproval
from baqylau.interviews.terms import BLOB_BYTES
from tests.factories.people import LONG_AGO, make_user

PLAIN_BYTES, FRAME_BYTES = 12 * 1024, 16 * 1024


def make_key(
    session: Session, user: User, is_approved: bool = True, identity: Any = None, number: int = 1
) -> pyrage.x25519.Identity:
    """Return the private part of a key that the person has handed in."""
    identity = identity or pyrage.x25519.Identity.generate()
    key = MemberKey(user_id=user.id, number=number, public_key=str(identity.to_public()), made_at=LONG_AGO)
    session.add(key)
    session.flush()
    if is_approved:
        approver = make_user(session)
        session.add(MemberKeyApproval(key_id=key.id, approved_by=approver.id, approved_at=LONG_AGO))
        session.flush()
    return identity


def framed(content: bytes, size: int) -> bytes:
    """Return the content in a frame: its length, itself, random bytes."""
    return struct.pack(">I", len(content)) + content + os.urandom(size - 4 - len(content))


def unframed(frame: bytes) -> bytes:
    """Return what a frame holds."""
    (length,) = struct.unpack(">I", frame[:4])
    return frame[4 : 4 + length]


def sealed_note(recipients: list[Any], content: dict[str, Any] | None, note: str = "") -> bytes:
    """Return a blob as a tablet sends it; without content a cover."""
    plain = b"\0" + os.urandom(PLAIN_BYTES - 1)
    if content is not None:
        body = json.dumps(content, ensure_ascii=False)
        part = {"v": 1, "note": note or str(uuid.uuid4()), "rev": 1, "part": 1, "of": 1, "body": body}
        plain = json.dumps(part, ensure_ascii=False).encode().ljust(PLAIN_BYTES)
    frame = framed(pyrage.encrypt(plain, recipients), FRAME_BYTES)
    return framed(pyrage.encrypt(frame, recipients), BLOB_BYTES)


def opened_note(blob: bytes, identity: pyrage.x25519.Identity) -> dict[str, Any] | None:
    """Return what is in a blob, by the reference implementation of age in Rust; None for a cover."""
    plain = pyrage.decrypt(unframed(pyrage.decrypt(unframed(blob), [identity])), [identity])
    assert len(plain) % 4096 == 0
    if plain[0] == 0:
        return None
    part = json.loads(plain)
    assert (part["v"], part["of"]) == (1, 1)
    return dict(json.loads(part["body"]))
