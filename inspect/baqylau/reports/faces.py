"""The faces of the report: which files they are, which letters they hold, and whether a PDF embeds only them.

A letter that a face lacks is silently taken from any installed font, and Kazakh text then changes its look or its meaning
on extraction. So letters are checked before rendering and the embedded fonts after it.
"""

import io
import unicodedata
from functools import cache
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from baqylau.locations import shipped

#: Name in the style sheet -> file. The names are ours alone, so that no installed font can stand in for a missing file.
FACES = {
    "Baqylau Serif": "PTSerif-Regular.ttf",
    "Baqylau Serif Italic": "PTSerif-Italic.ttf",
    "Baqylau Serif Bold": "PTSerif-Bold.ttf",
    "Baqylau Serif Bold Italic": "PTSerif-BoldItalic.ttf",
    "Baqylau Sans": "PTSans-Regular.ttf",
    "Baqylau Sans Italic": "PTSans-Italic.ttf",
    "Baqylau Sans Bold": "PTSans-Bold.ttf",
}
_EMBEDDED = frozenset(name.replace(" ", "-") for name in FACES)

# Lossless stand-ins for characters that people paste and that the faces lack: spaces of other widths, bullets of other
# shapes, the tenge sign, and marks that have no width at all.
_STAND_INS = str.maketrans(
    {
        **dict.fromkeys("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u205f\u3000", " "),
        **dict.fromkeys("\u2007\u2009\u200a\u202f", "\u00a0"),
        **dict.fromkeys("●■▪◦‣∙", "•"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u200e\u200f", ""),
        "₸": "тг",
        "‐": "-",
    }
)


def face_file(name: str) -> Path:
    """Return the path of the face file `name`; KeyError for any file that is not one of the faces."""
    if name not in FACES.values():
        raise KeyError(name)
    return shipped("static") / "fonts" / name


@cache
def _letters(file: str) -> frozenset[int]:
    with TTFont(face_file(file), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _advances(file: str) -> dict[int, float]:
    with TTFont(face_file(file), lazy=True) as font:
        widths, per_em = font["hmtx"], font["head"].unitsPerEm
        return {code: widths[glyph][0] / per_em for code, glyph in font.getBestCmap().items()}


def text_width(text: str, size: float, face: str = "Baqylau Sans") -> float:
    """Return the length of `text` on one line, in the unit of `size` (kerning left aside)."""
    advances = _advances(FACES[face])
    return size * sum(advances.get(ord(letter), 0.6) for letter in text)


def printable(text: str) -> str:
    """Return `text` composed (NFC) and with lossless stand-ins for the characters that the faces lack."""
    return unicodedata.normalize("NFC", text).translate(_STAND_INS)


def missing_letters(text: str) -> list[str]:
    """Return the characters of `text` that some face lacks, in order of their code, after `printable`."""
    held = frozenset.intersection(*(_letters(file) for file in FACES.values()))
    return sorted(letter for letter in set(printable(text)) if ord(letter) not in held and letter not in "\n\r\t")


def foreign_fonts(pdf: bytes) -> list[str]:
    """Return the names of fonts in `pdf` that are not ours, or that are not embedded with a map to Unicode."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary) and _is_font(thing)]
        return sorted({str(font.BaseFont).lstrip("/") for font in fonts if not _is_ours(font)})


def _is_font(thing: pikepdf.Dictionary) -> bool:
    # Only whole fonts: a descendant of a composite font repeats the name and has its map in the parent.
    is_part = thing.get("/Subtype") in ("/CIDFontType0", "/CIDFontType2")
    return bool(thing.get("/Type") == "/Font" and not is_part)


def _is_ours(font: pikepdf.Dictionary) -> bool:
    name = str(font.BaseFont).lstrip("/").partition("+")[2]
    if name not in _EMBEDDED or "/ToUnicode" not in font:
        return False
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return bool("/FontFile2" in inner.FontDescriptor or "/FontFile3" in inner.FontDescriptor)
