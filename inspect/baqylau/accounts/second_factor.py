"""The second factor: codes of an authenticator (TOTP, RFC 6238) and the recovery codes that replace it.

The secret is stored encrypted with the installation's key, bound to its account; recovery codes are 80 random bits,
hashed.
"""

import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from uuid import UUID

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from markupsafe import Markup

from baqylau.accounts.terms import RECOVERY_CODES
from baqylau.storage.keys import open_bytes, seal_bytes

STEP_SECONDS = 30
#: A code of the step before or after is taken too: clocks differ (RFC 6238, 5.2).
_STEPS_ASIDE = 1
_CODE_BYTES = 10
# 80 random bits cannot be guessed, so the hash may be cheap enough to try ten of them.
_CODE_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_OFFER_MINUTES = 30


def new_secret() -> str:
    """Return a new TOTP secret of 160 bits (RFC 4226, 4), in base32."""
    return pyotp.random_base32()


def setup_address(secret: str, login: str) -> str:
    """Return the otpauth address that authenticators read."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Baqylau")


def picture(address: str) -> Markup:
    """Return the QR code of the address as inline SVG, dark on white with its quiet zone, without any style attribute."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S704 - drawn by us


def step_of(secret: str, typed: str, last_step: int | None, now: datetime) -> int | None:
    """Return the time step whose code this is, None if it is none or was used: a code works once (RFC 6238, 5.2)."""
    code = "".join(character for character in typed if character.isascii() and character.isdigit())
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(present - _STEPS_ASIDE, present + _STEPS_ASIDE + 1):
        if compare_digest(totp.generate_otp(step), code) and (last_step is None or step > last_step):
            found = step
    return found


def sealed(keys: Path, user_id: UUID, secret: str) -> str:
    """Return the secret encrypted, as it is stored."""
    return urlsafe_b64encode(seal_bytes(keys, secret.encode(), _context(user_id))).decode()


def opened(keys: Path, user_id: UUID, stored: str) -> str:
    """Return the stored secret; raises InvalidTag if it was altered or belongs to another account."""
    return open_bytes(keys, urlsafe_b64decode(stored), _context(user_id)).decode()


def _context(user_id: UUID) -> str:
    return f"account|totp_secret|{user_id}"


def offer(keys: Path, user_id: UUID, secret: str, now: datetime) -> str:
    """Return a secret that is not switched on yet, sealed so that it can travel through the page of its owner."""
    content = f"{int(now.timestamp())}|{secret}"
    return urlsafe_b64encode(seal_bytes(keys, content.encode(), f"offer|{_context(user_id)}")).decode()


def taken_offer(keys: Path, user_id: UUID, offered: str, now: datetime) -> str | None:
    """Return the secret that was offered, None if it is not ours, another person's, or older than half an hour."""
    try:
        content = open_bytes(keys, urlsafe_b64decode(offered), f"offer|{_context(user_id)}").decode()
    except (InvalidTag, ValueError):
        return None
    moment, secret = content.split("|", 1)
    return secret if now.timestamp() - int(moment) <= timedelta(minutes=_OFFER_MINUTES).total_seconds() else None


def new_recovery_codes() -> list[str]:
    """Return ten codes such as "k7xq-2m4a-9w3e-r5ty", to be shown once."""
    return [_written(b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()) for _ in range(RECOVERY_CODES)]


def _written(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_hash(code: str) -> str:
    """Return the argon2id hash of a recovery code."""
    return _CODE_HASHER.hash(_plain(code))


def code_matches(stored: str, typed: str) -> bool:
    """Tell whether this is the recovery code, however its letters and hyphens were typed."""
    try:
        return _CODE_HASHER.verify(stored, _plain(typed))
    except (VerificationError, InvalidHashError):
        return False


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())[:64]
