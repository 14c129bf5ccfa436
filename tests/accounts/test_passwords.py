import unicodedata

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from baqylau.accounts import passwords

PASSWORD = "тау өзен тұман қайық"


def test_a_password_is_hashed_with_argon2id_and_the_parameters_of_rfc_9106(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))

    stored = passwords.hashed(PASSWORD)
    parameters = extract_parameters(stored)

    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (65536, 3, 4)
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, PASSWORD + " ")


def test_the_program_uses_these_parameters() -> None:
    # `HASHER` is replaced in this folder's tests; the module's source is what counts.
    import importlib.util

    spec = importlib.util.find_spec("baqylau.accounts.passwords")
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)

    assert fresh.HASHER.memory_cost == 65536
    assert fresh.HASHER.type is Type.ID


def test_one_password_has_two_hashes() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    stored = passwords.hashed(unicodedata.normalize("NFD", "йод ёлка қайық көл"))

    assert passwords.matches(stored, unicodedata.normalize("NFC", "йод ёлка қайық көл"))


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nothing_matches_where_there_is_no_password(stored: str | None) -> None:
    assert not passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, "")


def test_as_much_is_hashed_for_nobody_as_for_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Counting(PasswordHasher):
        def verify(self, stored: str, typed: str) -> bool:
            seen.append(str(extract_parameters(stored)))
            return super().verify(stored, typed)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=16, parallelism=1))
    passwords._hash_of_nobody.cache_clear()

    passwords.matches(passwords.hashed(PASSWORD), "wrong")
    passwords.matches(None, "wrong")
    passwords.matches(passwords.hashed(PASSWORD), "x" * 100_000)

    assert len(seen) == 3
    assert len(set(seen)) == 1
