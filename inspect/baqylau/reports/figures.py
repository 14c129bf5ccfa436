"""The figures of one report: charts with their words in its language, and the QR code of its check page.

Turns facts of the snapshot into what `charts` draws; every figure says in its title what it shows.
"""

import segno
from markupsafe import Markup

from baqylau.i18n import catalogue, format_number, in_language
from baqylau.labels import SOURCE, label
from baqylau.reports import charts
from baqylau.reports.schemas import Snapshot


def qr_code(address: str, language: str) -> Markup:
    """Draw `address` as a QR code that still reads when a seventh of it is soiled."""
    _ = catalogue(language).gettext
    code = segno.make(address, error="m", micro=False)
    title = _("QR code: address of the page on which this report can be checked")
    return Markup(code.svg_inline(scale=1, border=4, dark=charts.INK, title=title))  # noqa: S704 -- segno escapes it


def occupancy_chart(snapshot: Snapshot, language: str) -> Markup | None:
    """Draw persons held against the official limit; None when either number is unknown."""
    place, _ = snapshot.place, catalogue(language).gettext
    if place.limit is None or place.population is None:
        return None
    bars = [
        _bar(_("Official limit of places"), place.limit, language, is_solid=False),
        _bar(_("Persons held on the day of the visit"), place.population, language, is_solid=True),
    ]
    return charts.bar_chart(bars, _in_one_line(_("Persons held and the official limit of places"), bars))


def source_chart(snapshot: Snapshot, language: str) -> Markup | None:
    """Draw how many items each kind of source supports; None when no item has a source."""
    counts, _ = snapshot.visit.source_items, catalogue(language).gettext
    if not any(counts.values()):
        return None
    bars = [_bar(label("source", kind, _), counts.get(kind, 0), language, is_solid=False) for kind in SOURCE]
    return charts.bar_chart(bars, _in_one_line(_("Number of items that each kind of source supports"), bars))


def results_chart(snapshot: Snapshot, language: str) -> Markup | None:
    """Draw what was met, partly met and not met in each domain; None when nothing was judged."""
    if not snapshot.tallies:
        return None
    _ = catalogue(language).gettext
    domains = [
        charts.DomainBars(one.section, in_language(one.title, language), one.national, one.international)
        for one in snapshot.tallies
    ]
    words = charts.ResultWords(
        title=_("Chart: items not met, partly met and met in each domain; the numbers are in the tables that follow"),
        not_met=label("rating", "not_met", _),
        partly=label("rating", "partly", _),
        met=label("rating", "met", _),
        not_seen=label("rating", "not_seen", _),
        national=_("national"),
        international=_("international"),
    )
    return charts.results_chart(domains, words, lambda count: format_number(count, language))


def _bar(words: str, value: int, language: str, *, is_solid: bool) -> charts.Bar:
    return charts.Bar(words[:1].upper() + words[1:], value, format_number(value, language), is_solid)


def _in_one_line(title: str, bars: list[charts.Bar]) -> str:
    return f"{title}. " + "; ".join(f"{bar.label}: {bar.written}" for bar in bars) + "."
