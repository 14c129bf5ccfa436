import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from baqylau.accounts import second_factor

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)

    assert second_factor.step_of(SECRET, code, None, moment) == seconds // 30


@pytest.mark.parametrize(("seconds_off", "holds"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(seconds_off: int, holds: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds_off))

    assert (second_factor.step_of(SECRET, code, None, NOW) is not None) is holds


def test_a_code_works_once_and_none_before_it_works_after_it() -> None:
    totp = pyotp.TOTP(SECRET)
    step = second_factor.step_of(SECRET, totp.at(NOW), None, NOW)

    assert second_factor.step_of(SECRET, totp.at(NOW), step, NOW) is None
    assert second_factor.step_of(SECRET, totp.at(NOW - timedelta(seconds=30)), step, NOW) is None
    assert second_factor.step_of(SECRET, totp.at(NOW + timedelta(seconds=30)), step, NOW) == (step or 0) + 1


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "1234567", "٣٤٥٦٧٨", "0 0 0 0 0 0 0"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert second_factor.step_of(SECRET, typed, None, NOW) is None


def test_a_code_may_be_typed_with_a_space() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)

    assert second_factor.step_of(SECRET, f" {code[:3]} {code[3:]} ", None, NOW) is not None


def test_a_secret_is_stored_encrypted_and_bound_to_its_account(tmp_path: Path) -> None:
    owner, other = uuid.uuid4(), uuid.uuid4()
    stored = second_factor.sealed(tmp_path, owner, SECRET)

    assert SECRET not in stored
    assert len(stored) <= 300  # the column
    assert second_factor.opened(tmp_path, owner, stored) == SECRET
    with pytest.raises(InvalidTag):
        second_factor.opened(tmp_path, other, stored)


def test_an_offered_secret_is_taken_from_its_owner_for_half_an_hour(tmp_path: Path) -> None:
    owner, other = uuid.uuid4(), uuid.uuid4()
    offered = second_factor.offer(tmp_path, owner, SECRET, NOW)

    assert SECRET not in offered
    assert second_factor.taken_offer(tmp_path, owner, offered, NOW + timedelta(minutes=29)) == SECRET
    assert second_factor.taken_offer(tmp_path, owner, offered, NOW + timedelta(minutes=31)) is None
    assert second_factor.taken_offer(tmp_path, other, offered, NOW) is None
    stored = second_factor.sealed(tmp_path, owner, SECRET)
    for wrong in ("", "x", "Ә", offered[:-8], stored):
        assert second_factor.taken_offer(tmp_path, owner, wrong, NOW) is None


def test_the_picture_is_well_formed_and_has_no_style_that_the_policy_would_refuse() -> None:
    drawn = second_factor.picture(second_factor.setup_address(SECRET, "assel"))

    root = ET.fromstring(drawn)
    assert root.tag.endswith("svg")
    assert "style" not in str(drawn)


def test_recovery_codes_are_long_and_different() -> None:
    codes = second_factor.new_recovery_codes()

    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)


def test_a_recovery_code_is_known_however_it_is_typed() -> None:
    code = second_factor.new_recovery_codes()[0]
    stored = second_factor.code_hash(code)

    assert code not in stored
    assert stored.startswith("$argon2id$")
    for typed in (code, code.upper(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert second_factor.code_matches(stored, typed)
    assert not second_factor.code_matches(stored, code[:-1] + ("a" if code[-1] != "a" else "b"))
    assert not second_factor.code_matches(stored, "")
