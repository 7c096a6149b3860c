"""the English of notices, rungs, findings, reasons of patrols and steps of cases, beside the text"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

COLUMNS = {
    "notice": ("subject_en", "body_en"), "rung": ("reason_en",), "finding": ("text_en",), "patrol": ("reason_en",),
    "crime_step": ("text_en",), "court_step": ("text_en",), "unit_listing_step": ("text_en",),
    "measure_act": ("text_en",),
}  # fmt: skip


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    for table, names in COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
