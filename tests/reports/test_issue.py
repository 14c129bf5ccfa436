"""A report from the mark to the sealed files: made for real once, looked at by this and by other programs."""

import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from sqlmodel import select

from baqylau import clock
from baqylau.audit.models import AuditEvent
from baqylau.db.engine import Database
from baqylau.i18n import LANGUAGES
from baqylau.jobs.terms import JobState
from baqylau.reports import actions, making, queries
from baqylau.reports.models import Rendering, Report
from baqylau.reports.render import hash_in_groups
from baqylau.reports.terms import Authenticity, ReportState
from baqylau.reports.verify import verify_file, verify_number
from baqylau.settings import Settings
from tests.factories.reports import ESTABLISHED, ISSUED_AT, REASON, SUMMARY, make_ready, make_seal
from tests.reports.conftest import CANARY, Issued, do_job, issue

BOTH = [(version, language) for version in (1, 2) for language in LANGUAGES]


def _text_of(path: Path) -> str:
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(("version", "language"), BOTH)
def test_other_programs_find_the_seal_valid_and_the_file_whole(
    issued: Issued, tmp_path: Path, version: int, language: str
) -> None:
    path = issued.path(version, language, tmp_path)
    # The trust store of this machine does not know a council's own root; the signature itself is what counts here.
    seen = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in seen
    assert "Total document signed" in seen
    assert "Not total document signed" not in seen
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_say_what_was_established_in_their_language(issued: Issued, tmp_path: Path, language: str) -> None:
    text = _text_of(issued.path(1, language, tmp_path))
    assert ESTABLISHED[language] in text
    assert SUMMARY[language].split(".")[0] in text
    assert issued.written.visit.number in text


def test_the_corrected_version_says_so_on_both(issued: Issued, tmp_path: Path) -> None:
    for language in LANGUAGES:
        text = _text_of(issued.path(2, language, tmp_path))
        assert REASON[language] in text
        assert f"{issued.written.visit.number}, 1" in text
    with issued.database.reading() as session:
        old = verify_file(session, issued.settings, issued.files[1, "ru"])
        new = verify_file(session, issued.settings, issued.files[2, "ru"])
    number = issued.written.visit.number
    assert (old.authenticity, old.number, old.version, old.current_version) == (Authenticity.SUPERSEDED, number, 1, 2)
    assert (new.authenticity, new.number, new.version, new.current_version) == (Authenticity.CURRENT, number, 2, None)
    assert (new.language, new.issued_at) == ("ru", ISSUED_AT)


@pytest.mark.parametrize(("version", "language"), BOTH)
def test_no_canary_leaves_the_house(issued: Issued, tmp_path: Path, version: int, language: str) -> None:
    path = issued.path(version, language, tmp_path)
    assert CANARY not in _text_of(path)
    with pikepdf.open(io.BytesIO(issued.files[version, language])) as opened:
        attached = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
        assert CANARY not in str(opened.docinfo) + str(opened.open_metadata())
    assert set(attached) == {"snapshot.json", "recommendations.csv"}
    assert not any(CANARY.encode() in content for content in attached.values())
    assert json.loads(attached["snapshot.json"])["report"]["version"] == version


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.97])
def test_a_flipped_byte_makes_the_file_not_ours(issued: Issued, place: float) -> None:
    content = bytearray(issued.files[2, "kk"])
    content[int(len(content) * place)] ^= 1
    with issued.database.reading() as session:
        found = verify_file(session, issued.settings, bytes(content))
    assert found.authenticity is Authenticity.NOT_OURS
    assert found.number is None


def test_something_appended_makes_the_file_not_ours(issued: Issued) -> None:
    with issued.database.reading() as session:
        found = verify_file(session, issued.settings, issued.files[2, "kk"] + b"\n% more\n")
    assert (found.authenticity, found.reason) == (Authenticity.NOT_OURS, "bytes_added")


def test_a_seal_over_a_file_that_was_not_issued_is_not_enough(issued: Issued) -> None:
    from baqylau.signatures.keys import load_keys
    from baqylau.signatures.seal import seal_pdf

    empty = pikepdf.new()
    empty.add_blank_page()
    written = io.BytesIO()
    empty.save(written)
    keys = load_keys(issued.settings.keys)
    sealed = seal_pdf(written.getvalue(), keys, reason="", location="", name="x", at=ISSUED_AT)
    with issued.database.reading() as session:
        found = verify_file(session, issued.settings, sealed)
    assert (found.authenticity, found.reason) == (Authenticity.NOT_OURS, "hash_unknown")


def test_a_number_is_known_with_its_hash_alone(issued: Issued) -> None:
    with issued.database.reading() as session:
        report = queries.get_report(session, issued.second)
        typed = hash_in_groups(report.snapshot_sha256).upper()
        right = verify_number(session, f" {report.number.lower()} ", 2, typed)
        wrong = [
            verify_number(session, report.number, 2, typed[:-1]),
            verify_number(session, report.number, 1, typed),
            verify_number(session, report.number, 10**12, typed),
            verify_number(session, "нет\x00такого", 2, typed),
            verify_number(session, report.number, 2, ""),
        ]
    assert (right.authenticity, right.version, right.language) == (Authenticity.CURRENT, 2, None)
    assert {(one.authenticity, one.number) for one in wrong} == {(Authenticity.NOT_OURS, None)}


