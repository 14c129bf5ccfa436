"""Key files: private from their first moment, refused when others can read them, written all or none."""

import os
import secrets
import stat
from pathlib import Path

from baqylau.signatures.terms import KeyCode, KeyTrouble

_MAX_BYTES = 256 * 1024


def require_private_folder(folder: Path) -> None:
    """Refuse a folder that is missing or that others may use."""
    try:
        mode = folder.stat().st_mode
    except OSError as trouble:
        raise KeyTrouble(KeyCode.MISSING, f"no keys at {folder}; make them first") from trouble
    if not stat.S_ISDIR(mode):
        raise KeyTrouble(KeyCode.MISSING, f"{folder} is not a folder")
    _refuse_if_open(mode, folder, "0700")


def make_private_folder(folder: Path) -> None:
    """Make the folder with mode 0700, or refuse one that others may use."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        require_private_folder(folder)
    except OSError as trouble:
        raise KeyTrouble(KeyCode.NOT_WRITTEN, f"cannot make {folder}: {trouble.strerror}") from trouble


def _refuse_if_open(mode: int, path: Path, wanted: str) -> None:
    if stat.S_IMODE(mode) & 0o077:
        found = f"{path} has mode {stat.S_IMODE(mode):04o}, so its group or others may use it"
        raise KeyTrouble(KeyCode.READABLE_BY_OTHERS, f"{found}; set {wanted}, and ask who may have seen the key")


def read_file(path: Path, *, secret: bool = False) -> bytes:
    """Read a file; for a secret one look at the mode of the very file that was opened, so that no swap gets between."""
    try:
        with path.open("rb") as file:
            if secret:
                _refuse_if_open(os.fstat(file.fileno()).st_mode, path, "0600")
            return file.read(_MAX_BYTES)
    except OSError as trouble:
        raise KeyTrouble(KeyCode.MISSING, f"cannot read {path}: {trouble.strerror}") from trouble


def write_all(contents: dict[Path, bytes]) -> None:
    """Create the files, all or none, each with mode 0600 from its first moment; never touch an existing one."""
    made: list[Path] = []
    try:
        for path, content in contents.items():
            _write_new(path, content)
            made.append(path)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _write_new(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as trouble:
        raise KeyTrouble(KeyCode.EXISTS, f"{path} exists; keys are never overwritten") from trouble
    except OSError as trouble:
        raise KeyTrouble(KeyCode.NOT_WRITTEN, f"cannot write {path}: {trouble.strerror}") from trouble
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as trouble:
        path.unlink(missing_ok=True)
        raise KeyTrouble(KeyCode.NOT_WRITTEN, f"cannot write {path}: {trouble.strerror}") from trouble


def replace_file(path: Path, content: bytes) -> None:
    """Exchange a file's content in one step (rename), so that a crash leaves either the old or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write_new(beside, content)
    try:
        beside.replace(path)
    except OSError as trouble:
        beside.unlink(missing_ok=True)
        raise KeyTrouble(KeyCode.NOT_WRITTEN, f"cannot replace {path}: {trouble.strerror}") from trouble
