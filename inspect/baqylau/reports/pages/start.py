"""The blueprint of the room's pages, and what all of them need."""

from typing import Any, cast

from flask import Blueprint, current_app

from baqylau.settings import Settings

blueprint = Blueprint("reports", __name__)


def present_settings() -> Settings:
    """Return the installation's settings."""
    return cast(Settings, cast(Any, current_app).baqylau_settings)
