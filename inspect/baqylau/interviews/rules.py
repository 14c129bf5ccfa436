"""Decide about public keys and their fingerprints: pure."""

import hashlib

from baqylau.interviews.terms import MOST_SLOTS

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX = "age"
_CHECK_LETTERS = 6
_KEY_BYTES = 32
_GROUPS = 8


def is_public_key(text: str) -> bool:
    """Tell whether this is an age X25519 recipient: Bech32 (BIP 173) of 32 bytes under the prefix "age"."""
    if not text.startswith(f"{_PREFIX}1") or any(letter not in _LETTERS for letter in text[4:]):
        return False
    values = [_LETTERS.index(letter) for letter in text[len(_PREFIX) + 1 :]]
    expanded = [ord(letter) >> 5 for letter in _PREFIX] + [0] + [ord(letter) & 31 for letter in _PREFIX]
    data = values[:-_CHECK_LETTERS]
    # 52 letters hold 260 bits: the 32 bytes and four bits that are 0.
    return _remainder(expanded + values) == 1 and len(data) * 5 // 8 == _KEY_BYTES and data[-1] & 15 == 0


def _remainder(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if (top >> bit) & 1 else 0
    return check


def fingerprint(public_key: str) -> tuple[str, ...]:
    """Return eight groups of five figures, to be read out and compared: the first 128 bits of the key's SHA-256."""
    digest = hashlib.sha256(public_key.encode()).digest()
    return tuple(f"{int.from_bytes(digest[at : at + 2], 'big'):05}" for at in range(0, 2 * _GROUPS, 2))


def is_slot(slot: int, slots: int) -> bool:
    """Tell whether a visit with so many slots has this one, counted from 0."""
    return 0 <= slot < min(slots, MOST_SLOTS)
