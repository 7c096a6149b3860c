"""the rule and the reminders of each deadline"""

import re

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0011"
down_revision = "0010"

RECTIFY = {
    "立改": ("T2.spot", "当场未能改正的，立即转为限期整改"),
    "较大": ("T2.larger", "逾期 1 个工作日街道督办"),
    "重大": ("T53.govern", "逾期未治理的，移交部门依法处理"),
    "重大(待判)": ("T53.govern", "逾期未治理的，移交部门依法处理"),
}
ORDINARY = ("T2", "逾期即催办，逾期 3 个工作日街道督办")
OTHERS = {
    "治理方案": ("T53", "party", "五落实不完整的不计入“达到五到位要求”，催办并督办"),
    "督办": ("T2.supervise", "party", "督办时限内仍未整改的，移交有权部门"),
    "核查": ("T45.verify", "own", "未按期核查的，由安全应急办督促"),
    "答复": ("T45", "own", "逾期未办结的，督办并向举报人说明"),
}
NAMED = re.compile(r"\bT(42|43|44|45|47|52)(?=：)")  # the diagrams wrote the number before the clause
OF_NUMBER = {
    "42": ("T42", "未按期核查的，由上级消防救援机构督促"),
    "43": ("T43", "未按期核查的，由上级消防救援机构督促"),
    "44": ("T44", "未告知的，举报未办结，不得销号"),
    "45": ("T45", "逾期未办结的，督办并向举报人说明"),
    "47": ("T47", "逾期未核查的，由上级部门督促"),
    "52": ("T52.danger", "未按时上报的，按迟报处理"),
}


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    # Written out: SQLite adds such columns without copying the table, which other tables refer to.
    op.execute("ALTER TABLE deadline ADD COLUMN clock VARCHAR(24) DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE deadline ADD COLUMN side VARCHAR(8) DEFAULT 'own' NOT NULL")
    op.execute(
        "ALTER TABLE deadline ADD COLUMN duty_unit VARCHAR(64) CONSTRAINT fk_deadline_duty_unit REFERENCES unit (code)"
    )
    op.execute("ALTER TABLE deadline ADD COLUMN consequence TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE deadline ADD COLUMN extensions INTEGER DEFAULT '0' NOT NULL")
    op.create_index("ix_deadline_side_due", "deadline", ["side", "state", "due_on"])
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=16), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("ended_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deadline"], ["deadline.id"], name=op.f("fk_reminder_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reminder_armed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'armed'"),
            postgresql_where=sa.text("state = 'armed'"),
        )
        batch_op.create_index(batch_op.f("ix_reminder_deadline"), ["deadline"], unique=False)
    _name_the_rules()


def _name_the_rules() -> None:
    """Say of each deadline by which rule it was set, as far as its kind, level and clause tell."""
    deadline = sa.table("deadline", *map(sa.column, ("id", "hazard", "report", "kind", "unit", "n", "clause")),
                        *map(sa.column, ("clock", "side", "duty_unit", "consequence")))  # fmt: skip
    hazard = sa.table("hazard", sa.column("number"), sa.column("local_level"))
    report = sa.table("citizen_report", sa.column("number"), sa.column("receiver"))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(deadline, hazard.c.local_level, report.c.receiver)
        .outerjoin(hazard, hazard.c.number == deadline.c.hazard)
        .outerjoin(report, report.c.number == deadline.c.report)
    ).all()
    for row in rows:
        clock, side, consequence = _rule(row)
        connection.execute(
            sa.update(deadline)
            .where(deadline.c.id == row.id)
            .values(clock=clock, side=side, consequence=consequence, duty_unit=row.receiver)
        )


def _rule(row: sa.Row) -> tuple[str, str, str]:  # type: ignore[type-arg]
    if row.kind == "整改":
        clock, consequence = RECTIFY.get(row.local_level or "", ORDINARY)
        if clock == "T2" and row.unit == "wd":
            clock = "T2.short"
        elif clock == "T2" and row.unit == "d" and row.n > 7:
            clock = "T2.long"
        return clock, "party", consequence
    if row.report and (found := NAMED.search(row.clause)):
        return OF_NUMBER[found[1]][0], "own", OF_NUMBER[found[1]][1]
    return OTHERS.get(row.kind, ("", "own", ""))
