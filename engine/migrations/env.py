"""Runs migrations on the connection that engine/schema.py hands over; opens none of its own."""

from alembic import context

from engine.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
