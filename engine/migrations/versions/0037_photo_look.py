"""what a photo looks like in four parts, so that a copy of it is found by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
PARTS = 4


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        for n in range(1, PARTS + 1):
            batch_op.add_column(sa.Column(f"look_{n}", sa.String(length=4), nullable=True))
            batch_op.create_index(batch_op.f(f"ix_evidence_look_{n}"), [f"look_{n}"], unique=False)
    parts = ", ".join(f"look_{n} = substr(look, {4 * n - 3}, 4)" for n in range(1, PARTS + 1))
    op.execute(f"UPDATE evidence SET {parts} WHERE look IS NOT NULL")
