"""Pages of reports: the page of one visit's report with its files, and the public page on which a report is checked."""

from baqylau.reports.pages import office, public
from baqylau.reports.pages.start import blueprint
from baqylau.reports.steps import report_steps
from baqylau.visits.steps import StepName, tell_about

__all__ = ["blueprint", "office", "public"]

tell_about(StepName.REPORT, report_steps)
