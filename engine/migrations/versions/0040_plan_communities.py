"""tasks of the three-year plan that all communities are responsible for beside the units that are named"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Bring the tables from the version before to this one. 「以下均需各社区负责」 stands at the second task (S3): an
    installation that has the plan already is brought there; what its street shares otherwise is set on the page.
    """
    with op.batch_alter_table("plan_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("communities", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE plan_task SET communities = true WHERE number >= 2"))
