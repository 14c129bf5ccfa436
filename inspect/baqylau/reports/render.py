"""Snapshot -> HTML -> PDF/A-3a: everything that decides how a report looks, and nothing that decides what it says.

Reads the snapshot, the photos by their hash, and the program's own templates and faces; a fetcher that knows nothing else
keeps the network and the disk out. The same snapshot gives the same bytes: no clock and no random number is read here.
"""

import csv
import gc
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import ceil
from typing import Any

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

import baqylau
from baqylau.i18n import catalogue, in_language, local_time
from baqylau.i18n import lazy as _
from baqylau.labels import label
from baqylau.locations import shipped
from baqylau.reports.arrangement import REPORT_TITLE, SHORT_HASH_DIGITS, arrange
from baqylau.reports.faces import face_file, foreign_fonts, missing_letters, printable
from baqylau.reports.figures import occupancy_chart, qr_code, results_chart, source_chart
from baqylau.reports.schemas import Snapshot
from baqylau.reports.typesetting import environment

ReadBlob = Callable[[str], bytes]

#: What a photo needs at its printed size: 64 mm wide and at most 86 mm high, two to a row, at 200 dots per inch.
PHOTO_BOX = (ceil(64 / 25.4 * 200), ceil(86 / 25.4 * 200))
#: Raised whenever the look of a report changes, so that a stored PDF of an older look is not taken for the new one.
LOOK = 1

_SHEETS = frozenset({"report.css"})
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n")
_CSV_HEADS = (
    _("Number"),
    _("Addressee"),
    _("Level"),
    _("Term"),
    _("Due"),
    _("Action"),
    _("Sign of fulfilment"),
    _("Findings"),
    _("Repeats"),
)
_SNAPSHOT_FILE = _("Data of the report, from which it was made")
_CSV_FILE = _("Recommendations as a table")


class RenderTrouble(RuntimeError):
    """The report could not be rendered as it must be; `code` is stable, `details` says which file, letters or fonts."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(f"{code}: {details}" if details else code)
        self.code = code
        self.details = details


def render_pdf(
    snapshot: Snapshot,
    language: str,
    read_blob: ReadBlob,
    *,
    snapshot_hash: str,
    snapshot_json: bytes | None = None,
) -> bytes:
    """Return the report in `language` as PDF/A-3a with the snapshot and the recommendations attached.

    `read_blob` gives a photo's bytes for its SHA-256 and may raise anything when it has none. `snapshot_hash` is the
    SHA-256 of the stored snapshot, `snapshot_json` its stored bytes; without them `snapshot_bytes` is attached.
    Raises RenderTrouble; never returns a PDF that lacks a photo or embeds a font that is not ours.
    """
    with _without_collections():
        return _render_pdf(snapshot, language, read_blob, snapshot_hash, snapshot_json or snapshot_bytes(snapshot))


@contextmanager
def _without_collections() -> Iterator[None]:
    """Let no garbage collection run meanwhile, and one at the end: the objects of a rendering live as long as it does.

    They would be walked over and over for nothing, which is a seventh of the time (docs/adr/0008). The one at the end
    keeps the process as small as it was.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect()


def _render_pdf(
    snapshot: Snapshot, language: str, read_blob: ReadBlob, snapshot_hash: str, snapshot_json: bytes
) -> bytes:
    html = render_html(snapshot, language, snapshot_hash=snapshot_hash)
    document = HTML(string=html, base_url="report:", url_fetcher=ClosedFetcher(read_blob))
    attached = _attachments(snapshot, language, snapshot_json)
    try:
        with warnings.catch_warnings():
            # WeasyPrint 70 leaves its own colour profile open; it is closed at once with the object that held it.
            warnings.filterwarnings("ignore", message="unclosed file.*[.]icc", category=ResourceWarning)
            pdf = document.write_pdf(
                finisher=_name_each_file_once,
                pdf_variant="pdf/a-3a",
                pdf_tags=True,
                attachments=attached,
                font_config=FontConfiguration(),
            )
    except FatalURLFetchingError as fatal:
        raise _as_trouble(fatal) from fatal
    _check(pdf)
    return bytes(pdf)


