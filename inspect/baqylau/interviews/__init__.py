"""Confidential interviews: member keys, whom notes are sealed to, the sealed notes, alerts about reprisals.

The server keeps ciphertext that it cannot read: notes are sealed on the tablet to keys whose private part never leaves their
members' own machines, always as many of one size as a visit has slots, so that it does not know how many people talked.
docs/adr/0015-sealed-notes.md says what this holds against and what it does not.
"""
