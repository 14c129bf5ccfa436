"""Hashing that costs nothing: the real parameters are looked at by one test alone."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from baqylau.accounts import passwords, second_factor

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    passwords._hash_of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "HASHER", _CHEAP)
    monkeypatch.setattr(second_factor, "_CODE_HASHER", _CHEAP)
    yield
    passwords._hash_of_nobody.cache_clear()
