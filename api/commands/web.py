"""``bihuan web``: the web server alone, in worker processes; the scheduler runs elsewhere."""

import os

import click
from granian import Granian
from granian.constants import Interfaces

from api.installation import opened, read_settings, with_secret

THREADS = 4
PATIENCE = 10  # seconds for requests in hand when the server stops; a worker that does not end by then is killed


@click.command()
@click.option("--workers", type=click.IntRange(1, 256), default=os.cpu_count() or 1, show_default="one per core")
def web(workers: int) -> None:
    """只运行网页服务 / the web server alone, in several processes."""
    settings = with_secret(read_settings())
    with opened(settings):
        pass  # refuse here, once, rather than in each worker
    click.echo(f"闭环 Bihuan: http://{settings.host}:{settings.port}  ({workers} workers, Ctrl+C 停止 / stops)")
    Granian(
        "api.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        factory=True,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        websockets=False,
    ).serve()
