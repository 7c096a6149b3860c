"""importing the ledger of an office"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""

    op.create_table(
        "sheet_import",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.String(length=255), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("create_places", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("started_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import")),
    )
    with op.batch_alter_table("sheet_import", schema=None) as batch_op:
        batch_op.create_index("ix_sheet_import_status", ["status", "at"], unique=False)
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.String(length=64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["sheet_import.id"], name=op.f("fk_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_import_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_row_status", ["import_id", "status", "row"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_ledger_entry_hazard")),
        sa.ForeignKeyConstraint(["import_id"], ["sheet_import.id"], name=op.f("fk_ledger_entry_import_id")),
        sa.PrimaryKeyConstraint("hazard", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_ledger_entry_fingerprint")),
    )
    op.create_table(
        "column_memory",
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("header", sa.String(length=255), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("unit", "header", name=op.f("pk_column_memory")),
    )
