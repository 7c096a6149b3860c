"""indexes for the boards and the heat: where cases stand, and in whose box a paper lies"""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_element", ["element", "status", "instance_id"], unique=False)
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_hazard")
        batch_op.create_index(
            "ix_assignment_hazard", ["hazard", "kind", "from_unit", "to_unit", "closed_at"], unique=False
        )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index("ix_timer_instance_id")
        batch_op.create_index("ix_timer_instance", ["instance_id", "status", "element"], unique=False)
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_instance_id")
        batch_op.create_index("ix_subscription_instance", ["instance_id", "element"], unique=False)
