"""The tablet's shell: one page at `/tablet/` that opens without a network, its service worker and its files.

It holds nothing about any visit: what a person takes along comes by the sync API and is kept encrypted by the page itself.
Every file that the shell needs is listed with its SHA-256, and a tablet takes a version whole or not at all.
"""
