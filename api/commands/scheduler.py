"""``bihuan scheduler``: the scheduler alone; any number of these may run over one database."""

import contextlib
import os
import threading

import click

from api.commands.endings import end_on_term
from api.installation import opened
from scheduler.clockwork import Clockwork

NICE = 5  # on a busy machine what people do comes first; what falls due is late by a moment


@click.command()
def scheduler() -> None:
    """只运行定时任务 / the scheduler alone."""
    os.nice(NICE)
    with opened() as app:
        work = Clockwork(app)
        work.start()
        click.echo("定时任务已启动 / the scheduler runs  (Ctrl+C 停止 / stops)")
        try:
            end_on_term()
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
        finally:
            work.stop()
