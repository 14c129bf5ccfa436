"""Create the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=300), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "audit_event",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_act"), "audit_event", ["act"], unique=False)
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_event_subject_id"), "audit_event", ["subject_id"], unique=False)
    op.create_table(
        "authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "level IN ('facility', 'regional', 'committee', 'ministry', 'government', 'prosecutor')",
            name=op.f("ck_authority_level_known"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["authority.id"], name=op.f("fk_authority_parent_id_authority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "checklist_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("slug", "version", name=op.f("uq_checklist_version_slug_version")),
    )
    op.create_table(
        "council",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("term_starts_on", sa.Date(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('commission', 'npm_group', 'ombudsman_office')", name=op.f("ck_council_kind_known")
        ),
        sa.CheckConstraint(
            "term_ends_on IS NULL OR term_ends_on > term_starts_on", name=op.f("ck_council_term_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
        sa.UniqueConstraint("code", name=op.f("uq_council_code")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_at"), "sign_in_attempt", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempt_key"), "sign_in_attempt", ["key"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_invitation_created_by_account")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_invitation_user_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_user_id"), "invitation", ["user_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=80), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state_known")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_job_asked_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_index(op.f("ix_job_subject_id"), "job", ["subject_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('monitor', 'chair', 'secretary', 'coordinator', 'office', 'group_leader', 'administrator', 'public')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_membership_term_in_order")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_membership_council_id_council")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_membership_granted_by_account")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_membership_user_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_council_id"), "membership", ["council_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=True),
        sa.Column("limit_on", sa.Date(), nullable=True),
        sa.Column("groups", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('colony_minimum', 'colony_medium', 'colony_maximum', 'colony_extraordinary', 'colony_full', 'colony_mixed', 'colony_minors', 'remand', 'police_ivs', 'special_reception', 'reception_distribution', 'minors_adaptation', 'guardhouse', 'psychiatric', 'social_care')",
            name=op.f("ck_place_kind_known"),
        ),
        sa.CheckConstraint(
            "region IN ('abai', 'akmola', 'aktobe', 'almaty', 'atyrau', 'east_kazakhstan', 'jambyl', 'jetisu', 'karaganda', 'kostanay', 'kyzylorda', 'mangystau', 'north_kazakhstan', 'pavlodar', 'turkistan', 'ulytau', 'west_kazakhstan', 'astana', 'almaty_city', 'shymkent')",
            name=op.f("ck_place_region_known"),
        ),
        sa.CheckConstraint('"limit" IS NULL OR "limit" > 0', name=op.f("ck_place_limit_positive")),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_place_authority_id_authority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
    )
    op.create_index(op.f("ix_place_region"), "place", ["region"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_recovery_code_user_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "rendering",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_rendering_sha256_blob")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rendering")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_sign_in_session_user_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"], unique=False)
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_conflict_of_interest_place_id_place")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_conflict_of_interest_user_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
    )
    op.create_index(op.f("ix_conflict_of_interest_place_id"), "conflict_of_interest", ["place_id"], unique=False)
    op.create_index(op.f("ix_conflict_of_interest_user_id"), "conflict_of_interest", ["user_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("legal_basis", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("notice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('periodic', 'interim', 'special', 'commission')", name=op.f("ck_visit_kind_known")
        ),
        sa.CheckConstraint("state <> 'cancelled' OR end_reason <> ''", name=op.f("ck_visit_cancelled_with_reason")),
        sa.CheckConstraint(
            "state IN ('planned', 'under_way', 'concluded', 'cancelled', 'refused')", name=op.f("ck_visit_state_known")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_visit_days_in_order")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_visit_council_id_council")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_visit_place_id_place")),
        sa.ForeignKeyConstraint(["planned_by"], ["account.id"], name=op.f("fk_visit_planned_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("number", name=op.f("uq_visit_number")),
    )
    op.create_index(op.f("ix_visit_council_id"), "visit", ["council_id"], unique=False)
    op.create_index(op.f("ix_visit_place_id"), "visit", ["place_id"], unique=False)
    op.create_index(op.f("ix_visit_state"), "visit", ["state"], unique=False)
    op.create_table(
        "answer_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_answer_revision_author_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_answer_revision_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_revision")),
    )
    op.create_index(op.f("ix_answer_revision_author_id"), "answer_revision", ["author_id"], unique=False)
    op.create_index("ix_answer_revision_item", "answer_revision", ["visit_id", "item_id", "row_id"], unique=False)
    op.create_table(
        "dissenting_opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_dissenting_opinion_user_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_dissenting_opinion_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dissenting_opinion")),
        sa.UniqueConstraint("visit_id", "user_id", name=op.f("uq_dissenting_opinion_visit_id_user_id")),
    )
    op.create_index(op.f("ix_dissenting_opinion_visit_id"), "dissenting_opinion", ["visit_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("blob_sha256", sa.String(), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("permission", sa.String(length=20), nullable=False),
        sa.Column("consent", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("consent IN ('no_persons', 'given', 'not_given')", name=op.f("ck_evidence_consent_known")),
        sa.CheckConstraint(
            "permission IN ('not_needed', 'given', 'refused')", name=op.f("ck_evidence_permission_known")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_evidence_author_id_account")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_evidence_blob_sha256_blob")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_evidence_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_visit_id"), "evidence", ["visit_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("established", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("whereabouts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("standards", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("national", sa.String(length=20), nullable=True),
        sa.Column("international", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL)", name=op.f("ck_finding_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "cause IN ('law', 'practice', 'training', 'staffing', 'money', 'building', 'attitude', 'supervision')",
            name=op.f("ck_finding_cause_known"),
        ),
        sa.CheckConstraint("kind IN ('shortcoming', 'good_practice')", name=op.f("ck_finding_kind_known")),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_finding_severity_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'reviewed', 'approved', 'dropped')", name=op.f("ck_finding_state_known")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> written_by", name=op.f("ck_finding_approved_by_another")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_finding_approved_by_account")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_finding_reviewed_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_finding_visit_id_visit")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_finding_written_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("visit_id", "section", "position", name=op.f("uq_finding_visit_id_section_position")),
    )
    op.create_index(op.f("ix_finding_visit_id"), "finding", ["visit_id"], unique=False)
    op.create_table(
        "obstruction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("official", sa.String(length=200), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("stopped_visit", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ground IN ('no_ground', 'no_mandate_accepted', 'lock_down', 'quarantine', 'no_notice', 'devices', 'other')",
            name=op.f("ck_obstruction_ground_known"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_obstruction_recorded_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_obstruction_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obstruction")),
    )
    op.create_index(op.f("ix_obstruction_visit_id"), "obstruction", ["visit_id"], unique=False)
    op.create_table(
        "passage_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("passage_hash", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["released_by"], ["account.id"], name=op.f("fk_passage_release_released_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_passage_release_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_release")),
        sa.UniqueConstraint(
            "visit_id", "passage_hash", "rule", name=op.f("uq_passage_release_visit_id_passage_hash_rule")
        ),
    )
    op.create_index(op.f("ix_passage_release_visit_id"), "passage_release", ["visit_id"], unique=False)
    op.create_table(
        "protected_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_protected_name_added_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_protected_name_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_name")),
    )
    op.create_index(op.f("ix_protected_name_visit_id"), "protected_name", ["visit_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("action", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sign", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("repeats_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL)", name=op.f("ck_recommendation_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "priority IN ('immediate', 'short', 'medium', 'structural')", name=op.f("ck_recommendation_priority_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'reviewed', 'approved', 'dropped')", name=op.f("ck_recommendation_state_known")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> written_by", name=op.f("ck_recommendation_approved_by_another")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_recommendation_approved_by_account")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_recommendation_authority_id_authority")
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["recommendation.id"], name=op.f("fk_recommendation_repeats_id_recommendation")
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_recommendation_reviewed_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_recommendation_visit_id_visit")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_recommendation_written_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("visit_id", "position", name=op.f("uq_recommendation_visit_id_position")),
    )
    op.create_index(op.f("ix_recommendation_visit_id"), "recommendation", ["visit_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("snapshot_sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('making', 'issued', 'failed')", name=op.f("ck_report_state_known")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_report_asked_by_account")),
        sa.ForeignKeyConstraint(["snapshot_sha256"], ["blob.sha256"], name=op.f("fk_report_snapshot_sha256_blob")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_report_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_report_number_version")),
    )
    op.create_index(op.f("ix_report_visit_id"), "report", ["visit_id"], unique=False)
    op.create_table(
        "report_text",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reprisal_checks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("complaints_received", sa.Integer(), nullable=True),
        sa.Column("complaints_passed", sa.Integer(), nullable=True),
        sa.Column("persons_met", sa.Integer(), nullable=True),
        sa.Column("earlier_states", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_by", sa.Uuid(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ready_by"], ["account.id"], name=op.f("fk_report_text_ready_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_report_text_visit_id_visit")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_report_text_written_by_account")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_report_text")),
    )
    op.create_table(
        "visit_checklist",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_version_id"],
            ["checklist_version.id"],
            name=op.f("fk_visit_checklist_checklist_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_checklist_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "checklist_version_id", name=op.f("pk_visit_checklist")),
    )
    op.create_table(
        "visit_member",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("sections", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_visit_member_user_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_member_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "user_id", name=op.f("pk_visit_member")),
    )
    op.create_index(op.f("ix_visit_member_user_id"), "visit_member", ["user_id"], unique=False)
    op.create_index(
        "uq_visit_member_leader",
        "visit_member",
        ["visit_id"],
        unique=True,
        sqlite_where=sa.text("is_leader"),
        postgresql_where=sa.text("is_leader"),
    )
    op.create_table(
        "evidence_withdrawal",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_withdrawal_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_evidence_withdrawal_withdrawn_by_account")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_withdrawal")),
    )
    op.create_table(
        "finding_evidence",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("caption", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_finding_evidence_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_evidence_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", "evidence_id", name=op.f("pk_finding_evidence")),
    )
    op.create_table(
        "finding_revision",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_revision_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["answer_revision.id"], name=op.f("fk_finding_revision_revision_id_answer_revision")
        ),
        sa.PrimaryKeyConstraint("finding_id", "revision_id", name=op.f("pk_finding_revision")),
    )
    op.create_table(
        "recommendation_finding",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_recommendation_finding_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_finding_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "finding_id", name=op.f("pk_recommendation_finding")),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_file_report_id_report")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_report_file_sha256_blob")),
        sa.PrimaryKeyConstraint("report_id", "language", name=op.f("pk_report_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_report_file_sha256")),
    )
    op.create_table(
        "supersession",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["answer_revision.id"], name=op.f("fk_supersession_revision_id_answer_revision")
        ),
        sa.PrimaryKeyConstraint("revision_id", "superseded_id", name=op.f("pk_supersession")),
    )
    op.create_index(op.f("ix_supersession_superseded_id"), "supersession", ["superseded_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_supersession_superseded_id"), table_name="supersession")
    op.drop_table("supersession")
    op.drop_table("report_file")
    op.drop_table("recommendation_finding")
    op.drop_table("finding_revision")
    op.drop_table("finding_evidence")
    op.drop_table("evidence_withdrawal")
    op.drop_index(
        "uq_visit_member_leader",
        table_name="visit_member",
        sqlite_where=sa.text("is_leader"),
        postgresql_where=sa.text("is_leader"),
    )
    op.drop_index(op.f("ix_visit_member_user_id"), table_name="visit_member")
    op.drop_table("visit_member")
    op.drop_table("visit_checklist")
    op.drop_table("report_text")
    op.drop_index(op.f("ix_report_visit_id"), table_name="report")
    op.drop_table("report")
    op.drop_index(op.f("ix_recommendation_visit_id"), table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_index(op.f("ix_protected_name_visit_id"), table_name="protected_name")
    op.drop_table("protected_name")
    op.drop_index(op.f("ix_passage_release_visit_id"), table_name="passage_release")
    op.drop_table("passage_release")
    op.drop_index(op.f("ix_obstruction_visit_id"), table_name="obstruction")
    op.drop_table("obstruction")
    op.drop_index(op.f("ix_finding_visit_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_evidence_visit_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_dissenting_opinion_visit_id"), table_name="dissenting_opinion")
    op.drop_table("dissenting_opinion")
    op.drop_index("ix_answer_revision_item", table_name="answer_revision")
    op.drop_index(op.f("ix_answer_revision_author_id"), table_name="answer_revision")
    op.drop_table("answer_revision")
    op.drop_index(op.f("ix_visit_state"), table_name="visit")
    op.drop_index(op.f("ix_visit_place_id"), table_name="visit")
    op.drop_index(op.f("ix_visit_council_id"), table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_conflict_of_interest_user_id"), table_name="conflict_of_interest")
    op.drop_index(op.f("ix_conflict_of_interest_place_id"), table_name="conflict_of_interest")
    op.drop_table("conflict_of_interest")
    op.drop_index(op.f("ix_sign_in_session_user_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_table("rendering")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_place_region"), table_name="place")
    op.drop_table("place")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_council_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_job_subject_id"), table_name="job")
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_invitation_user_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_sign_in_attempt_key"), table_name="sign_in_attempt")
    op.drop_index(op.f("ix_sign_in_attempt_at"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("council")
    op.drop_table("checklist_version")
    op.drop_table("blob")
    op.drop_table("authority")
    op.drop_index(op.f("ix_audit_event_subject_id"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_actor_id"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_act"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("account")
    # ### end Alembic commands ###
