"""Photos that a camera held turned, stored before such photos were looked at upright (photo_facts.upright): what they
look like is worked out anew, so that a copy of one is found. A walk through all photos in the order of their ids, a few
at a time: files are read and decoded outside of any transaction, and how far it came is kept with what it wrote.
"""

import io
from collections.abc import Iterable
from datetime import timedelta

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import photo_facts
from engine.campaign.case_model import Evidence
from engine.campaign.model import Setting
from engine.files import Files
from engine.rows import locked

KEY = "photo_looks"  # of the setting that says behind which photo the walk goes on, and when it is over
BEGIN = {"after": "", "done": False}
CHUNK = 50  # photos of one unit of work


def look_next(app: App) -> bool:
    """Look at the next few photos; answers whether there were any. Any number of schedulers may call: what one of them
    wrote meanwhile counts, and a walk that was broken off goes on where it was.
    """
    with app.reading() as tx:
        reached = _reached(tx)
        rows = select(Evidence.id, Evidence.sha256).where(
            Evidence.id > reached["after"], Evidence.media_type.startswith("image/")
        )
        found = {} if reached["done"] else dict(tx.execute(rows.order_by(Evidence.id).limit(CHUNK)).all())
    if reached["done"]:
        return False
    looks = _looks(app.files, found.items())
    with app.transaction() as tx:
        setting = locked(tx, Setting, KEY, value=BEGIN)
        if setting.value == reached:
            for row in tx.scalars(select(Evidence).where(Evidence.id.in_(looks)).order_by(Evidence.id)):
                row.look = looks[row.id]
                row.look_1, row.look_2, row.look_3, row.look_4 = photo_facts.looks(looks[row.id])
            setting.value = {"after": [reached["after"], *found][-1], "done": not found}
    return bool(found)


def until_next(app: App) -> timedelta | None:
    """No time while photos are left, None when all were looked at."""
    with app.reading() as tx:
        return None if _reached(tx)["done"] else timedelta()


def _reached(tx: Session) -> dict[str, object]:
    value: dict[str, object] | None = tx.scalar(select(Setting.value).where(Setting.key == KEY))
    return value or BEGIN


def _looks(files: Files, photos: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What the turned ones among these photos look like, by their ids; one that cannot be read keeps what it has."""
    found = {}
    for id, digest in photos:
        try:
            with Image.open(io.BytesIO(files.read(digest))) as image:
                look = photo_facts.look(photo_facts.decoded(image)) if photo_facts.turned(image) else None
        except photo_facts.UNREADABLE:
            continue
        if look is not None:
            found[id] = look
    return found
