"""The public page on which anybody checks a report: for whatever is sent, an answer and never a crash."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from werkzeug.test import TestResponse

from baqylau import clock
from baqylau.accounts.models import SignInAttempt
from baqylau.app import Application, create_app
from baqylau.i18n import LANGUAGES, catalogue
from baqylau.reports import limiter, queries
from baqylau.reports.arrangement import verify_link
from baqylau.reports.render import hash_in_groups
from baqylau.reports.schemas import Snapshot
from baqylau.reports.verify import verify_file
from baqylau.signatures.keys import fingerprint, load_keys
from baqylau.signatures.terms import MAX_PDF_BYTES
from baqylau.storage.files import read
from tests.factories.reports import ISSUED_AT
from tests.reports.conftest import Issued

GENUINE, SUPERSEDED = "Genuine and current", "Genuine, but replaced by a newer version"
NOT_OURS, UNREADABLE = "Not issued here, or changed since", "This could not be read as a sealed report"


@pytest.fixture(scope="module")
def site(issued: Issued) -> Iterator[Application]:
    """Return the site of the installation that issued the report."""
    application = create_app(settings=issued.settings)
    application.config["WTF_CSRF_ENABLED"] = False
    yield application
    application.database.engine.dispose()


@pytest.fixture
def visitor(site: Application) -> Iterator[FlaskClient]:
    """Return a browser of somebody who never signed in, with nothing counted against its address."""
    with site.database.transaction() as session:
        for attempt in session.exec(select(SignInAttempt)):
            session.delete(attempt)
    with clock.fixed_at(ISSUED_AT + timedelta(days=3)):
        yield site.test_client()


def _send(visitor: FlaskClient, content: bytes, name: str = "report.pdf") -> TestResponse:
    return visitor.post("/verify?lang=en", data={"file": (io.BytesIO(content), name)})


def _type(visitor: FlaskClient, **typed: str) -> TestResponse:
    return visitor.post("/verify?lang=en", data=typed)


def _hash(issued: Issued, version: int) -> str:
    with issued.database.reading() as session:
        report = queries.get_report(session, issued.first if version == 1 else issued.second)
    return hash_in_groups(report.snapshot_sha256)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_three_languages_and_publishes_the_seal(
    issued: Issued, visitor: FlaskClient, language: str
) -> None:
    answer = visitor.get(f"/verify?lang={language}")
    keys = load_keys(issued.settings.keys)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert fingerprint(keys.certificate) in answer.text
    assert keys.root is not None
    assert fingerprint(keys.root) in answer.text
    assert "BEGIN CERTIFICATE" in answer.text
    assert "PRIVATE KEY" not in answer.text


def test_the_current_file_is_genuine(issued: Issued, visitor: FlaskClient) -> None:
    answer = _send(visitor, issued.files[2, "kk"])
    assert answer.status_code == 200
    assert GENUINE in answer.text
    assert issued.written.visit.number in answer.text
    assert "30\u00a0November 2026" in answer.text
    assert "Kazakh" in answer.text


def test_the_page_tells_nothing_of_what_the_report_says(issued: Issued, visitor: FlaskClient) -> None:
    shown = _send(visitor, issued.files[2, "en"]).text
    written = issued.written
    for secret in (written.leader.name, written.council.name["en"], "enough light", written.visit.id.hex):
        assert secret not in shown


def test_a_file_that_was_corrected_says_which_version_replaces_it(issued: Issued, visitor: FlaskClient) -> None:
    answer = _send(visitor, issued.files[1, "ru"])
    assert SUPERSEDED in answer.text
    assert "version 2" in answer.text


def test_a_flipped_byte_is_not_ours(issued: Issued, visitor: FlaskClient) -> None:
    content = bytearray(issued.files[2, "kk"])
    content[len(content) // 2] ^= 8
    answer = _send(visitor, bytes(content))
    assert NOT_OURS in answer.text
    assert issued.written.visit.number not in answer.text


def _zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.pdf", b"%PDF-1.7" + b"0" * 5_000_000)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7\n%%EOF", "report.pdf", UNREADABLE),
        (b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", "report.pdf", NOT_OURS),
        ("Есеп".encode(), "есеп.txt", UNREADABLE),
        (_zip(), "report.zip", UNREADABLE),
        (b"\x00" * 1000, "a\x00b.pdf", UNREADABLE),
        (b"%PDF-1.7 /ByteRange [0 1 2 3] /SubFilter /ETSI.CAdES.detached" * 2000, "../../etc/passwd", NOT_OURS),
        (b"<html><script>alert(1)</script>", "<script>.pdf", UNREADABLE),
    ],
)
def test_what_is_no_report_is_refused_in_words(visitor: FlaskClient, content: bytes, name: str, said: str) -> None:
    answer = _send(visitor, content, name)
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script>alert" not in answer.text


def test_an_empty_file_and_no_file_ask_for_one(visitor: FlaskClient) -> None:
    assert _send(visitor, b"").status_code == 200
    nothing = visitor.post("/verify?lang=en", data={"file": (io.BytesIO(b""), "")})
    assert nothing.status_code == 422
    assert "Choose the file." in nothing.text


def test_a_file_larger_than_any_report_is_refused_before_it_is_read(site: Application, visitor: FlaskClient) -> None:
    size = site.baqylau_settings.verify_bytes + 100_000
    answer = visitor.post(
        "/verify?lang=en",
        data={"file": (io.BytesIO(b"%PDF-1.7"), "report.pdf")},
        environ_overrides={"CONTENT_LENGTH": str(size)},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_report_may_be_larger_than_any_other_upload(site: Application, visitor: FlaskClient) -> None:
    limits = site.baqylau_settings
    assert limits.upload_bytes < limits.verify_bytes == MAX_PDF_BYTES
    large = limits.upload_bytes + 200_000
    # Written out by hand: the test client's own encoder leaves large bodies behind in an open file.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="r.pdf"\r\n\r\n%PDF-1.7\n'
    body = head + bytes(large) + b"\r\n--x--\r\n"
    answer = visitor.post("/verify?lang=en", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 200
    assert UNREADABLE in answer.text or NOT_OURS in answer.text
    refused = visitor.post("/sign-in", data=body, content_type="multipart/form-data; boundary=x")
    assert refused.status_code == 413


#: Bytes of any kind, such as begin like a PDF, and what is written over a genuine file: (place, bytes).
HOSTILE = st.one_of(
    st.binary(max_size=600),
    st.binary(max_size=600).map(lambda tail: b"%PDF-1.7\n" + tail),
    st.tuples(st.integers(0, 200_000), st.binary(min_size=1, max_size=40)),
)


def _hostile(issued: Issued, drawn: bytes | tuple[int, bytes]) -> bytes:
    if isinstance(drawn, bytes):
        return drawn
    genuine, (place, over) = issued.files[2, "en"], drawn
    place %= len(genuine) - len(over)
    return genuine[:place] + over + genuine[place + len(over) :]


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_no_bytes_are_taken_for_a_report(issued: Issued, drawn: bytes | tuple[int, bytes]) -> None:
    content = _hostile(issued, drawn)
    with issued.database.reading() as session:
        found = verify_file(session, issued.settings, content)
    assert found.is_ours == (content == issued.files[2, "en"])
    assert (found.number is not None) == found.is_ours


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOSTILE)
def test_no_bytes_crash_the_page(issued: Issued, visitor: FlaskClient, drawn: bytes | tuple[int, bytes]) -> None:
    content = _hostile(issued, drawn)
    answer = _send(visitor, content)
    assert answer.status_code == 200
    assert (GENUINE in answer.text) == (content == issued.files[2, "en"])


def test_a_typed_number_with_its_hash_is_known(issued: Issued, visitor: FlaskClient) -> None:
    number = issued.written.visit.number
    answer = _type(visitor, number=number, version="2", hash=_hash(issued, 2))
    assert GENUINE in answer.text
    assert "told by the file alone" in answer.text
    assert SUPERSEDED in _type(visitor, number=number.lower(), version="1", hash=_hash(issued, 1)).text
    assert NOT_OURS in _type(visitor, number=number, version="1", hash=_hash(issued, 2)).text


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"number": "ATY-2026-001", "version": "two", "hash": "x"},
        {"number": "ATY-2026-001", "version": "9" * 5000, "hash": "x"},
        {"number": "A" * 4000, "version": "1", "hash": "x"},
        {"number": "ATY-2026-001", "version": "-1", "hash": "x"},
    ],
)
def test_a_form_that_is_not_filled_comes_back(visitor: FlaskClient, typed: dict[str, str]) -> None:
    assert _type(visitor, **typed).status_code == 422


@pytest.mark.parametrize("number", ["\x00", "'; DROP TABLE report; --", "№ 7", "ATY-2026-001\udcff"])
def test_a_strange_number_is_just_not_known(visitor: FlaskClient, number: str) -> None:
    written = number.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = _type(visitor, number=f"a{written}", version="1", hash="0123")
    assert answer.status_code == 200
    assert NOT_OURS in answer.text


def test_the_code_on_the_page_gives_the_verdict_at_once_in_the_language_of_the_copy(
    issued: Issued, visitor: FlaskClient
) -> None:
    with issued.database.reading() as session:
        sha256 = queries.get_report(session, issued.second).snapshot_sha256
    folders = (issued.settings.blobs, issued.settings.keys)
    link = urlsplit(verify_link(Snapshot.model_validate_json(read(folders, sha256)), "ru", sha256))
    assert parse_qs(link.query)["hash"] == [sha256[:16]]
    answer = visitor.get(f"{link.path}?{link.query}", follow_redirects=True)
    assert answer.status_code == 200
    assert '<html lang="ru"' in answer.text
    assert str(catalogue("ru").gettext(GENUINE)) in answer.text
    assert 'class="error-summary"' not in answer.text


def test_an_address_without_the_hash_begins_the_form(issued: Issued, visitor: FlaskClient) -> None:
    number = issued.written.visit.number
    answer = visitor.get(f"/verify?lang=en&report={number}&version=2")
    assert f'value="{number}"' in answer.text
    assert "One thing is missing" in answer.text
    assert GENUINE not in answer.text
    assert 'class="error-summary"' not in answer.text


def test_an_address_with_the_hash_is_judged_at_once(issued: Issued, visitor: FlaskClient) -> None:
    number, digits = issued.written.visit.number, _hash(issued, 2).replace(" ", "")
    assert GENUINE in visitor.get(f"/verify?lang=en&report={number}&version=2&hash={digits}").text
    assert NOT_OURS in visitor.get(f"/verify?lang=en&report={number}&version=2&hash={digits[:-1]}0f").text
    guessed = visitor.get(f"/verify?lang=en&report={number}&version=2")
    assert GENUINE not in guessed.text
    assert visitor.get(f"/verify?lang=en&report={number}&version={'9' * 99}&hash=x").status_code == 200


def test_an_address_that_sends_rubbish_waits_and_nobody_else_does(
    issued: Issued, site: Application, visitor: FlaskClient
) -> None:
    for _ in range(limiter.FREE_FAILURES):
        assert _send(visitor, b"rubbish").status_code == 200
    answer = _send(visitor, issued.files[2, "en"])
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert GENUINE not in answer.text
    other = visitor.post(
        "/verify?lang=en",
        data={"file": (io.BytesIO(issued.files[2, "en"]), "r.pdf")},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert GENUINE in other.text
    with clock.fixed_at(ISSUED_AT + timedelta(days=3, seconds=30)):
        assert GENUINE in _send(visitor, issued.files[2, "en"]).text
    assert visitor.get("/sign-in").status_code == 200


def test_genuine_files_cost_no_waiting(issued: Issued, site: Application, visitor: FlaskClient) -> None:
    for _ in range(3):
        assert GENUINE in _send(visitor, issued.files[2, "en"]).text
    with site.database.reading() as session:
        assert session.exec(select(SignInAttempt)).all() == []


def test_an_installation_without_a_seal_says_so(client: FlaskClient) -> None:
    assert "has no seal yet" in client.get("/verify?lang=en").text
    answer = _send(client, b"%PDF-1.7")
    assert answer.status_code == 200
    assert UNREADABLE in answer.text
