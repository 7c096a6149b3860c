"""Bodies of documents: put together from the records of a hazard, and checked against the fields of the type."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    bulletin_facts,
    court_papers,
    deadlines,
    document_photos,
    events,
    penalty_papers,
    units,
    wording,
)
from engine.campaign.case_model import Assignment, Deadline, Evidence, Hazard, Measure, Recheck
from engine.campaign.document_types import MOST_PHOTOS, PHOTOS, DocumentType, Field
from engine.campaign.model import HazardCode, Person, Place
from engine.errors import Invalid, Problem
from engine.said import Said, english

LONGEST_TEXT, MOST_LINES, LONGEST_BODY = 5_000, 200, 200_000
FIVE = ("measures", "responsible", "funds", "limit", "plan")


def assembled(
    tx: Session,
    app: App,
    row: DocumentType,
    *,
    hazard: Hazard | None,
    place: Place | None,
    paper: Assignment | None,
    to_unit: str | None,
    organ: str,
    now: datetime,
    period: str | None = None,
    visit: int | None = None,
) -> dict[str, Any]:
    """The body as far as the records tell it, those of a ``period`` where the type tells of one, the photos of the
    ``visit`` where there is no hazard yet; everything else waits for whoever drafts. Raises Invalid (the period).
    """
    facts: dict[str, Any] = {}
    if place is not None:
        facts.update(place_name=place.name, address=place.address, head=place.head, phone=place.phone)
        facts.update(actual_controller=place.actual_controller)
    if hazard is not None:
        facts.update(_of_hazard(tx, app, hazard))
        facts.update(court_papers.facts(tx, app, row.type, hazard, organ))
    elif visit is not None:
        facts.update(document_photos.of_visit(tx, app, visit, place))
    facts.update(penalty_papers.facts(tx, app, row.type, hazard, place, organ))
    if row.type == bulletin_facts.TYPE:  # of the street, also when a hazard gave rise to it
        facts.update(bulletin_facts.facts(tx, app, organ, period, now))
    if to_unit:
        facts["to_name"] = facts["receiver"] = units.require(tx, to_unit).name
        facts["holder_name"] = facts["to_name"] if row.paper == "交办" else facts.get("holder_name", facts["to_name"])
    if paper is not None and paper.answer_due_at:
        facts["reply_by"] = _day(app, paper.answer_due_at)
    facts["applied_at"] = _day(app, now)
    return {field.name: facts.get(field.name) or _empty(field) for field in row.fields}


def _empty(field: Field) -> Any:
    return field.default if field.kind == "text" else []


def _of_hazard(tx: Session, app: App, hazard: Hazard) -> dict[str, Any]:
    code = tx.get_one(HazardCode, hazard.code_id)
    finder = tx.get(Person, hazard.finder)
    rows = select(Deadline).where(Deadline.hazard == hazard.number, Deadline.state == deadlines.OPEN)
    main = deadlines.main_of(tx.scalars(rows.order_by(Deadline.id)))
    due = _day(app, main.due_at) if main else ""
    files = select(Evidence).where(Evidence.hazard == hazard.number).order_by(Evidence.uploaded_at, Evidence.id)
    photos = tx.scalars(files).all()
    before = [photo for photo in photos if photo.kind == "photo_before"]
    named = document_photos.named(app, photos, tx.get(Place, hazard.place))
    five = hazard.five or {}
    story = events.story(tx, hazard)
    advice = f"{code.close_rule or '消除隐患'}" + (f"（{code.clause}）" if code.clause else "")
    attached = len(named["photos"])
    count = (f"{len(before)} 张" + (f"，附 {attached} 张" if attached < len(before) else "")) if before else ""
    item = {
        "text": hazard.text, "code": f"{code.code} {code.name}", "part": hazard.part,
        "photo": count, "advice": advice, "due": due,
    }  # fmt: skip
    return {
        **named,
        "hazard_number": hazard.number,
        "found_at": _moment(app, hazard.found_at),
        "found_by": finder.display_name if finder else hazard.finder,
        "hazards": [item],
        "risk": f"{code.name}，可能引发事故、造成人员伤亡。",
        "holder_name": units.require(tx, hazard.holder_unit).name,
        "facts": f"{_moment(app, hazard.found_at)}发现：{hazard.text}" + (f"（{hazard.part}）" if hazard.part else ""),
        "criteria": hazard.reason if hazard.is_major else "",
        "duty_clause": code.clause,
        "due": due,
        "old_due": due,
        "trace": list(main.trace) if main else [],
        "history": [_line(app, line) for line in story],
        "done": [_line(app, line) for line in story if line.kind in ("paper", "recheck", "rung")],
        "evidence": [f"{photo.filename}（{photo.sha256[:12]}）" for photo in photos],
        "checked": [_recheck(app, row) for row in _all(tx, Recheck, hazard)],
        "reference": "、".join(row.decision_no for row in _all(tx, Measure, hazard) if row.decision_no),
        **{name: str(five.get(name) or "") for name in FIVE},
        "limit": str(five.get("limit") or due),
    }


def _all(tx: Session, table: Any, hazard: Hazard) -> list[Any]:
    return list(tx.scalars(select(table).where(table.hazard == hazard.number).order_by(table.id)))


def _line(app: App, line: events.CaseEvent) -> str:
    return f"{_moment(app, line.at)} {line.title}" + (f"：{line.text}" if line.text else "")


def _recheck(app: App, row: Recheck) -> str:
    return f"{_moment(app, row.at)} 第 {row.no} 次复查{'合格' if row.passed else '不合格'}" + (
        f"：{row.opinion}" if row.opinion else ""
    )


def _day(app: App, moment: datetime) -> str:
    day = deadlines.last_day(moment, app)
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(app: App, moment: datetime) -> str:
    local = moment.astimezone(app.zone)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def checked(row: DocumentType, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with every field of its type and nothing else, in their kinds; raises Invalid naming each wrong one."""
    known = {field.name: field for field in row.fields}
    wrong = [
        _problem(name, "unknown", Said(f"“{row.type}”没有“{name}”这一栏", f"It has no field {name}"))
        for name in body
        if name not in known
    ]
    clean = {name: body.get(name, _empty(field)) for name, field in known.items()}
    for name, value in clean.items():
        if message := _wrong_kind(known[name], value):
            label = known[name].label
            wrong.append(_problem(name, "type", Said(f"“{label}”{message}", f"“{label}” {english(message)}")))
    if wrong:
        raise _refused(row, wrong)
    if sum(map(len, _texts(clean))) > LONGEST_BODY:
        told = Said(f"正文最多 {LONGEST_BODY} 字，请精简或改用附件", f"The text has {LONGEST_BODY} characters at most")
        raise _refused(row, [_problem("body", "length", told)])
    return clean


