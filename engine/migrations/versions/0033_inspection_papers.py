"""the inspection for which a document was drawn up"""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    name = "fk_document_inspection"
    op.execute(f"ALTER TABLE document ADD COLUMN inspection INTEGER CONSTRAINT {name} REFERENCES inspection (visit)")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_inspection"), ["inspection"], unique=False)
