"""The rooms whose tables make up the schema: imported by name where the whole schema is compared or created."""

from importlib import import_module

ROOMS_WITH_TABLES = (
    "accounts", "answers", "audit", "checklists", "councils", "findings", "interviews", "jobs", "places", "reports",
    "storage", "sync", "visits",
)  # fmt: skip

#: Tables that refuse UPDATE and DELETE.
APPEND_ONLY = (
    "answer_revision", "audit_event", "blob", "checklist_version", "evidence", "evidence_withdrawal", "interview_note",
    "kept_apart", "kept_apart_decision", "member_key", "member_key_approval", "obstruction", "passage_release",
    "recovery_key", "recovery_key_confirmation", "report_file", "reprisal_alert", "reprisal_follow_up", "supersession",
)  # fmt: skip


def load_all_tables() -> None:
    """Make every table known to the metadata."""
    for room in ROOMS_WITH_TABLES:
        import_module(f"baqylau.{room}.models")
