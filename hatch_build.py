"""Build hook: compile the catalogues, and pack the folders that ship with the program."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackShippedFolders(BuildHookInterface):
    def initialize(self, version, build_data):
        root = Path(self.root)
        for po in (root / "translations").rglob("*.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source))
        if version == "standard":  # an editable install reads the checkout itself
            for folder in ("forms", "templates", "static", "translations"):
                build_data["force_include"][str(root / folder)] = f"baqylau/_shipped/{folder}"
