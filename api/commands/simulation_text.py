"""Prints a simulation for a terminal: tables with bars, columns aligned also where Chinese letters are two wide."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

import click

Row = Mapping[str, Any]
BARS = " ▁▂▃▄▅▆▇█"
WIDEST = 28
LONGEST = 12  # rows of a table; the rest is in the JSON
WHAT = {
    "cases": "案件", "days_open": "办理天数", "opened": "任务数", "late": "超期", "workload": "工作量",
    "longest_queue": "最长排队", "fired": "触发", "operator": "操作", "count": "次数",
}  # fmt: skip


def print_answer(answer: Row) -> None:
    """The whole answer in four short tables."""
    if answer["error"]:
        return
    cases, days = answer["cases"], answer["days_open"]
    click.echo(f"{answer['process']}  {answer['from'][:10]} 至 {answer['to'][:10]}")
    click.echo(
        f"案件 {cases['started']} 件：办结 {cases['ended']}，在办 {cases['open']}，停在错误 {cases['stopped']}；"
        f"办理天数中位 {_shown(days['median'])}，九成在 {_shown(days['p90'])} 天内"
    )
    _table("在哪里超期 / late", ("任务", "件数", "超期", "比例", "", "时长中位（小时）"), [
        (row["name"], row["opened"], row["late"], _percent(row["late_share"]), bar(row["late_share"]),
         _shown(row["hours"]["median"])) for row in answer["tasks"]])  # fmt: skip
    evenings = answer["evenings"]
    _table("工作量与排队 / workload", ("组", "人数", "工作量", "", "最长排队", "每日排队"), [
        (row["group"], row["people"], _percent(row["workload"]), bar(row["workload"]), row["longest_queue"],
         spark([day["queues"].get(row["group"], 0) for day in evenings])) for row in answer["groups"]])  # fmt: skip
    _table("触发的事件 / fired", ("事件", "次数", "案件数"), [
        (row["name"], row["fired"], row["cases"]) for row in answer["timers"]])  # fmt: skip
    click.echo("")
    click.echo(f"每晚超期 / overdue  {spark([day['overdue'] for day in answer['evenings']])}")
    click.echo(f"每晚在办 / open     {spark([day['open'] for day in answer['evenings']])}")
    for incident in answer["incidents"]:
        click.echo(f"异常 {incident['count']} 次 {incident['element']}：{incident['message']}")
    for problem in answer["problems"]:
        click.echo(f"提示 {problem['message']}")


def print_differences(rows: Iterable[Row]) -> None:
    """What differs between two versions, side by side."""
    table = [(WHAT.get(row["figure"], row["figure"]), row["name"], _shown(row["before"]), _shown(row["after"]),
              _change(row["before"], row["after"])) for row in rows]  # fmt: skip
    if not table:
        click.echo("\n两个版本没有差别 / no difference")
    _table("两个版本 / compared", ("指标", "名称", "前", "后", "变化"), table, most=60)


def bar(share: float) -> str:
    """A share of 1 as ten letters."""
    filled = min(share, 1.0) * 10
    return ("█" * int(filled) + (BARS[int(filled % 1 * 8)] if share < 1 else "")).rstrip()


def spark(values: Sequence[int]) -> str:
    """A row of numbers as one line, the most of each stretch where there are more than fit; its peak behind it."""
    step = max(1, -(-len(values) // 60))
    peaks = [max(values[place : place + step]) for place in range(0, len(values), step)]
    most = max(peaks, default=0)
    line = "".join(BARS[-(-value * 8 // most) if most else 0] for value in peaks)
    return f"{line}|{most}"


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], most: int = LONGEST) -> None:
    if not rows:
        return
    click.echo(f"\n{title}")
    shown = [heads, *([_cut(str(cell)) for cell in row] for row in rows[:most])]
    widths = [max(_width(row[place]) for row in shown) for place in range(len(heads))]
    for row in shown:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  " + "  ".join(cells).rstrip())
    if len(rows) > most:
        click.echo(f"  … 另有 {len(rows) - most} 行，见 --json / more")


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    return text if len(text) <= 70 else text[:69] + "…"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _shown(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _change(before: Any, after: Any) -> str:
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return f"{after - before:+g}"
    return "新增" if before is None else "没有了" if after is None else ""
