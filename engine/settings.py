"""What an installation can set, read once from the environment; a bad value is refused with a sentence that helps."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import sms_gateway
from engine.errors import SettingsError
from engine.sms_gateway import LOOPBACK, SmsGateway


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation; every field is documented in docs/guide/operate.md."""

    database_url: str
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    timezone: str = "Asia/Shanghai"
    secret_key: str | None = None
    smtp_url: str | None = None
    mail_from: str = "bihuan@localhost"
    public_url: str = ""
    trusted_proxies: int = 0
    contact_keys: tuple[str, ...] = ()
    sms: SmsGateway | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The installation's zone: local dates and times are read and shown in it (C7)."""
        return ZoneInfo(self.timezone)

    @property
    def public(self) -> bool:
        """Whether other machines can reach the web server."""
        return self.host not in LOOPBACK

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read ``BIHUAN_*``; raises SettingsError that names the variable and a value that works."""
        values = os.environ if env is None else env
        data_dir = Path(values.get("BIHUAN_DATA_DIR") or "./var").expanduser().absolute()
        return cls(
            database_url=_database_url(values.get("BIHUAN_DATABASE_URL") or f"sqlite:///{data_dir / 'bihuan.sqlite3'}"),
            data_dir=data_dir,
            host=values.get("BIHUAN_HOST") or "127.0.0.1",
            port=_port(values.get("BIHUAN_PORT") or "8000"),
            timezone=_timezone(values.get("BIHUAN_TIMEZONE") or "Asia/Shanghai"),
            secret_key=_secret(values.get("BIHUAN_SECRET_KEY")),
            smtp_url=_smtp_url(values.get("BIHUAN_SMTP_URL")),
            mail_from=values.get("BIHUAN_MAIL_FROM") or "bihuan@localhost",
            public_url=_public_url(values.get("BIHUAN_PUBLIC_URL")),
            contact_keys=_contact_keys(values.get("BIHUAN_CONTACT_KEYS") or ""),
            sms=sms_gateway.from_env(values),
            trusted_proxies=_proxies(values.get("BIHUAN_TRUSTED_PROXIES") or "0"),
        )


def _database_url(text: str) -> str:
    scheme = text.partition(":")[0]
    if scheme in ("postgresql", "postgres"):
        return "postgresql+psycopg" + text[len(scheme) :]
    if scheme in ("sqlite", "postgresql+psycopg"):
        return text
    raise SettingsError(
        f"BIHUAN_DATABASE_URL 的类型“{scheme}”不支持。请用 sqlite:////路径/文件 或 postgresql://用户:密码@主机/库名。",
        en=f"BIHUAN_DATABASE_URL: “{scheme}” is not supported; use sqlite:////path/file or postgresql://user:pw@host/name.",
    )


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise SettingsError(
        f"BIHUAN_PORT“{text}”不是端口号，请填 1 到 65535 之间的整数，例如 8000。",
        en=f"BIHUAN_PORT: “{text}” is no port; use a number from 1 to 65535, for example 8000.",
    )


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"BIHUAN_TIMEZONE“{text}”不是时区名称，请填例如 Asia/Shanghai。",
            en=f"BIHUAN_TIMEZONE: “{text}” is not a time zone; use for example Asia/Shanghai.",
        ) from error
    return text


def _secret(text: str | None) -> str | None:
    if text is not None and 0 < len(text) < 32:
        raise SettingsError(
            "BIHUAN_SECRET_KEY 太短，请用至少 32 个随机字符，例如 `openssl rand -hex 32` 的输出。",
            en="BIHUAN_SECRET_KEY is too short; use 32 random characters or more, e.g. from `openssl rand -hex 32`.",
        )
    return text or None


def _smtp_url(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme in ("smtp", "smtps", "smtp+starttls") and parts.hostname:
        return text
    raise SettingsError(
        f"BIHUAN_SMTP_URL“{text}”无法识别，请填例如 smtp+starttls://用户:密码@邮件服务器:587。",
        en=f"BIHUAN_SMTP_URL: “{text}” is not understood; use for example smtp+starttls://user:pw@mail.example:587.",
    )


def _public_url(text: str | None) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment:
        return text.rstrip("/")
    raise SettingsError(
        f"BIHUAN_PUBLIC_URL“{text}”不是网址，请填手机能打开的地址，例如 https://bihuan.example.gov.cn。",
        en=f"BIHUAN_PUBLIC_URL: “{text}” is no address; use for example https://bihuan.example.gov.cn.",
    )


def _proxies(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= 9:
        return int(text)
    raise SettingsError(
        f"BIHUAN_TRUSTED_PROXIES“{text}”不对，请填本程序前面的反向代理有几层（0 到 9），没有就填 0。",
        en=f"BIHUAN_TRUSTED_PROXIES: “{text}”: give the number of reverse proxies in front (0 to 9).",
    )


def _contact_keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(len(key) < 32 for key in keys):
        raise SettingsError(
            "BIHUAN_CONTACT_KEYS 中有太短的密钥：每个至少 32 个随机字符，用逗号分开，新的在前。",
            en="BIHUAN_CONTACT_KEYS: each key needs 32 random characters or more; separate by commas, newest first.",
        )
    return keys
