"""The colours keep their contrast in the light and in the dark scheme (WCAG 2.2: 1.4.6 for text, 1.4.11 for edges)."""

import re

import pytest

from baqylau.locations import shipped

SHEET = (shipped("static") / "css" / "tokens.css").read_text(encoding="utf-8")

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "bad") for ground in ("paper", "ground")],
    ("accent-strong", "paper"),
    ("accent-strong", "accent-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bar", "bar"),
    *[(f"{state}", f"{state}-tint") for state in ("good", "partly", "bad", "unseen")],
    *[("ink", f"{state}-tint") for state in ("good", "partly", "bad", "unseen")],
    # A chosen segment on the tablet writes with the paper's colour on the state's.
    *[("paper", state) for state in ("good", "partly", "bad", "unseen")],
    ("on-urgent", "urgent"),
]
EDGES = [("edge", "paper"), ("edge", "ground"), ("focus", "paper"), ("focus", "ground"), ("bar-line", "bar")]


def schemes() -> dict[str, dict[str, str]]:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)")
    pattern = r"--([\w-]+):\s*(#[0-9a-f]{6});"
    of_light = dict(re.findall(pattern, light))
    return {"light": of_light, "dark": of_light | dict(re.findall(pattern, dark))}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself_gives_the_known_values() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_seven_to_one(scheme: str, ink: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_have_three_to_one(scheme: str, edge: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[edge], colours[ground]) >= 3


def test_the_dark_scheme_redefines_every_colour() -> None:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)")
    colours = re.findall(r"--([\w-]+):\s*#", light)
    assert set(colours) == set(re.findall(r"--([\w-]+):\s*#", dark))
