"""``bihuan serve``: web and scheduler in one process, for one machine."""

import socket

import click
import structlog
import waitress

from api.app import create_app
from api.commands.endings import end_on_term
from api.installation import opened, read_settings, with_secret
from engine import demo_clock
from engine.errors import SettingsError
from engine.settings import Settings
from scheduler.clockwork import Clockwork

THREADS = 8
log = structlog.get_logger("bihuan")


@click.command()
def serve() -> None:
    """网页与定时任务在一个进程中运行 / web and scheduler in one process."""
    with opened(with_secret(read_settings())) as app:
        server = waitress.create_server(
            create_app(app), sockets=[_listen(app.settings)], threads=THREADS, ident=None,
            clear_untrusted_proxy_headers=not app.settings.trusted_proxies,
        )  # fmt: skip
        work = Clockwork(app)
        work.start()
        if app.settings.public and demo_clock.is_demo(app):
            log.warning("演示账号的密码是公开的，请勿让其他机器访问 / the passwords of a demo are public")
        click.echo(f"闭环 Bihuan: http://{app.settings.host}:{app.settings.port}  (Ctrl+C 停止 / stops)")
        try:
            end_on_term()
            server.run()
        finally:
            work.stop()
            server.close()


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise SettingsError(
            f"不能在 {host}:{port} 上监听（{error}）。端口可能已被占用，请改 BIHUAN_PORT 或 BIHUAN_HOST。",
            en=f"Cannot listen on {host}:{port} ({error}). Is the port taken? Change BIHUAN_PORT or BIHUAN_HOST.",
        ) from error
