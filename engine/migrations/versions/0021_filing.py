"""checklist sheets are filed"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0021"
down_revision = "0018"
MOMENT = engine.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("checklist_sheet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filed_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("filed_by", sa.String(length=255), nullable=True))
