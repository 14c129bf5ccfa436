"""The page of a report as people use it: what it shows, what each act does, and who may not do it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from baqylau import clock
from baqylau.app import Application, create_app
from baqylau.findings.terms import DraftState
from baqylau.jobs.actions import claim, end
from baqylau.jobs.models import Job
from baqylau.reports import queries
from baqylau.reports.models import DissentingOpinion, PassageRelease, Report, ReportText
from baqylau.reports.passages import faults_of_visit
from baqylau.reports.terms import ReportState
from baqylau.visits.steps import StepName, StepState, told
from tests.factories.answers import make_revision
from tests.factories.findings import make_finding
from tests.factories.places import make_conflict
from tests.factories.reports import (
    CHECKS,
    ISSUED_AT,
    READY_AT,
    REASON,
    SUMMARY,
    Written,
    make_ready,
    make_seal,
    make_written,
)
from tests.reports.conftest import Issued

SignIn = Callable[[UUID], FlaskClient]
PRIMARY = re.compile(r'class="button button-primary"[^>]*>([^<]+)<')


@pytest.fixture(autouse=True)
def _on_the_day_of_issue() -> Iterator[None]:
    with clock.fixed_at(ISSUED_AT):
        yield


@pytest.fixture
def written(app: Application) -> Written:
    """Return a report that its chair can issue, beside another council's."""
    make_seal(app.baqylau_settings)
    with app.database.transaction() as session:
        make_ready(session)
        return make_ready(session)


def _address(written: Written, act: str = "") -> str:
    return f"/visits/{written.visit.id}/report{act}"


def _texts(**changed: str) -> dict[str, str]:
    filled = {f"summary_{language}": text for language, text in SUMMARY.items()}
    filled |= {f"checks_{language}": text for language, text in CHECKS.items()}
    seen = {"seen": READY_AT.isoformat()}
    return {**filled, **seen, "complaints_received": "3", "complaints_passed": "3", "persons_met": "12", **changed}


def _text(app: Application, written: Written) -> ReportText:
    with app.database.reading() as session:
        return session.get_one(ReportText, written.visit.id)


def _reports(app: Application, written: Written) -> list[Report]:
    with app.database.reading() as session:
        return list(queries.reports_of(session, written.visit.id))


def _change(app: Application, change: Callable[[ReportText], None], written: Written) -> None:
    with app.database.transaction() as session:
        change(session.get_one(ReportText, written.visit.id))


def _not_ready(text: ReportText) -> None:
    text.ready_by = text.ready_at = None


def _two_women(text: ReportText) -> None:
    text.summary = {**SUMMARY, "en": "Two women asked to be moved."}


def test_the_chair_issues_and_finds_the_progress_on_the_page(
    app: Application, sign_in_as: SignIn, written: Written
) -> None:
    chair = sign_in_as(written.chair.id)
    page = chair.get(_address(written)).text
    assert PRIMARY.findall(page) == ["Issue the report"]
    answer = chair.post(_address(written, "/issue"), follow_redirects=True)
    assert answer.status_code == 200
    assert "The report is being made: 0 of 6 steps" in answer.text
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    assert 'data-module="office/look-again"' in answer.text
    assert "<textarea" not in answer.text
    assert PRIMARY.findall(answer.text) == []
    (report,) = _reports(app, written)
    assert (report.state, report.asked_by) == (ReportState.MAKING, written.chair.id)


def test_pressing_the_button_twice_issues_once(app: Application, sign_in_as: SignIn, written: Written) -> None:
    chair = sign_in_as(written.chair.id)
    for _ in range(2):
        assert chair.post(_address(written, "/issue")).status_code == 302
    assert len(_reports(app, written)) == 1
    with app.database.reading() as session:
        assert len(session.exec(select(Job)).all()) == 1


def test_whoever_marked_it_sees_that_another_has_to_issue(
    app: Application, sign_in_as: SignIn, written: Written
) -> None:
    def marked_by_chair(text: ReportText) -> None:
        text.ready_by = written.chair.id

    _change(app, marked_by_chair, written)
    chair = sign_in_as(written.chair.id)
    page = chair.get(_address(written)).text
    assert "another person has to issue it" in page
    assert PRIMARY.findall(page) == []
    assert chair.post(_address(written, "/issue")).status_code == 422
    assert _reports(app, written) == []