def test_the_report_and_its_log_say_that_it_was_issued(issued: Issued) -> None:
    with issued.database.reading() as session:
        report = queries.get_report(session, issued.first)
        files = queries.files_of(session, [report.id])[report.id]
        events = session.exec(select(AuditEvent).where(AuditEvent.subject_id == str(report.id))).all()
    assert (report.state, report.issued_at) == (ReportState.ISSUED, ISSUED_AT)
    assert all(file.pages > 5 for file in files.values())
    assert [event.act for event in events] == ["reports.issue_report", "reports.issue"]
    assert events[-1].details["files"] == {language: file.sha256 for language, file in files.items()}


def test_a_snapshot_that_is_unchanged_is_not_rendered_again(issued: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that broke off after rendering is made from what is kept."""

    def render_nothing(_count: int) -> None:
        raise AssertionError("rendered again")

    with issued.database.reading() as session:
        report = queries.get_report(session, issued.second)
        kept = [session.get(Rendering, making.rendering_key(report.snapshot_sha256, one)) for one in LANGUAGES]
    assert all(kept)
    monkeypatch.setattr(making, "renderers", render_nothing)
    order = making._Order(b"", report.snapshot_sha256, issued.settings.blobs, issued.settings.keys)
    again = dict(making._rendered(issued.database, issued.settings, report.id, order))
    assert set(again) == set(LANGUAGES)
    assert all(pdf.startswith(b"%PDF") for pdf in again.values())


def test_a_changed_word_or_snapshot_is_rendered_anew() -> None:
    keys = {making.rendering_key(snapshot, language) for snapshot in ("a" * 64, "b" * 64) for language in LANGUAGES}
    assert len(keys) == 6


@pytest.fixture
def waiting(database: Database, settings: Settings) -> Report:
    """Return a report that waits to be made, whose rendering is replaced by nothing yet."""
    making.register()
    make_seal(settings)
    with clock.fixed_at(ISSUED_AT):
        with database.transaction() as session:
            written = make_ready(session)
        return issue(database, settings, written)


def _state(database: Database, report: Report) -> str:
    with database.reading() as session:
        return queries.get_report(session, report.id).state


def test_a_job_that_fails_leaves_the_report_failed_and_it_can_be_tried_again(
    database: Database, settings: Settings, waiting: Report, monkeypatch: pytest.MonkeyPatch, issued: Issued
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(making, "_in_processes", _rendering_trouble)
        job = do_job(database, settings, waiting.id)
    assert (job.state, job.trouble) == (JobState.FAILED, "reports.photo_missing")
    assert _state(database, waiting) == ReportState.FAILED
    with database.transaction() as session:
        report = queries.get_report(session, waiting.id)
        actor = _asked_by(session, report)
        actions.try_again(session, actor, report, ISSUED_AT + timedelta(minutes=5))
    pages = _unsealed(issued)
    monkeypatch.setattr(making, "_in_processes", lambda *_: iter([(one, pages[one]) for one in LANGUAGES]))
    job = do_job(database, settings, waiting.id)
    assert (job.state, job.trouble, job.done, job.steps) == (JobState.DONE, None, 6, 6)
    assert _state(database, waiting) == ReportState.ISSUED


def _rendering_trouble(*_: object) -> None:
    from baqylau.reports import refusals

    raise refusals.not_rendered("reports.photo_missing")


def _asked_by(session: object, report: Report) -> object:
    from baqylau.rights.terms import Actor

    return Actor(report.asked_by, "", "en")


def _unsealed(issued: Issued) -> dict[str, bytes]:
    """Return pages as they were rendered, before they were sealed."""
    with issued.database.reading() as session:
        report = queries.get_report(session, issued.first)
        keys = {one: making.rendering_key(report.snapshot_sha256, one) for one in LANGUAGES}
        hashes = {one: session.get_one(Rendering, key).sha256 for one, key in keys.items()}
    from baqylau.storage.files import read

    return {one: read((issued.settings.blobs, issued.settings.keys), sha256) for one, sha256 in hashes.items()}


def test_without_a_seal_nothing_is_rendered(database: Database, settings: Settings, waiting: Report) -> None:
    for key in settings.keys.glob("seal*"):
        key.unlink()
    job = do_job(database, settings, waiting.id)
    assert job.trouble == "reports.seal_unusable"
    assert _state(database, waiting) == ReportState.FAILED


def test_a_job_that_comes_too_late_harms_no_issued_report(issued: Issued) -> None:
    from baqylau.errors import Problem

    with pytest.raises(Problem, match=r"reports\.not_being_made"):
        making.make(issued.database, issued.settings, issued.first, issued.first)
    assert _state(issued.database, Report(id=issued.first, visit_id=issued.first, number="", version=1)) == "issued"
