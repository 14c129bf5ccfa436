"""Hash and compare passwords: argon2id with the memory-saving parameters of RFC 9106 (64 MiB, 3 passes, 4 lanes)."""

import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from baqylau.accounts import rules
from baqylau.accounts.terms import LENGTH_MOST, PasswordFault

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hashed(password: str) -> str:
    """Return the argon2id hash of the password with a salt of its own."""
    return HASHER.hash(rules.normal_password(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether this is the password; the work is the same where there is none, so that time betrays no account."""
    typed = rules.normal_password(password)
    if len(typed) > LENGTH_MOST:
        typed = ""  # no password is so long or so short
    try:
        HASHER.verify(password_hash or _hash_of_nobody(), typed)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@cache
def _hash_of_nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe())


def fault_of(password: str, *, has_second_factor: bool, own_words: tuple[str, ...]) -> PasswordFault | None:
    """Return why the password is not taken, None if it is."""
    return rules.password_fault(
        rules.normal_password(password),
        has_second_factor=has_second_factor,
        own_words=own_words,
        common=common_passwords(),
    )


@cache
def common_passwords() -> frozenset[str]:
    """Return the block-list, folded (see `rules.folded`)."""
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(rules.folded(line) for line in lines if line and not line.startswith("#"))
