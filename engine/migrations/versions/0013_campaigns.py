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
    _frozen()
    _activities()
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


def _frozen() -> None:
    moment = engine.db.UtcDateTime(timezone=True)
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", moment, nullable=False),
        sa.Column("frozen_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_snapshot_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("form", "unit", "period", "version", name=op.f("uq_snapshot_form_unit_period_version")),
    )
    op.create_index("ix_snapshot_unit", "snapshot", ["unit", "frozen_at"])
    op.create_table(
        "task_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_task", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("street", sa.String(length=64), nullable=True),
        sa.Column("duty", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("reported_at", moment, nullable=False),
        sa.Column("reported_by", sa.String(length=255), nullable=False),
        sa.Column("collected_at", moment, nullable=True),
        sa.Column("snapshot", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["duty"], ["duty.id"], name=op.f("fk_task_report_duty")),
        sa.ForeignKeyConstraint(["plan_task"], ["plan_task.number"], name=op.f("fk_task_report_plan_task")),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshot.id"], name=op.f("fk_task_report_snapshot")),
        sa.ForeignKeyConstraint(["street"], ["unit.code"], name=op.f("fk_task_report_street")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_task_report_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_report")),
        sa.UniqueConstraint("plan_task", "period", name=op.f("uq_task_report_plan_task_period")),
    )
    op.create_index("ix_task_report_period", "task_report", ["period"])


def _activities() -> None:
    moment = engine.db.UtcDateTime(timezone=True)
    op.create_table(
        "activity",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("held_at", moment, nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("street", sa.String(length=64), nullable=True),
        sa.Column("community", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("hazard", sa.String(length=64), nullable=True),
        sa.Column("campaign", sa.String(length=64), nullable=True),
        sa.Column("plan_task", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("enterprises", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.number"], name=op.f("fk_activity_campaign")),
        sa.ForeignKeyConstraint(["community"], ["unit.code"], name=op.f("fk_activity_community")),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_activity_hazard")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_activity_place")),
        sa.ForeignKeyConstraint(["plan_task"], ["plan_task.number"], name=op.f("fk_activity_plan_task")),
        sa.ForeignKeyConstraint(["street"], ["unit.code"], name=op.f("fk_activity_street")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_activity_unit")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_activity")),
    )
    for column in ("unit", "street", "community", "place", "hazard", "campaign"):
        op.create_index(f"ix_activity_{column}", "activity", [column])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("duty", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activity.number"], name=op.f("fk_decision_activity")),
        sa.ForeignKeyConstraint(["duty"], ["duty.id"], name=op.f("fk_decision_duty")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_decision_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_activity", "decision", ["activity"])
