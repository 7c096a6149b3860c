"""what inspections that were filed before 0038 found wrong and nobody registered, from their records"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

INSPECTION = sa.table(
    "inspection", sa.column("visit"), sa.column("officers", sa.JSON()), sa.column("recorded_at"),
    sa.column("unregistered", sa.JSON()), sa.column("settled", sa.JSON()),
)  # fmt: skip
VISIT = sa.table("visit", sa.column("id"), sa.column("findings", sa.JSON()))
HAZARD = sa.table(
    "hazard", sa.column("number"), sa.column("text"), sa.column("visit"), sa.column("finder"), sa.column("void_reason")
)


def upgrade() -> None:
    """Count as visit_findings.follow does, once; whoever said something of a finding since then counted it already. A
    record without items that say what was wrong has nothing to list.
    """
    connection = op.get_bind()
    filed = sa.select(INSPECTION, VISIT.c.findings).join(VISIT, VISIT.c.id == INSPECTION.c.visit)
    for row in connection.execute(filed.where(INSPECTION.c.recorded_at.is_not(None))).all():
        wrong = {no: one for no, one in enumerate(row.findings or [], start=1) if one.get("ok") is False}
        if not wrong or row.settled or row.unregistered:
            continue
        found = sa.select(HAZARD.c.text).where(
            HAZARD.c.visit == row.visit, HAZARD.c.void_reason.is_(None), HAZARD.c.finder.in_(row.officers)
        )
        if left := _left(wrong, [text.strip() for text in connection.scalars(found)]):
            mine = sa.update(INSPECTION).where(INSPECTION.c.visit == row.visit)
            connection.execute(mine.values(unregistered=left))


def _left(wrong: dict[int, dict[str, Any]], texts: list[str]) -> list[int]:
    """The findings without a hazard; hazards with other words are one finding each, where there are enough for all."""
    words = {no: str(one.get("text") or one.get("item") or "").strip() for no, one in wrong.items()}
    left = [no for no in wrong if words[no] not in texts]
    spare = [text for text in texts if text not in words.values()]
    return [] if len(spare) >= len(left) else left
