"""Append-only tables: triggers that refuse UPDATE and DELETE, on SQLite and PostgreSQL alike."""


def refuse_changes(table: str, dialect: str) -> list[str]:
    """Return the statements that make `table` append-only."""
    message = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for act in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514'; END $$",
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def allow_changes(table: str, dialect: str) -> list[str]:
    """Return the statements that take the triggers of `refuse_changes` away."""
    names = ("update", "delete") if dialect == "sqlite" else ("change", "truncate")
    on = "" if dialect == "sqlite" else f" ON {table}"
    return [f"DROP TRIGGER {table}_refuse_{name}{on}" for name in names]
