"""Hazards that cannot be rectified for now, for tests that defer them; holds no test."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from engine.app import App
from engine.bpm import messages, timers
from engine.bpm.viewer import Viewer
from engine.campaign import deferrals, evidence, hazards
from engine.campaign.deferral_views import DeferralView
from engine.campaign.demo.photos import photo
from tests.engine.campaign.closing_case import complete

Person = Callable[[App, str], Viewer]
OWNER, LEADER, INSPECTOR = "secretary-gh", "leader-street", "inspector-gh-01"
CODE = {"place": "P057", "code": "RF-05", "text": "楼道插线板串接"}


def fixing(app: App, person: Person, **change: Any) -> str:
    clerk = person(app, "clerk-safety-office")
    made = hazards.register(app, CODE | change, viewer=person(app, INSPECTOR)).number
    complete(app, clerk, "classify", valid=True)
    complete(app, clerk, "assign", holder_unit="GH", requirement="更换线路")
    complete(app, person(app, OWNER), "sign", signed=True)
    return made


def upload(app: App, viewer: Viewer) -> str:
    content = photo(f"{viewer.name}{app.clock()}", app.clock().astimezone(app.zone))
    return evidence.add(app, content, filename="p.jpg", viewer=viewer).id


def in_days(app: App, days: int) -> date:
    return app.clock().astimezone(app.zone).date() + timedelta(days=days)


def wanted(app: App, viewer: Viewer, days: int = 10) -> dict[str, Any]:
    measure = {"text": "断电并派人值守", "responsible": "张某", "files": [upload(app, viewer)]}
    return {"reason": "要等物业换管线", "review_on": in_days(app, days), "measures": [measure]}


def asked(app: App, person: Person, number: str, days: int = 10) -> DeferralView:
    viewer = person(app, OWNER)
    return deferrals.ask(app, number, wanted(app, viewer, days), viewer=viewer)


def approved(app: App, person: Person, number: str, days: int = 10) -> DeferralView:
    asked(app, person, number, days)
    return deferrals.decide(app, number, approved=True, opinion="同意，派人值守", viewer=person(app, LEADER))


def travel(app: App, days: float) -> None:
    until = app.clock() + timedelta(days=days)
    while (due := timers.next_due(app)) is not None and due <= until:
        app.clock.now = max(app.clock(), due)  # type: ignore[attr-defined]
        while timers.fire_next(app):
            settle(app)
    app.clock.now = until  # type: ignore[attr-defined]
    settle(app)


def settle(app: App) -> None:
    while messages.deliver_next(app):
        pass
