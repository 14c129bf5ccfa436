"""The job that makes a report: render the three languages side by side, seal each, store them, issue.

Nothing is rendered inside a transaction, and nothing twice: a finished rendering is kept under the hash of all that it
was made from.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as version_of
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import pikepdf
from sqlmodel import Session

from baqylau import clock, i18n, labels
from baqylau.audit.actions import record
from baqylau.db.engine import Database
from baqylau.i18n import LANGUAGES, catalogue, in_language
from baqylau.i18n import lazy as _
from baqylau.jobs.actions import step_done
from baqylau.jobs.queue import does
from baqylau.locations import shipped
from baqylau.reports import refusals
from baqylau.reports.models import Rendering, ReportFile
from baqylau.reports.queries import get_report
from baqylau.reports.render import RenderTrouble, render_pdf
from baqylau.reports.schemas import Snapshot
from baqylau.reports.terms import ReportState
from baqylau.settings import Settings
from baqylau.signatures.keys import SealKeys, load_keys
from baqylau.signatures.seal import seal_pdf
from baqylau.signatures.terms import KeyTrouble, SealTrouble
from baqylau.storage.actions import store
from baqylau.storage.files import read

MAKE = "reports.make"
MEDIA_TYPE = "application/pdf"
#: One step a language rendered, one a language sealed.
STEPS = 2 * len(LANGUAGES)

_REASON = _("Seal of report %(number)s, version %(version)s: this file has not been changed since it was issued")
_log = logging.getLogger("baqylau.reports")


def register() -> None:
    """Say that jobs of this kind make a report."""
    does(MAKE, make)


def make(database: Database, settings: Settings, job_id: UUID, report_id: UUID) -> None:
    """Make the report with this id and issue it, or mark it as failed; raises Problem with the code of the trouble."""
    with database.reading() as session:
        report = get_report(session, report_id)
        if report.state != ReportState.MAKING:
            raise refusals.not_being_made()
        snapshot_hash = report.snapshot_sha256
    try:
        _make(database, settings, job_id, report_id, snapshot_hash)
    except Exception:
        with database.transaction() as session:
            get_report(session, report_id).state = ReportState.FAILED
            record(session, "reports.fail", None, ("report", report_id), clock.now())
        raise


def _make(database: Database, settings: Settings, job_id: UUID, report_id: UUID, snapshot_hash: str) -> None:
    # Without a usable seal nothing needs to be rendered.
    keys = _keys(settings)
    order = _Order(read((settings.blobs, settings.keys), snapshot_hash), snapshot_hash, settings.blobs, settings.keys)
    snapshot = Snapshot.model_validate_json(order.snapshot_json)
    sealed = {}
    for language, pdf in _rendered(database, settings, job_id, order):
        sealed[language] = _seal(pdf, snapshot, language, keys)
        _count_step(database, job_id)
    with database.transaction() as session:
        _issue(session, settings, report_id, snapshot, sealed)


def _keys(settings: Settings) -> SealKeys:
    try:
        return load_keys(settings.keys)
    except KeyTrouble as trouble:
        raise refusals.seal_unusable() from trouble


def _count_step(database: Database, job_id: UUID) -> None:
    with database.transaction() as session:
        step_done(session, job_id)


@dataclass(frozen=True)
class _Order:
    """What a rendering process is told; the photos it reads itself, so that they are not copied through a pipe."""

    snapshot_json: bytes
    snapshot_hash: str
    blobs: Path
    keys: Path


def _rendered(database: Database, settings: Settings, job_id: UUID, order: _Order) -> Iterator[tuple[str, bytes]]:
    """Give each language's PDF, from the cache or rendered in processes side by side."""
    folders = (order.blobs, order.keys)
    keys = {language: rendering_key(order.snapshot_hash, language) for language in LANGUAGES}
    with database.reading() as session:
        kept = {language: found.sha256 for language in LANGUAGES if (found := session.get(Rendering, keys[language]))}
    for language, sha256 in kept.items():
        _count_step(database, job_id)
        yield language, read(folders, sha256)
    waiting = [language for language in LANGUAGES if language not in kept]
    for language, pdf in _in_processes(settings, waiting, order):
        with database.transaction() as session:
            blob = store(session, folders, pdf, MEDIA_TYPE, clock.now())
            session.merge(Rendering(key=keys[language], sha256=blob.sha256, made_at=clock.now()))
            step_done(session, job_id)
        yield language, pdf


def _in_processes(settings: Settings, languages: Sequence[str], order: _Order) -> Iterator[tuple[str, bytes]]:
    if not languages:
        return
    try:
        pages = renderers(settings.render_processes).map(_render_one, [order] * len(languages), languages)
        yield from zip(languages, pages, strict=True)
    except RenderTrouble as trouble:
        # The details name letters, fonts or hashes of photos, and never what a person wrote.
        _log.error("not rendered: %s", trouble, extra={"code": trouble.code})
        raise refusals.not_rendered(trouble.code) from trouble
    except BrokenExecutor as trouble:
        # A process that was killed, as a rule for want of memory, takes its pool with it: the next job gets a new one.
        renderers.cache_clear()
        raise refusals.not_rendered("reports.renderer_died") from trouble


@cache
def renderers(count: int) -> ProcessPoolExecutor:
    """Return the rendering processes of this worker; they stay, so that libraries and fonts are loaded once."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def _render_one(order: _Order, language: str) -> bytes:
    return render_pdf(
        Snapshot.model_validate_json(order.snapshot_json),
        language,
        lambda sha256: read((order.blobs, order.keys), sha256),
        snapshot_hash=order.snapshot_hash,
        snapshot_json=order.snapshot_json,
    )


def rendering_key(snapshot_hash: str, language: str) -> str:
    """Return the hash of all that a rendering is made from."""
    parts = (snapshot_hash, language, look_hash(), version_of("weasyprint"), version_of("baqylau"))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


@cache
def look_hash() -> str:
    """Return the hash of the report's templates, style sheet, faces, catalogues and words, and of the code that renders."""
    folders = (shipped("templates") / "report", shipped("static") / "fonts", shipped("translations"))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [Path(str(module)) for module in (i18n.__file__, labels.__file__)]
    files += Path(__file__).parent.glob("*.py")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _seal(pdf: bytes, snapshot: Snapshot, language: str, keys: SealKeys) -> bytes:
    head = snapshot.report
    reason = catalogue(language).gettext(_REASON) % {"number": head.number, "version": head.version}
    council = in_language(snapshot.council.name, language)
    try:
        return seal_pdf(pdf, keys, reason=reason, location="", name=council, at=head.issued_at)
    except SealTrouble as trouble:
        raise refusals.not_sealed(trouble.code.value) from trouble


def _issue(session: Session, settings: Settings, report_id: UUID, snapshot: Snapshot, sealed: dict[str, bytes]) -> None:
    """Store the sealed files and mark the report as issued, in one transaction."""
    now, hashes = clock.now(), {}
    report = get_report(session, report_id)
    for language, pdf in sealed.items():
        blob = store(session, (settings.blobs, settings.keys), pdf, MEDIA_TYPE, now)
        hashes[language] = blob.sha256
        session.add(
            ReportFile(report_id=report.id, language=language, sha256=blob.sha256, pages=_pages(pdf), sealed_at=now)
        )
    # The day that the report prints: a report that was tried again later is still of its snapshot's day.
    report.state, report.issued_at = ReportState.ISSUED, snapshot.report.issued_at
    session.flush()
    record(session, "reports.issue", None, ("report", report.id), now, files=hashes)


def _pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