def render_html(snapshot: Snapshot, language: str, *, snapshot_hash: str) -> str:
    """Return the whole report as one HTML page, whose images and sheets only `ClosedFetcher` can give."""
    arrangement = arrange(snapshot, language, snapshot_hash)
    html = (
        environment(language)
        .get_template("report.html")
        .render(
            s=snapshot,
            a=arrangement,
            report_title=catalogue(language).gettext(REPORT_TITLE[snapshot.visit.kind]),
            zone=snapshot.time_zone,
            issued=f"{local_time(snapshot.report.issued_at, 'UTC'):%Y-%m-%dT%H:%M:%SZ}",
            snapshot_code=hash_in_groups(snapshot_hash),
            snapshot_hash=snapshot_hash,
            qr=qr_code(arrangement.verify_link, language),
            occupancy_chart=occupancy_chart(snapshot, language),
            source_chart=source_chart(snapshot, language),
            results_chart=results_chart(snapshot, language),
            made_by=f"Baqylau {baqylau.__version__}",
        )
    )
    html = printable(html)
    if missing := missing_letters(html):
        # Better to say which letters cannot be printed than to print them from whatever font this machine has.
        named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
        raise RenderTrouble("reports.letters_missing", named)
    return html


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Return the snapshot as JSON in its one canonical form: sorted keys, no spaces, UTF-8."""
    plain = snapshot.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def snapshot_sha256(snapshot: Snapshot) -> str:
    """Return the SHA-256 of `snapshot_bytes` in hexadecimal."""
    return hashlib.sha256(snapshot_bytes(snapshot)).hexdigest()


def hash_in_groups(sha256: str) -> str:
    """Return the first 16 digits of a hash in groups of four, as people compare them."""
    return " ".join(sha256[start : start + 4] for start in range(0, SHORT_HASH_DIGITS, 4))


class ClosedFetcher(URLFetcher):  # type: ignore[misc] # the library is not typed
    """Gives WeasyPrint the photos, the faces and the report's own sheet, and refuses every other address."""

    def __init__(self, read_blob: ReadBlob) -> None:
        super().__init__(fail_on_errors=True)
        self._read_blob = read_blob

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 -- the library's signature
        """Return what stands at `url`; RenderTrouble when it is missing or not one of ours."""
        scheme, _colon, rest = url.partition(":")
        name = rest.lstrip("/")
        if scheme == "storage":
            return URLFetcherResponse(url, self._photo(name), {"Content-Type": "image/jpeg"})
        if scheme == "report" and name in _SHEETS:
            sheet = (shipped("templates") / "report" / name).read_bytes()
            return URLFetcherResponse(url, sheet, {"Content-Type": "text/css; charset=utf-8"})
        if scheme == "font":
            try:
                return URLFetcherResponse(url, face_file(name).read_bytes(), {"Content-Type": "font/ttf"})
            except (KeyError, OSError) as error:
                raise RenderTrouble("reports.face_missing", name) from error
        raise RenderTrouble("reports.address_refused", url)

    def _photo(self, sha256: str) -> bytes:
        try:
            stored = self._read_blob(sha256)
        except Exception as error:
            raise RenderTrouble("reports.photo_missing", sha256) from error
        return scaled_photo(stored, sha256)


def scaled_photo(stored: bytes, sha256: str) -> bytes:
    """Return a photo as a JPEG without metadata, no larger than print needs; RenderTrouble when it is not an image."""
    try:
        with Image.open(io.BytesIO(stored)) as opened:
            # A JPEG is decoded at half, a quarter or an eighth of its size where that is still as large as print needs.
            opened.draft(None, (max(PHOTO_BOX), max(PHOTO_BOX)))
            upright = ImageOps.exif_transpose(opened)
            photo = _on_white(upright)
            photo.thumbnail(PHOTO_BOX, Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise RenderTrouble("reports.photo_unreadable", sha256) from error
    written = io.BytesIO()
    photo.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()


def _on_white(photo: Image.Image) -> Image.Image:
    if photo.mode in {"RGB", "L"}:
        return photo.copy()
    if not photo.has_transparency_data:
        return photo.convert("RGB")
    ground = Image.new("RGB", photo.size, "white")
    layered = photo.convert("RGBA")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _name_each_file_once(_document: object, pdf: Any) -> None:
    # WeasyPrint 70 lists every attached file twice among the associated files of the catalogue.
    pdf.catalog["AF"] = type(pdf.catalog["AF"])(dict.fromkeys(pdf.catalog["AF"]))


def _as_trouble(fatal: BaseException) -> RenderTrouble:
    cause = fatal.__cause__
    return cause if isinstance(cause, RenderTrouble) else RenderTrouble("reports.render_failed", str(cause or fatal))


def _check(pdf: bytes) -> None:
    if foreign := foreign_fonts(pdf):
        raise RenderTrouble("reports.foreign_fonts", ", ".join(foreign))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        marks = opened.open_metadata(set_pikepdf_as_editor=False)
        is_archival = marks.get("pdfaid:part") == "3" and marks.get("pdfaid:conformance") == "A"
        if not is_archival or "/OutputIntents" not in opened.Root or "/StructTreeRoot" not in opened.Root:
            raise RenderTrouble("reports.not_archival")


def _attachments(snapshot: Snapshot, language: str, snapshot_json: bytes) -> list[Attachment]:
    issued = local_time(snapshot.report.issued_at, "UTC")
    translate = catalogue(language).gettext
    attach = partial(Attachment, created=issued, modified=issued)
    return [
        attach(
            string=snapshot_json,
            name="snapshot.json",
            description=translate(_SNAPSHOT_FILE),
            relationship="Source",
        ),
        attach(
            string=recommendations_csv(snapshot, language),
            name="recommendations.csv",
            description=translate(_CSV_FILE),
            relationship="Data",
        ),
    ]


def recommendations_csv(snapshot: Snapshot, language: str) -> bytes:
    """Return the recommendations as CSV in `language`, which spreadsheets open with its letters and run nothing from."""
    translate = catalogue(language).gettext
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow([translate(head) for head in _CSV_HEADS])
    for one in sorted(snapshot.recommendations, key=lambda one: one.number):
        cells = (
            str(one.number),
            in_language(one.addressee, language),
            label("level", one.level, translate),
            label("priority", one.priority, translate),
            one.due_on.isoformat() if one.due_on else "",
            in_language(one.action, language),
            in_language(one.sign, language),
            " ".join(one.findings),
            one.repeats or "",
        )
        table.writerow([_guarded(cell) for cell in cells])
    # The mark at the start tells spreadsheets that it is UTF-8; without it Kazakh letters come out as rubbish.
    return written.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    """Return `cell` so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_GUARDED) else cell
