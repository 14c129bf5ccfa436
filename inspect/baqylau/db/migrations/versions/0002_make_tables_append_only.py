"""Let the database itself refuse to change what is append-only."""

from alembic import op

from baqylau.db.triggers import allow_changes, refuse_changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "answer_revision",
    "audit_event",
    "blob",
    "checklist_version",
    "evidence",
    "evidence_withdrawal",
    "obstruction",
    "passage_release",
    "report_file",
    "supersession",
)


def upgrade() -> None:
    for table in TABLES:
        for statement in refuse_changes(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        for statement in allow_changes(table, op.get_bind().dialect.name):
            op.execute(statement)
