"""`baqylau verify`: 0 genuine, 0 with a notice when superseded, 1 not ours, 2 unreadable."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baqylau.cli.commands import main
from tests.reports.conftest import Issued


def _verify(issued: Issued, path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--instance", str(issued.settings.instance), "verify", str(path), *options])


@pytest.mark.parametrize(
    ("version", "words"), [(2, "genuine and current"), (1, "NOTICE: version 2 is the current one")]
)
def test_a_report_of_ours_is_yes(issued: Issued, tmp_path: Path, version: int, words: str) -> None:
    done = _verify(issued, issued.path(version, "kk", tmp_path))
    assert done.exit_code == 0
    assert words in done.output
    assert issued.written.visit.number in done.output


def test_json_holds_the_same(issued: Issued, tmp_path: Path) -> None:
    done = _verify(issued, issued.path(1, "ru", tmp_path), "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["authenticity"], found["version"], found["current_version"], found["language"]) == (
        0,
        "superseded",
        1,
        2,
        "ru",
    )


def test_a_changed_report_is_no(issued: Issued, tmp_path: Path) -> None:
    path = issued.path(2, "en", tmp_path)
    path.write_bytes(path.read_bytes() + b"\n")
    done = _verify(issued, path)
    assert (done.exit_code, "not ours, or changed" in done.output) == (1, True)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04zip"])
def test_what_cannot_be_read_is_neither(issued: Issued, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    assert _verify(issued, path).exit_code == 2


def test_a_file_that_is_not_there_is_neither(issued: Issued, tmp_path: Path) -> None:
    done = _verify(issued, tmp_path / "missing.pdf")
    assert done.exit_code == 2
    assert "cannot be read" in done.output
    assert _verify(issued, tmp_path).exit_code == 2
