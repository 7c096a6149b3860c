"""Verbs on places: the enterprises, sites, shops and buildings that are inspected."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, history, once, people, place_filter, scope, units, uscc
from engine.campaign.model import Place
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.place_views import PlaceView, views
from engine.errors import Invalid, NotFound

NOUN = "place"
KINDS = (
    "工贸企业", "建筑工地", "加油站", "餐饮", "商超", "农贸市场", "学校培训", "养老医疗", "宾馆影院", "仓储",
    "九小场所", "老旧小区", "写字楼", "其他",
)  # fmt: skip
PLACE_KINDS = ("九小", "多业态", "人员密集", "其他")
RISKS = ("红", "橙", "黄", "蓝")
STATUSES = ("正常", "停产", "关闭", "拆除")
TAGS = ("三合一", "老旧小区", "集贸市场", "有限空间", "涉粉尘", "涉氨", "自建房")


def list_places(
    app: App, viewer: Viewer, *, sort: str = place_filter.ID, page: int = 1, size: int = 50, **wanted: Any
) -> Page[PlaceView]:  # fmt: skip
    """Places the viewer may see, narrowed and ordered as place_filter.py says."""
    query = place_filter.narrowed(select(Place).where(scope.places(viewer)), wanted)
    with app.reading() as tx:
        found = read_page(tx, place_filter.ordered(query, sort), page, size, lambda place: place)
        return Page(views(tx, app, list(found.items), viewer), found.total, page, size)


def show(app: App, id: str, *, viewer: Viewer) -> PlaceView:
    """One place; raises NotFound, also when the viewer may not see it."""
    with app.reading() as tx:
        return views(tx, app, [require(tx, id, viewer)], viewer)[0]


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> PlaceView:
    """Open the file of a place (``name, kind, place_kind, grid`` and the other columns); the same ``key`` answers the
    first one again. Raises Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "place.create")
        if made := once.earlier(tx, viewer, NOUN, key):
            return views(tx, app, [require(tx, made, viewer)], viewer)[0]
        place = add(tx, app, values, by=viewer.name)
        once.note(tx, viewer, NOUN, key, place.id)
        history.made(tx, NOUN, place.id, values, by=viewer.name, now=now)
        if not viewer.admin:
            require(tx, place.id, viewer)
        return views(tx, app, [place], viewer)[0]


def add(tx: Session, app: App, values: Mapping[str, Any], *, by: str) -> Place:
    """Write one place in a running transaction; community and street follow from the grid."""
    id = values.get("id") or id_of(next_number(tx, "place"))
    place = row(tx, {**values, "id": id}, by=by, now=app.clock())
    tx.add(place)
    tx.flush()
    return place


def id_of(number: int) -> str:
    """The id of the place with this number in the register."""
    return f"P{number:03d}"


def row(tx: Session, values: Mapping[str, Any], *, by: str, now: datetime) -> Place:
    """A place with these values, checked and not written yet; raises Invalid, NotFound."""
    fields = dict(values)
    _choice(fields, "kind", KINDS, "场所类型")
    _choice(fields, "place_kind", PLACE_KINDS, "场所类别")
    fields |= _checked(tx, fields)
    fields.setdefault("crowded", fields["place_kind"] == "人员密集")
    return Place(**fields, created_at=now, created_by=by)


