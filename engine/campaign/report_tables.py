"""The tables of the reports. Each is {key, title, words, columns, rows}; cells are text or numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import (
    campaigns,
    plan_measures,
    plan_tables,
    report_activities,
    report_cells,
    report_english,
    report_facts,
    report_pace,
    report_rank,
    report_sight,
    report_statutory,
    units,
)
from engine.campaign.campaign_model import Campaign, CampaignPlace
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.duty_model import Duty
from engine.campaign.figures import NO_DATA, Behind, Figure
from engine.campaign.model import Milestone, Place
from engine.campaign.report_facts import RATES, Window
from engine.campaign.report_sight import Sight
from engine.said import english

Rows = list[list[Any]]
MOST = 1000  # lines of a list in a report; the whole list is in the ledger


class Tables:
    """The tables of one report over one period."""

    def __init__(self, tx: Session, app: App, sight: Sight, span: Window, figures: Sequence[Figure]) -> None:
        self._tx, self._app, self._sight, self._span = tx, app, sight, span
        self._figures = {figure.key: figure for figure in figures}

    def table(self, key: str) -> dict[str, Any]:
        """One table by its key."""
        title, words, columns, rows = TABLES[key](self)
        told = report_english.said(title), report_english.said(words), report_english.columns(columns)
        return {
            "key": key, "title": title, "words": words, "columns": columns, "rows": rows,
            "title_en": english(told[0]), "words_en": english(told[1]), "columns_en": [english(one) for one in told[2]],
            "cells_en": report_cells.english(rows),
        }  # fmt: skip

    def rank(self) -> "Table":
        """The communities by their scores, each rate with numerator and denominator."""
        tx, missed = self._tx, dict[str, int]()
        undone = select(Duty.community, func.count()).where(*self._undone(), Duty.community.is_not(None))
        for community, count in tx.execute(undone.group_by(Duty.community)):
            missed[str(community)] = count
        names = self._communities()
        rates = [self._figures[key] for key in RATES]
        late = report_facts.overdue(tx, self._sight, self._span.now)
        found = report_rank.ranked(list(names), rates, late, missed)
        rows = [
            [row.rank, names[row.community], *(report_rank.shown(row.rates[key]) for key in RATES), row.overdue,
             row.missed, row.score]
            for row in found
        ]  # fmt: skip
        titles = [RATES[key][0] for key in RATES]
        return "社区排名", report_rank.words(), ["名次", "社区", *titles, "逾期（项）", "未履职（件）", "得分"], rows

    def new(self) -> "Table":
        """What was found."""
        return self._hazards("本日新增", "本期发现的隐患", self._figures["found"].behind)

    def due(self) -> "Table":
        """What is due today."""
        period = self._span.period
        found = report_facts.due_between(self._tx, self._sight, period.starts_on, period.ends_on)
        return self._hazards("今日到期", "整改时限今日届满、尚未办结的隐患", found)

    def overdue(self) -> "Table":
        """What is overdue."""
        found = report_facts.overdue(self._tx, self._sight, self._span.now)
        return self._hazards("逾期清单", "截至统计时整改时限已过、尚未办结的隐患", found)

    def unsigned(self) -> "Table":
        """Papers nobody signed yet."""
        which = Assignment.signed_at.is_(None), Assignment.closed_at.is_(None), Assignment.kind.in_(("交办", "移交"))
        return self._papers("待签收", "已发出、尚未签收的交办单和移交函", *which)

    def unanswered(self) -> "Table":
        """Transfers without an answer."""
        which = Assignment.kind == "移交", Assignment.closed_at.is_(None)
        return self._papers("移交未回", "已移交部门、尚未答复的隐患", *which)

    def tasks(self) -> "Table":
        """What the lead units reported about the plan's tasks."""
        found = plan_tables.reports(self._tx, self._sight, self._months())
        names = units.names(self._tx, {row.unit for row, _ in found})
        rows = [[row.plan_task, title, names[row.unit], row.period, row.progress, row.done, row.problems,
                 row.next_steps, "已核收" if row.collected_at else "待核收"] for row, title in found]  # fmt: skip
        columns = ["任务", "名称", "牵头单位", "月份", "进度", "进展情况", "存在问题", "下步打算", "状态"]
        return "三年行动任务进展", "牵头单位每月报送，安委办核收", columns, rows

    def communities(self) -> "Table":
        """What each community has of the plan: its tasks and the measures of the period over its records."""
        span, upto = self._span, min(self._span.period.ends_on, self._span.day(self._span.now))
        rows = plan_tables.shares(self._tx, self._sight, span.period.starts_on, upto, self._app.zone)
        titles = [plan_measures.MEASURES[key][0] for key in ("stock", "growth", "zero")]
        return "各社区任务和指标", plan_tables.WORDS, ["社区", "负责任务（项）", *titles], rows

    def unreported(self) -> "Table":
        """Tasks of the plan about which nothing came."""
        which = Duty.kind == "plan_task", Duty.period.in_(self._months()), Duty.state.in_(("open", "missed"))
        return self._duties("任务未报送", "本期应报而未报的三年行动任务", *which)

    def missed(self) -> "Table":
        """Duties not done."""
        return self._duties("未履职清单", "本期到期而没有履行的定期职责", *self._undone())

    def milestones(self) -> "Table":
        """The plan's milestones with their numbers."""
        today = self._span.day(self._span.now)
        rows: Rows = []
        for row in self._tx.scalars(select(Milestone).order_by(Milestone.due_on, Milestone.id)):
            judged = plan_measures.measure(
                self._tx, self._sight.hazards, row.measure, on=row.due_on, today=today, zone=self._app.zone
            ) if row.measure else None  # fmt: skip
            told = [judged.shown, judged.target, judged.state] if judged else ["—", "—", "由人判断"]
            rows.append([row.due_on.isoformat(), row.name, row.target, *told])
        return "三年行动节点", "指标从隐患记录算出", ["时间", "节点", "目标", "指标", "达到条件", "状态"], rows

    def campaigns(self) -> "Table":
        """Campaigns that ran in the period."""
        period = self._span.period
        query = select(Campaign).where(
            Campaign.street == self._sight.unit, Campaign.state != "draft", Campaign.starts_on <= period.ends_on,
            Campaign.ends_on >= period.starts_on,
        )  # fmt: skip
        covered = dict[str, int]()
        for number, count in self._tx.execute(
            select(CampaignPlace.campaign, func.count()).group_by(CampaignPlace.campaign)
        ):
            covered[number] = count
        rows = [[row.number, row.title, row.starts_on.isoformat(), row.ends_on.isoformat(),
                 campaigns.STATES[row.state], covered.get(row.number, 0), row.summary]
                for row in self._tx.scalars(query.order_by(Campaign.starts_on, Campaign.number))]  # fmt: skip
        columns = ["编号", "专项行动", "开始", "截止", "状态", "列入场所（家）", "总结"]
        return "专项行动", "本期开展的专项行动", columns, rows

    def sectors(self) -> "Table":
        """Area × sector: found / closed, of which major."""
        span, names = self._span, self._communities()
        query = select(Place.sector, Hazard.community, func.count(), func.count(Hazard.closed_at),
                       func.count().filter(Hazard.is_major)).join(Place, Place.id == Hazard.place)  # fmt: skip
        query = query.where(self._sight.hazards, Hazard.void_reason.is_(None), Hazard.found_at >= span.first,
                            Hazard.found_at < span.after, Hazard.found_at <= span.now)  # fmt: skip
        cells: dict[str, dict[str, tuple[int, int, int]]] = {}
        for sector, community, *three in self._tx.execute(query.group_by(Place.sector, Hazard.community)):
            cells.setdefault(sector or "未填", {})[community] = (three[0], three[1], three[2])
        return self._cross("分区域分行业", "本期发现隐患：发现/已销号（其中重大）", cells, names)

    def coverage(self) -> "Table":
        """Sector × community: places visited / registered."""
        found = self._visited(lambda row: row.sector or "未填", lambda row: row.community)
        return self._cross("走访覆盖", "本期走访过的/在册正常场所，按行业和社区", found, self._communities())

    def coverage_grid(self) -> "Table":
        """Grid × sector: places visited / registered."""
        found = self._visited(lambda row: row.note, lambda row: row.sector or "未填")
        sectors = sorted({sector for line in found.values() for sector in line})
        words = "本期走访过的/在册正常场所，按网格和行业"
        return self._cross("网格走访覆盖", words, found, dict(zip(sectors, sectors, strict=True)), "网格")

    def _visited(
        self, line: Callable[[Behind], str], column: Callable[[Behind], str]
    ) -> dict[str, dict[str, tuple[int, int, int]]]:
        cells = dict[str, dict[str, tuple[int, int, int]]]()
        for row in self._figures["visited"].behind:
            held = cells.setdefault(line(row), {})
            hits, all_, _ = held.get(column(row), (0, 0, 0))
            held[column(row)] = (hits + row.counted, all_ + 1, 0)
        return cells

    def activities(self) -> "Table":
        """Meetings, trainings, drills and so on with their numbers."""
        return report_activities.table(self._tx, self._sight, self._span)

    def leaders(self) -> "Table":
        """Visits led by each leader."""
        return report_pace.leaders(self._tx, self._sight, self._span, self._months())

    def lags(self) -> "Table":
        """From finding to reporting, handing over and closing."""
        return report_pace.lags(self._tx, self._sight, self._span)

    def form_a(self) -> "Table":
        """Form A."""
        return report_statutory.form_a(self._tx, self._sight, self._span)

    def form_b(self) -> "Table":
        """Form B."""
        return report_statutory.form_b(self._tx, self._sight, self._span)

    def form_c(self) -> "Table":
        """Form C."""
        return report_statutory.form_c(self._tx, self._sight, self._span)

    def _cross(
        self, title: str, words: str, cells: dict[str, dict[str, tuple[int, int, int]]], names: dict[str, str],
        lines: str = "行业",
    ) -> "Table":  # fmt: skip
        rows: Rows = []
        for sector in sorted(cells):
            line = [cells[sector].get(code, (0, 0, 0)) for code in names]
            rows.append([sector, *map(_three, line), _three(_sum(line))])
        if rows:
            sums = [_sum([cells[sector].get(code, (0, 0, 0)) for sector in cells]) for code in names]
            rows.append(["合计", *map(_three, sums), _three(_sum(sums))])
        return title, words, [lines, *names.values(), "合计"], rows

    def _communities(self) -> dict[str, str]:
        return report_sight.communities(self._tx, self._sight)

    def _hazards(self, title: str, words: str, found: Sequence[Behind]) -> "Table":
        names = units.names(self._tx, {row.community for row in found})
        rows = [[row.key, names.get(row.community, ""), row.name, row.day.isoformat() if row.day else "", row.note]
                for row in found[:MOST]]  # fmt: skip
        return title, words, ["编号", "社区", "场所", "日期", "内容"], rows

    def _papers(self, title: str, words: str, *which: ColumnElement[bool]) -> "Table":
        found = report_facts.papers(self._tx, self._sight, *which)
        names = units.names(self._tx, {row.community for row in found})
        rows = [[row.key, names[row.community], row.name, row.note] for row in found[:MOST]]
        return title, words, ["文号", "社区", "场所", "内容"], rows

    def _duties(self, title: str, words: str, *which: ColumnElement[bool]) -> "Table":
        query = select(Duty).where(self._sight.duties, *which).order_by(Duty.due_at, Duty.id).limit(MOST)
        found = self._tx.scalars(query).all()
        names = units.names(self._tx, {row.unit for row in found if row.unit})
        rows = [[row.title, names.get(row.unit or "", row.person or ""), row.period, _state(row)] for row in found]
        return title, words, ["事项", "责任单位或人", "期别", "状态"], rows

    def _undone(self) -> tuple[ColumnElement[bool], ...]:
        span = self._span
        open_late = (Duty.state == "missed") | ((Duty.state == "open") & (Duty.due_at <= span.now))
        return self._sight.duties, open_late, Duty.due_at > span.first, Duty.due_at <= span.after

    def _months(self) -> list[str]:
        period = self._span.period
        return [
            f"{period.starts_on.year}-{month:02d}" for month in range(period.starts_on.month, period.ends_on.month + 1)
        ]


Table = tuple[str, str, list[str], Rows]
TABLES: dict[str, Callable[[Tables], Table]] = {
    name: getattr(Tables, name)
    for name in (
        "rank", "new", "due", "overdue", "unsigned", "unanswered", "tasks", "communities", "unreported", "missed",
        "milestones", "campaigns", "sectors", "coverage", "coverage_grid", "activities", "leaders", "lags", "form_a",
        "form_b", "form_c",
    )
}  # fmt: skip


def _sum(cells: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    return sum(cell[0] for cell in cells), sum(cell[1] for cell in cells), sum(cell[2] for cell in cells)


def _three(cell: tuple[int, int, int]) -> str:
    """Two numbers of one cell, 3/5; where there is nothing to count, no data."""
    if not cell[0] and not cell[1]:
        return NO_DATA
    return f"{cell[0]}/{cell[1]}" + (f"（重大 {cell[2]}）" if cell[2] else "")


def _state(row: Duty) -> str:
    return "未报送" if row.state == "open" else "未履职"
