"""The installation's own secrets: made once in `instance/keys`, readable by nobody else."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SecretReadableByOthers(RuntimeError):
    """A secret file's mode lets other users of the machine read it."""


def installation_secret(keys: Path, name: str = "pages.secret") -> str:
    """Return the secret kept in the file `name`, made at first use with mode 0600.

    Raises SecretReadableByOthers rather than use a secret that others can read.
    """
    path = keys / name
    if not path.exists():
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A name of its own: two threads that wrote the same file would change a secret that was read already.
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # Two processes may start at once: the first name wins, both read the same secret.
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink(missing_ok=True)
    if path.stat().st_mode & 0o077:
        raise SecretReadableByOthers(path.name)
    return path.read_text().strip()


def seal_bytes(keys: Path, plain: bytes, context: str) -> bytes:
    """Encrypt with AES-256-GCM; `context` (table, column, row) must be the same when opening, so rows cannot be swapped."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    key = bytes.fromhex(installation_secret(keys, "storage.key"))
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_bytes(keys: Path, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal_bytes` made; raises cryptography's InvalidTag when it was altered or moved."""
    key = bytes.fromhex(installation_secret(keys, "storage.key"))
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
