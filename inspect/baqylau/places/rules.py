"""Decide about levels of authorities and about what a search finds: pure, without web and database."""

import unicodedata

from baqylau.places.terms import AuthorityLevel

#: From the place upwards; a prosecutor stands outside this line.
_LINE = (
    AuthorityLevel.FACILITY,
    AuthorityLevel.REGIONAL,
    AuthorityLevel.COMMITTEE,
    AuthorityLevel.MINISTRY,
    AuthorityLevel.GOVERNMENT,
)


def may_stand_above(level: AuthorityLevel, above: AuthorityLevel) -> bool:
    """Tell whether an authority of level `above` can be over one of `level`; steps may be left out.

    Prosecutors answer to prosecutors only: their supervision is not part of the executive's line.
    """
    if AuthorityLevel.PROSECUTOR in {level, above}:
        return level is above
    return _LINE.index(above) > _LINE.index(level)


def folded(text: str) -> str:
    """Return the text as searches compare it: small letters, "ё" as "е", one space between words."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return " ".join(plain.split())


def is_found(search: str, *texts: str) -> bool:
    """Tell whether each word of `search` stands somewhere in the texts."""
    where = folded(" ".join(texts))
    return all(word in where for word in folded(search).split())
