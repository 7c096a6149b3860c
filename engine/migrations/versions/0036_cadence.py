"""how the date of a duty was counted, and how often a campaign is looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trace", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cadence", sa.JSON(), server_default="[]", nullable=False))
