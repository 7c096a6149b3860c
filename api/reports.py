"""Routes of reports that leave the installation: the ledger as sheet, CSV or JSON."""

from typing import Any
from urllib.parse import quote

from flask import Response, request
from marshmallow import fields, validate

from api import auth
from api.blueprint import Blueprint
from api.hazards_schemas import HazardQuery
from engine.campaign import ledger_export

blp = Blueprint("reports", "报表", "/reports")
TYPES = {kind.partition(";")[0]: name for name, kind in ledger_export.FORMATS.items()}


class LedgerQuery(HazardQuery):
    """Which hazards are exported, and how; without ``format`` the header Accept decides."""

    class Meta:
        exclude = ("page", "size", "sort")

    status = fields.String(load_default="all", validate=validate.OneOf(("open", "closed", "all")))
    format = fields.String(load_default=None, validate=validate.OneOf(list(ledger_export.FORMATS)))


@blp.get("/ledger")
@blp.query(LedgerQuery)
@blp.answers(None)
def ledger(format: str | None, **wanted: Any) -> Response:
    """隐患台账（28 列）：xlsx、csv 或 json，按 format 参数或 Accept；筛选与台账列表相同。"""
    chosen = format or TYPES[request.accept_mimetypes.best_match(list(TYPES), "application/json")]
    found = ledger_export.export(auth.app(), auth.viewer(), format=chosen, **wanted)
    return _streamed(found, chosen)


def _streamed(found: Any, chosen: str) -> Response:
    answer = Response(iter(lambda: found.read(65_536), b""), content_type=ledger_export.FORMATS[chosen])
    answer.call_on_close(found.close)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'隐患台账.{chosen}')}"
    return answer
