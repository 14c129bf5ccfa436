"""Sync: the protocol between tablet and server, and nothing else.

What is taken along goes down (visit, checklists, place, heads), revisions and photos come up, by network or in a visit file.
Every revision is idempotent by its id and its bytes, has a result and a savepoint of its own, and is receipted only when it is
committed. What comes from somebody who may not record any more is kept apart until the chair decides.
"""
