"""tasks of the three-year plan that all communities are responsible for beside the units that are named"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Bring the tables from the version before to this one. What a street's communities share it says on the page."""
    with op.batch_alter_table("plan_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("communities", sa.Boolean(), server_default=sa.false(), nullable=False))