def test_a_report_with_nothing_open_is_marked_and_handed_over(
    app: Application, sign_in_as: SignIn, written: Written
) -> None:
    _change(app, _not_ready, written)
    leader = sign_in_as(written.leader.id)
    assert PRIMARY.findall(leader.get(_address(written)).text) == ["Mark as ready"]
    answer = leader.post(_address(written, "/ready"), follow_redirects=True)
    assert "The report is ready to be issued" in answer.text
    assert PRIMARY.findall(answer.text) == []
    assert _text(app, written).ready_by == written.leader.id


def test_what_is_open_is_listed_with_the_way_to_mend_it(app: Application, sign_in_as: SignIn, written: Written) -> None:
    with app.database.transaction() as session:
        draft = make_finding(
            session, visit=written.visit, writer=written.member, established={"en": "It is cold in the dining hall."}
        )
        session.get_one(type(written.recommendation), written.recommendation.id).state = DraftState.DROPPED
        recommendation = session.get_one(type(written.recommendation), written.recommendation.id)
        recommendation.approved_by = None
        make_revision(session, written.visit, written.leader.id)
    page = sign_in_as(written.secretary.id).get(_address(written)).text
    assert f'href="/visits/{written.visit.id}/findings/{draft.id}' in page
    assert "Finding D.2" in page
    assert "Kazakh, Russian" in page
    assert "Settle which answer holds" in page
    assert PRIMARY.findall(page) == ["Save the texts"]
    assert sign_in_as(written.secretary.id).post(_address(written, "/ready")).status_code == 409


def test_texts_are_saved_and_another_visit_keeps_its_own(
    app: Application, sign_in_as: SignIn, written: Written
) -> None:
    secretary = sign_in_as(written.secretary.id)
    answer = secretary.post(_address(written, "/texts"), data=_texts(summary_en="There is light now."))
    assert answer.status_code == 302
    text = _text(app, written)
    assert (text.summary["en"], text.complaints_received, text.persons_met) == ("There is light now.", 3, 12)
    assert text.ready_by is None
    assert "There is light now." in secretary.get(_address(written)).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"complaints_passed": "4"}, "Not more can be passed on than were received."),
        ({"persons_met": "many"}, "Enter a whole number."),
        ({"persons_met": "-1"}, "Enter a number between 0 and 100,000."),
        ({"summary_en": "a" * 4001}, "This text is too long"),
        ({"seen": "yesterday"}, "Reload the page and enter it again."),
        ({"seen": ""}, "Somebody else has changed the texts of this report meanwhile."),
    ],
)
def test_an_invalid_form_comes_back_with_what_was_written(
    app: Application, sign_in_as: SignIn, written: Written, wrong: dict[str, str], said: str
) -> None:
    mine = {"checks_en": "The next visit will look at the isolator.", **wrong}
    answer = sign_in_as(written.leader.id).post(_address(written, "/texts"), data=_texts(**mine))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'class="error-summary"' in answer.text
    assert "look at the isolator" in answer.text
    assert _text(app, written).reprisal_checks == CHECKS


def test_a_member_attaches_and_takes_back_an_opinion(app: Application, sign_in_as: SignIn, written: Written) -> None:
    member = sign_in_as(written.member.id)
    sent = {"language": "kk", "opinion": "Мен бұл тұжырыммен келіспеймін."}
    assert member.post(_address(written, "/dissent"), data=sent).status_code == 302
    with app.database.reading() as session:
        (one,) = session.exec(select(DissentingOpinion)).all()
    assert (one.user_id, one.language, one.text) == (written.member.id, "kk", sent["opinion"])
    assert sent["opinion"] in sign_in_as(written.leader.id).get(_address(written)).text
    member.post(_address(written, "/dissent"), data={"language": "kk", "opinion": ""})
    with app.database.reading() as session:
        assert session.exec(select(DissentingOpinion)).all() == []
    too_long = member.post(_address(written, "/dissent"), data={"language": "kk", "opinion": "a" * 10_001})
    assert too_long.status_code == 422


