"""the inspection for which a document was drawn up; the words of organs that were shipped before, where numbers were
given out with them
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

KEY = "document_organs"
SHIPPED = {
    "street": {"word": "青街安"},
    "district_committee_office": {"word": "区安委"},
    "emergency_bureau": {"area": "青", "word": "应急"},
    "housing_bureau": {"area": "青", "word": "建"},
    "urban_management": {"area": "青", "word": "城管"},
    "fire_rescue": {"area": "青", "word": "消"},
    "police_station": {"area": "青", "word": "公"},
    "market_bureau": {"area": "青", "word": "市监"},
}


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    name = "fk_document_inspection"
    op.execute(f"ALTER TABLE document ADD COLUMN inspection INTEGER CONSTRAINT {name} REFERENCES inspection (visit)")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_inspection"), ["inspection"], unique=False)
    _keep_words()


def _keep_words() -> None:
    """Numbers go on in the registers they were given out in: a word that stands in one becomes the installation's own,
    unless it has set its words itself.
    """
    connection = op.get_bind()
    setting = sa.table("setting", sa.column("key"), sa.column("value", sa.JSON()))
    if connection.scalar(sa.select(setting.c.key).where(setting.c.key == KEY)) is not None:
        return
    series = connection.scalars(sa.text("SELECT series FROM number_register")).all()
    units = set(connection.scalars(sa.text("SELECT code FROM unit")))
    begins = {code: f"（{organ['area']}）{organ['word']}" if "area" in organ else organ["word"]
              for code, organ in SHIPPED.items()}  # fmt: skip
    used = [code for code in SHIPPED if code in units and any(one.startswith(begins[code]) for one in series)]
    if used:
        op.bulk_insert(setting, [{"key": KEY, "value": {code: SHIPPED[code] for code in used}}])
