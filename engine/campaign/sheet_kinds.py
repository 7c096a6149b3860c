"""What kinds of sheets can be read and which columns each knows. Pure."""

from engine.campaign import ledger_columns, place_columns
from engine.campaign.ledger_columns import Column

LEDGER, PLACES = "ledger", "places"
COLUMNS: dict[str, tuple[Column, ...]] = {LEDGER: ledger_columns.COLUMNS, PLACES: place_columns.COLUMNS}
KINDS = tuple(COLUMNS)
