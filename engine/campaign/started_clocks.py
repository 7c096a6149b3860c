"""The clocks that a paper starts (clock_starts): each is a deadline of the paper's hazard, until a paper that answers
it, what was to be done, or the end of the hazard. What the law counts from a paper neither stops with the case nor
stands against closing; what belongs to a penalty runs on when the hazard is closed (``runs`` in rules/clocks.yaml).
"""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.campaign import (
    clock_kinds,
    clock_rules,
    clock_starts,
    deadlines,
    filing_news,
    parties,
    refusals,
    reinspections,
)
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.clock_starts import FOUND, PAID, SERVED, Start
from engine.campaign.document_model import Document
from engine.campaign.handing_in import handed_in_at
from engine.campaign.model import Place
from engine.campaign.named_hazards import about as naming
from engine.campaign.named_hazards import all_of, links
from engine.campaign.registers_model import Penalty

ANSWER = "答复延期"
FINES = next(start.of for start in clock_starts.all_starts() if start.done == PAID)  # decisions that may fine


def follow(tx: Session, app: App, document: str | None, now: datetime) -> None:
    """Let what the papers of this organ about this hazard start and end follow what happened to one of them: approved,
    served, paid, published, void; each hazard that it names has its own. To follow twice changes nothing; nothing for a
    paper without a hazard.
    """
    row = tx.get(Document, document) if document else None
    if row is None or row.type not in clock_starts.papers():
        return
    for hazard in all_of(tx, row):
        follow_hazard(tx, app, hazard, now, organ=row.organ, document=row.id)
        filing_news.of_hazard(tx, app, hazard, row.organ, now)


def follow_hazard(
    tx: Session, app: App, number: str, now: datetime, *, organ: str | None = None, document: str | None = None
) -> None:
    """The same for all papers (of one organ) about a hazard, one after another: the hazard is locked meanwhile. Of
    others than this document nothing begins that would be over already.
    """
    tx.flush()
    query = select(Document).where(
        naming(number), Document.type.in_(clock_starts.papers()), Document.approved_at.is_not(None)
    )
    mine = query.where(Document.organ == organ) if organ else query
    if tx.scalar(mine.with_only_columns(Document.id).limit(1)) is None:
        return
    hazard = tx.scalars(select(Hazard).where(Hazard.number == number).with_for_update()).one()
    papers = tx.scalars(mine.order_by(Document.approved_at, Document.id)).all()
    for paper in papers:
        own = [one for one in papers if one.organ == paper.organ]
        for start in clock_starts.of(paper.type, paper.organ):
            asked = paper.id == document or start.refused  # what is refused is known after its time only
            end = None if asked else _new_end(tx, app, hazard, paper, start)
            if end is None or end > now:
                _follow(tx, app, hazard, paper, start, own, now)


def moved(tx: Session, app: App, row: Deadline, now: datetime) -> None:
    """A deadline ends at another moment: what counts from its end follows."""
    if row.hazard is not None and row.clock in clock_starts.followed():
        follow_hazard(tx, app, row.hazard, now)


def waits(tx: Session, row: Deadline) -> bool:
    """Whether it counts from the end of another one that is provisional still."""
    start = next((one for one in clock_starts.all_starts() if one.after and one.clock == row.clock), None)
    if start is None or row.hazard is None:
        return False
    first = next(one for one in clock_starts.all_starts() if one.clock == start.after)
    before = first.title + row.kind.removeprefix(start.title)
    found = deadlines.open_one(tx, deadlines.of_hazard(row.hazard), before)
    return found is not None and found.provisional and found.due_at - found.due_at.resolution == row.start_at


def follow_old(app: App, now: datetime) -> int:
    """Give papers that were approved before there were these clocks their own, each hazard in a transaction; answers 0,
    no date moves. What began once, and what would be over already, is left alone.
    """
    types = {type for start in clock_starts.all_starts() for type in start.of}
    each = links().subquery()
    old = select(Document, Hazard).join(each, each.c.document == Document.id).join(
        Hazard, Hazard.number == each.c.hazard
    ).where(
        Document.type.in_(types), Document.approved_at.is_not(None), Document.voided_at.is_(None),
        Hazard.void_reason.is_(None),
    )  # fmt: skip
    with app.reading() as tx:
        found = {
            hazard.number: None
            for paper, hazard in tx.execute(old.order_by(Hazard.number, Document.id))
            for start in clock_starts.of(paper.type, paper.organ)
            if (end := _new_end(tx, app, hazard, paper, start)) and end > now
        }
    return rescheduling.each(found, lambda number: _follow_old(app, number, now))


def _follow_old(app: App, number: str, now: datetime) -> int:
    with app.transaction() as tx:
        follow_hazard(tx, app, number, now)
    return 0


