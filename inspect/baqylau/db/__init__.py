"""The database: engine and pragmas, one transaction per request or command, column types, migrations.

Knows no room above it. Tables are built in their rooms on `db.types`; they are all gathered in `db.tables` by name only.
"""