def test_a_stopped_passage_says_why_and_is_released_by_a_second_person(
    app: Application, sign_in_as: SignIn, written: Written
) -> None:
    _change(app, _two_women, written)
    with app.database.reading() as session:
        (fault,) = faults_of_visit(session, written.visit, app.baqylau_settings)
    act = _address(written, f"/release/{fault.passage.hash}/{fault.rule}")
    field = f"release-{fault.passage.hash[:12]}-{fault.rule}-reason"
    own = sign_in_as(written.secretary.id).get(_address(written)).text
    assert "Two women" in own
    assert "A very small number of persons." in own
    assert act not in own
    leader = sign_in_as(written.leader.id)
    assert act in leader.get(_address(written)).text
    empty = leader.post(act, data={field: ""})
    assert (empty.status_code, "Write the reason." in empty.text) == (422, True)
    assert leader.post(act, data={field: "It was in the press."}).status_code == 302
    with app.database.reading() as session:
        assert session.exec(select(PassageRelease)).one().reason == "It was in the press."
    assert ">released<" in leader.get(_address(written)).text
    assert leader.post(act, data={field: "Again."}).status_code == 409


def test_nobody_releases_their_own_passage(app: Application, sign_in_as: SignIn, written: Written) -> None:
    def by_leader(text: ReportText) -> None:
        _two_women(text)
        text.written_by = written.leader.id

    _change(app, by_leader, written)
    with app.database.reading() as session:
        (fault,) = faults_of_visit(session, written.visit, app.baqylau_settings)
    act = _address(written, f"/release/{fault.passage.hash}/{fault.rule}")
    field = f"release-{fault.passage.hash[:12]}-{fault.rule}-reason"
    answer = sign_in_as(written.leader.id).post(act, data={field: "I know."})
    assert answer.status_code == 422
    assert "another person has to release it" in answer.text


def _fail(app: Application, written: Written, state: ReportState) -> Report:
    """Let the job of the newest report have failed."""
    with app.database.transaction() as session:
        report = queries.reports_of(session, written.visit.id)[0]
        report.state = state
        job = session.exec(select(Job)).one()
        claim(session, job.id, ISSUED_AT)
        end(session, job.id, "reports.letters_missing", ISSUED_AT)
        return report


@pytest.mark.parametrize("state", [ReportState.FAILED, ReportState.MAKING])
def test_a_report_that_failed_says_why_and_is_tried_again(
    app: Application, sign_in_as: SignIn, written: Written, state: ReportState
) -> None:
    chair = sign_in_as(written.chair.id)
    chair.post(_address(written, "/issue"))
    report = _fail(app, written, state)
    page = chair.get(_address(written)).text
    assert "such as an emoji" in page
    assert "reports.letters_missing" in page
    assert PRIMARY.findall(page) == ["Try again"]
    assert PRIMARY.findall(sign_in_as(written.leader.id).get(_address(written)).text) == []
    with clock.fixed_at(ISSUED_AT + timedelta(minutes=5)):
        assert chair.post(f"/reports/{report.id}/try-again").status_code == 302
        assert "The report is being made: 0 of 6 steps" in chair.get(_address(written)).text
        assert chair.post(f"/reports/{report.id}/try-again").status_code == 409


@pytest.mark.parametrize(
    ("who", "seen", "texts", "dissent", "ready", "release", "issue"),
    [
        ("member", 200, 403, 302, 403, 403, 403),
        ("leader", 200, 422, 302, 302, 409, 403),
        ("secretary", 200, 422, 403, 302, 403, 403),
        ("chair", 200, 422, 403, 302, 409, 302),
        ("stranger", 404, 404, 404, 404, 404, 404),
    ],
)
def test_everybody_may_what_the_table_says(
    sign_in_as: SignIn,
    written: Written,
    who: str,
    seen: int,
    texts: int,
    dissent: int,
    ready: int,
    release: int,
    issue: int,
) -> None:
    browser = sign_in_as(getattr(written, who).id)
    released = {f"release-{'0' * 12}-phone-reason": "x"}
    statuses = [
        browser.post(_address(written, "/issue")).status_code if who not in {"leader", "secretary"} else issue,
        browser.get(_address(written)).status_code,
    ]
    assert statuses == [issue, seen]
    if who == "chair":  # the report is being made now, and nothing of it changes
        return
    assert browser.post(_address(written, "/texts"), data=_texts(seen="")).status_code == texts
    assert browser.post(_address(written, f"/release/{'0' * 64}/phone"), data=released).status_code == release
    assert browser.post(_address(written, "/ready")).status_code == ready
    assert browser.post(_address(written, "/dissent"), data={"language": "en", "opinion": "No."}).status_code == dissent
    if who in {"leader", "secretary"}:
        assert browser.post(_address(written, "/issue")).status_code == issue


