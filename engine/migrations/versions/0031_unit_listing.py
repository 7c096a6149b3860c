"""listed supervision of whole units"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "unit_listing",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=255), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("document", sa.String(length=255), nullable=False),
        sa.Column("supervisor", sa.String(length=255), nullable=False),
        sa.Column("five", sa.JSON(), nullable=False),
        sa.Column("listed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delisted_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_unit_listing_instance_id")),
        sa.ForeignKeyConstraint(["organ"], ["unit.code"], name=op.f("fk_unit_listing_organ")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_unit_listing_place")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_unit_listing")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_unit_listing_year_serial")),
    )
    with op.batch_alter_table("unit_listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_listing_organ"), ["organ"], unique=False)
        batch_op.create_index("ix_unit_listing_place", ["place", "closed_at"], unique=False)

    op.create_table(
        "unit_listing_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing"], ["unit_listing.number"], name=op.f("fk_unit_listing_step_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_listing_step")),
        sa.UniqueConstraint("listing", "no", name=op.f("uq_unit_listing_step_listing_no")),
    )
