"""checklists, their sheets and answers; photos of a visit"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0017"
down_revision = "0015"
MOMENT = engine.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    _checklist()
    _sheet()
    _answer()
    op.execute("ALTER TABLE evidence ADD COLUMN visit INTEGER CONSTRAINT fk_evidence_visit REFERENCES visit (id)")
    op.create_index("ix_evidence_visit", "evidence", ["visit"])


def _checklist() -> None:
    op.create_table(
        "checklist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("place_kinds", "sectors", "roles", "items")),
        sa.Column("legal_note", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_checklist_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_checklist_key_version")),
        sa.UniqueConstraint("key", "valid_from", name=op.f("uq_checklist_key_valid_from")),
    )


def _sheet() -> None:
    op.create_table(
        "checklist_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("checklist", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["checklist"], ["checklist.id"], name=op.f("fk_checklist_sheet_checklist")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_checklist_sheet_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_sheet")),
        sa.UniqueConstraint("visit", "key", name=op.f("uq_checklist_sheet_visit_key")),
    )
    op.create_index("ix_checklist_sheet_checklist", "checklist_sheet", ["checklist"])


def _answer() -> None:
    op.create_table(
        "checklist_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=4), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=True),
        sa.Column("hazard", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_checklist_answer_hazard")),
        sa.ForeignKeyConstraint(["sheet"], ["checklist_sheet.id"], name=op.f("fk_checklist_answer_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_answer")),
        sa.UniqueConstraint("sheet", "no", name=op.f("uq_checklist_answer_sheet_no")),
        sa.UniqueConstraint("hazard", name=op.f("uq_checklist_answer_hazard")),
    )
    op.create_index("ix_checklist_answer_state", "checklist_answer", ["state", "id"])
