"""The installation's word to a tablet: what it holds, signed; and the key to which tablets encrypt visit files.

Both keys lie in `instance/keys` like the others, are made at first use and are never overwritten. A tablet keeps the public
halves from the day on which the visit was taken along; a receipt that does not verify with them counts for nothing.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from baqylau.storage.keys import installation_secret

_RECEIPT_FORM = 1


def receipt_key(keys: Path) -> Ed25519PrivateKey:
    """Return the key that signs receipts."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(installation_secret(keys, "receipts.key")))


def import_key(keys: Path) -> X25519PrivateKey:
    """Return the key that opens visit files."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(installation_secret(keys, "imports.key")))


def public_keys(keys: Path) -> dict[str, str]:
    """Return {"key", "import_key"}: the public halves in base64, as a tablet keeps them."""
    return {
        "key": base64.b64encode(receipt_key(keys).public_key().public_bytes_raw()).decode(),
        "import_key": base64.b64encode(import_key(keys).public_key().public_bytes_raw()).decode(),
    }


def installation_id(import_public: bytes) -> str:
    """Return what a visit file names its installation by: the first 16 hex digits of the SHA-256 of the import key."""
    return hashlib.sha256(import_public).hexdigest()[:16]


def signed_receipt(
    keys: Path, visit_id: UUID, device_id: UUID, have: Iterable[tuple[str, str]], now: datetime
) -> dict[str, str]:
    """Return {"receipt", "signature"}: what is held, [(name, SHA-256)], as JSON text, and the Ed25519 signature over its bytes.

    Only for what is committed: `api.with_receipt` calls this after the commit.
    """
    content = {
        "r": _RECEIPT_FORM,
        "visit": str(visit_id),
        "device": str(device_id),
        "at": now.isoformat(),
        "have": [list(one) for one in have],
    }
    receipt = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    signature = receipt_key(keys).sign(receipt.encode())
    return {"receipt": receipt, "signature": base64.b64encode(signature).decode()}
