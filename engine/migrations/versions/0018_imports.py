"""imports of places besides ledgers"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("sheet_import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="ledger", nullable=False))
        batch_op.add_column(sa.Column("existing", sa.String(length=12), server_default="skip", nullable=False))
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=64), nullable=True))
    with op.batch_alter_table("column_memory", schema=None, recreate="auto") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="ledger", nullable=False))
        batch_op.drop_constraint("pk_column_memory", type_="primary")
        batch_op.create_primary_key("pk_column_memory", ["kind", "unit", "header"])
