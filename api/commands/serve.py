"""``bihuan serve``: web and scheduler in one process, for one machine."""

import click
import waitress

from api.app import create_app
from api.commands.endings import end_on_term
from api.installation import opened, read_settings, with_secret
from engine.app import App
from engine.errors import SettingsError
from scheduler.clockwork import Clockwork

THREADS = 8


@click.command()
def serve() -> None:
    """网页与定时任务在一个进程中运行 / web and scheduler in one process."""
    with opened(with_secret(read_settings())) as app:
        server = _listen(app)
        work = Clockwork(app)
        work.start()
        click.echo(f"闭环 Bihuan: http://{app.settings.host}:{app.settings.port}  (Ctrl+C 停止 / stops)")
        try:
            end_on_term()
            server.run()
        finally:
            work.stop()
            server.close()


def _listen(app: App) -> waitress.server.BaseWSGIServer:
    web, host, port = create_app(app), app.settings.host, app.settings.port
    try:
        return waitress.create_server(web, host=host, port=port, threads=THREADS, ident=None)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"不能在 {host}:{port} 上监听（{error}）。端口可能已被占用，请改 BIHUAN_PORT 或 BIHUAN_HOST。",
            en=f"Cannot listen on {host}:{port} ({error}). Is the port taken? Change BIHUAN_PORT or BIHUAN_HOST.",
        ) from error
