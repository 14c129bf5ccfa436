"""Photos are made anew, and what is no photo is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from baqylau.answers.photos import clean_photo
from baqylau.errors import Problem
from tests.factories.answers import photo_bytes

PIXELS, SIDE = 40_000_000, 2400


def open_clean(sent: bytes, side: int = SIDE) -> Image.Image:
    return Image.open(io.BytesIO(clean_photo(sent, PIXELS, side).content))


def with_exif(**tags: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = tags.get("orientation", 1)
    exif[0x010F] = "Camera of Aigul"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (43.0, 15.0, 0.0)
    exif[0x8825] = gps
    return photo_bytes(exif=exif, comment=b"cell of the complainant")


def test_the_place_the_camera_and_the_comment_are_gone() -> None:
    sent = with_exif()
    assert b"cell of the complainant" in sent
    assert dict(Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825))
    photo = open_clean(sent)
    assert not dict(photo.getexif())
    assert "comment" not in photo.info
    assert "exif" not in photo.info
    content = clean_photo(sent, PIXELS, SIDE).content
    assert b"Aigul" not in content
    assert b"complainant" not in content


@pytest.mark.parametrize(
    ("orientation", "size", "first"),
    [(1, (40, 30), "red"), (3, (40, 30), "blue"), (6, (30, 40), "red"), (8, (30, 40), "blue")],
)
def test_a_photo_is_stored_upright(orientation: int, size: tuple[int, int], first: str) -> None:
    # The left half of the picture is red; upright, it comes to lie as the camera was held.
    photo = open_clean(with_exif(orientation=orientation))
    assert photo.size == size
    red, _, blue = photo.getpixel((2, 2))
    assert (red > blue) == (first == "red")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_usual_kinds_become_jpeg(kind: str) -> None:
    photo = clean_photo(photo_bytes(kind), PIXELS, SIDE)
    assert (photo.width, photo.height) == (40, 30)
    assert Image.open(io.BytesIO(photo.content)).format == "JPEG"


def test_a_large_photo_becomes_smaller_and_a_small_one_stays() -> None:
    assert open_clean(photo_bytes(size=(900, 300)), side=600).size == (600, 200)
    assert open_clean(photo_bytes(size=(90, 30)), side=600).size == (90, 30)


def bomb() -> bytes:
    """Return a PNG of a few bytes that says it has 50,000 x 50,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 64


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "answers.photo_unreadable"),
        (b"This is a text that somebody renamed photo.jpg.", "answers.photo_unreadable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "answers.photo_unreadable"),
        (photo_bytes("GIF"), "answers.photo_unreadable"),
        (photo_bytes()[:400], "answers.photo_unreadable"),
        (HEIC, "answers.photo_heic"),
        (bomb(), "answers.photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused(sent: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        clean_photo(sent, PIXELS, SIDE)
    assert refused.value.code == code


def test_more_pixels_than_allowed_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(Problem) as refused:
        clean_photo(photo_bytes("PNG", (1200, 1000)), 1_000_000, SIDE)
    assert refused.value.code == "answers.photo_too_many_pixels"
    assert refused.value.details == {"megapixels": 1}