def _wrong_kind(field: Field, value: Any) -> str:
    if field.kind == "text":
        return _wrong_text(value)
    most = MOST_PHOTOS if field.kind == PHOTOS else MOST_LINES
    if not isinstance(value, list) or len(value) > most:
        return Said(f"应为列表，最多 {most} 行", f"must be a list of {most} lines at most")
    if field.kind == "lines":
        return next(filter(None, map(_wrong_text, value)), "")
    columns = field.columns or {}
    for item in value:
        if not isinstance(item, dict) or not set(item) <= set(columns):
            told = "、".join(columns)
            return Said(f"的每一行只能有：{told}", f"has only the columns {told}")
        if message := next(filter(None, map(_wrong_text, item.values())), ""):
            return message
    return ""


def _wrong_text(value: Any) -> str:
    if not isinstance(value, str):
        return Said("应为文字", "must be text")
    if len(value) > LONGEST_TEXT:
        return Said(f"超过 {LONGEST_TEXT} 字，请精简", f"has more than {LONGEST_TEXT} characters")
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def worded(
    tx: Session, app: App, viewer: Viewer, row: DocumentType, body: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Refuse what the drafter writes as if the own body could order; what the records say, and letters that ask a body
    with the power to act, are no orders of one's own. Raises Invalid.
    """
    if row.forbid or "transfer" in row.acts:  # a type with words of its own is asked when it is handed in
        return
    free = {field.name for field in row.fields if not field.choices}
    texts = {
        name: "\n".join(_texts(value)) for name, value in body.items() if name in free and value != before.get(name)
    }
    wording.check(tx, app, viewer, **texts)


def complete(row: DocumentType, body: Mapping[str, Any]) -> list[Problem]:
    """What the body lacks or says wrongly before it may be submitted; empty when nothing does."""
    found = [
        _problem(field.name, "required", Said(f"请填写“{field.label}”", f"Fill in “{field.label}”"))
        for field in row.fields
        if field.required and not _said(body.get(field.name))
    ]
    for field in row.fields:
        if field.choices and body.get(field.name) and body[field.name] not in field.choices:
            told = "、".join(field.choices)
            found.append(_problem(field.name, "choice", Said(
                f"“{field.label}”请从以下选择：{told}", f"Choose “{field.label}” from {told}")))  # fmt: skip
    text = "".join(_texts(body))
    for phrase in row.must_say:
        text = text.replace(phrase, "")  # 「不属于行政命令」 says what it is not
        if phrase not in "".join(_texts(body)):
            found.append(_problem("statement", "wording", Said(f"须写明“{phrase}”", f"It must say “{phrase}”")))
    for word in row.forbid:
        if word in text:
            zh = f"不得出现“{word}”：{row.forbid_clause}。{wording.instead(word)}"
            found.append(_problem("body", "wording", Said(zh, f"It must not say “{word}” ({row.forbid_clause})")))
    return found


def _said(value: Any) -> bool:
    """Whether there is text: a row of a table counts when its first column has some."""
    return any(text.strip() for text in _texts(value))


def refusal(row: DocumentType, problems: list[Problem]) -> Invalid:
    """The refusal of a body with these problems."""
    return _refused(row, problems)


def _refused(row: DocumentType, problems: list[Problem]) -> Invalid:
    said = "；".join(problem["message"] for problem in problems[:20])
    return Invalid(
        f"《{row.type}》还不能提交：{said}。", en=f"The document “{row.type}” is not complete.", problems=problems
    )


def _problem(field: str, rule: str, message: Said) -> Problem:
    return Problem(field=field, rule=rule, message=message)


def title_of(row: DocumentType, hazard: Hazard | None, place: Place | None) -> str:
    """The title under which a document is listed."""
    about = place.name if place else hazard.number if hazard else ""
    return f"{row.type}（{about}）"[:255] if about else row.type
