"""Findings: what was established, and the recommendations that follow from it.

Proposed from answers, written by people, reviewed and approved by a second member; each is linked to the revisions and
photos that carry it.
"""
