"""registers: Word templates of an organ"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "document_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["organ"], ["unit.code"], name=op.f("fk_document_template_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_template")),
        sa.UniqueConstraint("organ", "type", "version", name=op.f("uq_document_template_organ_type_version")),
    )
    for table, column, kind, target, key in REFERENCES:
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {target} ({key})")


# Columns that refer to another table: added in place, so that SQLite does not make the table anew under its references.
REFERENCES = (("document", "template", "INTEGER", "document_template", "id"),)
