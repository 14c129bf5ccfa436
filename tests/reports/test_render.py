"""The report as a PDF: what it says in three languages, what it embeds, what it refuses, and that it stays the same."""

import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from baqylau.i18n import catalogue, format_day
from baqylau.locations import shipped
from baqylau.reports import schemas
from baqylau.reports.arrangement import arrange
from baqylau.reports.faces import FACES, foreign_fonts, missing_letters
from baqylau.reports.render import (
    PHOTO_BOX,
    ClosedFetcher,
    RenderTrouble,
    hash_in_groups,
    recommendations_csv,
    render_html,
    render_pdf,
    scaled_photo,
    snapshot_bytes,
    snapshot_sha256,
)
from tests.factories.report import sample_snapshot, short_snapshot, small_snapshot, superseding_snapshot

LANGUAGES = ("kk", "ru", "en")
MILLIMETRE = 72 / 25.4


@dataclass(frozen=True)
class Printed:
    language: str
    snapshot: schemas.Snapshot
    pdf: bytes
    path: Path

    def text(self, *options: str) -> str:
        return run("pdftotext", *options, str(self.path), "-")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_one_line(text: str) -> str:
    """Undo line breaks and the hyphens that the layout put in."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)-\n(?=\w)", "", text))


def rendered(snapshot: schemas.Snapshot, language: str, photos: dict[str, bytes]) -> bytes:
    return render_pdf(snapshot, language, photos.__getitem__, snapshot_hash=snapshot_sha256(snapshot))


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    snapshot, photos = sample_snapshot()
    path = tmp_path_factory.mktemp("report") / f"{request.param}.pdf"
    path.write_bytes(rendered(snapshot, request.param, photos))
    return Printed(request.param, snapshot, path.read_bytes(), path)


@pytest.fixture(scope="module")
def short() -> tuple[schemas.Snapshot, dict[str, bytes]]:
    return short_snapshot()


# What a person reads


def test_whole_sentences_come_out_of_the_pdf_with_their_letters(printed: Printed) -> None:
    text = in_one_line(printed.text("-raw"))
    domains = printed.snapshot.domains
    for finding in (domains[0].findings[0], domains[3].findings[0], domains[5].findings[0], domains[11].findings[0]):
        for sentence in re.split(r"(?<=\.)\s", finding.established[printed.language]):
            assert sentence in text
    for one in printed.snapshot.recommendations:
        assert one.action[printed.language] in text
        assert one.sign[printed.language] in text


def test_every_kazakh_letter_is_printed_as_itself() -> None:
    snapshot, photos = short_snapshot()
    alphabet = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"
    snapshot = snapshot.model_copy(update={"summary": {"kk": f"Қазақ әріптері: {alphabet}."}})
    pdf = rendered(snapshot, "kk", photos)
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    assert f"Қазақ әріптері: {alphabet}." in in_one_line(done.stdout.decode())


def test_every_chapter_is_there_in_the_language_of_the_report(printed: Printed) -> None:
    text = in_one_line(printed.text("-raw"))
    translate = catalogue(printed.language).gettext
    for title in ("Contents", "Summary", "Findings", "Recommendations", "Protection from reprisals", "Signatures"):
        assert translate(title) in text


def test_all_findings_items_members_and_log_entries_are_printed(printed: Printed) -> None:
    text = in_one_line(printed.text("-raw"))
    snapshot = printed.snapshot
    words = text.split()
    for number in arrange(snapshot, printed.language, "").finding_numbers:
        assert number in words
    for line in (line for domain in snapshot.answers for line in domain.lines):
        assert line.item in words
        assert line.question[printed.language].split("?")[0][:40] in text
    for member in snapshot.visit.group:
        assert text.count(member.name) >= 3  # title page, chapter on the visit, signature
    for dissent in snapshot.dissents:
        assert dissent.text.strip().splitlines()[0].strip() in text


def test_every_page_but_the_title_carries_place_number_and_page_count(printed: Printed) -> None:
    pages = printed.text("-layout").split("\f")[:-1]
    place, number = printed.snapshot.place.name[printed.language], printed.snapshot.report.number
    assert len(pages) > 40
    assert str(len(pages)) not in pages[0].split()
    for count, page in enumerate(pages[1:], 2):
        head = " ".join(page.strip().splitlines()[0].split())
        foot = page.strip().splitlines()[-1]
        assert head == f"{place} № {number}"
        assert {str(count), str(len(pages))} <= set(re.findall(r"\d+", foot))


def test_the_check_page_prints_address_number_language_and_the_hash_of_the_snapshot(printed: Printed) -> None:
    last = in_one_line(printed.text("-raw").split("\f")[-2])
    assert printed.snapshot.verify_address in last
    assert printed.snapshot.report.number in last
    assert hash_in_groups(snapshot_sha256(printed.snapshot)) in last


def test_a_superseding_report_says_on_its_title_page_what_it_replaces_and_why() -> None:
    snapshot, photos = superseding_snapshot()
    pdf = rendered(snapshot, "kk", photos)
    command = ["pdftotext", "-raw", "-l", "1", "-", "-"]
    title = in_one_line(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode())
    assert snapshot.report.supersedes is not None
    assert snapshot.report.supersedes in title
    assert snapshot.report.reason["kk"] in title


def test_a_first_version_speaks_of_no_replacement(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    html = render_html(short[0], "en", snapshot_hash="0" * 64)
    assert "replaces report" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_of_a_visit_with_nothing_to_tell_still_renders(language: str) -> None:
    snapshot = small_snapshot()
    assert rendered(snapshot, language, {}).startswith(b"%PDF-1.7")


def test_an_alleged_and_an_urgent_finding_are_marked(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    snapshot, _photos = short
    finding = snapshot.domains[0].findings[0]
    changed = finding.model_copy(update={"is_alleged": True, "is_urgent": True})
    domain = snapshot.domains[0].model_copy(update={"findings": [changed]})
    html = render_html(snapshot.model_copy(update={"domains": [domain]}), "en", snapshot_hash="0" * 64)
    assert '<p class="alleged">alleged</p>' in html
    assert '<p class="flag">urgent</p>' in html
    assert '<p class="alleged">' not in render_html(snapshot, "en", snapshot_hash="0" * 64)


def test_what_people_typed_cannot_become_markup(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    snapshot, _photos = short
    summary = {"en": "<script>alert(1)</script> <img src='http://evil.example/x.png'>"}
    html = render_html(snapshot.model_copy(update={"summary": summary}), "en", snapshot_hash="0" * 64)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_dates_and_decimal_marks_follow_the_language(printed: Printed) -> None:
    text = in_one_line(printed.text("-raw"))
    assert format_day(printed.snapshot.visit.ends_on, printed.language).replace("\u00a0", " ").split(" ")[1] in text
    assert ("1.9" if printed.language == "en" else "1,9") in text


# How it lies on the page


@dataclass(frozen=True)
class Word:
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words_by_page(printed: Printed) -> Iterator[list[Word]]:
    xml = printed.text("-bbox")
    pattern = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
    for page in xml.split("<page ")[1:]:
        yield [Word(*map(float, found.groups()[:4]), found[5]) for found in pattern.finditer(page)]


def test_no_word_lies_outside_the_margins(printed: Printed) -> None:
    left, right = 24 * MILLIMETRE - 1, (210 - 22) * MILLIMETRE + 1
    for page, words in enumerate(words_by_page(printed), 1):
        for word in words:
            assert left <= word.left, (page, word)
            assert word.right <= right, (page, word)
            assert 10 * MILLIMETRE < word.top < word.bottom < 287 * MILLIMETRE, (page, word)


def test_no_word_lies_on_another(printed: Printed) -> None:
    for page, words in enumerate(words_by_page(printed), 1):
        ordered = sorted(words, key=lambda word: word.top)
        for place, word in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if other.top >= word.bottom:
                    break
                wide = min(word.right, other.right) - max(word.left, other.left)
                high = min(word.bottom, other.bottom) - other.top
                assert wide < 1 or high < 0.45 * (other.bottom - other.top), (page, word, other)


def test_no_page_is_left_almost_empty(printed: Printed) -> None:
    for page, words in enumerate(words_by_page(printed), 1):
        assert len(words) > 40, page


# What the file holds


def test_only_our_faces_are_embedded_and_each_maps_to_unicode(printed: Printed) -> None:
    rows = [row.split() for row in run("pdffonts", str(printed.path)).splitlines()[2:]]
    assert len(rows) >= 5
    for row in rows:
        assert re.fullmatch(r"[A-Z]{6}\+Baqylau-(Serif|Sans)(-Bold)?(-Italic)?", row[0]), row
        assert row[-5:-2] == ["yes", "yes", "yes"], row  # embedded, a subset, with a map to Unicode
    assert foreign_fonts(printed.pdf) == []


def test_qpdf_finds_no_fault(printed: Printed) -> None:
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(printed.path))


def test_it_is_a_tagged_archival_pdf(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == printed.language
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        marks = pdf.open_metadata()
        assert (marks["pdfaid:part"], marks["pdfaid:conformance"]) == ("3", "A")
        assert marks["dc:creator"] == [printed.snapshot.council.name[printed.language]]
        assert printed.snapshot.report.number in str(pdf.docinfo.Title)
        assert str(pdf.docinfo.CreationDate) == "D:20261120093000Z"
        assert str(pdf.docinfo.ModDate) == "D:20261120093000Z"


def structure(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield node
            if "/K" in node:
                waiting.append(node.K)


def test_headings_come_in_order_and_every_figure_has_its_words(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        nodes = list(structure(pdf))
        levels = [int(str(node.S)[2]) for node in nodes if re.fullmatch(r"/H[1-6]", str(node.S))]
        figures = [node for node in nodes if node.S == "/Figure"]
        photos = sum(len(one.photos) for domain in printed.snapshot.domains for one in domain.findings)
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert len(figures) == photos + 4  # three charts and the code
        assert all(str(node.get("/Alt", "")).strip() for node in figures)
        assert Counter(str(node.S) for node in nodes)["/TH"] > 50


def test_bookmarks_lead_to_every_chapter(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf, pdf.open_outline() as outline:
        assert len(outline.root) == 1 + 9 + 7  # contents, chapters, annexes


def test_there_is_no_script_and_no_stream_from_outside(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                assert "/JS" not in thing
                assert thing.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")
                assert "/AA" not in thing
            if isinstance(thing, pikepdf.Stream):
                assert "/F" not in thing


def test_the_snapshot_and_the_recommendations_are_attached(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        assert set(pdf.attachments) == {"snapshot.json", "recommendations.csv"}
        attached = pdf.attachments["snapshot.json"].get_file().read_bytes()
        assert len(pdf.Root.AF) == 2
        relations = {str(spec.F): str(spec.AFRelationship) for spec in pdf.Root.AF}
        table = pdf.attachments["recommendations.csv"].get_file().read_bytes()
    assert relations == {"snapshot.json": "/Source", "recommendations.csv": "/Data"}
    assert schemas.Snapshot.model_validate_json(attached) == printed.snapshot
    assert attached == snapshot_bytes(printed.snapshot)
    assert table == recommendations_csv(printed.snapshot, printed.language)
    assert table.decode("utf-8-sig").count("\r\n") == 1 + len(printed.snapshot.recommendations)


def test_stored_bytes_of_the_snapshot_are_attached_as_they_are(
    short: tuple[schemas.Snapshot, dict[str, bytes]],
) -> None:
    snapshot, photos = short
    stored = snapshot.model_dump_json(indent=1).encode()
    pdf = render_pdf(snapshot, "en", photos.__getitem__, snapshot_hash="0" * 64, snapshot_json=stored)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.attachments["snapshot.json"].get_file().read_bytes() == stored


def test_a_cell_of_the_table_cannot_become_a_formula(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    snapshot, _photos = short
    action = {"en": '=HYPERLINK("http://evil.example")'}
    changed = snapshot.recommendations[0].model_copy(update={"action": action})
    table = recommendations_csv(snapshot.model_copy(update={"recommendations": [changed]}), "en").decode("utf-8-sig")
    assert "'=HYPERLINK" in table


# What it refuses


def test_a_photo_that_is_missing_stops_the_report(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    with pytest.raises(RenderTrouble) as trouble:
        rendered(short[0], "ru", {})
    assert trouble.value.code == "reports.photo_missing"


def test_a_photo_that_is_no_image_stops_the_report(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    snapshot, photos = short
    with pytest.raises(RenderTrouble) as trouble:
        rendered(snapshot, "ru", dict.fromkeys(photos, b"not an image"))
    assert trouble.value.code == "reports.photo_unreadable"


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/x.png",
        "https://evil.example/x.css",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://evil.example/x",
        "report:../../pyproject.toml",
        "report:/report.html",
        "font:../LICENCE.txt",
        "font:PTSerif-Regular.ttf/../../x",
        "//evil.example/x.png",
    ],
)
def test_the_fetcher_refuses_every_address_but_its_own(address: str) -> None:
    with pytest.raises(RenderTrouble):
        ClosedFetcher(lambda sha256: b"").fetch(address)


def test_a_page_that_asks_for_an_outside_image_is_not_rendered() -> None:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    page = '<html lang="en"><img alt="x" src="http://evil.example/x.png">'
    with pytest.raises(FatalURLFetchingError):
        HTML(string=page, base_url="report:", url_fetcher=ClosedFetcher(lambda sha256: b"")).write_pdf()


def test_letters_that_the_faces_lack_are_named_and_not_replaced(
    short: tuple[schemas.Snapshot, dict[str, bytes]],
) -> None:
    snapshot, photos = short
    with pytest.raises(RenderTrouble) as trouble:
        rendered(snapshot.model_copy(update={"summary": {"en": "漢 in a summary"}}), "en", photos)
    assert trouble.value.code == "reports.letters_missing"
    assert "U+6F22" in trouble.value.details


def test_pasted_spaces_and_bullets_are_printed_by_lossless_stand_ins() -> None:
    assert missing_letters("10\u202f000 ₸ ● и\u0306 \u200b") == []


def test_a_font_that_is_not_ours_is_found_out() -> None:
    from weasyprint import HTML

    page = '<html lang="en"><p style="font-family: serif">text</p>'
    assert foreign_fonts(HTML(string=page).write_pdf()) != []


def test_the_faces_are_the_vendored_files_and_hold_every_letter_of_the_three_languages() -> None:
    folder = shipped("static") / "fonts"
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    for file in FACES.values():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == sums[file]
    alphabet = "".join(map(chr, range(ord("А"), ord("я") + 1))) + "ЁёӘәҒғҚқҢңӨөҰұҮүҺһІі«»„“”–—…№§°²≤≥≠"
    assert missing_letters(alphabet) == []


# That it stays the same


def test_the_same_snapshot_gives_the_same_bytes_in_this_process_and_in_another(
    short: tuple[schemas.Snapshot, dict[str, bytes]], tmp_path: Path
) -> None:
    snapshot, photos = short
    here = rendered(snapshot, "en", photos)
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.factories.report import short_snapshot\n"
        "from baqylau.reports.render import render_pdf, snapshot_sha256\n"
        "snapshot, photos = short_snapshot()\n"
        "pdf = render_pdf(snapshot, 'en', photos.__getitem__, snapshot_hash=snapshot_sha256(snapshot))\n"
        "Path(sys.argv[1]).write_bytes(pdf)\n"
    )
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(root / "inspect"), str(root)])
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / seed)], check=True, env=environment)
        assert (tmp_path / seed).read_bytes() == here


def test_a_photo_is_scaled_to_what_print_needs_and_loses_its_metadata(
    short: tuple[schemas.Snapshot, dict[str, bytes]],
) -> None:
    from PIL import Image

    stored = next(iter(short[1].values()))
    with Image.open(io.BytesIO(stored)) as opened:
        exif = Image.Exif()
        exif[0x010E] = "camera of a named person"
        large = io.BytesIO()
        opened.resize((3000, 2250)).save(large, "JPEG", exif=exif)
    scaled = scaled_photo(large.getvalue(), "x")
    with Image.open(io.BytesIO(scaled)) as opened:
        assert opened.width <= PHOTO_BOX[0]
        assert opened.height <= PHOTO_BOX[1]
        assert not opened.getexif()
    assert b"named person" not in scaled


def test_a_share_leaves_out_what_was_not_seen(short: tuple[schemas.Snapshot, dict[str, bytes]]) -> None:
    from baqylau.reports.arrangement import share_met

    tally = schemas.Tally(met=3, partly=1, not_met=0, not_seen=5, not_applicable=9)
    assert share_met(tally) == 75
    assert share_met(schemas.Tally(met=0, partly=0, not_met=0, not_seen=2, not_applicable=0)) is None


@pytest.mark.parametrize("broken", [lambda sha256: b"", lambda sha256: (_ for _ in ()).throw(OSError("disk"))])
def test_trouble_with_the_store_becomes_render_trouble(
    short: tuple[schemas.Snapshot, dict[str, bytes]], broken: Callable[[str], bytes]
) -> None:
    with pytest.raises(RenderTrouble):
        render_pdf(short[0], "en", broken, snapshot_hash="0" * 64)


@pytest.mark.parametrize("language", LANGUAGES)
def test_obstructions_are_printed_with_day_and_ground_in_the_words_of_the_record(language: str) -> None:
    snapshot, _photos = short_snapshot()
    told = {"happened_on": date(2026, 10, 28), "official": "duty officer", "language": "en"}
    records = [
        schemas.ObstructionFacts(ground="no_notice", account="The gate stayed shut.", stopped_visit=True, **told),
        schemas.ObstructionFacts(ground="devices", account="", stopped_visit=False, **{**told, "official": ""}),
    ]
    visit = snapshot.visit.model_copy(update={"obstructions": records, "access_problems": []})
    html = render_html(snapshot.model_copy(update={"visit": visit}), language, snapshot_hash="a" * 64)
    translate = catalogue(language).gettext
    assert "The gate stayed shut." in html
    assert ('<div lang="en">\n<p class="quiet">duty officer</p>' in html) == (language != "en")
    for words in ("no notice was given", "tablets, cameras or telephones"):
        assert translate(words)[1:] in html
    left_out = (
        "The words of the record are left out, because somebody could be recognised by them; the council keeps them."
    )
    assert translate(left_out) in html
    assert format_day(date(2026, 10, 28), language) in html
    assert translate("Access and co-operation") not in html
    assert translate("The group recorded no problem of access to rooms, persons or documents.") not in html
