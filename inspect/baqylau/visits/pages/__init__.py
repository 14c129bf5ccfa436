"""Pages of visits: the first page, lists, one visit with its steps, and the acts on it."""

import baqylau.visits.pages.acts
import baqylau.visits.pages.lists
import baqylau.visits.pages.one
import baqylau.visits.pages.planning  # noqa: F401 - they add their views to the blueprint
from baqylau.visits.pages.start import blueprint

__all__ = ["blueprint"]
