"""Every office page in three languages, at 640 px (1280 with text at 200 %) and on a telephone of 390 px.

Nothing scrolls sideways, one heading, every control has a name, the language is right, and axe-core finds nothing.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, col, select

from baqylau.app import Application
from baqylau.councils.models import Membership
from baqylau.i18n import LANGUAGES
from baqylau.visits.terms import VisitState
from tests.browser.driving import Server, Tablets
from tests.factories.answers import make_revision
from tests.factories.checklists import make_checklist_version
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.reports import Written, make_seal, make_text, make_written
from tests.factories.visits import make_visit

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "axe"
AT_200_PERCENT, TELEPHONE = {"width": 640, "height": 800}, {"width": 390, "height": 844}
#: Chromium tells of every answer that is no success; one page is the page of an error.
NOT_FOUND = r"Failed to load resource: the server responded with a status of 404"

ROOMS = {"accounts", "councils", "places", "checklists", "visits", "answers", "findings", "reports"}
#: Views of these rooms that give no office page, or one that a person reaches in the middle of something.
NOT_WALKED = {
    "accounts.confirm", "accounts.second_factor", "accounts.invitation", "accounts.switch_off_second_factor",
    "accounts.renew_recovery_codes", "answers.photo", "answers.record", "reports.file", "visits.letter",
}  # fmt: skip

FAULTS = """
() => {
  const faults = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) {
    const wide = [...document.querySelectorAll("main *, header *, footer *")].filter(
      (one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".table-scroll, .visually-hidden"),
    );
    faults.push(`scrolls sideways: ${width} px; ${wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ")}`);
  }
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} first headings`);
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const control of document.querySelectorAll(CONTROLS)) {
    if (!control.checkVisibility()) continue;
    const labels = [...(control.labels ?? [])].map((one) => one.textContent);
    const words = [control.getAttribute("aria-label"), control.textContent, ...labels];
    if (!words.some((one) => one?.trim())) faults.push(`no name: ${control.outerHTML.slice(0, 160)}`);
  }
  if (!document.title.trim()) faults.push("no title");
  return faults;
}
"""
PUBLIC = ["/sign-in", "/verify", "/nothing-here"]
VIOLATIONS = """
() => axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.map(
  (one) => `axe ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
))
"""


class Office:
    """An installation with something on every page, and who opens which page."""

    def __init__(self, session: Session) -> None:
        checklist = make_checklist_version(session)
        self.checklist = f"/checklists/{checklist.slug}/{checklist.version}"
        written = make_written(session, checklists=[checklist])
        make_text(session, written, ready_by=None, ready_at=None)
        # What is entered has long words: a page must hold them.
        place = make_place(session, name=dict.fromkeys(LANGUAGES, "Қылмыстық-атқару " * 5))
        planned = make_visit(
            session, council=written.council, leader=written.leader, members=[written.member], planner=written.chair
        )
        two = make_visit(
            session,
            council=written.council,
            place=place,
            leader=written.leader,
            members=[written.member],
            planner=written.chair,
            state=VisitState.UNDER_WAY,
            checklists=[checklist],
        )
        for author in (written.leader, written.member):
            make_revision(session, two, author.id)
        self.administrator = make_user(session, is_administrator=True).id
        self.chair, self.leader, self.monitor = written.chair.id, written.leader.id, written.member.id
        self.pages = self._pages(session, written, place.id, planned.id, two.id)

    def _pages(
        self, session: Session, written: Written, place: UUID, planned: UUID, two: UUID
    ) -> dict[UUID, list[str]]:
        council, visit = written.council.id, f"/visits/{written.visit.id}"
        held = select(Membership).where(col(Membership.council_id) == council, col(Membership.user_id) == self.monitor)
        membership = session.exec(held).one().id
        authority = written.recommendation.authority_id
        return {
            self.administrator: [
                "/", "/account", "/account/password", "/account/second-factor", "/people", "/people/new", "/councils",
                f"/councils/{council}", f"/councils/{council}/edit", "/councils/new", "/places", f"/places/{place}",
                f"/places/{place}/edit", "/places/new", "/authorities", f"/authorities/{authority}/edit",
                "/authorities/new", "/checklists", self.checklist, "/nothing-here",
            ],
            self.chair: [
                "/", "/visits", "/visits/new", f"/visits/{planned}", f"/visits/{planned}/plan",
                f"/visits/{planned}/group", f"/visits/{planned}/cancel", f"/councils/{council}/memberships/new",
                f"/councils/{council}/memberships/{membership}/end", f"{visit}/report",
            ],
            self.leader: [
                "/", "/conflicts", "/account", visit, f"{visit}/findings", f"{visit}/findings/new",
                f"{visit}/findings/{written.finding.id}", f"{visit}/recommendations", f"{visit}/recommendations/new",
                f"{visit}/recommendations/{written.recommendation.id}", f"{visit}/report", f"/visits/{planned}/notice",
                f"/visits/{two}", f"/visits/{two}/conflicts", f"/visits/{two}/names", f"/visits/{two}/obstruction",
            ],
        }  # fmt: skip


@pytest.fixture
def office(app: Application) -> Office:
    """Return the installation, with a seal that the page of verification tells of."""
    make_seal(app.baqylau_settings)
    with app.database.transaction() as opened:
        return Office(opened)


def faults_of(page: Page, language: str, *, with_axe: bool) -> Iterator[str]:
    """Give what is wrong with the page that is open."""
    if page.locator("html").get_attribute("lang") != language:
        yield "another language"
    yield from page.evaluate(FAULTS)
    if with_axe:
        page.evaluate((AXE / "axe.min.js").read_text())
        yield from page.evaluate(VIOLATIONS)


def walk(page: Page, server: Server, addresses: list[str], language: str) -> list[str]:
    """Open each address at both widths and return everything that is wrong, with where."""
    found = []
    for address in addresses:
        page.set_viewport_size(AT_200_PERCENT)  # type: ignore[arg-type]
        answer = page.goto(f"{server.address}{address}?lang={language}")
        expected = 404 if address == "/nothing-here" else 200
        if answer is None or answer.status != expected:
            found.append(f"{address} {language}: status {answer and answer.status}")
            continue
        for size in (AT_200_PERCENT, TELEPHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            # What axe finds hangs on the templates and the sheets, not on the words; it takes most of the time.
            faults = faults_of(page, language, with_axe=language == "kk" and size is AT_200_PERCENT)
            found += [f"{address} {language} {size['width']}: {fault}" for fault in faults]
    return found


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_holds_at_200_percent_and_on_a_telephone(
    office: Office, server: Server, tablets: Tablets, chromium: Any, language: str
) -> None:
    tablets.expect_errors(NOT_FOUND)
    found = []
    for user_id, addresses in office.pages.items():
        found += walk(tablets.open(user_id).new_page(), server, addresses, language)
    visitor = chromium.new_context()
    tablets.watch(visitor)
    found += walk(visitor.new_page(), server, PUBLIC, language)
    visitor.close()
    assert not found, "\n".join(found)


def test_the_walk_leaves_out_no_page(office: Office, app: Application) -> None:
    walked = app.url_map.bind("localhost")
    seen = {walked.match(one)[0] for one in [*PUBLIC, *chain(*office.pages.values())] if one != "/nothing-here"}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint.partition(".")[0] in ROOMS
    }
    assert pages - NOT_WALKED == seen


def test_axe_is_the_file_that_was_vendored() -> None:
    digest, name = (AXE / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((AXE / name).read_bytes()).hexdigest() == digest
    assert "Mozilla Public License" in (AXE / "LICENSE.txt").read_text()


def test_the_walk_notices_what_is_wrong(tablets: Tablets, office: Office, server: Server) -> None:
    page = tablets.open(office.monitor).new_page()
    page.goto(f"{server.address}/?lang=en")
    assert list(faults_of(page, "en", with_axe=True)) == []
    page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.insertAdjacentHTML("beforeend", '<h1>Two</h1><input><p id="wide">wide</p><p id="pale">pale words</p>');
          document.getElementById("wide").style.minWidth = "3000px";
          document.getElementById("pale").style.color = "#ccc";
        }"""
    )
    faults = " ".join(faults_of(page, "kk", with_axe=True))
    for fault in (
        "another language",
        "scrolls sideways",
        "2 first headings",
        "no name",
        "axe label",
        "axe color-contrast",
    ):
        assert fault in faults, fault


def test_a_module_that_is_imported_by_name_and_by_path_runs_once(
    tablets: Tablets, office: Office, server: Server
) -> None:
    page = tablets.open(office.monitor).new_page()
    page.goto(f"{server.address}/?lang=en")
    assert page.evaluate(
        """async () => await import("baqylau/office/menu.js") === await import("/static/js/office/menu.js")"""
    )
