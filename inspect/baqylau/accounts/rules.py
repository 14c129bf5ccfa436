"""Decide about passwords, waiting, sign-ins and addresses: pure, without web and database."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from string import digits
from urllib.parse import urlsplit

from baqylau.accounts.terms import (
    FIRST_WAIT_SECONDS,
    LENGTH_ALONE,
    LENGTH_MOST,
    LENGTH_WITH_SECOND_FACTOR,
    LONGEST_WAIT_SECONDS,
    Failures,
    PasswordFault,
)

#: The product's name as people write it.
PRODUCT_WORDS = ("baqylau", "бақылау", "бакылау")
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,78}[a-z0-9])")
_OWN_ADDRESS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
#: Rows of keys and of the alphabets; a run along one of them, to either side, guards nothing.
_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "йцукенгшщзхфывапролджэячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "1234567890",
    "0123456789",
)
_LONGEST_REPEATED = 6
_LEAST_OWN_CHARACTERS = 8
_LEAST_WORD = 3


def normal_login(typed: str) -> str:
    """Return the sign-in name as it is stored: lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def is_login(login: str) -> bool:
    """Tell whether this can be a sign-in name: 3 to 80 Latin letters, digits, dots, hyphens.

    Latin alone, because a Cyrillic letter that looks the same would make a second person of the first.
    """
    return _LOGIN.fullmatch(login) is not None


def normal_password(typed: str) -> str:
    """Return the password as it is hashed: two keyboards may spell one character differently (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", typed)


def password_fault(
    password: str, *, has_second_factor: bool, own_words: Collection[str], common: Collection[str]
) -> PasswordFault | None:
    """Return why the password is not taken, None if it is.

    Length alone counts and no kinds of characters are asked for (NIST SP 800-63B-4, 3.1.1.2). `own_words` are the
    sign-in name and the person's name; `common` holds folded passwords (see `folded`).
    """
    if len(password) < LENGTH_WITH_SECOND_FACTOR:
        return PasswordFault.SHORT
    if len(password) < LENGTH_ALONE and not has_second_factor:
        return PasswordFault.SHORT_ALONE
    if len(password) > LENGTH_MOST:
        return PasswordFault.LONG
    plain = folded(password)
    # Digits before or behind a common word are the first thing that is tried after the word itself.
    if plain in common or plain.strip(digits) in common or _is_repetition(plain) or _is_run(plain):
        return PasswordFault.COMMON
    if _own_characters(plain, (*own_words, *PRODUCT_WORDS)) < _LEAST_OWN_CHARACTERS:
        return PasswordFault.OWN_WORDS
    return None


def folded(password: str) -> str:
    """Return the password as the block-list knows it: small letters and digits alone."""
    return "".join(character for character in password.casefold() if character.isalnum())


def _is_repetition(plain: str) -> bool:
    """Tell whether the whole is a short piece over and over: "aaaaaaaaaaaaaaa", "qwe123qwe123qwe123"."""
    return any(
        plain == (plain[:length] * (len(plain) // length + 1))[: len(plain)] and len(plain) >= 2 * length
        for length in range(1, _LONGEST_REPEATED + 1)
    )


def _is_run(plain: str) -> bool:
    """Tell whether the whole follows a row of keys or an alphabet, forwards or backwards, round and round."""
    return any(plain in row * (len(plain) // len(row) + 2) for ordered in _ROWS for row in (ordered, ordered[::-1]))


def _own_characters(plain: str, words: Collection[str]) -> int:
    """Return how many characters are left without the words that anybody would try first."""
    pieces = {piece for word in words for piece in re.split(r"[\W_]+", word.casefold()) if len(piece) >= _LEAST_WORD}
    pieces |= {folded(word) for word in words if len(folded(word)) >= _LEAST_WORD}
    for piece in sorted(pieces, key=len, reverse=True):
        plain = plain.replace(piece, "")
    return len(plain)


def waiting_seconds(failures: Failures, free: int, now: datetime) -> int:
    """Return how long the next attempt must wait: nothing up to `free` failures, then ever longer, never for ever."""
    if failures.last_at is None or failures.count < free:
        return 0
    # The exponent is bounded, so that a million failures do not make a number of a million digits.
    wait = min(FIRST_WAIT_SECONDS * 2 ** min(failures.count - free, 20), LONGEST_WAIT_SECONDS)
    left = (failures.last_at + timedelta(seconds=wait) - now).total_seconds()
    return max(0, -int(-left // 1))


def is_in_use(last_seen_at: datetime, expires_at: datetime, idle_hours: int, now: datetime) -> bool:
    """Tell whether a sign-in still holds: neither unused for too long nor older than its end."""
    return now < expires_at and now - last_seen_at < timedelta(hours=idle_hours)


def own_address(address: str | None) -> str:
    """Return the address if it is a path on this site, else "/": nobody is sent elsewhere after signing in."""
    if not address or not _OWN_ADDRESS.fullmatch(address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung Internet"))
_BROWSERS_LAST = (("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Chromium", "Chromium"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def browser_words(named_itself: str) -> str:
    """Return "Firefox, Android" and the like for the list of sign-ins; what is not known, as it named itself."""
    browser = next((word for sign, word in (*_BROWSERS, *_BROWSERS_LAST) if sign in named_itself), "")
    system = next((word for sign, word in (*_SYSTEMS, ("Linux", "Linux")) if sign in named_itself), "")
    return ", ".join(word for word in (browser, system) if word) or named_itself[:60]
