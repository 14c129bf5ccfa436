"""Add member keys, recovery keys, sealed interview notes and alerts about reprisals."""

import sqlalchemy as sa
from alembic import op

from baqylau.db.triggers import allow_changes, refuse_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "interview_note",
    "member_key",
    "member_key_approval",
    "recovery_key",
    "recovery_key_confirmation",
    "reprisal_alert",
    "reprisal_follow_up",
)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_{table}_{column}_account"))


def _visit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f(f"fk_{table}_visit_id_visit"))


def upgrade() -> None:
    _keys()
    _recovery_keys()
    _notes()
    _alerts()
    for table in APPEND_ONLY:
        for statement in refuse_changes(table, op.get_bind().dialect.name):
            op.execute(statement)


def _keys() -> None:
    op.create_table(
        "member_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _person("member_key", "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_key")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_member_key_user_id_number")),
        sa.UniqueConstraint("public_key", name=op.f("uq_member_key_public_key")),
    )
    op.create_index(op.f("ix_member_key_user_id"), "member_key", ["user_id"], unique=False)
    op.create_table(
        "member_key_approval",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        _person("member_key_approval", "approved_by"),
        sa.ForeignKeyConstraint(["key_id"], ["member_key.id"], name=op.f("fk_member_key_approval_key_id_member_key")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_member_key_approval")),
    )


def _recovery_keys() -> None:
    op.create_table(
        "recovery_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("public_key", sa.String(length=80), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_recovery_key_council_id_council")),
        _person("recovery_key", "proposed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_key")),
        sa.UniqueConstraint("council_id", "number", name=op.f("uq_recovery_key_council_id_number")),
    )
    op.create_index(op.f("ix_recovery_key_council_id"), "recovery_key", ["council_id"], unique=False)
    op.create_table(
        "recovery_key_confirmation",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        _person("recovery_key_confirmation", "confirmed_by"),
        sa.ForeignKeyConstraint(
            ["key_id"], ["recovery_key.id"], name=op.f("fk_recovery_key_confirmation_key_id_recovery_key")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_recovery_key_confirmation")),
    )


def _notes() -> None:
    op.create_table(
        "interview_slots",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.CheckConstraint("slots BETWEEN 8 AND 96", name=op.f("ck_interview_slots_slots_in_bounds")),
        _visit("interview_slots"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_interview_slots")),
    )
    op.create_table(
        "interview_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("is_apart", sa.Boolean(), nullable=False),
        sa.CheckConstraint("slot >= 0 AND slot < 96", name=op.f("ck_interview_note_slot_in_bounds")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_interview_note_version_counts")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_interview_note_blob_sha256_blob")),
        _person("interview_note", "user_id"),
        _visit("interview_note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_note")),
        sa.UniqueConstraint(
            "visit_id", "device", "slot", "version", name=op.f("uq_interview_note_visit_id_device_slot_version")
        ),
    )
    op.create_index(op.f("ix_interview_note_user_id"), "interview_note", ["user_id"], unique=False)
    op.create_index(op.f("ix_interview_note_visit_id"), "interview_note", ["visit_id"], unique=False)


def _alerts() -> None:
    op.create_table(
        "reprisal_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("sign", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.CheckConstraint("sign IN ('recontact', 'fear', 'harm')", name=op.f("ck_reprisal_alert_sign_known")),
        _visit("reprisal_alert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprisal_alert")),
        sa.UniqueConstraint("visit_id", "sign", "number", name=op.f("uq_reprisal_alert_visit_id_sign_number")),
    )
    op.create_index(op.f("ix_reprisal_alert_visit_id"), "reprisal_alert", ["visit_id"], unique=False)
    op.create_table(
        "reprisal_follow_up",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('no_signs', 'signs_seen', 'not_met')", name=op.f("ck_reprisal_follow_up_outcome_known")
        ),
        _person("reprisal_follow_up", "done_by"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["reprisal_alert.id"], name=op.f("fk_reprisal_follow_up_alert_id_reprisal_alert")
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_reprisal_follow_up")),
    )


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in allow_changes(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in (
        "reprisal_follow_up",
        "reprisal_alert",
        "interview_note",
        "interview_slots",
        "recovery_key_confirmation",
        "recovery_key",
        "member_key_approval",
        "member_key",
    ):
        op.drop_table(table)
