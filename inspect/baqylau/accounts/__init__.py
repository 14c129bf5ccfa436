"""Accounts: people who sign in, how they prove it, their sessions and invitations.

Passwords are argon2id, the second factor TOTP with recovery codes; nobody sets a password for somebody else: an
invitation lets its holder choose one. Which council a person belongs to is not known here but in `councils`.
"""
