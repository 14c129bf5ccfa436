"""Audit: who did what to which thing, when; append-only and chained by hashes.

Every act writes one event in its own transaction. Events name things by id only: no text of an answer, no person's name.
Knows no other room, so every room can write to it.
"""
