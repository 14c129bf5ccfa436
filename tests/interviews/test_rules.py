"""Public keys and fingerprints."""

import hashlib

import pyrage
import pytest

from baqylau.interviews.rules import fingerprint, is_public_key, is_slot

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


def test_what_age_calls_a_recipient_is_one() -> None:
    assert is_public_key(KEY)
    for _ in range(50):
        assert is_public_key(str(pyrage.x25519.Identity.generate().to_public()))


@pytest.mark.parametrize(
    "text",
    [
        "", "age1", KEY[:-1], KEY + "q", KEY.upper(), KEY.replace("q", "p", 1), f" {KEY}", KEY.replace("age1", "agf1"),
        "AGE-SECRET-KEY-1" + "Q" * 58, "age1pq1" + "q" * 60, "ssh-ed25519 AAAA", "age1ылдирим",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert not is_public_key(text)


def test_a_secret_key_is_none() -> None:
    assert not is_public_key(str(pyrage.x25519.Identity.generate()))


def test_every_altered_letter_of_a_key_is_noticed() -> None:
    for at in range(4, len(KEY)):
        other = "q" if KEY[at] != "q" else "p"
        assert not is_public_key(KEY[:at] + other + KEY[at + 1 :])


def test_a_fingerprint_is_eight_groups_of_five_figures_of_the_keys_hash() -> None:
    groups = fingerprint(KEY)
    digest = hashlib.sha256(KEY.encode()).digest()
    assert len(groups) == 8
    assert all(len(group) == 5 and group.isdecimal() for group in groups)
    assert b"".join(int(group).to_bytes(2, "big") for group in groups) == digest[:16]


def test_slots_are_counted_from_nought() -> None:
    assert [is_slot(slot, 24) for slot in (-1, 0, 23, 24)] == [False, True, True, False]
