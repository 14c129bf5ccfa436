"""The settings of an installation: read once, from `instance/settings.toml` and the environment, unknown keys refused.

Each is documented in docs/settings.md; a test compares the two.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from baqylau.locations import checkout, is_checkout


class InstanceFolderUnknown(RuntimeError):
    """No instance folder was given and this is not a checkout."""


class Settings(BaseSettings):
    """All settings; the environment's name is `BAQYLAU_` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="BAQYLAU_", frozen=True, extra="forbid")

    #: Folder that this installation owns: database, keys, blobs.
    instance: Path
    #: SQLAlchemy address of the database; empty = SQLite in the instance folder.
    database_address: str = ""
    #: Public address of the site, printed in reports and QR codes, without a closing slash.
    public_address: str = "http://127.0.0.1:8000"
    #: Host names that requests may carry.
    trusted_hosts: list[str] = Field(default_factory=lambda: ["127.0.0.1", "localhost"])
    #: Number of reverse proxies in front whose forwarded headers are trusted.
    proxies: int = Field(default=0, ge=0, le=3)
    #: Cookies are sent over HTTPS only; switch off for a demo on 127.0.0.1 alone.
    secure_cookies: bool = True
    #: Time zone in which instants are shown.
    time_zone: str = "Asia/Almaty"
    #: Language of a visitor who has not chosen one.
    default_language: Literal["kk", "ru", "en"] = "kk"
    #: A sign-in ends after so many hours without use.
    session_idle_hours: int = Field(default=1, ge=1, le=24)
    #: A sign-in ends after so many hours in any case.
    session_hours: int = Field(default=24, ge=1, le=72)
    #: An invitation can be used for so many hours.
    invitation_hours: int = Field(default=72, ge=1, le=336)
    #: Largest upload in bytes.
    upload_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    #: Largest file that the page on verifying takes, in bytes; reports with photos may be larger than other uploads.
    verify_bytes: int = Field(default=64 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    #: Largest number of pixels of a photo.
    photo_pixels: int = Field(default=40_000_000, ge=1_000_000)
    #: Longest side of a stored photo in pixels.
    photo_side: int = Field(default=2400, ge=400)
    #: A count of persons below this is printed as a band.
    smallest_count: int = Field(default=5, ge=2, le=20)
    #: Working days in which an authority answers a commission; not settled by chapter 8 of the Code, so a setting.
    commission_answer_working_days: int = Field(default=15, ge=1, le=90)
    #: Processes that render the three languages of a report side by side.
    render_processes: int = Field(default=2, ge=1, le=8)
    #: Name of the installation in its seal certificate.
    seal_name: str = "Baqylau"
    #: Where Huey keeps its queue: sqlite (in the instance folder), or a postgresql:// or redis:// address.
    queue: str = "sqlite"
    #: Where the finished page lies for tests of the browser; never set in production.
    testing: bool = False
    #: Secret for CSRF tokens; empty = made once in the instance folder.
    secret_key: SecretStr = SecretStr("")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic names the arguments
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the instance folder's settings.toml."""
        folder = init_settings().get("instance")
        toml = TomlConfigSettingsSource(settings_cls, Path(folder) / "settings.toml" if folder else None)
        return init_settings, env_settings, toml

    @cached_property
    def database(self) -> str:
        """The database's SQLAlchemy address."""
        return self.database_address or f"sqlite:///{self.instance / 'baqylau.sqlite3'}"

    @property
    def blobs(self) -> Path:
        """The folder of stored photos and reports."""
        return self.instance / "blobs"

    @property
    def keys(self) -> Path:
        """The folder of private keys."""
        return self.instance / "keys"


def instance_folder(given: str | Path | None = None) -> Path:
    """Return the instance folder: the argument, else `BAQYLAU_INSTANCE`, else `instance/` of a checkout.

    Raises InstanceFolderUnknown for an installed program that was told neither, rather than guess.
    """
    if given:
        return Path(given).resolve()
    if named := os.environ.get("BAQYLAU_INSTANCE"):
        return Path(named).resolve()
    if is_checkout():
        return checkout() / "instance"
    raise InstanceFolderUnknown("say where the installation lies: set BAQYLAU_INSTANCE to its folder")


def read_settings(instance: str | Path | None = None, **values: object) -> Settings:
    """Read the settings of the installation in `instance`; `values` win over file and environment."""
    return Settings(instance=instance_folder(instance), **values)  # type: ignore[arg-type]
