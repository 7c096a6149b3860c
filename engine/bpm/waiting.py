"""Why an instance is where it is: for whom or what it waits, since when and until when, in one sentence each; and where
nobody is there to wait for, that an admin has to act.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import reasons
from engine.bpm.model import Definition, Event, Incident, Instance, Subscription, Task, Timer
from engine.bpm.spiff import Model
from engine.bpm.spiff.standing import Standing, standing
from engine.bpm.views import View, moment_text

CATCHING = ("intermediateCatchEvent", "receiveTask")  # what waits itself; other events only may happen beside
Text = Callable[[datetime | None], str]
NO_ACCOUNT = "办理人没有在用的账号，须由管理员移交。", " The account is not in use; an admin has to hand it over."
NO_CANDIDATES = "它没有候选人，须由管理员移交。", " It is offered to nobody; an admin has to hand it over."
NO_MEMBERS = (
    "候选的组里没有人，须由管理员移交或补上人员。",
    " Nobody is in these groups; an admin has to hand it over or to staff them.",
)


def of_instance(
    tx: Session, app: App, row: Instance, definition: Definition, tasks: Sequence[View], incidents: Sequence[Incident]
) -> View:
    """``waiting`` and ``next_event_at`` of one instance, whose open tasks and incidents the caller has read."""
    if row.ended_at is not None:
        return {"waiting": [], "next_event_at": None}
    model = app.model(definition.bundle_hash, definition.key)
    stands = standing(model, row.state)
    found = waiting(
        model,
        row,
        tasks,
        tx.scalars(select(Timer).where(Timer.instance_id == row.id, Timer.status == "armed").order_by(Timer.id)).all(),
        tx.scalars(select(Subscription).where(Subscription.instance_id == row.id).order_by(Subscription.id)).all(),
        incidents,
        stands,
        stranded(tx, app, tasks),
        reasons.of_suspension(tx, row.id) if row.suspended_at else "",
        _since(tx, row.id, {element for entry in stands for element in entry.after}),
        lambda moment: moment_text(moment, app),
        app.clock(),
    )
    return {"waiting": found, "next_event_at": next_events(tx, [row.id], app.clock()).get(row.id)}


def stranded(tx: Session, app: App, tasks: Sequence[View]) -> dict[str, tuple[str, str]]:
    """Open tasks that nobody but an admin can do, by id: a sentence that says why in both languages."""
    named = {name for task in tasks for name in (task["assignee"], *task["users"]) if name}
    known = {name for name, account in app.accounts(tx, named).items() if account.active} if named else set()
    offered = {group for task in tasks if not task["assignee"] for group in task["groups"]}
    peopled = app.peopled(tx, offered) if offered else frozenset()

    def why(task: View) -> tuple[str, str] | None:
        if task["assignee"]:
            return None if task["assignee"] in known else NO_ACCOUNT
        if not task["groups"] and not task["users"]:
            return NO_CANDIDATES
        return None if known & set(task["users"]) or peopled & set(task["groups"]) else NO_MEMBERS

    return {task["id"]: words for task in tasks if (words := why(task))}


def next_events(tx: Session, instances: Sequence[str], now: datetime) -> dict[str, datetime]:
    """The earliest armed timer or coming due date of each instance; nothing happens by itself in a suspended one."""
    going = Instance.suspended_at.is_(None)
    armed = select(Timer.instance_id, func.min(Timer.due_at)).join(Instance, Instance.id == Timer.instance_id)
    due = select(Task.instance_id, func.min(Task.due_at)).join(Instance, Instance.id == Task.instance_id)
    earliest: dict[str, datetime] = {}
    for found in (
        armed.where(going, Timer.instance_id.in_(instances), Timer.status == "armed").group_by(Timer.instance_id),
        due.where(going, Task.instance_id.in_(instances), Task.status == "open", Task.due_at > now).group_by(
            Task.instance_id
        ),
    ):
        for instance_id, moment in tx.execute(found):
            if moment is not None:
                earliest[instance_id] = min(moment, earliest.get(instance_id, moment))
    return earliest


def awaited(
    tx: Session, app: App, rows: Iterable[tuple[Instance, Definition]], busy: Container[str]
) -> dict[str, list[View]]:
    """What each of these instances waits for beside people, by id: ``kind``, ``element``, its ``name`` and ``until``;
    joins, conditions and called processes only where nothing else and no task is told (``busy`` have one)."""
    going = [(row, app.model(one.bundle_hash, one.key)) for row, one in rows if row.ended_at is None]
    ids = [row.id for row, _ in going]
    timers: dict[str, list[Timer]] = {}
    for timer in tx.scalars(
        select(Timer).where(Timer.instance_id.in_(ids), Timer.status == "armed").order_by(Timer.id)
    ):
        timers.setdefault(timer.instance_id, []).append(timer)
    messages: dict[str, list[Subscription]] = {}
    for one in tx.scalars(select(Subscription).where(Subscription.instance_id.in_(ids)).order_by(Subscription.id)):
        messages.setdefault(one.instance_id, []).append(one)
    told: dict[str, list[View]] = {}
    for row, model in going:
        told[row.id] = _awaited(model, timers.get(row.id, []), messages.get(row.id, []))
        if not told[row.id] and row.id not in busy:
            told[row.id] = [_awaits(one.kind, one.element, one.name, None) for one in standing(model, row.state)]
    return told


def _awaited(model: Model, timers: Sequence[Timer], messages: Sequence[Subscription]) -> list[View]:
    limits = _limits(model, timers)
    waits = {element for element, info in model.elements.items() if info.type in CATCHING}
    return [
        *(_awaits("timer", one.element, one.name, one.due_at) for one in timers if one.element in waits),
        *(
            _awaits(one.kind, one.element, model.elements[one.element].name or one.name, limits.get(one.element))
            for one in messages
            if one.element in waits
        ),
    ]


def _awaits(kind: str, element: str, name: str, until: datetime | None) -> View:
    return {"kind": kind, "element": element, "name": name, "until": until}


def waiting(
    model: Model,
    row: Instance,
    tasks: Sequence[View],
    timers: Sequence[Timer],
    subscriptions: Sequence[Subscription],
    incidents: Sequence[Incident],
    stands: Sequence[Standing],
    nobody: Mapping[str, tuple[str, str]],
    reason: str,
    since: Mapping[str, datetime],
    text: Text,
    now: datetime,
) -> list[View]:
    """Each thing that the instance waits for, what stops it first; ``who`` are login names, groups or nobody,
    ``event`` is the message or signal: its name in the file stands in the words only where the element has none.
    ``nobody`` is what ``stranded`` found, ``reason`` that of a suspension."""

    def name(element: str) -> str:
        info = model.elements.get(element)
        return info.name or element if info else element

    def waits_itself(element: str) -> bool:
        info = model.elements.get(element)
        return info is not None and info.type in CATCHING

    limits = _limits(model, timers)
    return [
        *_suspended(row, reason, text),
        *(_incident(incident, name(incident.element), text) for incident in incidents),
        *(_task(task, nobody.get(task["id"], ("", "")), text, now) for task in tasks),
        *(_timer(timer, text) for timer in timers if waits_itself(timer.element)),
        *(
            _message(found, name(found.element), limits.get(found.element), text)
            for found in subscriptions
            if waits_itself(found.element)
        ),
        *(_standing(entry, since, limits.get(entry.element), text) for entry in stands),
    ]


def _limits(model: Model, timers: Sequence[Timer]) -> dict[str, datetime]:
    """When a timer on its border ends the waiting of an element, by element."""
    hosts = {node.id: node.attached_to for _, node in model.nodes() if node.attached_to and node.interrupting}
    limits: dict[str, datetime] = {}
    for timer in timers:
        if host := hosts.get(timer.element):
            limits[host] = min(timer.due_at, limits.get(host, timer.due_at))
    return limits


def _until(until: datetime | None, text: Text) -> tuple[str, str]:
    return (f"，最晚到 {text(until)}", f", until {text(until)} at the latest") if until else ("", "")


def _entry(
    kind: str, element: str | None, name: str, words: tuple[str, str], *, since: datetime | None,
    until: datetime | None = None, who: Iterable[str] = (), event: str | None = None,
) -> View:  # fmt: skip
    return {
        "kind": kind, "element": element, "name": name, "since": since, "until": until, "who": list(who),
        "words": words[0], "en": words[1], "event": event,
    }  # fmt: skip


def _suspended(row: Instance, reason: str, text: Text) -> list[View]:
    if row.suspended_at is None:
        return []
    clock = ("，期限已暂停", ", its deadlines stand still") if row.clock_stopped else ("，期限照常计算", "")
    at = text(row.suspended_at)
    words = (
        f"已由 {row.suspended_by} 于 {at} 挂起{clock[0]}，原因：{reason}；恢复后才能办理。",
        f"Suspended by {row.suspended_by} at {at}{clock[1]} ({reason}); resume it first.",
    )
    return [_entry("suspended", None, "", words, since=row.suspended_at, who=[row.suspended_by or ""])]


def _incident(incident: Incident, name: str, text: Text) -> View:
    at = text(incident.opened_at)
    words = (
        f"“{name}”于 {at} 出错，等管理员处理：{incident.message}",
        f"{name} failed at {at} and waits for an administrator: {incident.message}",
    )
    return _entry("incident", incident.element, name, words, since=incident.opened_at)


def _task(task: View, nobody: tuple[str, str], text: Text, now: datetime) -> View:
    holder, due = task["assignee"], task["due_at"]
    who = [holder] if holder else [*task["groups"], *task["users"]]
    whom = "、".join(who) or "管理员"
    later = task["follow_up_at"] if task["follow_up_at"] and task["follow_up_at"] > now else None
    aside = (f"，先放到 {text(later)}", f", put aside until {text(later)}") if later else ("", "")
    until = ("，没有期限", ", without deadline")
    if due is not None:
        late = due <= now
        until = (
            f"，期限 {text(due)}{'，已逾期' if late else ''}", f", due {text(due)}{', overdue' if late else ''}"
        )  # fmt: skip
    words = (
        f"“{task['name']}”等 {whom} {'办理' if holder else '认领'}{until[0]}{aside[0]}。{nobody[0]}",
        f"{task['name']} waits for {', '.join(who) or 'an admin'} to {'do' if holder else 'claim'} it{until[1]}"
        f"{aside[1]}.{nobody[1]}",
    )
    return _entry("task", task["element"], task["name"], words, since=task["created_at"], until=due, who=who)


def _timer(timer: Timer, text: Text) -> View:
    at = text(timer.due_at)
    words = f"“{timer.name}”等到 {at} 自动继续。", f"{timer.name} goes on by itself at {at}."
    return _entry("timer", timer.element, timer.name, words, since=timer.armed_at, until=timer.due_at)


def _message(found: Subscription, name: str, until: datetime | None, text: Text) -> View:
    keys = "、".join(str(value) for value in found.correlation.values())
    what = ("消息", "a message") if found.kind == "message" else ("信号", "a signal")
    named = ("", "") if name != found.element else (f"“{found.name}”", f" {found.name}")
    since, limit = text(found.created_at), _until(until, text)
    words = (
        f"“{name}”自 {since} 起等{what[0]}{named[0]}{f'（{keys}）' if keys else ''}{limit[0]}。",
        f"{name} waits for {what[1]}{named[1]}{f' ({keys})' if keys else ''} since {since}{limit[1]}.",
    )
    return _entry(found.kind, found.element, name, words, since=found.created_at, until=until, event=found.name)


def _standing(entry: Standing, since: Mapping[str, datetime], until: datetime | None, text: Text) -> View:
    what: Any = "、".join(f"“{awaited}”" for awaited in entry.what)
    words = {
        "join": (f"“{entry.name}”等这些分支到齐：{what}", f"{entry.name} waits for the branches {what} to arrive"),
        "condition": (f"“{entry.name}”等条件成立：{what}", f"{entry.name} waits for the condition {what}"),
        "called": (f"“{entry.name}”等调用的流程{what}结束", f"{entry.name} waits for the called process {what}"),
    }[entry.kind]
    limit = _until(until, text)
    began = max((since[element] for element in entry.after if element in since), default=None)
    whole = f"{words[0]}{limit[0]}。", f"{words[1]}{limit[1]}."
    return _entry(entry.kind, entry.element, entry.name, whole, since=began, until=until)


def _since(tx: Session, instance_id: str, elements: set[str]) -> dict[str, datetime]:
    """When each of these elements last did something."""
    found = select(Event.element, func.max(Event.at)).where(
        Event.instance_id == instance_id, Event.element.in_(elements)
    )
    return {str(element): at for element, at in tx.execute(found.group_by(Event.element))} if elements else {}
