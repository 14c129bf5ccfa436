"""Photos: decoded, turned upright, made smaller and encoded anew, so that nothing of the camera's metadata is left.

A file that Pillow does not decode whole as JPEG, PNG or WebP is refused, whatever its name says.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from baqylau.errors import Problem, invalid

MEDIA_TYPE = "image/jpeg"
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 86
#: First bytes of files that people take for photos, and what to tell them.
_HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftyphevc", b"ftypavif")


@dataclass(frozen=True)
class Photo:
    """A photo as it is stored."""

    content: bytes
    width: int
    height: int


def clean_photo(sent: bytes, most_pixels: int, longest_side: int) -> Photo:
    """Return the photo encoded anew; raises Problem `answers.photo_*` for anything that is not a photo we can read."""
    if not sent:
        raise _unreadable()
    if any(brand in sent[4:16] for brand in _HEIC_BRANDS):
        raise invalid(
            "answers.photo_heic",
            "This photo is in the HEIC format, which cannot be read here. Set the camera to JPEG and take it again; "
            "nothing was saved.",
        )
    try:
        with Image.open(io.BytesIO(sent), formats=_FORMATS) as opened:
            if opened.width * opened.height > most_pixels:
                raise invalid(
                    "answers.photo_too_many_pixels",
                    "This photo has more than %(megapixels)s megapixels. Take it again with a smaller size; nothing was saved.",
                    megapixels=most_pixels // 1_000_000,
                )
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable() from error
    upright.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    # A new image takes the pixels only: Pillow would keep a JPEG comment when saving the opened one.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(written.getvalue(), bare.width, bare.height)


def _unreadable() -> Problem:
    return invalid(
        "answers.photo_unreadable",
        "This file is not a photo that can be read (JPEG, PNG or WebP). Nothing was saved; take the photo again.",
    )
