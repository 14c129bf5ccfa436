"""Tablets for tests: devices, items as a tablet sends them, and visit files as it writes them."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from baqylau.sync.models import Device
from tests.factories.answers import sent_revision

BEFORE_THE_VISIT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def make_device(session: Session, visit_id: UUID, user_id: UUID, **overrides: Any) -> Device:
    """Return a device of this person that took the visit along."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "visit_id": visit_id,
        "user_id": user_id,
        "label": "White tablet",
        "made_at": BEFORE_THE_VISIT,
    }
    row = Device(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def item(seq: int = 1, revision: dict[str, Any] | None = None, **overrides: Any) -> dict[str, Any]:
    """Return one item as a tablet sends it; overrides go to the revision."""
    revision = revision or sent_revision(**overrides)
    body = json.dumps(revision, ensure_ascii=False)
    return {"id": revision["id"], "seq": seq, "body": body, "sha256": sha256(body.encode())}


def sha256(content: bytes) -> str:
    """Return the hash in hex digits."""
    return hashlib.sha256(content).hexdigest()


def photo_facts(content: bytes, **overrides: Any) -> dict[str, Any]:
    """Return the facts of a photo as a tablet keeps them."""
    values = {
        "id": str(uuid4()),
        "item": "D4",
        "row": "",
        "caption": "The window",
        "permission": "given",
        "consent": "no_persons",
        "recorded_at": "2026-11-23T05:00:00Z",
        "sha256": sha256(content),
    }
    return {**values, **overrides}


def visit_file(
    visit_id: UUID,
    device_id: UUID,
    import_key: str,
    items: Sequence[dict[str, Any]] = (),
    photos: Sequence[tuple[dict[str, Any], bytes]] = (),
    **header: Any,
) -> bytes:
    """Return a visit file after the contract; `header` replaces entries of the header line only."""
    key, pair, office = AESGCM.generate_key(256), X25519PrivateKey.generate(), base64.b64decode(import_key)
    epk = pair.public_key().public_bytes_raw()
    shared = pair.exchange(X25519PublicKey.from_public_bytes(office))
    clear = [b"\x01" + json.dumps({"items": list(items)}).encode()] if items else []
    for facts, content in photos:
        head = json.dumps(facts).encode()
        clear.append(b"\x02" + len(head).to_bytes(2) + head + content)
    line = {
        "v": 1,
        "visit": str(visit_id),
        "device": str(device_id),
        "installation": sha256(office)[:16],
        "epk": base64.b64encode(epk).decode(),
        "wrap_office": base64.b64encode(_wrapped(key, shared, epk)).decode(),
        "wrap_code": "",
        "frames": len(clear),
    }
    written = b"BQV1\n" + json.dumps({**line, **header}).encode() + b"\n"
    for number, frame in enumerate(clear):
        place = f"BQV1|{visit_id}|{device_id}|{number}|{len(clear)}".encode()
        iv = secrets.token_bytes(12)
        sealed = iv + AESGCM(key).encrypt(iv, frame, place)
        written += len(sealed).to_bytes(4) + sealed
    return written


def _wrapped(key: bytes, shared: bytes, epk: bytes) -> bytes:
    outer, iv = HKDF(SHA256(), 32, epk, b"baqylau visit file 1").derive(shared), secrets.token_bytes(12)
    return iv + AESGCM(outer).encrypt(iv, key, None)
