"""Visits: planned, prepared with letters, under way, concluded; or cancelled, or refused at the gate.

A visit pins the versions of its checklists and names its group and leader. A plan is known to its group and chair only.
"""
