"""Baqylau: checklists, visits, findings and sealed reports for people who inspect places of deprivation of liberty."""

__version__ = "0.1.0"
