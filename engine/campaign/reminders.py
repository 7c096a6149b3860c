"""Notices of the chain to people: whom a group means today, and the words. Sending them is the scheduler's work."""

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.spiff.types import OperatorCall
from engine.campaign import people, sector_leaders
from engine.campaign.case_model import Hazard
from engine.campaign.model import HazardCode, Place
from engine.said import Said, joined


def queue(app: App, tx: Session, call: OperatorCall, *, to: str, title: str, hazard: str | None) -> int:
    """Write one notice for each person in the comma-separated groups; a group without people gets one itself.
    Returns how many.
    """
    body = _body(tx, app, title, hazard)
    written = 0
    for group in dict.fromkeys(part.strip() for part in to.split(",") if part.strip()):
        addressed = [(person.name, person.email) for person in people.members(tx, group)] or [(group, "")]
        for name, email in addressed:
            notices.queue(
                app, tx, recipient=name, subject=title, body=body, now=call.at, address=email or None,
                instance_id=call.instance_id or None,
            )  # fmt: skip
        written += len(addressed)
    return written


def _body(tx: Session, app: App, title: str, number: str | None) -> str:
    hazard = tx.get(Hazard, number) if number else None
    if hazard is None:
        return title
    place, code = tx.get_one(Place, hazard.place), tx.get_one(HazardCode, hazard.code_id)
    found = hazard.found_at.astimezone(app.zone)
    leader = sector_leaders.of_place(tx, place)
    led = [Said(f"分管领导：{leader}（{place.sector}）", f"Leader: {leader} ({place.sector})")] if leader else []
    lines = [
        title, "", Said(f"隐患编号：{hazard.number}", f"Hazard: {hazard.number}"),
        Said(f"场所：{place.name}", f"Place: {place.name}"), *led,
        Said(f"类别：{code.code} {code.name}", f"Kind: {code.code} {code.name}"),
        Said(f"描述：{hazard.text}", f"Description: {hazard.text}"),
        Said(f"发现时间：{found:%Y-%m-%d %H:%M}", f"Found: {found:%Y-%m-%d %H:%M}"), "",
        Said("请登录闭环系统办理。", "Please log in to Bihuan and deal with it."),
    ]  # fmt: skip
    return joined("\n", "\n", lines)
