"""The ledger by pages that stay fast among many rows: from a row onward instead of by counting rows, and a total that
stops counting.

A cursor is a row's place in an order: what the list is sorted by, its value and the number. It says nothing that its
holder did not see, and opens nothing: whose rows are listed is asked anew each time.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_list import Wanted, matching, order
from engine.campaign.hazard_views import HazardView, views
from engine.errors import Invalid

MOST_COUNTED = 10_000
END = "end"  # instead of a cursor: the last page


@dataclass(frozen=True, slots=True)
class LedgerPage(Page[HazardView]):
    """One page of the ledger; ``capped`` when there are more rows than ``total``, ``next`` and ``previous`` are
    cursors, None at the ends.
    """

    capped: bool
    next: str | None
    previous: str | None


def read(
    app: App,
    viewer: Viewer,
    wanted: Wanted,
    *,
    page: int,
    size: int,
    sort: str,
    after: str | None,
    before: str | None,
    counted: str,
) -> LedgerPage:
    """The rows after or before a cursor, else those of page ``page``; raises Invalid for an unknown order or a cursor
    of another one.
    """
    check_page(page, size)
    if after and before:
        raise _wrong("before", "after 和 before 只能用一个", "Use either after or before.")
    now = app.clock()
    sorting, found = order(app, sort, now), matching(app, viewer, wanted, now)
    back = before is not None
    place = _read(before if back else after, sort)
    rows = found.add_columns(sorting.key).order_by(*sorting.by(back=back))
    if place is not None:
        rows = rows.where(sorting.beyond(*place, back=back))
    elif not back:
        rows = rows.offset((page - 1) * size)
    with app.reading() as tx:
        read_rows = tx.execute(rows.limit(size + 1)).all()
        more, first = len(read_rows) > size, place is None and not back and page == 1
        if back and place is not None and not more:  # the beginning: a whole first page, not a short one
            rows = found.add_columns(sorting.key).order_by(*sorting.by())
            read_rows, back, place, first = tx.execute(rows.limit(size + 1)).all(), False, None, True
            more, page = len(read_rows) > size, 1
        shown = read_rows[:size][:: -1 if back else 1]
        total, capped = _count(tx, found, counted)
        return LedgerPage(
            views(tx, app, [row[0] for row in shown], now, viewer), total, page, size, capped,
            next=_cursor(sort, shown[-1]) if shown and (more if not back else place is not None) else None,
            previous=_cursor(sort, shown[0]) if shown and (more if back else not first) else None,
        )  # fmt: skip


def _count(tx: Session, found: Select[Any], counted: str) -> tuple[int, bool]:
    numbers = found.with_only_columns(Hazard.number)
    if counted == "all":
        return tx.scalar(select(func.count()).select_from(numbers.subquery())) or 0, False
    many = tx.scalar(select(func.count()).select_from(numbers.limit(MOST_COUNTED + 1).subquery())) or 0
    return min(many, MOST_COUNTED), many > MOST_COUNTED


def _cursor(sort: str, row: Sequence[Any]) -> str:
    hazard: Hazard = row[0]
    key = row[1].astimezone(UTC).isoformat() if isinstance(row[1], datetime) else row[1]
    text = json.dumps([sort, key, hazard.number], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str | None, sort: str) -> tuple[Any, str] | None:
    if cursor in (None, END):
        return None
    try:
        text = base64.b64decode(f"{cursor}{'=' * (-len(str(cursor)) % 4)}", altchars=b"-_", validate=True)
        of, key, number = json.loads(text)
        value = _value(sort, key)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _unknown() from error
    if of != sort or not isinstance(number, str) or not number.isprintable() or not number.isascii():
        raise _unknown()
    return value, number


def _value(sort: str, key: Any) -> Any:
    name = sort.removeprefix("-")
    if name in ("due_at", "found_at"):
        if key is None and name == "due_at":
            return None
        moment = datetime.fromisoformat(key)
        if moment.tzinfo is None:
            raise ValueError(key)
        return moment.astimezone(UTC)
    known = type(key) is int and 0 <= key <= 9 if name == "lamp" else isinstance(key, str) and key.isascii()
    if not known:
        raise ValueError(key)
    return key


def _unknown() -> Invalid:
    told = "这一页的位置标记不对，可能换了排序；请从第一页看起"
    return _wrong("after", told, "This cursor does not fit the order; begin with the first page.")


def _wrong(field: str, told: str, en: str) -> Invalid:
    return Invalid(f"{told}。", en=en, problems=[{"field": field, "rule": "cursor", "message": told}])
