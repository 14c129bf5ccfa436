"""Pages and API of confidential interviews; each adds its views to `blueprint`."""

import baqylau.interviews.pages.alerts
import baqylau.interviews.pages.api
import baqylau.interviews.pages.keys
import baqylau.interviews.pages.notes  # noqa: F401 - they add their views to the blueprint
from baqylau.interviews.blueprint import blueprint

__all__ = ["blueprint"]
