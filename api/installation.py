"""Opens the installation that the environment describes, or refuses with a sentence; for all commands."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy.exc import ArgumentError

from api.compose import compose
from engine import schema
from engine.app import App
from engine.campaign import calendars
from engine.errors import SettingsError
from engine.settings import Settings

log = structlog.get_logger("bihuan")
SECRET_FILE = "secret.key"


@contextmanager
def opened(settings: Settings | None = None, *, current: bool = True) -> Iterator[App]:
    """The App of this installation; with ``current`` only when the tables have the version of this program."""
    app = _composed(settings or read_settings())
    try:
        if current:
            schema.check(app)
            calendars.refresh(app)
        yield app
    finally:
        app.close()


def read_settings() -> Settings:
    """The settings, with a data folder that exists and can be written to. Raises SettingsError."""
    settings = Settings.from_env()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        raise SettingsError(
            f"BIHUAN_DATA_DIR“{settings.data_dir}”不能写入（{error.strerror}），请换一个可写的文件夹。",
            en=f"BIHUAN_DATA_DIR: {settings.data_dir} cannot be written ({error.strerror}); use a folder that can.",
        ) from error
    return settings


def with_secret(settings: Settings) -> Settings:
    """The same settings with a secret key: the given one, or a random one that is kept in the data folder.

    Raises SettingsError when other machines can connect and none is given: the person who opens the installation to
    a network has to know where its key lies.
    """
    if settings.secret_key:
        return settings
    if settings.public:
        raise SettingsError(
            f"BIHUAN_HOST 是 {settings.host}，其他机器可以访问，因此必须设置 BIHUAN_SECRET_KEY，"
            "请填 `openssl rand -hex 32` 的输出并妥善保存。",
            en=f"BIHUAN_HOST is {settings.host}, so other machines can connect: set BIHUAN_SECRET_KEY, "
            "for example to the output of `openssl rand -hex 32`, and keep it.",
        )
    return replace(settings, secret_key=_kept_secret(settings.data_dir / SECRET_FILE))


def _kept_secret(path: Path) -> str:
    try:
        # Readable by the owner only from its first moment; of several processes that start at once, one makes it.
        part = os.open(part_name := f"{path}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(part, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(part_name, path)
            log.info(f"没有设置 BIHUAN_SECRET_KEY，已生成一个并保存在 {path} / a secret key was made and kept there")
        except FileExistsError:
            pass
        finally:
            os.unlink(part_name)
        return path.read_text()
    except OSError as error:
        raise SettingsError(
            f"密钥文件 {path} 不能读写（{error.strerror}），请设置 BIHUAN_SECRET_KEY 或修正文件权限。",
            en=f"The key file {path} cannot be used ({error.strerror}): set BIHUAN_SECRET_KEY or mend its permissions.",
        ) from error


def _composed(settings: Settings) -> App:
    try:
        return compose(settings)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            f"BIHUAN_DATABASE_URL 无法识别（{error}）。请用 sqlite:////路径/文件 或 postgresql://用户:密码@主机/库名。",
            en=f"BIHUAN_DATABASE_URL is not understood ({error}); use sqlite:////path/file or postgresql://user:pw@host/name.",
        ) from error
