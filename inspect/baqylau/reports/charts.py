"""Charts of the report as small hand-made SVG: numbers printed on them, zero baseline, legible without colour.

Shading tells the states apart in greyscale: solid = not met, hatched = partly met, light = met. Each chart carries a title
that says what it shows, which the PDF gives to readers as the figure's alternative text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from baqylau.reports.faces import text_width
from baqylau.reports.schemas import Tally

ACCENT = "#0b5563"
LIGHT = "#d8e4e6"
INK = "#1a2225"
QUIET = "#54646a"

_WIDTH = 465.0  # points: the text width of the page, 164 mm
_STATES = ("not_met", "partly", "met")


@dataclass(frozen=True)
class DomainBars:
    """One domain of the results chart."""

    letter: str
    title: str
    national: Tally
    international: Tally


@dataclass(frozen=True)
class ResultWords:
    """The words of the results chart, in the report's language."""

    title: str
    not_met: str
    partly: str
    met: str
    not_seen: str
    national: str
    international: str


@dataclass(frozen=True)
class Bar:
    """One bar of a simple chart: its label, its length, and the number as printed."""

    label: str
    value: float
    written: str
    is_solid: bool = True


def wrap(text: str, width: float, size: float, face: str = "Baqylau Sans") -> list[str]:
    """Break `text` at spaces into lines of at most `width`; a single longer word stays whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, face) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def results_chart(domains: Sequence[DomainBars], words: ResultWords, number: Callable[[float], str]) -> Markup:
    """Draw, for each domain, one bar for national law and one for international standards."""
    label_width, basis_width, note_width = 158.0, 54.0, 58.0
    left = label_width + basis_width
    most = max((_seen(tally) for one in domains for tally in (one.national, one.international)), default=0)
    scale = (_WIDTH - left - note_width) / max(most, 1)
    parts, y = [_key(words, left)], 24.0
    for one in domains:
        lines = wrap(one.title, label_width - 22, 8.2)
        height = max(26.0, 10.2 * len(lines) + 4)
        parts.append(_text(0, y + 8, one.letter, 8.2, weight="bold", fill=ACCENT))
        parts.extend(_text(14, y + 8 + 10.2 * row, line, 8.2) for row, line in enumerate(lines))
        rows = ((words.national, one.national), (words.international, one.international))
        for row, (basis, tally) in enumerate(rows):
            parts.append(_result_bar(left, y + 12.2 * row, scale, basis, tally, words, number))
        y += height + 3
        parts.append(f'<path d="M0 {y - 1:.1f}H{_WIDTH:.0f}" stroke="{LIGHT}" stroke-width=".6"/>')
        y += 4
    parts.append(f'<path d="M{left:.1f} 20V{y - 5:.1f}" stroke="{INK}" stroke-width=".8"/>')
    return _svg(_WIDTH, y, words.title, parts)


def bar_chart(bars: Sequence[Bar], title: str, label_width: float = 150.0, width: float = _WIDTH) -> Markup:
    """Draw plain bars, one under the other, with the number written at the end of each."""
    note = max((text_width(bar.written, 9, "Baqylau Sans Bold") for bar in bars), default=0) + 10
    most = max((bar.value for bar in bars), default=0)
    scale = (width - label_width - note) / most if most else 0
    parts: list[str] = []
    y = 2.0
    for bar in bars:
        lines = wrap(bar.label, label_width - 8, 8.6)
        height = max(13.0, 10.4 * len(lines))
        parts.extend(_text(0, y + 9.4 + 10.4 * row, line, 8.6) for row, line in enumerate(lines))
        length = bar.value * scale
        shade = ACCENT if bar.is_solid else LIGHT
        parts.append(_rect(label_width, y, length, 12, shade))
        parts.append(_text(label_width + length + 5, y + 9.4, bar.written, 9, weight="bold"))
        y += height + 5
    parts.append(f'<path d="M{label_width:.1f} 0V{y - 3:.1f}" stroke="{INK}" stroke-width=".8"/>')
    return _svg(width, y, title, parts)


def _seen(tally: Tally) -> int:
    return tally.not_met + tally.partly + tally.met


def _key(words: ResultWords, left: float) -> str:
    # The key stands over the bars in the order of their segments, so nobody has to look for it.
    parts, x = [], left
    for state in _STATES:
        word = str(getattr(words, state))
        parts.append(_segment(x, 2, 12, 9, state))
        parts.append(_text(x + 16, 9.6, word, 8.2))
        x += 30 + text_width(word, 8.2)
    return "".join(parts)


def _result_bar(
    left: float,
    y: float,
    scale: float,
    basis: str,
    tally: Tally,
    words: ResultWords,
    number: Callable[[float], str],
) -> str:
    counts = [(state, int(getattr(tally, state))) for state in _STATES]
    fits = all(text_width(number(count), 8) + 4 <= count * scale for _state, count in counts if count)
    parts, x = [_text(left - 5, y + 8.2, basis, 6.8, anchor="end", fill=QUIET)], left
    for state, count in counts:
        if count:
            parts.append(_segment(x, y, count * scale, 10.6, state))
            if fits:
                parts.append(_number_in(x + count * scale / 2, y + 8.2, number(count), state))
            x += count * scale
    notes = [] if fits else [" / ".join(number(count) for _state, count in counts)]
    if tally.not_seen:
        notes.append(f"{words.not_seen}: {number(tally.not_seen)}")
    parts.append(_text(x + 5, y + 8.2, " · ".join(notes), 6.8, fill=QUIET))
    return "".join(parts)


def _segment(x: float, y: float, width: float, height: float, state: str) -> str:
    if state == "not_met":
        return _rect(x, y, width, height, ACCENT)
    if state == "met":
        return _rect(x, y, width, height, LIGHT)
    lines = "".join(_slanted(x, y, width, height, 3.4))
    return f'{_rect(x, y, width, height, "#ffffff")}<path d="{lines}" stroke="{ACCENT}" stroke-width=".9" fill="none"/>'


def _slanted(x: float, y: float, width: float, height: float, step: float) -> list[str]:
    # Lines rising at 45 degrees, cut at the rectangle by hand: a clip path or a pattern would cost an object each.
    lines, start = [], step / 2
    while start < width + height:
        x1, y1 = (x + start, y + height) if start <= width else (x + width, y + height - (start - width))
        x2, y2 = (x + start - height, y) if start >= height else (x, y + height - start)
        lines.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
        start += step
    return lines


def _number_in(x: float, y: float, written: str, state: str) -> str:
    if state == "not_met":
        return _text(x, y, written, 8, anchor="middle", weight="bold", fill="#ffffff")
    if state == "met":
        return _text(x, y, written, 8, anchor="middle")
    width = text_width(written, 8, "Baqylau Sans Bold") + 3
    ground = _rect(x - width / 2, y - 7.4, width, 9.4, "#ffffff", outline=False)
    return ground + _text(x, y, written, 8, anchor="middle", weight="bold", fill=ACCENT)


def _rect(x: float, y: float, width: float, height: float, fill: str, *, outline: bool = True) -> str:
    edge = f' stroke="{ACCENT}" stroke-width=".6"' if outline else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{edge}/>'


def _text(
    x: float, y: float, words: str, size: float, *, anchor: str = "start", weight: str = "normal", fill: str = INK
) -> str:
    if not words:
        return ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
        f' fill="{fill}">{escape(words)}</text>'
    )


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> Markup:
    # `font-family` stands here as well: WeasyPrint does not hand the page's style sheet down into an SVG.
    return Markup(  # noqa: S704 -- every word in it went through escape()
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}pt" height="{height:.0f}pt"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" font-family="Baqylau Sans" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
