"""``bihuan status``: what the operator looks at first."""

import json
from dataclasses import asdict

import click

from api.installation import opened
from engine import demo_clock, schema
from engine.bpm.status import status as count_now

WORDS = {
    "now": "流程时间 / process time",
    "running": "运行中的流程 / running instances",
    "open_tasks": "待办任务 / open tasks",
    "due": "今日到期 / due today",
    "overdue": "已超期 / overdue",
    "late_timers": "应触发未触发的定时器 / late timers",
    "late_since": "最早的应触发时刻 / late since",
    "incidents": "待处理的异常 / open incidents",
    "waiting_messages": "待投递的消息 / undelivered messages",
    "waiting_notices": "待发送的通知 / undelivered notices",
    "failed_notices": "发送失败的通知 / failed notices",
    "schedulers": "在运行的定时进程 / schedulers alive",
    "schema": "数据库版本 / schema version",
    "demo": "演示安装 / demo installation",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="机器可读 / machine readable")
def status(as_json: bool) -> None:
    """到期、超期、异常、未送达的通知、数据库版本 / how the installation stands."""
    with opened() as app:
        shown = asdict(count_now(app)) | {"schema": schema.present(app), "demo": demo_clock.is_demo(app)}
        for moment in ("now", "late_since"):
            shown[moment] = shown[moment] and shown[moment].astimezone(app.zone).isoformat(timespec="seconds")
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for key, value in shown.items():
        click.echo(f"{WORDS[key]}: {'—' if value is None else value}")
