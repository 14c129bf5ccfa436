"""Storage: bytes kept under their SHA-256 in the instance folder, encrypted at rest, checked at every read.

A file is written before its row, so an orphan is harmless and a row never points at nothing.
"""