def _new_end(tx: Session, app: App, hazard: Hazard, paper: Document, start: Start) -> datetime | None:
    """When this clock would end; None for one that began before, or begins nobody knows when."""
    begin = None if _over(hazard, start) else _begin(tx, app, hazard, paper, start)
    rule = deadlines.rule_of(app, start.clock, begin) if begin else None
    known = select(Deadline.id).where(Deadline.hazard == hazard.number, Deadline.kind == kind_of(start, paper))
    if begin is None or rule is None or tx.scalar(known.limit(1)) is not None:
        return None
    return _written(app, hazard, paper, start, begin) or clock_rules.count(rule, begin, app.calendar, app.zone).due_at


def _follow(
    tx: Session, app: App, hazard: Hazard, paper: Document, start: Start, papers: Sequence[Document], now: datetime
) -> None:
    about, kind = deadlines.of_hazard(hazard.number), kind_of(start, paper)
    refusal = _refusal(tx, start, paper, papers) if start.refused else None
    if paper.voided_at is not None or (start.refused and refusal is None):
        deadlines.close_in(tx, about, now, kind=kind, state=deadlines.VOID)
        _no_answer(tx, about, start, paper, now)
        return
    ended = refusal.ended_at if refusal else _ended(tx, app, hazard, start, paper, papers, now)
    if ended is not None:
        if start.due and not start.done:  # the fix was in time if it was handed in in time, whenever it was looked at
            ended = min(ended, handed_in_at(tx, hazard) or ended)
            _no_answer(tx, about, start, paper, now)
        deadlines.close_in(tx, about, now, kind=kind, done_at=ended)
        return
    begin = None if _over(hazard, start) else _begin(tx, app, hazard, paper, start)
    rule = deadlines.rule_of(app, start.clock, begin) if begin else None
    if begin is None or rule is None or rule.n is None or deadlines.counts_from(tx, about, kind, begin):
        return
    n, unit = (rule.n * 12, "month") if rule.unit == "year" else (rule.n, rule.unit)
    ours = rule.side == "own" or start.duty == "organ"
    party = tx.scalar(select(Place.unit).where(Place.id == hazard.place))
    row = deadlines.open_in(
        tx, app, about, kind, start_at=begin, n=n, unit=unit, roll=rule.roll, clock=rule.code,
        due_at=_written(app, hazard, paper, start, begin), duty_unit=paper.organ if ours else party, now=now,
        reason=deadlines.BEGAN_ANEW,
    )  # fmt: skip
    row.provisional = row.provisional or waits(tx, row)
    if refusal is not None:
        row.trace = [*row.trace, refusal.words]
    elif start.done == FOUND and (found := _done(tx, app, hazard, paper, start, now)):
        deadlines.close_in(tx, about, now, kind=kind, done_at=found)


def _no_answer(tx: Session, about: deadlines.About, start: Start, paper: Document, now: datetime) -> None:
    """Nobody waits for more time any more for what is over."""
    if start.due:
        deadlines.close_in(tx, about, now, kind=answer_of(start, paper), state=deadlines.VOID)


def _over(hazard: Hazard, start: Start) -> bool:
    """Whether nothing begins any more about this hazard: it was none, or is closed and this belongs to no penalty."""
    return hazard.closed_at is not None and bool(hazard.void_reason or start.clock not in clock_kinds.lasting())


def _begin(tx: Session, app: App, hazard: Hazard, paper: Document, start: Start) -> datetime | None:
    """From when it counts; None while nobody knows: not served yet, no day named, nothing that it would be for."""
    if start.named and not clock_starts.named(paper.body, start.due):
        return None
    if start.says and start.says not in "\n".join(clock_starts.lines(paper.body, start.where)):
        return None
    if start.after:
        return _after(tx, app, hazard, paper, start)
    if start.at in ("drafted", "approved", SERVED):
        moment: datetime | None = getattr(paper, f"{start.at}_at")
        return moment
    named = clock_starts.days([paper.body.get(start.at)])
    return datetime.combine(named[0], time.min, app.zone) if named else None


def _after(tx: Session, app: App, hazard: Hazard, paper: Document, start: Start) -> datetime | None:
    """The end of the other clock of this paper, or when the fix was handed in before that. What must be done long
    before an end that comes sooner is not asked for.
    """
    first = next(one for one in clock_starts.of(paper.type, paper.organ) if one.clock == start.after)
    row = deadlines.open_one(tx, deadlines.of_hazard(hazard.number), kind_of(first, paper))
    if row is None:
        return None
    end = row.due_at - row.due_at.resolution
    handed_in = handed_in_at(tx, hazard) if start.applied else None
    if handed_in is not None and row.start_at < handed_in < end:
        return handed_in
    rule = deadlines.rule_of(app, start.clock, end)
    if rule is not None and rule.right and row.extensions:
        return None  # it was used
    late = rule is not None and rule.before and clock_rules.due(app, start.clock, end).due_at <= row.start_at
    return None if late else end


