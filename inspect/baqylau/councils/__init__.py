"""Councils: regional commissions, groups of the national preventive mechanism, the ombudsman's office; their members.

`access.py` is the one place of rights: one table, refusal by default, `may(actor, action, subject)`.
"""
