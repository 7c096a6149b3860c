"""indexes that have all that boards count, so that no rows are read"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

SEEN = ["street", "community", "grid", "holder_unit", "finder", "place", "instance_id"]


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.drop_index("ix_hazard_closed_at", table_name="hazard")
    op.create_index("ix_hazard_closed_at", "hazard", ["closed_at", *SEEN, "number", "registered_at", "is_major"])
    counted = sa.text("void_reason IS NULL")
    op.create_index(
        "ix_hazard_counted",
        "hazard",
        ["number", *SEEN, "source", "found_at", "closed_at", "is_major", "repeats"],
        sqlite_where=counted,
        postgresql_where=counted,
    )
