"""A limit of our own warns before its end and alarms once after it."""

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Notice
from engine.campaign import audiences, deadlines
from engine.campaign.case_model import Deadline
from tests.engine.campaign.test_reminding import ABOUT, DAY, START, case, opened, run_until, sent

__all__ = ["case"]


@pytest.mark.parametrize(
    ("kind", "code", "n", "unit", "alarm"),
    [("复查", "T7.local", 3, "wd", "复查期限已过"), ("送达罚1号", "T25", 7, "wd", "办理期限已过"),
     ("挂牌公布", "T10", 5, "wd", "")],
)  # fmt: skip
def test_a_limit_of_our_own_warns_before_and_alarms_once_after_unless_its_process_does(
    case: App, kind: str, code: str, n: int, unit: str, alarm: str
) -> None:
    opened(case, kind, code, n, unit, duty_unit="emergency_bureau")
    with case.reading() as tx:
        end = tx.scalars(select(Deadline.due_at).where(Deadline.clock == code)).one()
    run_until(case, end, DAY)
    before = sent(case)
    assert any("还剩" in subject or "今天届满" in subject for subject in before)
    run_until(case, end + 10 * DAY, DAY)
    after = [subject for subject in sent(case) if subject not in before]
    assert len(after) == (1 if alarm else 0) and all(alarm in subject for subject in after)
    with case.reading() as tx:
        leaders = audiences.recipients(tx, tx.scalars(select(Deadline)).all()[-1], ["responsible_leader"])
        told = set(tx.scalars(select(Notice.recipient).where(Notice.subject.in_(after))))
    assert leaders and (not alarm or {name for name, _ in leaders} <= told)


def test_a_recheck_in_time_is_not_alarmed_about(case: App) -> None:
    opened(case, "复查", "T7.local", 3, "wd")
    with case.transaction() as tx:
        deadlines.close_in(tx, ABOUT, case.clock(), kind="复查")
    run_until(case, START + 20 * DAY, DAY)
    assert not any("已过" in subject for subject in sent(case))
