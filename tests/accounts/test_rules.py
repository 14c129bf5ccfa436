from datetime import UTC, datetime, timedelta

import pytest

from baqylau.accounts import passwords, rules
from baqylau.accounts.terms import Failures, PasswordFault

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWN = ("assel.k", "Әсел Құрманбекқызы")


@pytest.mark.parametrize(
    ("password", "alone", "beside"),
    [
        ("", PasswordFault.SHORT, PasswordFault.SHORT),
        ("тауөзен", PasswordFault.SHORT, PasswordFault.SHORT),
        ("тауөзенқ", PasswordFault.SHORT_ALONE, None),
        ("тау өзен тұман", PasswordFault.SHORT_ALONE, None),  # 14
        ("тау өзен тұман!", None, None),  # 15
        ("кит" * 42 + "ки", PasswordFault.COMMON, PasswordFault.COMMON),  # 128, one word over and over
        ("a1 " + "тау өзен тұман қайық ағаш " * 3 + "көл теңіз дала мал жел", None, None),
        ("қ" * 129, PasswordFault.LONG, PasswordFault.LONG),
        ("Correct Horse Battery Staple", PasswordFault.COMMON, PasswordFault.COMMON),
        ("құпия-сөз, құпия-сөз", PasswordFault.COMMON, PasswordFault.COMMON),
        ("ПарольПарольПароль", PasswordFault.COMMON, PasswordFault.COMMON),
        ("gfhjkmgfhjkmgfhjkm", PasswordFault.COMMON, PasswordFault.COMMON),
        ("2026 Қазақстан 2030!", PasswordFault.COMMON, PasswordFault.COMMON),
        ("1234567890123456", PasswordFault.COMMON, PasswordFault.COMMON),
        ("poiuytrewqlkjhgfdsa", None, None),  # two rows backwards, not in one run
        ("mnbvcxzlkjhgfdsapoiuytrewq", PasswordFault.COMMON, PasswordFault.COMMON),
        ("йцукенгшщзхъфыва", PasswordFault.COMMON, PasswordFault.COMMON),
        ("baqylau2026baqylau", PasswordFault.OWN_WORDS, PasswordFault.OWN_WORDS),
        ("Бақылау Бақылау 1", PasswordFault.OWN_WORDS, PasswordFault.OWN_WORDS),
        ("assel.k assel.k 12", PasswordFault.OWN_WORDS, PasswordFault.OWN_WORDS),
        ("Құрманбекқызы 2026!", PasswordFault.OWN_WORDS, PasswordFault.OWN_WORDS),
        ("Құрманбекқызы көлге барды", None, None),
        ("               x       ", PasswordFault.COMMON, PasswordFault.COMMON),
    ],
)
def test_a_password_is_judged_by_length_and_by_how_soon_it_would_be_tried(
    password: str, alone: PasswordFault | None, beside: PasswordFault | None
) -> None:
    assert passwords.fault_of(password, has_second_factor=False, own_words=OWN) == alone
    assert passwords.fault_of(password, has_second_factor=True, own_words=OWN) == beside


def test_a_password_of_128_characters_is_taken_whole() -> None:
    password = "".join(chr(0x430 + (n * 7 + n // 32) % 32) for n in range(128))

    assert len(password) == 128
    assert passwords.fault_of(password, has_second_factor=False, own_words=OWN) is None
    assert passwords.matches(passwords.hashed(password), password)
    assert not passwords.matches(passwords.hashed(password), password[:-1])


def test_the_block_list_is_folded_and_holds_passwords_of_all_three_languages() -> None:
    common = passwords.common_passwords()

    assert {"correcthorsebatterystaple", "мойпароль1234567", "құпиясөзқұпиясөз"} <= common
    assert all(entry == rules.folded(entry) and len(entry) >= 8 for entry in common)
    assert len(common) > 250


@pytest.mark.parametrize(
    ("count", "free", "seconds_ago", "wait"),
    [
        (0, 5, 0, 0),
        (4, 5, 0, 0),
        (5, 5, 0, 5),
        (6, 5, 0, 10),
        (7, 5, 0, 20),
        (7, 5, 15, 5),
        (7, 5, 20, 0),
        (7, 5, 3600, 0),
        (12, 5, 0, 640),
        (13, 5, 0, 900),
        (1_000_000, 5, 0, 900),
        (24, 25, 0, 0),
        (25, 25, 0, 5),
    ],
)
def test_waiting_grows_with_each_failure_and_never_beyond_a_quarter_of_an_hour(
    count: int, free: int, seconds_ago: float, wait: int
) -> None:
    failures = Failures(count, NOW - timedelta(seconds=seconds_ago) if count else None)

    assert rules.waiting_seconds(failures, free, NOW) == wait


def test_a_wait_of_half_a_second_is_told_as_one_second() -> None:
    assert rules.waiting_seconds(Failures(5, NOW - timedelta(seconds=4.5)), 5, NOW) == 1


@pytest.mark.parametrize(
    ("login", "holds"),
    [
        ("assel", True),
        ("assel.k-1_x", True),
        ("abc", True),
        ("ab", False),
        ("a" * 80, True),
        ("a" * 81, False),
        (".assel", False),
        ("assel.", False),
        ("assel k", False),
        ("әсел", False),
        ("аssel", False),  # a Cyrillic а
        ("assel\n", False),
    ],
)
def test_a_sign_in_name_is_latin_and_short(login: str, holds: bool) -> None:
    assert rules.is_login(login) is holds


def test_a_sign_in_name_is_the_same_in_capitals_and_with_spaces_around() -> None:
    assert rules.normal_login("  Assel.K ") == "assel.k"


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("/visits/1?tab=a&b=%2F", "/visits/1?tab=a&b=%2F"),
        ("/орындар", "/орындар"),
        ("/", "/"),
        ("", "/"),
        (None, "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("visits", "/"),
        ("/visits\r\nSet-Cookie: x=1", "/"),
        ("/visits\t", "/"),
        (" /visits", "/"),
        ("/a\\..\\evil", "/"),
    ],
)
def test_only_addresses_of_this_site_are_followed(address: str | None, sent_to: str) -> None:
    assert rules.own_address(address) == sent_to


@pytest.mark.parametrize(
    ("seen_minutes_ago", "ends_in_minutes", "holds"),
    [(0, 60, True), (59, 60, True), (60, 60, False), (10, 0, False), (10, -5, False)],
)
def test_a_sign_in_holds_while_it_is_used_and_before_its_end(
    seen_minutes_ago: int, ends_in_minutes: int, holds: bool
) -> None:
    seen, end = NOW - timedelta(minutes=seen_minutes_ago), NOW + timedelta(minutes=ends_in_minutes)

    assert rules.is_in_use(seen, end, 1, NOW) is holds


@pytest.mark.parametrize(
    ("named_itself", "words"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/147.0 Safari/537.36 Edg/147.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/147.0 Safari/537.36", "Chrome, Linux"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words(named_itself: str, words: str) -> None:
    assert rules.browser_words(named_itself) == words
