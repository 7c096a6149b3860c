"""What kinds of sheets can be read and which columns each knows. Pure."""

from engine.campaign import ledger_columns, place_columns, visit_columns
from engine.campaign.ledger_columns import Column

LEDGER, PLACES, VISITS = "ledger", "places", "visits"
COLUMNS: dict[str, tuple[Column, ...]] = {
    LEDGER: ledger_columns.COLUMNS,
    PLACES: place_columns.COLUMNS,
    VISITS: visit_columns.COLUMNS,
}
REQUIRED: dict[str, tuple[str, ...]] = {
    LEDGER: ("place", "code", "text", "found_at"),
    PLACES: ("name", "kind", "grid"),
    VISITS: ("at", "place", "kind", "result"),
}  # what each row must say, in its own cell or by a default for empty ones
KINDS = tuple(COLUMNS)
