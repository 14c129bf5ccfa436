"""Pages of findings and recommendations."""

from baqylau.findings.pages import findings, judging, recommendations  # noqa: F401 - they add their views to the blueprint
from baqylau.findings.pages.start import blueprint

__all__ = ["blueprint"]
