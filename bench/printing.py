"""The report's renderer in a warm process, and the same page laid out as files for Chromium."""

import os
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pikepdf

from baqylau.locations import shipped
from baqylau.reports.render import render_html, render_pdf, scaled_photo, snapshot_bytes, snapshot_sha256
from baqylau.reports.schemas import Snapshot

#: The report's own texts: Kazakh is the language of record, and the one without hyphenation in both programs.
LANGUAGE = "kk"


def render_from(folder: Path) -> int:
    """Render the report whose snapshot and photos lie in `folder` and return the PDF's size; runs in a worker."""
    snapshot = _snapshot(folder)
    pdf = render_pdf(
        snapshot,
        LANGUAGE,
        lambda sha256: (folder / sha256).read_bytes(),
        snapshot_hash=snapshot_sha256(snapshot),
        snapshot_json=(folder / "snapshot.json").read_bytes(),
    )
    (folder / "ours.pdf").write_bytes(pdf)
    return len(pdf)


@cache
def _snapshot(folder: Path) -> Snapshot:
    return Snapshot.model_validate_json((folder / "snapshot.json").read_bytes())


def lay_out(snapshot: Snapshot, photos: Mapping[str, bytes], folder: Path) -> Path:
    """Write snapshot, photos, faces, style sheet and page into `folder`; return the page.

    The photos that Chromium prints are scaled already; ours are scaled while rendering.
    """
    (folder / "snapshot.json").write_bytes(snapshot_bytes(snapshot))
    for sha256, photo in photos.items():
        (folder / sha256).write_bytes(photo)
        (folder / f"{sha256}.jpg").write_bytes(scaled_photo(photo, sha256))
    for face in (shipped("static") / "fonts").glob("*.ttf"):
        shutil.copy(face, folder)
    for sheet in (shipped("templates") / "report").glob("*.css"):
        (folder / sheet.name).write_text(sheet.read_text().replace("font:PT", "PT"))
    html = render_html(snapshot, LANGUAGE, snapshot_hash=snapshot_sha256(snapshot)).replace("report:", "")
    for sha256 in photos:
        html = html.replace(f"storage:{sha256}", f"{sha256}.jpg")
    page = folder / "report.html"
    page.write_text(html)
    return page


def own_id() -> int:
    """Return the id of the process that this runs in."""
    return os.getpid()


def pages(pdf: Path) -> int:
    """Return how many pages the file has."""
    with pikepdf.open(pdf) as opened:
        return len(opened.pages)


def check_both(folder: Path) -> None:
    """Raise RuntimeError unless both programs printed the report with our faces and about as many pages."""
    for name in ("ours.pdf", "theirs.pdf"):
        with pikepdf.open(folder / name) as opened:
            fonts = {
                str(one.BaseFont)
                for one in opened.objects
                if isinstance(one, pikepdf.Dictionary) and "/BaseFont" in one
            }
        if not any("Serif" in font for font in fonts) or not any("Sans" in font for font in fonts):
            raise RuntimeError(f"{name} lacks the report's faces: {sorted(fonts)}")
    ours, theirs = pages(folder / "ours.pdf"), pages(folder / "theirs.pdf")
    if not 0.7 <= ours / theirs <= 1.4:
        raise RuntimeError(f"the pages differ too much to be compared: {ours} and {theirs}")
