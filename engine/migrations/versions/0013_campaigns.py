"""campaigns, the patrol plan, reports of the plan tasks, frozen figures, activities"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    _patrol()
    _campaigns()
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


def _campaigns() -> None:
    moment = engine.db.UtcDateTime(timezone=True)
    op.create_table(
        "campaign",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lead_unit", sa.String(length=64), nullable=False),
        sa.Column("owner_unit", sa.String(length=64), nullable=False),
        sa.Column("street", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("plan_task", sa.Integer(), nullable=True),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by", sa.String(length=255), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["lead_unit"], ["unit.code"], name=op.f("fk_campaign_lead_unit")),
        sa.ForeignKeyConstraint(["owner_unit"], ["unit.code"], name=op.f("fk_campaign_owner_unit")),
        sa.ForeignKeyConstraint(["plan_task"], ["plan_task.number"], name=op.f("fk_campaign_plan_task")),
        sa.ForeignKeyConstraint(["street"], ["unit.code"], name=op.f("fk_campaign_street")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_lead_unit", "campaign", ["lead_unit"])
    op.create_index("ix_campaign_street", "campaign", ["street"])
    by_hand = ("added_at", moment), ("added_by", sa.String(length=255))
    for noun, kind, key, more in (
        ("unit", sa.String(length=64), "unit.code", ()), ("place", sa.String(length=64), "place.id", ()),
        ("hazard", sa.String(length=64), "hazard.number", by_hand), ("visit", sa.Integer(), "visit.id", by_hand),
    ):  # fmt: skip
        table = f"campaign_{noun}"
        op.create_table(
            table,
            sa.Column("campaign", sa.String(length=64), nullable=False),
            sa.Column(noun, kind, nullable=False),
            *(sa.Column(name, type_, nullable=False) for name, type_ in more),
            sa.ForeignKeyConstraint(["campaign"], ["campaign.number"], name=op.f(f"fk_{table}_campaign")),
            sa.ForeignKeyConstraint([noun], [key], name=op.f(f"fk_{table}_{noun}")),
            sa.PrimaryKeyConstraint("campaign", noun, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_{noun}", table, [noun])
