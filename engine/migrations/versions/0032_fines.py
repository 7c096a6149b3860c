"""whom a penalty was imposed on, the fine and what of it was paid"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("penalty", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("fine", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paid", sa.Integer(), nullable=True))
