"""Where the folders that ship with the program lie, in a checkout and in an installed wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class ShippedFolderMissing(RuntimeError):
    """A folder that belongs to the program is neither packed with it nor beside it."""


def shipped(name: str) -> Path:
    """Return the folder `name` (forms, templates, static, translations) of this program.

    A wheel carries them under `_shipped/`; a checkout has them at its root.
    """
    for candidate in (_PACKAGE / "_shipped" / name, checkout() / name):
        if candidate.is_dir():
            return candidate
    raise ShippedFolderMissing(name)


def checkout() -> Path:
    """Return the folder above the source root: the checkout, if this is one."""
    return _PACKAGE.parents[1]


def is_checkout() -> bool:
    """Tell whether the program runs from a checkout and not from an installed wheel."""
    return (checkout() / "pyproject.toml").is_file() and (checkout() / "inspect").is_dir()