def test_a_conflict_of_interest_keeps_the_chair_out(app: Application, sign_in_as: SignIn, written: Written) -> None:
    with app.database.transaction() as session:
        make_conflict(session, user_id=written.chair.id, place_id=written.visit.place_id)
    chair = sign_in_as(written.chair.id)
    assert chair.get(_address(written)).status_code == 404
    assert chair.post(_address(written, "/issue")).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_empty_page_has_a_next_step_in_each_language(app: Application, sign_in_as: SignIn, language: str) -> None:
    with app.database.transaction() as session:
        written = make_written(session)
    page = sign_in_as(written.leader.id).get(f"{_address(written)}?lang={language}")
    assert page.status_code == 200
    assert len(PRIMARY.findall(page.text)) == 1
    assert sign_in_as(written.member.id).get(f"{_address(written)}?lang={language}").status_code == 200


def test_the_step_of_the_visit_follows_the_report(app: Application, written: Written) -> None:
    def state() -> StepState:
        with app.database.reading() as session:
            return told(session, [written.visit.id])[written.visit.id][StepName.REPORT].state

    assert state() is StepState.NEXT
    _change(app, _not_ready, written)
    assert state() is StepState.GOES_ON
    with app.database.transaction() as session:
        bare = make_written(session)
        assert StepName.REPORT not in told(session, [bare.visit.id])[bare.visit.id]


class TestAnIssuedReport:
    """The page and the files of a report that was issued and corrected for real."""

    @pytest.fixture
    def site(self, issued: Issued) -> Iterator[Application]:
        application = create_app(settings=issued.settings)
        application.config["WTF_CSRF_ENABLED"] = False
        yield application
        application.database.engine.dispose()

    @pytest.fixture
    def browser(self, issued: Issued, site: Application) -> Callable[[str], FlaskClient]:
        from baqylau.accounts import cookies
        from baqylau.accounts.actions import begin_session

        def opened(who: str) -> FlaskClient:
            user = getattr(issued.written, who)
            with site.database.transaction() as session:
                token = begin_session(session, user.id, "test browser", site.baqylau_settings, clock.now())
            client = site.test_client()
            client.set_cookie(cookies.NAME, token, domain="localhost")
            return client

        return opened

    def test_both_versions_are_listed_with_their_files_and_hashes(
        self, issued: Issued, browser: Callable[[str], FlaskClient]
    ) -> None:
        page = browser("member").get(f"/visits/{issued.written.visit.id}/report").text
        assert PRIMARY.findall(page) == ["Open the report (PDF)"]
        assert "replaced by version 2" in page
        assert REASON["en"] in page
        assert page.count(".pdf") >= 6
        assert "<iframe" in page

    def test_a_file_comes_with_a_good_name_and_unchanged(
        self, issued: Issued, browser: Callable[[str], FlaskClient]
    ) -> None:
        answer = browser("secretary").get(f"/reports/{issued.second}/kk.pdf")
        number = issued.written.visit.number
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.headers["Content-Disposition"] == f'inline; filename="{number}-v2-kk.pdf"'
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.data == issued.files[2, "kk"]

    @pytest.mark.parametrize("address", ["/reports/{}/de.pdf", "/reports/{}/../kk.pdf", "/reports/{}/KK.pdf"])
    def test_other_files_are_not_there(
        self, issued: Issued, browser: Callable[[str], FlaskClient], address: str
    ) -> None:
        assert browser("chair").get(address.format(issued.second)).status_code == 404
        assert browser("chair").get(f"/reports/{uuid4()}/kk.pdf").status_code == 404

    def test_a_stranger_gets_no_file(self, issued: Issued, browser: Callable[[str], FlaskClient]) -> None:
        assert browser("stranger").get(f"/reports/{issued.second}/kk.pdf").status_code == 404

    def test_a_damaged_file_is_not_given_out(
        self, issued: Issued, browser: Callable[[str], FlaskClient], site: Application
    ) -> None:
        from baqylau.storage.files import path_of

        with issued.database.reading() as session:
            file = queries.get_file(session, issued.first, "en")
        path = path_of(issued.settings.blobs, file.sha256)
        stored = path.read_bytes()
        try:
            path.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
            assert browser("chair").get(f"/reports/{issued.first}/en.pdf").status_code == 500
        finally:
            path.write_bytes(stored)
