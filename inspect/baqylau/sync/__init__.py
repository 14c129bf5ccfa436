"""Sync: the protocol between tablet and server, and nothing else.

Bundles go down (visit, checklist, place, heads), revisions and photos come up; every revision is idempotent by its id, has
a result of its own and a savepoint of its own, and is acknowledged only when it is in the database.
"""
