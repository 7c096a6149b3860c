"""campaigns, the patrol plan, reports of the plan tasks, frozen figures, activities"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0013"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    _patrol()
    op.execute("ALTER TABLE milestone ADD COLUMN measure JSON DEFAULT '{}' NOT NULL")


def _patrol() -> None:
    op.create_table(
        "patrol",
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("grid", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("look_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("bundle", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["unit.code"], name=op.f("fk_patrol_community")),
        sa.ForeignKeyConstraint(["grid"], ["unit.code"], name=op.f("fk_patrol_grid")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_patrol_place")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_patrol")),
    )
    op.create_index("ix_patrol_grid", "patrol", ["grid", "next_on"])
    op.create_index("ix_patrol_community", "patrol", ["community", "next_on"])
    op.create_index("ix_patrol_next_on", "patrol", ["next_on"])
    op.create_index("ix_patrol_look_at", "patrol", ["look_at"])
    place = sa.table("place", sa.column("id"), sa.column("community"), sa.column("grid"))
    moment = engine.db.UtcDateTime(timezone=True)
    line: list[sa.ColumnClause[object]] = [
        sa.column(name) for name in ("place", "community", "grid", "n", "unit", "reason", "bundle")
    ]
    at_once = sa.literal(datetime(1970, 1, 1, tzinfo=UTC), moment)  # every place there is gets its line
    given = sa.select(
        place.c.id, place.c.community, place.c.grid, sa.literal(0), sa.literal(""), sa.literal(""), sa.literal(""),
        at_once,
    )  # fmt: skip
    patrol = sa.table("patrol", *line, sa.column("look_at", moment))
    op.execute(sa.insert(patrol).from_select([column.name for column in patrol.c], given))
