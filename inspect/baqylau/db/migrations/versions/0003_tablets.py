"""Add devices, what is kept apart, parts of photos, and the hash of what was sent."""

import sqlalchemy as sa
from alembic import op

from baqylau.db.triggers import allow_changes, refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("kept_apart", "kept_apart_decision")


def upgrade() -> None:
    op.add_column("answer_revision", sa.Column("sent_sha256", sa.String(length=64), nullable=True))
    op.add_column("evidence", sa.Column("device", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_device_user_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_device_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_user_id"), "device", ["user_id"], unique=False)
    op.create_index(op.f("ix_device_visit_id"), "device", ["visit_id"], unique=False)
    op.create_table(
        "kept_apart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('revision', 'photo')", name=op.f("ck_kept_apart_kind_known")),
        sa.CheckConstraint(
            "reason IN ('left_council', 'left_group', 'conflict')", name=op.f("ck_kept_apart_reason_known")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_kept_apart_author_id_account")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_kept_apart_blob_sha256_blob")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_kept_apart_device_id_device")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_kept_apart_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
    )
    op.create_index(op.f("ix_kept_apart_device_id"), "kept_apart", ["device_id"], unique=False)
    op.create_index(op.f("ix_kept_apart_visit_id"), "kept_apart", ["visit_id"], unique=False)
    op.create_table(
        "kept_apart_decision",
        sa.Column("kept_apart_id", sa.Uuid(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("taken OR reason <> ''", name=op.f("ck_kept_apart_decision_refused_with_reason")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_kept_apart_decision_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["kept_apart_id"], ["kept_apart.id"], name=op.f("fk_kept_apart_decision_kept_apart_id_kept_apart")
        ),
        sa.PrimaryKeyConstraint("kept_apart_id", name=op.f("pk_kept_apart_decision")),
    )
    op.create_table(
        "photo_part",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 0 AND number < total", name=op.f("ck_photo_part_number_in_order")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_photo_part_user_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_part_visit_id_visit")),
        sa.PrimaryKeyConstraint("photo_id", "number", name=op.f("pk_photo_part")),
    )
    op.create_index(op.f("ix_photo_part_visit_id"), "photo_part", ["visit_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in refuse_changes(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in allow_changes(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in ("photo_part", "kept_apart_decision", "kept_apart", "device"):
        op.drop_table(table)
    op.drop_column("evidence", "device")
    op.drop_column("answer_revision", "sent_sha256")
