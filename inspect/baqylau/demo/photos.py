"""Twelve pictures of rooms, drawn: no real place is shown."""

import io
import random
from collections.abc import Iterator

from PIL import Image, ImageDraw

_SIZE = (1600, 1200)
_WALLS = ("#c9cfc2", "#d8d2c0", "#bfc9cf", "#cfc4bb", "#c4cbbd", "#d3cdc6")


def drawn_photos(count: int = 12) -> Iterator[bytes]:
    """Give JPEG files, each another room: window, beds, damp, lamp, door in other places."""
    for number in range(count):
        chance = random.Random(f"photo {number}")  # noqa: S311  # a demo's dice
        yield _room(number, chance)


def _room(number: int, chance: random.Random) -> bytes:
    width, height = _SIZE
    image = Image.new("RGB", _SIZE, "#777")
    draw = ImageDraw.Draw(image)
    left, right, top, floor = int(width * 0.24), int(width * 0.78), int(height * 0.2), int(height * 0.68)
    wall = _WALLS[number % len(_WALLS)]
    draw.polygon([(0, 0), (width, 0), (right, top), (left, top)], fill="#e8e6df")
    draw.polygon([(0, height), (width, height), (right, floor), (left, floor)], fill="#8d8578")
    draw.polygon([(0, 0), (left, top), (left, floor), (0, height)], fill=_darker(wall, 0.82))
    draw.polygon([(width, 0), (right, top), (right, floor), (width, height)], fill=_darker(wall, 0.9))
    draw.rectangle([left, top, right, floor], fill=wall)
    _window(draw, chance, left, right, top, floor)
    if number % 3 != 2:
        _beds(draw, height, left, floor, 1 + number % 3)
    if number % 2:
        _damp(draw, chance, right, top, floor)
    draw.ellipse([width * 0.48, height * 0.1, width * 0.53, height * 0.13], fill="#fffbe0")
    return _as_jpeg(_grain(image, chance))


def _window(draw: ImageDraw.ImageDraw, chance: random.Random, left: int, right: int, top: int, floor: int) -> None:
    x = chance.randint(left + 60, right - 360)
    y, broad, high = top + 60, chance.randint(180, 300), chance.randint(140, 240)
    draw.rectangle([x, y, x + broad, y + high], fill="#eef4f8", outline="#5a5a52", width=10)
    for bar in range(x + 40, x + broad, 44):
        draw.line([bar, y, bar, y + high], fill="#4a4a44", width=6)
    draw.line([x, y + high // 2, x + broad, y + high // 2], fill="#4a4a44", width=6)
    draw.rectangle([right - 170, floor - 360, right - 40, floor], fill="#6f7f86", outline="#4b575c", width=8)


def _beds(draw: ImageDraw.ImageDraw, height: int, left: int, floor: int, tiers: int) -> None:
    for tier in range(tiers):
        y = floor + 120 - tier * 190
        draw.polygon(
            [(40, y + 190), (left + 90, y), (left + 330, y), (300, y + 190)], fill="#9aa7ad", outline="#3f474b"
        )
        draw.polygon([(40, y + 190), (300, y + 190), (300, y + 225), (40, y + 225)], fill="#6b767b")
        draw.line([50, y + 225, 50, min(height, y + 330)], fill="#3f474b", width=12)


def _damp(draw: ImageDraw.ImageDraw, chance: random.Random, right: int, top: int, floor: int) -> None:
    for _spot in range(60):
        x, y = chance.randint(right - 260, right - 10), chance.randint(top, top + (floor - top) // 2)
        size = chance.randint(4, 26)
        draw.ellipse([x, y, x + size, y + size], fill=chance.choice(("#8f927f", "#9ea08c", "#7f8272")))


def _grain(image: Image.Image, chance: random.Random) -> Image.Image:
    noise = Image.frombytes("L", (400, 300), chance.randbytes(120_000)).resize(_SIZE)
    return Image.blend(image, Image.merge("RGB", (noise, noise, noise)), 0.06)


def _as_jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=88)
    return written.getvalue()


def _darker(colour: str, share: float) -> str:
    parts = (int(int(colour[place : place + 2], 16) * share) for place in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)
