"""Answers: what was recorded, as append-only revisions, and the photos that belong to them.

The current answer is a query: the heads, that is the revisions that no other revision supersedes. Two heads are a
conflict that people see and settle with a new revision naming both; nothing is ever overwritten.
"""
