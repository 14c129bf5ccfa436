"""The chain from a recorded answer to the report, at the parts where somebody waits."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from statistics import median
from uuid import UUID, uuid4

from flask import render_template
from flask.testing import FlaskClient

from baqylau.checklists.terms import Checklist
from baqylau.db.engine import Database
from baqylau.reports import making
from baqylau.reports.render import snapshot_bytes, snapshot_sha256
from baqylau.storage.actions import store
from baqylau.visits.queries import checklists_of_visit
from bench import chromium, printing, revisions
from bench.figures import Figure
from bench.installation import Installation, begun_visit, installation, recorded_visit, temporary_folder
from bench.measuring import in_turns, peak_mib, seconds_of
from tests.factories.report import sample_snapshot

_EMPTY = '{% extends "layout/tablet.html" %}{% block heading %}Baqylau{% endblock %}'


def section_page() -> Iterator[Figure]:
    """Serving what a tablet needs to show a section, of the full checklist with the demo's answers."""
    made, visit_id = installation(), recorded_visit()
    sections = len(_full_checklist(made, visit_id).sections)
    browser = _signed_in(made, "leader")
    addresses = (f"/visits/{visit_id}/record", f"/api/v1/visits/{visit_id}/bundle")

    def section() -> float:
        return seconds_of(lambda: [_get(browser, address) for address in addresses]) / sections

    def empty() -> float:
        return seconds_of(lambda: _get(browser, "/bench/empty"))

    in_turns(3, section, empty)
    ours, theirs = in_turns(21, section, empty)
    yield Figure(
        name="chain.section_page",
        ours=ours,
        theirs=theirs,
        what=f"server time of the recording page and of what it fetches, all answers in it, for each of {sections} sections",
        against="a page of the tablet's layout with nothing in it, asked for by the same person",
        bar=1,
        sides=f"{ours * 1000:.2f} ms a section ({ours * sections * 1000:.0f} ms the visit), {theirs * 1000:.2f} ms empty",
    )


def _full_checklist(made: Installation, visit_id: UUID) -> Checklist:
    with made.database.reading() as session:
        return checklists_of_visit(session, visit_id)[0]


def _signed_in(made: Installation, login: str) -> FlaskClient:
    # Imported here: the other figures can be had while a page is being written and the application does not start.
    from baqylau.accounts import cookies  # noqa: PLC0415
    from baqylau.accounts.actions import begin_session  # noqa: PLC0415
    from baqylau.app import create_app  # noqa: PLC0415
    from baqylau.rights.guard import public  # noqa: PLC0415

    app = create_app(settings=made.settings)
    logging.getLogger("baqylau").setLevel(logging.WARNING)
    empty = app.jinja_env.from_string(_EMPTY)
    app.add_url_rule("/bench/empty", "bench.empty", public(lambda: render_template(empty)))
    with made.database.transaction() as session:
        token = begin_session(session, made.world.users[login].id, "bench", made.settings, made.now)
    browser = app.test_client()
    browser.set_cookie(cookies.NAME, token, domain="localhost")
    return browser


def _get(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != HTTPStatus.OK or not answer.data:
        raise RuntimeError(f"{address} answered {answer.status}")


def revisions_taken() -> Iterator[Figure]:
    """Taking a thousand answers from tablets."""
    made, visit_id = installation(), begun_visit()
    checklist = _full_checklist(made, visit_id)
    with made.database.reading() as session:
        actor = made.world.actor(session, "leader", made.today)
    sent = revisions.revisions(checklist, made.now)
    copies = revisions.copies(made.settings.instance / "baqylau.sqlite3", temporary_folder())

    def through_program() -> float:
        database = Database(f"sqlite:///{next(copies)}")
        return seconds_of(lambda: revisions.take(database, actor, visit_id, checklist, sent, made.now))

    # The bare rows are those that the program wrote, so the first round comes before the clock runs.
    written = next(copies)
    revisions.take(Database(f"sqlite:///{written}"), actor, visit_id, checklist, sent, made.now)
    rows = revisions.rows_of(written, visit_id)

    def bare() -> float:
        database = next(copies)
        return seconds_of(lambda: revisions.insert_bare(database, rows))

    ours, theirs = in_turns(9, through_program, bare)
    yield Figure(
        name="chain.revisions",
        ours=ours,
        theirs=theirs,
        what=f"{revisions.COUNT} revisions read, weighed against the checklist and stored, 50 to a committed transaction",
        against="bare INSERTs of the same rows into the same tables, same pragmas, 50 revisions to a transaction",
        bar=8,
        sides=f"{revisions.COUNT / ours:.0f} revisions a second, bare {revisions.COUNT / theirs:.0f} a second",
    )


def report() -> Iterator[Figure]:
    """Printing a report, and what memory it takes."""
    folder, profile = temporary_folder(), temporary_folder()
    page = printing.lay_out(*sample_snapshot(), folder)
    pool = making.renderers(1)
    worker = pool.submit(printing.own_id).result()
    browser_peaks: list[float] = []

    def ours() -> float:
        return seconds_of(lambda: pool.submit(printing.render_from, folder).result())

    def theirs() -> float:
        printed = chromium.print_page(page, folder / "theirs.pdf", profile)
        browser_peaks.append(printed.peak_mib)
        return printed.seconds

    ours()  # libraries and faces are loaded
    together = chromium.print_page(page, folder / "theirs.pdf", profile, adds_up=True).together_mib
    printing.check_both(folder)
    wall = in_turns(5, ours, theirs)
    peaks = peak_mib(worker), median(browser_peaks)
    against = "headless Chromium printing the same page from files, from its start to its end"
    yield Figure(
        name="chain.report_wall",
        ours=wall[0],
        theirs=wall[1],
        what=f"a report of {printing.pages(folder / 'ours.pdf')} pages as PDF/A in a warm worker process",
        against=against,
        bar=1,
        sides=f"{wall[0]:.2f} s, Chromium {wall[1]:.2f} s",
    )
    yield Figure(
        name="chain.report_memory",
        ours=peaks[0],
        theirs=peaks[1],
        what="largest resident size of the worker process over all its reports",
        against=f"{against}: the largest of its processes",
        bar=0.5,
        sides=f"{peaks[0]:.0f} MiB, Chromium {peaks[1]:.0f} MiB (all its processes together {together:.0f} MiB)",
    )


def report_again() -> Iterator[Figure]:
    """Asking for an unchanged report a second time."""
    made = installation()
    folders = (made.settings.blobs, made.settings.keys)
    snapshot, photos = sample_snapshot()
    with made.database.transaction() as session:
        for photo in photos.values():
            store(session, folders, photo, "image/jpeg", made.now)
    number = 0

    def asked() -> float:
        head = snapshot.report.model_copy(update={"number": f"2026-{number:03}"})
        changed = snapshot.model_copy(update={"report": head})
        order = making._Order(snapshot_bytes(changed), snapshot_sha256(changed), *folders)
        return seconds_of(lambda: dict(making._rendered(made.database, made.settings, uuid4(), order)))

    def first() -> float:
        nonlocal number
        number += 1
        return asked()

    first()  # the rendering processes start
    times = [(first(), asked()) for _ in range(3)]
    ours, theirs = median(again for _, again in times), median(once for once, _ in times)
    yield Figure(
        name="chain.report_again",
        ours=ours,
        theirs=theirs,
        what="three languages of a report that was rendered before, from the stored renderings",
        against="the first request for the same report, in warm rendering processes",
        bar=0.02,
        sides=f"{ours * 1000:.0f} ms, first {theirs:.2f} s",
    )


MEASURES = (section_page, revisions_taken, report, report_again)