def update(
    app: App, id: str, values: Mapping[str, Any], *, revision: int, reason: str = "", viewer: Viewer
) -> PlaceView:
    """Change fields of a place; what they were is kept. Raises Conflict when it was changed since ``revision``,
    Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "place.update")
        place = require(tx, id, viewer)
        _check_team(tx, values.get("team") or [])
        edit(tx, place, values, revision=revision, by=viewer.name, now=now, reason=reason)
        return views(tx, app, [place], viewer)[0]


def edit(
    tx: Session, place: Place, values: Mapping[str, Any], *, revision: int, by: str, now: datetime, reason: str,
    locked: bool = False,
) -> None:  # fmt: skip
    """Change fields of a place in a running transaction, with its history; ``locked`` as in history.change. Raises
    Conflict, Invalid.
    """
    changed = {**values, **_checked(tx, values)}
    history.change(tx, place, NOUN, place.id, changed, revision=revision, by=by, now=now, reason=reason, locked=locked)


def changes(app: App, id: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """What was changed in the file of a place, oldest first; raises NotFound."""
    with app.reading() as tx:
        return history.of(tx, NOUN, require(tx, id, viewer).id)


def entry_code(app: App, id: str, *, viewer: Viewer) -> str:
    """What the QR code at the door of a place says, made when first asked for; raises NotAllowed, NotFound."""
    with app.transaction() as tx:
        authority.require(tx, viewer, "place.update")
        place = require(tx, id, viewer)
        tx.refresh(place, with_for_update=True)
        place.entry_code = place.entry_code or token_hex(16)
        return place.entry_code


def _checked(tx: Session, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Check the given fields, each for itself; answers what follows from them."""
    given = dict(fields)
    for name, allowed, title in (
        ("kind", KINDS, "场所类型"), ("place_kind", PLACE_KINDS, "场所类别"), ("risk_level", RISKS, "风险等级"),
        ("status", STATUSES, "状态"),
    ):  # fmt: skip
        if name in given:
            _choice(given, name, allowed, title)
    for tag in given.get("tags") or ():
        _choice({"tags": tag}, "tags", TAGS, "标签")
    if given.get("uscc") and not uscc.is_valid(given["uscc"]):
        raise Invalid(
            f"统一社会信用代码“{given['uscc']}”不对：应为 18 位，且末位校验码要相符（GB 32100-2015），请核对营业执照。",
            en="The unified social credit code is wrong: 18 signs with a fitting check digit (GB 32100-2015).",
            problems=[{"field": "uscc", "rule": "check_digit", "message": "统一社会信用代码的校验码不符"}],
        )
    for column in ("lead_unit", "unit"):
        if given.get(column):
            units.require(tx, given[column])
    for name in [given.get("linked_leader"), *(row["person"] for row in given.get("residents") or ())]:
        if name:
            people.require(tx, name)
    return _area(tx, given["grid"]) if "grid" in given else {}


def _check_team(tx: Session, team: list[dict[str, str]]) -> None:
    for row in team:
        people.require(tx, row["person"])
    if len({row["part"] for row in team}) != len(team):
        raise Invalid(
            "包保人员中有两行是同一类，每一类填一人。", en="Two rows of the team have the same part.",
            problems=[{"field": "team", "rule": "unique", "message": "每一类填一人"}],
        )  # fmt: skip


def _area(tx: Session, code: str) -> dict[str, str]:
    grid = units.require(tx, code)
    community, street = units.ancestor(tx, grid, "community"), units.ancestor(tx, grid, "street")
    if grid.kind != "grid" or community is None or street is None:
        raise Invalid(
            f"“{grid.code}”不是网格，请填写三级网格编码，例如 GH-01。",
            en=f"{grid.code} is no grid; give the code of a grid such as GH-01.",
            problems=[{"field": "grid", "rule": "kind", "message": "请填写三级网格编码"}],
        )
    return {"community": community.code, "street": street.code}


def require(tx: Session, id: str, viewer: Viewer) -> Place:
    """The row of a place the viewer may see; raises NotFound."""
    place = tx.scalars(select(Place).where(Place.id == id, scope.places(viewer))).one_or_none()
    if place is None:
        raise NotFound(
            f"没有编号为“{id}”的场所，或不在您的管辖范围，请重新选择。", en=f"There is no place {id} in your area."
        )
    return place


def _choice(fields: dict[str, Any], name: str, allowed: tuple[str, ...], title: str) -> None:
    if fields.get(name) not in allowed:
        raise Invalid(
            f"{title}“{fields.get(name) or ''}”不对，可选：{'、'.join(allowed)}。",
            en=f"{name}: choose one of {', '.join(allowed)}.",
            problems=[{"field": name, "rule": "choice", "message": f"请选择{title}"}],
        )
