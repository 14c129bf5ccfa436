"""Stored bytes: encrypted on the disk, compared with their hash at every reading, the file before its row."""

import errno
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlmodel import Session, select

from baqylau.db.engine import Database
from baqylau.errors import Problem
from baqylau.storage import actions, files
from baqylau.storage.keys import SecretReadableByOthers, installation_secret, open_bytes, seal_bytes
from baqylau.storage.models import Blob

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CONTENT = b"\xff\xd8 a photo of the cell of somebody who must not be named " * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folders of files and of keys, beside a file of something else."""
    both = (tmp_path / "blobs", tmp_path / "keys")
    actions.keep_file(both, b"something else")
    return both


def everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_is_stored_comes_back(session: Session, folders: tuple[Path, Path]) -> None:
    blob = actions.store(session, folders, CONTENT, "image/jpeg", NOW)
    assert (blob.sha256, blob.size, blob.media_type) == (SHA256, len(CONTENT), "image/jpeg")
    assert files.read(folders, SHA256) == CONTENT


def test_no_clear_byte_lies_on_the_disk(session: Session, folders: tuple[Path, Path]) -> None:
    actions.store(session, folders, CONTENT, "image/jpeg", NOW)
    written = everything_below(folders[0])
    assert len(written) > len(CONTENT)
    assert not [start for start in range(0, len(CONTENT) - 8, 8) if CONTENT[start : start + 8] in written]


def test_the_same_bytes_look_different_in_two_installations(tmp_path: Path) -> None:
    one, other = ((tmp_path / name / "blobs", tmp_path / name / "keys") for name in ("one", "other"))
    assert actions.keep_file(one, CONTENT) == actions.keep_file(other, CONTENT) == SHA256
    assert files.path_of(one[0], SHA256).read_bytes() != files.path_of(other[0], SHA256).read_bytes()
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read((other[0], one[1]), SHA256)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_byte_is_noticed_at_reading(folders: tuple[Path, Path], place: int) -> None:
    path = files.path_of(folders[0], actions.keep_file(folders, CONTENT))
    sealed = bytearray(path.read_bytes())
    sealed[place] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read(folders, SHA256)


def test_a_file_that_was_cut_short_or_is_gone_is_noticed(folders: tuple[Path, Path]) -> None:
    path = files.path_of(folders[0], actions.keep_file(folders, CONTENT))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read(folders, SHA256)
    path.unlink()
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read(folders, SHA256)


def test_a_file_under_the_name_of_another_is_noticed(folders: tuple[Path, Path]) -> None:
    actions.keep_file(folders, CONTENT)
    other = hashlib.sha256(b"something else").hexdigest()
    shutil.copy(files.path_of(folders[0], other), files.path_of(folders[0], SHA256))
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read(folders, SHA256)


def test_well_sealed_bytes_with_another_hash_are_noticed(folders: tuple[Path, Path]) -> None:
    path = files.path_of(folders[0], SHA256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal_bytes(folders[1], b"not what the name says", f"blob|{SHA256}"))
    with pytest.raises(Problem, match=r"storage\.damaged"):
        files.read(folders, SHA256)


def test_the_file_is_whole_before_its_row(
    session: Session, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def look_at_the_disk(row: object) -> None:
        assert isinstance(row, Blob)
        seen.append(files.read(folders, row.sha256))

    monkeypatch.setattr(session, "add", look_at_the_disk)
    actions.store(session, folders, CONTENT, "image/jpeg", NOW)
    assert seen == [CONTENT]


def test_a_file_without_a_row_is_taken_up_again(database: Database, folders: tuple[Path, Path]) -> None:
    with database.session(writes=True) as broken_off:
        actions.store(broken_off, folders, CONTENT, "image/jpeg", NOW)
        broken_off.rollback()
    sealed = files.path_of(folders[0], SHA256).read_bytes()
    with database.transaction() as again:
        actions.store(again, folders, CONTENT, "image/jpeg", NOW)
        actions.store(again, folders, CONTENT, "image/jpeg", NOW)
    assert files.path_of(folders[0], SHA256).read_bytes() == sealed
    with database.reading() as session:
        assert [blob.sha256 for blob in session.exec(select(Blob))] == [SHA256]


def test_a_full_disk_leaves_neither_file_nor_row(
    session: Session, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(path.name for path in folders[0].rglob("*") if path.is_file())

    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(actions.os, "fsync", no_room)
        with pytest.raises(OSError, match="No space left"):
            actions.store(session, folders, CONTENT, "image/jpeg", NOW)
    assert sorted(path.name for path in folders[0].rglob("*") if path.is_file()) == before
    assert session.exec(select(Blob)).all() == []
    assert actions.store(session, folders, CONTENT, "image/jpeg", NOW).sha256 == SHA256
    assert files.read(folders, SHA256) == CONTENT


@pytest.mark.parametrize("name", ["", "../keys/storage.key", SHA256.upper(), SHA256[:-1], f"{SHA256}\n", f"/{SHA256}"])
def test_only_a_hash_names_a_file(folders: tuple[Path, Path], name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.read(folders, name)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    secret = installation_secret(keys, "storage.key")
    assert len(bytes.fromhex(secret)) == 32
    assert installation_secret(keys, "storage.key") == secret
    assert (keys / "storage.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in keys.iterdir()] == ["storage.key"]


def test_a_key_that_others_can_read_is_not_used(folders: tuple[Path, Path]) -> None:
    actions.keep_file(folders, CONTENT)
    (folders[1] / "storage.key").chmod(0o640)
    with pytest.raises(SecretReadableByOthers):
        files.read(folders, SHA256)


def test_sealed_bytes_are_bound_to_their_place(tmp_path: Path) -> None:
    sealed = seal_bytes(tmp_path, b"KZQX", "user|totp_secret|one")
    assert open_bytes(tmp_path, sealed, "user|totp_secret|one") == b"KZQX"
    assert seal_bytes(tmp_path, b"KZQX", "user|totp_secret|one") != sealed
    with pytest.raises(InvalidTag):
        open_bytes(tmp_path, sealed, "user|totp_secret|two")
