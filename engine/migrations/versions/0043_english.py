"""the English of notices, of rungs and of what was found, beside the text"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0038"

COLUMNS = {"notice": ("subject_en", "body_en"), "rung": ("reason_en",), "finding": ("text_en",)}


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    for table, names in COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
