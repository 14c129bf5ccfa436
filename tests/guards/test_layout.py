"""The checkout's shape: what would break imports or carry this machine's traces must not be there."""

import re
import subprocess
from pathlib import Path

import pytest

import baqylau

ROOT = Path(__file__).parents[2]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["inspect/__init__.py", "inspect.py"])
def test_nothing_shadows_the_standard_librarys_inspect(name: str) -> None:
    assert not (ROOT / name).exists()


def test_the_program_is_the_one_of_this_checkout() -> None:
    assert Path(baqylau.__file__).is_relative_to(ROOT / "inspect")


def test_no_room_is_named_like_a_module_of_the_standard_library() -> None:
    rooms = {path.name for path in (ROOT / "inspect" / "baqylau").iterdir()}
    assert not rooms & {"statistics", "calendar", "secrets", "platform", "email", "select", "util", "helpers"}


@pytest.mark.parametrize("room", sorted(p.parent.name for p in (ROOT / "inspect/baqylau").glob("*/__init__.py")))
def test_a_rooms_front_door_is_a_docstring_and_nothing_else(room: str) -> None:
    text = (ROOT / "inspect/baqylau" / room / "__init__.py").read_text()
    assert text.startswith('"""')
    assert text.rstrip().endswith('"""')
    assert text.count('"""') == 2


def test_no_file_holds_a_registrys_address() -> None:
    addresses = re.compile(r"pypi\.o" + r"rg|pythonhos" + r"ted|npmjs\.(org|com)|--index-u" + r"rl")
    guilty = []
    for path in _tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if path.name != "dev" and path != Path(__file__) and addresses.search(text):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []


def test_every_vendored_file_has_the_hash_that_is_written_beside_it() -> None:
    lists = [path for path in _tracked() if path.name == "SHA256SUMS"]
    assert lists
    for path in lists:
        subprocess.run(["sha256sum", "--check", "--quiet", path.name], cwd=path.parent, check=True)


def test_pages_fetch_nothing_from_elsewhere() -> None:
    outside = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?\s*(?:https?:)?//""")
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*")]
    guilty = [
        str(path.relative_to(ROOT))
        for path in files
        if path.suffix in {".html", ".css", ".js"} and outside.search(path.read_text())
    ]
    assert guilty == []
