"""How often the doors without login may be used: counted in the database, in real time, by address and in sum."""

import hmac
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign.report_model import PublicCount
from engine.errors import TooMany
from engine.rows import inserting

# In an hour: of one address, in sum. ``check`` is a code of a document, ``sign`` the one at the door of a place.
LIMITS = {
    "report": (10, 600), "photo": (60, 3000), "look": (120, 12_000), "check": (120, 12_000), "sign": (120, 12_000),
}  # fmt: skip
KEPT = timedelta(days=2)


def count(app: App, door: str, address: str) -> None:
    """Count one use of a door before anything else is done; raises TooMany beyond the limit of this hour.

    Addresses are kept as keyed hashes, so that the table tells nobody where a reporter sat.
    """
    one, all_of_them = LIMITS[door]
    hour = app.wall().replace(minute=0, second=0, microsecond=0)
    with app.transaction() as tx:
        # The address first: one that floods is refused before it uses up what is left for everybody.
        if _count(tx, f"{door}:{_masked(app, address)}", hour) > one or (n := _count(tx, door, hour)) > all_of_them:
            raise TooMany(
                "提交或查询过于频繁，请一小时后再试；紧急情况请直接拨打 119、110 或 12345。",
                en="Too many requests; try again in an hour. In an emergency call 119, 110 or 12345.",
            )
        if n == 1:
            tx.execute(delete(PublicCount).where(PublicCount.hour < hour - KEPT))


def _count(tx: Session, door: str, hour: object) -> int:
    first = inserting(tx, PublicCount).values(door=door, hour=hour, n=1)
    more = first.on_conflict_do_update(
        index_elements=[PublicCount.door, PublicCount.hour], set_={"n": PublicCount.n + 1}
    )
    return int(tx.execute(more.returning(PublicCount.n)).scalar_one())


def _masked(app: App, address: str) -> str:
    key = (app.settings.secret_key or "").encode()
    return hmac.new(key, f"address\0{address}".encode(), "sha256").hexdigest()[:24]
