"""Draws simulations as one SVG file: overdue and open work by day, queues and workload by group, late share by task."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Answer = Mapping[str, Any]
WIDTH, HEIGHT, GAP, LEFT, MARGIN = 860, 150, 46, 170, 24
COLOURS = ("#1f6feb", "#d1242f")  # the first and the second version
NAMES = ("前 / before", "后 / after")
MOST_GROUPS, MOST_TASKS, ROW = 6, 14, 22


def draw(answers: Sequence[Answer]) -> str:
    """The picture of one simulation, or of two over each other."""
    parts: list[str] = []
    top = 50
    for title, figure in (("每晚超期 / overdue", "overdue"), ("每晚在办 / open", "open")):
        series = [[day[figure] for day in answer["evenings"]] for answer in answers]
        parts.append(_lines(top, title, series))
        top += HEIGHT + GAP
    for group in _first(answers, "groups", "group", MOST_GROUPS):
        series = [[day["queues"].get(group, 0) for day in answer["evenings"]] for answer in answers]
        parts.append(_lines(top, f"排队 / queue：{group}", series))
        top += HEIGHT + GAP
    for title, what, key, label, most, shown in (
        ("工作量 / workload", "groups", "group", "group", MOST_GROUPS, _workload),
        ("超期比例 / late share", "tasks", "element", "name", MOST_TASKS, _late),
    ):
        parts.append(_text(MARGIN, top - 8, title, 14))
        for name in _first(answers, what, key, most):
            rows = [next((row for row in answer[what] if row[key] == name), None) for answer in answers]
            written = next(row[label] for row in rows if row)
            parts.append(_bars(top, written, [row and shown(row) for row in rows]))
            top += ROW
        top += GAP
    head = _text(MARGIN, 26, f"{answers[0]['process']}　{answers[0]['from'][:10]} — {answers[0]['to'][:10]}", 16)
    if len(answers) > 1:
        head += "".join(_text(WIDTH - 240 + 130 * n, 26, NAMES[n], 13, COLOURS[n]) for n in range(2))
    box = f'width="{WIDTH}" height="{top + MARGIN}" viewBox="0 0 {WIDTH} {top + MARGIN}"'
    ground = f'<rect width="{WIDTH}" height="{top + MARGIN}" fill="#fff"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif">{ground}{head}{"".join(parts)}</svg>\n'
    )


def _first(answers: Sequence[Answer], what: str, key: str, most: int) -> list[str]:
    return list(dict.fromkeys(row[key] for answer in answers for row in answer[what][:most]))[:most]


def _lines(top: int, title: str, series: Sequence[Sequence[float]]) -> str:
    most = max((max(values, default=0) for values in series), default=0) or 1
    parts = [_text(MARGIN, top - 8, f"{title}　最多 {most:g}", 14)]
    parts.append(f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{HEIGHT}" fill="#f6f8fa"/>')
    for number, values in enumerate(series):
        step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
        points = " ".join(
            f"{MARGIN + place * step:.1f},{top + HEIGHT - value / most * HEIGHT:.1f}"
            for place, value in enumerate(values)
        )
        parts.append(f'<polyline fill="none" stroke="{COLOURS[number]}" stroke-width="2" points="{points}"/>')
    return "".join(parts)


def _bars(top: int, name: str, shares: Sequence[tuple[float, str] | None]) -> str:
    """One share of 1 for each version, with what it is a share of; None: no such thing there."""
    parts = [_text(MARGIN, top + 13, name[: 20 if name.isascii() else 12], 12)]
    high = (ROW - 6) / len(shares)
    for number, found in enumerate(shares):
        share, words = found or (0.0, "—")
        y = top + number * high
        width = min(share, 1.0) * (WIDTH - LEFT - 130)
        parts.append(f'<rect x="{LEFT}" y="{y:.1f}" width="{width:.1f}" height="{high:.1f}" fill="{COLOURS[number]}"/>')
        parts.append(_text(LEFT + width + 6 + 70 * number, top + 13, words, 11, COLOURS[number]))
    return "".join(parts)


def _workload(row: Mapping[str, Any]) -> tuple[float, str]:
    return row["workload"], f"{row['workload']:.0%}（{row['people']} 人）"


def _late(row: Mapping[str, Any]) -> tuple[float, str]:
    return row["late_share"], f"{row['late_share']:.0%}（{row['late']}/{row['opened']}）"


def _text(x: float, y: float, words: str, size: int, colour: str = "#24292f") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}">{escape(words)}</text>'
