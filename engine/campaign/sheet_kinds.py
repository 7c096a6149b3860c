"""What kinds of sheets can be read and which columns each knows. Pure."""

from engine.campaign import ledger_columns, place_columns, visit_columns
from engine.campaign.ledger_columns import Column

LEDGER, PLACES, VISITS = "ledger", "places", "visits"
COLUMNS: dict[str, tuple[Column, ...]] = {
    LEDGER: ledger_columns.COLUMNS,
    PLACES: place_columns.COLUMNS,
    VISITS: visit_columns.COLUMNS,
}
KINDS = tuple(COLUMNS)
