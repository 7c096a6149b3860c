"""The sign at the door of a place: one QR code. To anybody it opens a report about this place; to an officer who is
logged in, the check-in of the inspection approved for today (扫码入企). Nothing but name and address is public.
"""

import io
from dataclasses import dataclass

import segno
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import places, public_doors, scope, visits
from engine.campaign.model import Place, Visit
from engine.campaign.registers_model import Inspection
from engine.campaign.visits import VisitView
from engine.errors import Invalid, NotFound

PAGE = "/m/s/"  # web/phone
CSS = """
@page { size: A5; margin: 12mm }
body { font: 14pt/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; text-align: center; margin: 0 auto;
  max-width: 124mm; color: #17222e } h1 { font-size: 22pt; margin: 4mm 0 } svg { width: 80mm; height: 80mm }
p { margin: 2mm 0; overflow-wrap: anywhere } .small { font-size: 10pt; color: #4b5a6b }
"""


@dataclass(frozen=True, slots=True)
class SignView:
    """What anybody may know by the code at the door."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """The same for people with an account: ``place`` is empty where it is not theirs to see, ``inspections`` are those
    the viewer may check in to today.
    """

    place: str | None
    name: str
    address: str
    inspections: list[VisitView]


def look(app: App, code: str, *, address: str) -> SignView:
    """The place of a sign, for anybody, counted first. Raises TooMany, NotFound."""
    public_doors.count(app, "sign", address)
    with app.reading() as tx:
        place = _by_code(tx, code)
        return SignView(place.name, place.address)


def waiting(app: App, code: str, *, viewer: Viewer) -> EntryView:
    """What the viewer can do at this door. Raises NotFound."""
    today = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        place = _by_code(tx, code)
        mine = select(Visit, Inspection).join(Inspection, Inspection.visit == Visit.id).join(
            Place, Place.id == Visit.place
        ).where(
            scope.visits(viewer), Visit.place == place.id, Inspection.approved_at.is_not(None),
            Inspection.checked_in_at.is_(None), Inspection.starts_on <= today, Inspection.ends_on >= today,
        ).order_by(Visit.id)  # fmt: skip
        found = visits.views(tx, [visit for visit, row in tx.execute(mine) if viewer.name in row.officers])
        seen = tx.scalar(select(Place.id).where(Place.id == place.id, scope.places(viewer)))
        return EntryView(seen, place.name, place.address, found)


def sheet(app: App, id: str, *, viewer: Viewer) -> str:
    """The sign to print and put up, whole in itself. Raises NotAllowed, NotFound."""
    code = places.entry_code(app, id, viewer=viewer)
    with app.reading() as tx:
        place = places.require(tx, id, viewer)
        name, where = place.name, place.address
    out = io.BytesIO()
    segno.make(f"{app.settings.public_url}{PAGE}{code}", error="m").save(
        out, kind="svg", xmldecl=False, border=2, omitsize=True
    )
    return str(
        Markup(
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{0}</title><style>{1}</style>'
            "<h1>发现安全隐患，扫码举报</h1><p>Scan to report a hazard here</p>{2}<p><b>{0}</b></p><p>{3}</p>"
            '<p class="small">可以匿名。情况紧急请拨打 119、110。<br>检查人员登录后扫同一个码签到入企。</p></html>'
        ).format(name, Markup(CSS), Markup(out.getvalue().decode()), where)
    )


def described(tx: Session, code: str) -> str:
    """The place of a sign in the words of a report, with its number in the register. Raises Invalid."""
    try:
        place = _by_code(tx, code)
    except NotFound as error:
        raise Invalid(error.message, en=error.en, problems=[
            {"field": "sign", "rule": "choice", "message": "场所码无效，请直接写明地点"}]) from error  # fmt: skip
    return f"{place.name}（{'，'.join(filter(None, (place.address, place.id)))}）"


def _by_code(tx: Session, code: str) -> Place:
    place = tx.scalars(select(Place).where(Place.entry_code == code)).one_or_none() if code else None
    if place is None:
        raise NotFound("没有这个场所码，可能已经更换。请直接填写地点。", en="There is no place with this code.")
    return place
