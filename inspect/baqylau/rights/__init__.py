"""Rights: who may do what to which thing; one table, refusal by default, and the guards of views.

Knows no other room, so that every page can say what it needs. `councils` says which roles a person holds today.
"""
