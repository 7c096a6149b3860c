"""The reward for a verified report (示例规则，需法制审核): asked for by a clerk for the reporter, decided and paid in
the process; whom it goes to is read through ``reporters`` alone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import messages
from engine.bpm.model import Message
from engine.bpm.viewer import Viewer
from engine.campaign import authority
from engine.campaign.citizen_reports import require
from engine.campaign.report_model import Reward
from engine.errors import Conflict, NotFound

SHARE, LEAST, MOST = 15, 3_000, 300_000  # percent of the fine; yuan
MARK = "金额为建议，示例规则，需法制审核"


@dataclass(frozen=True, slots=True)
class RewardView:
    """A reward as it is shown; amounts in yuan."""

    report: str
    asked_at: datetime
    asked_by: str
    fine: int
    suggested: int
    note: str
    decided_at: datetime | None
    decided_by: str
    amount: int | None
    reason: str
    ended_at: datetime | None
    ended_by: str
    voucher: str
    legal_note: str


def suggested(fine: int) -> int:
    """What the example rule proposes for a report that led to this fine."""
    return min(max(fine * SHARE // 100, LEAST), MOST)


def ask(app: App, number: str, *, fine: int, note: str, viewer: Viewer) -> RewardView:
    """Ask for the reward of a verified and answered report, once. Raises NotFound, NotAllowed, Conflict."""
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "report.register")
        row = require(tx, number, viewer)
        if row.outcome != "substantiated" or row.replied_at is None:
            raise Conflict(
                "只有查实并已答复的举报可以申请奖励。", en="Only a verified and answered report can be rewarded."
            )
        if tx.get(Reward, number) is not None:
            raise Conflict(f"举报 {number} 已经申请过奖励。", en=f"A reward for {number} was asked for already.")
        message = Message(
            kind="message", name="reward_requested", correlation={"report": number},
            variables={"reward_suggested": suggested(fine)}, at=now, sender=viewer.name,
        )  # fmt: skip
        tx.add(message)
        if not messages.deliver(app, tx, message, by=viewer.name):  # first: what fired on the way stays (rule C3)
            raise Conflict("申请奖励的期限已过或举报已经办结。", en="The report no longer waits for a reward.")
        reward = Reward(
            report=number, asked_at=now, asked_by=viewer.name, fine=fine, suggested=suggested(fine), note=note
        )
        tx.add(reward)
        tx.flush()
        return _view(reward)


def show(app: App, number: str, *, viewer: Viewer) -> RewardView:
    """The reward of a report; raises NotFound."""
    with app.reading() as tx:
        require(tx, number, viewer)
        return _view(_existing(tx, number))


def _existing(tx: Session, number: str) -> Reward:
    reward = tx.get(Reward, number)
    if reward is None:
        raise NotFound(f"举报 {number} 没有申请奖励。", en=f"No reward was asked for report {number}.")
    return reward


def _view(row: Reward) -> RewardView:
    names = [name for name in RewardView.__slots__ if name != "legal_note"]
    return RewardView(**{name: getattr(row, name) for name in names}, legal_note=MARK)
