"""What each report says: 日调度、周通报、月例会、季通报、年总结 (daily, weekly, monthly, quarterly, yearly) and others.

A report is plain JSON, so that it can be frozen as it is; its tables are in report_tables.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import plan_measures, report_facts, report_rank, report_tables, units
from engine.campaign.duty_kinds import rules
from engine.campaign.figures import Figure
from engine.campaign.periods import Period, period_named, period_of
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight
from engine.errors import Invalid
from engine.said import Said, english

LABEL = Said("口径和评分为示例规则，需法制审核", "Definitions and scores are sample rules and need a legal review")


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of report: its name, its rhythm, and which figures and tables it has."""

    key: str
    title: str
    rhythm: str
    figures: tuple[str, ...]
    tables: tuple[str, ...]

    @property
    def title_en(self) -> str:
        """Its name in English."""
        return ENGLISH[self.key]


ENGLISH = {
    "daily": "Daily dispatch",
    "weekly": "Weekly bulletin",
    "monthly": "Monthly meeting",
    "quarterly": "Quarterly bulletin",
    "yearly": "Yearly summary",
    "coverage": "Coverage of visits",
    "sectors": "By area and sector",
    "assessment": "Assessment",
    "form-a": "Monthly form of hazards",
    "form-b": "Form of enforcement checks",
    "form-c": "Express report of campaigns",
}
FORMS = {
    form.key: form
    for form in (
        Form("daily", "日调度", "day", ("counts",), ("new", "due", "overdue", "unsigned")),
        Form("weekly", "周通报", "week", ("rates", "counts"), ("rank", "overdue", "unsigned")),
        Form("monthly", "月例会材料", "month", ("measures", "rates", "counts"),
             ("rank", "tasks", "communities", "unreported", "unanswered", "overdue", "leaders", "lags", "activities")),
        Form("quarterly", "季通报", "quarter", ("measures", "rates", "counts"),
             ("rank", "sectors", "milestones", "tasks", "communities", "missed", "leaders", "lags", "campaigns",
              "activities")),
        Form("yearly", "年总结", "year", ("measures", "rates", "counts"),
             ("milestones", "communities", "rank", "sectors", "coverage", "campaigns", "missed", "activities")),
        Form("coverage", "走访覆盖", "month", ("counts",), ("coverage", "coverage_grid")),
        Form("sectors", "分区域分行业统计", "month", ("counts",), ("sectors",)),
        Form("assessment", "考核评分", "month", ("rates",), ("rank",)),
        Form("form-a", "隐患排查治理情况月报表", "month", (), ("form_a",)),
        Form("form-b", "行政执法检查情况表", "month", (), ("form_b",)),
        Form("form-c", "专项行动快报", "month", (), ("form_c",)),
    )
}  # fmt: skip


def period_for(app: App, form: Form, key: str | None, now: datetime) -> Period:
    """The period of this report that the key names, the running one without; raises Invalid for any other and for one
    that has not begun.
    """
    today = now.astimezone(app.zone).date()
    if key is None:
        return period_of(form.rhythm, today)
    try:
        found = period_named(key)
    except ValueError:
        found = None
    if found is None or period_of(form.rhythm, found.starts_on) != found:
        example = period_of(form.rhythm, today).key
        raise _wrong(f"期别“{key}”不对，“{form.title}”的期别应写成 {example} 这样", f"Write the period like {example}.")
    if found.starts_on > today:
        raise _wrong(f"“{key}”还没有开始", f"{key} has not begun.")
    return found


def figures(tx: Session, app: App, sight: Sight, form: Form, span: Window) -> list[Figure]:
    """The figures of a report with the records behind them."""
    makers: dict[str, Callable[[], list[Figure]]] = {
        "rates": lambda: report_facts.rates(tx, sight, span),
        "counts": lambda: report_facts.counts(tx, sight, span),
        "measures": lambda: measures(tx, app, sight, span),
    }
    return [figure for name in form.figures for figure in makers[name]()]


def measures(tx: Session, app: App, sight: Sight, span: Window) -> list[Figure]:
    """存量, 增量 and 清零 of the period, up to now while it runs."""
    on = min(span.period.ends_on, span.day(span.now))
    since = span.period.starts_on
    return [
        plan_measures.stock(tx, sight.hazards, on, on, app.zone),
        plan_measures.growth(tx, sight.hazards, since, on, app.zone),
        plan_measures.zero(tx, sight.hazards, since, on, app.zone),
    ]


def build(tx: Session, app: App, sight: Sight, form: Form, period: Period, now: datetime) -> dict[str, Any]:
    """The whole report as JSON."""
    span = report_facts.window(period, now, app.zone)
    found = figures(tx, app, sight, form, span)
    made = report_tables.Tables(tx, app, sight, span, found)
    name = units.names(tx, {sight.unit}).get(sight.unit, "") if sight.unit else ""
    return {
        "form": form.key, "title": f"{name}{form.title}", "title_en": f"{name} {form.title_en}", "period": period.key,
        "starts_on": period.starts_on.isoformat(), "ends_on": period.ends_on.isoformat(), "unit": sight.unit,
        "unit_name": name, "counted_at": now.astimezone(app.zone).isoformat(timespec="seconds"), "note": LABEL,
        "note_en": LABEL.en,
        "figures": [
            {"key": one.key, "title": one.title, "words": one.words, "unit": one.unit, "numerator": one.numerator,
             "denominator": one.denominator, "rate": one.rate, "shown": one.shown,
             "shown_en": english(one.shown), "title_en": english(one.title),
             "words_en": english(one.words), "unit_en": english(one.unit)}
            for one in found
        ],
        "tables": [made.table(key) for key in form.tables],
    }  # fmt: skip


def rule_version() -> str:
    """The rules by which a report was counted."""
    return f"duties {rules().version}; assessment {report_rank.rules()['version']}"


def _wrong(told: str, en: str) -> Invalid:
    return Invalid(f"{told}。", en=en, problems=[{"field": "period", "rule": "period", "message": told}])
