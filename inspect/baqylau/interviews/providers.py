"""What interviews need of rooms that they do not know; `app.py` names it when the application is set up.

Devices and receipts belong to `sync`, which lies above.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

#: (session, visit id) -> [{"id", "label", "person", "recovery"}]: the tablets of a visit with their sealed visit keys.
Devices = Callable[[Session, UUID], list[dict[str, str]]]
#: (folder of keys, visit id, device id, [(name, SHA-256)], now) -> {"receipt", "signature"}.
Signer = Callable[[Path, UUID, UUID, Sequence[tuple[str, str]], datetime], dict[str, str]]

_PROVIDED: dict[str, Any] = {}


def lists_devices(devices: Devices) -> None:
    """Let the page of forgotten passphrases find the visit's tablets."""
    _PROVIDED["devices"] = devices


def signs_receipts(signer: Signer) -> None:
    """Let what is held of a tablet be signed like every receipt."""
    _PROVIDED["signer"] = signer


def devices_of(session: Session, visit_id: UUID) -> list[dict[str, str]]:
    """Return the visit's tablets whose key can be recovered."""
    devices: Devices | None = _PROVIDED.get("devices")
    return [one for one in devices(session, visit_id) if one["recovery"]] if devices else []


def receipt_of(
    keys: Path, visit_id: UUID, device: UUID, have: Sequence[tuple[str, str]], now: datetime
) -> dict[str, str]:
    """Return the signed receipt; {} where nobody signs."""
    signer: Signer | None = _PROVIDED.get("signer")
    return signer(keys, visit_id, device, have, now) if signer else {}
