"""Tokens: random values that give a right to whoever holds them; only their hash is kept."""

import hashlib
import hmac
import secrets
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from baqylau.storage.keys import installation_secret

_TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return the SHA-256 under which the token is known; its 256 bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_key(keys: Path, login: str) -> str:
    """Return the keyed hash under which attempts on a sign-in name are counted, whether anybody has it or not."""
    return _keyed(keys, f"account|{login}")


def address_key(keys: Path, address: str) -> str:
    """Return the keyed hash under which attempts from a network address are counted; of IPv6 the /64 that one user gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return _keyed(keys, f"address|{address}")
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return _keyed(keys, f"address|{int(parsed) >> 64:x}")
    return _keyed(keys, f"address|{getattr(parsed, 'ipv4_mapped', None) or parsed}")


def _keyed(keys: Path, content: str) -> str:
    secret = bytes.fromhex(installation_secret(keys, "attempts.secret"))
    return hmac.new(secret, content.encode(), hashlib.sha256).hexdigest()
