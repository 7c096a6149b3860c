"""What grows upon a fine that was not paid in time (加处罚款, T28, 行政处罚法 72): counted when it is read, never
stored. It is a help for whoever demands it; the body that decided the penalty settles the amount.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import clock_starts, deadlines, parties
from engine.campaign.case_model import Deadline
from engine.campaign.clock_file import Accrual
from engine.campaign.closure_model import Lawsuit
from engine.campaign.document_model import Document
from engine.campaign.registers_model import Penalty
from engine.campaign.started_clocks import kind_of
from engine.said import Said

CLOCK = "T28"
_COUNTED = (deadlines.OPEN, deadlines.MISSED, deadlines.MET)


@dataclass(frozen=True, slots=True)
class Surcharge:
    """So many days late, ``amount`` in yuan, the ``most`` it may become (None: no end), and how it was counted."""

    days: int
    amount: float
    most: float | None
    words: str


def grown(fine: float, accrues: Accrual, days: int) -> tuple[float, float | None]:
    """What grows upon a fine in so many days, and the most it may become (None: no end); yuan, rounded to the fen."""
    most = round(fine * accrues.most / 100, 2) if accrues.most else None
    amount = round(fine * accrues.percent * days / 100, 2)
    return (amount if most is None else min(amount, most)), most


def of(tx: Session, app: App, row: Penalty, now: datetime) -> Surcharge | None:
    """What has grown upon this fine; None without a fine, before the service of its decision, and where the decision
    is no paper of ours: nobody knows then from when it counts.
    """
    papers = select(Document).where(Document.number == row.document, Document.place == row.place)
    paper = tx.scalars(papers.limit(1)).one_or_none() if row.fine else None
    limit = _limit(tx, paper) if paper is not None else None
    rule = deadlines.rule_of(app, CLOCK, limit.start_at) if limit is not None else None
    if not row.fine or paper is None or limit is None or rule is None or rule.accrues is None:
        return None
    paid_by = limit.start_at.astimezone(app.zone).date()
    until = (limit.ended_at or now).astimezone(app.zone).date()
    late = list(_days(paid_by + timedelta(days=1), until))
    about = select(Lawsuit).where(Lawsuit.document == paper.id)
    suits = [(one.filed_on, one.ended_on or until) for one in tx.scalars(about)]
    days = sum(not any(first <= day <= last for first, last in suits) for day in late)
    amount, most = grown(row.fine, rule.accrues, days)
    total, less = _yuan(amount), len(late) - days
    cap = Said("", "") if most is None else Said(f"（不超过 {_yuan(most)} 元）", f" (at most {_yuan(most)})")
    return Surcharge(days, amount, most, Said(
        f"缴款期限 {paid_by} 届满，至 {until} 逾期 {len(late)} 日，扣除复议、诉讼期间 {less} 日；"
        f"罚款 {row.fine} 元，每日 {rule.accrues.percent}%，计 {total} 元{cap}；"
        f"依据：{rule.clause}；数额由作出决定的机关核定",
        f"To be paid by {paid_by}; {len(late)} days late on {until}, less {less} of review or suit; "
        f"{rule.accrues.percent}% of {row.fine} yuan a day makes {total} yuan{cap.en}; basis: {rule.clause}; "
        "the deciding body settles the amount",
    ))  # fmt: skip


def _yuan(amount: float) -> str:
    return f"{amount:.2f}".removesuffix(".00")


def _limit(tx: Session, paper: Document) -> Deadline | None:
    """From when it counts: by the last letter that put the payment off, else by the decision."""
    kinds = [kind for one in (paper, *_letters(tx, paper)) if (kind := _kind(one))]
    mine = select(Deadline).where(
        Deadline.hazard == paper.hazard, Deadline.kind.in_(kinds), Deadline.state.in_(_COUNTED)
    )
    return tx.scalars(mine.order_by(Deadline.id.desc()).limit(1)).one_or_none() if paper.hazard else None


def _letters(tx: Session, paper: Document) -> list[Document]:
    """The papers about this decision that start the clock anew."""
    types = {type for start in clock_starts.all_starts() if start.clock == CLOCK for type in start.of}
    beside = select(Document).where(
        Document.hazard == paper.hazard, Document.type.in_(types - {paper.type}), Document.voided_at.is_(None)
    )
    number = parties.plain(paper.number)
    return [one for one in tx.scalars(beside) if number in parties.plain(one.body.get("reference"))]


def _kind(paper: Document) -> str | None:
    starts = clock_starts.of(paper.type, paper.organ)
    return next((kind_of(start, paper) for start in starts if start.clock == CLOCK), None)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))
