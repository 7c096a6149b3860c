"""what a document rests on, when a public notice counts, provisional publicities, read receipts, signs"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0020"
down_revision = "0019"
MOMENT = engine.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("power", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("certificates", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("document_serving", schema=None) as batch_op:
        batch_op.add_column(sa.Column("effective_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("trace", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_place_entry_code", "place", ["entry_code"])
    op.create_index("ix_notice_recipient", "notice", ["recipient", "created_at"])
    op.create_table(
        "read_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=True),
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("(notice IS NULL) <> (document IS NULL)", name=op.f("ck_read_receipt_one")),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name=op.f("fk_read_receipt_notice")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_read_receipt_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_receipt")),
        sa.UniqueConstraint("notice", "person", name=op.f("uq_read_receipt_notice_person")),
        sa.UniqueConstraint("document", "person", name=op.f("uq_read_receipt_document_person")),
    )