def _ended(
    tx: Session, app: App, hazard: Hazard, start: Start, paper: Document, papers: Sequence[Document], now: datetime
) -> datetime | None:
    """When it was answered or done; None while it was not."""
    if start.done == SERVED:
        return paper.served_at
    done = _done(tx, app, hazard, paper, start, now) if start.done else None
    later = [one for one in papers if one.voided_at is None and _later(one, paper)]
    mine = [one for one in later if not start.same or _same_case(tx, start, one, paper, papers)]
    answers = [one.approved_at for one in mine if one.type in start.until]
    looked = _rechecked(tx, hazard, start, paper) if start.rechecked else None
    return min(filter(None, (done, looked, *answers, _own(start, paper, papers))), default=None)


def _rechecked(tx: Session, hazard: Hazard, start: Start, paper: Document) -> datetime | None:
    """When somebody of the body that wrote the paper re-inspected, since this began to run."""
    running = deadlines.open_one(tx, deadlines.of_hazard(hazard.number), kind_of(start, paper))
    return reinspections.made_at(tx, hazard, paper, running.start_at) if running is not None else None


def _own(start: Start, paper: Document, papers: Sequence[Document]) -> datetime | None:
    """When a paper came that is for one paper only: the first in order for the first."""
    answers = [one for one in papers if one.type in start.each and one.voided_at is None]
    for asked in papers:
        if asked.type in start.of and asked.voided_at is None:
            found = next((one for one in answers if _later(one, asked)), None)
            if asked.id == paper.id:
                return found.approved_at if found else None
            if found:
                answers.remove(found)
    return None


def _same_case(tx: Session, start: Start, answer: Document, asked: Document, papers: Sequence[Document]) -> bool:
    """Whether it answers this one: by the numbers it refers to, else by whom it is for; what names neither does."""
    said = parties.plain(answer.body.get("reference"))
    named = [one for one in papers if one.type in start.of and one.number and parties.plain(one.number) in said]
    return asked in named if named else parties.same(tx, answer, asked)


def _refusal(tx: Session, start: Start, order: Document, papers: Sequence[Document]) -> refusals.Refusal | None:
    """What was found after this order and a fine, by papers of the case that were not voided."""
    known = [one for one in papers if one.voided_at is None]
    fines = [one for one in known if one.type in FINES and "罚款" in "".join(clock_starts.lines(one.body, "decision"))]
    opinions = [one for one in known if one.type in start.until and _same_case(tx, start, one, order, papers)]
    return refusals.of(order, fines, opinions)


def _done(tx: Session, app: App, hazard: Hazard, paper: Document, start: Start, now: datetime) -> datetime | None:
    """When the fine came in (now, nobody notes the day), the penalty was published, or, in time, the hazard found."""
    if start.done == FOUND:
        mine = select(Deadline.due_at).where(Deadline.hazard == hazard.number, Deadline.kind == kind_of(start, paper))
        due_at = tx.scalar(mine.order_by(Deadline.id.desc()).limit(1))
        return hazard.found_at if due_at and hazard.found_at < due_at else None
    row = _penalty(tx, paper)
    if row is None:
        return None
    if start.done == PAID:
        return now if row.fine is not None and row.paid is not None and row.paid >= row.fine else None
    return datetime.combine(row.published_on, time.min, app.zone) if row.published_on else None


def _penalty(tx: Session, paper: Document) -> Penalty | None:
    """The penalty of this decision, or the one that a letter about its payment refers to."""
    said = parties.plain(paper.number if paper.type in FINES else paper.body.get("reference"))
    rows = tx.scalars(select(Penalty).where(Penalty.place == paper.place).order_by(Penalty.id))
    return next((row for row in rows if parties.plain(row.document) in said), None)


def _later(answer: Document, asked: Document) -> bool:
    return bool(answer.approved_at and asked.approved_at and answer.approved_at > asked.approved_at)


def _written(app: App, hazard: Hazard, paper: Document, start: Start, begin: datetime) -> datetime | None:
    """The end of the last day that the paper names; None when it names none after the beginning."""
    named = clock_starts.named(paper.body, start.due, hazard.number, hazard.text)
    if not named or max(named) < begin.astimezone(app.zone).date():
        return None
    return app.calendar.end_of_day(max(named), app.zone)


def kind_of(start: Start, paper: Document) -> str:
    """Each paper about a hazard has its own: register, year and serial tell them apart."""
    number = f"{(paper.year or 0) % 100:02}-{paper.serial}"
    return start.title + (paper.series or "")[-(16 - len(start.title) - len(number)) :] + number


def answer_of(start: Start, paper: Document) -> str:
    """The kind of the limit in which a request for more time about this paper is answered (order_extensions.py)."""
    return ANSWER + kind_of(start, paper).removeprefix(start.title)
