"""The office's own HTTP gateway for text messages, as the environment describes it; a bad value is refused with a
sentence. What may be secret (address, headers, body) is in no ``repr``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

from engine.errors import SettingsError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
METHODS = ("POST", "PUT")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DEFAULT_BODY = '{"phone": "{phone}", "text": "{text}"}'
NO_HEADER = set("\r\n\0")


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """Where and how a text message is handed over. ``success``: the field of the JSON answer that says whether it was
    taken, as keys from outside in, and the value that means yes; empty: the HTTP status alone says it.
    """

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default=DEFAULT_BODY, repr=False)
    success: tuple[tuple[str, ...], str] | None = None

    @property
    def where(self) -> str:
        """Scheme, host and port: what may be shown."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")

    @property
    def kind(self) -> str:
        """The content type of the body."""
        given = next((value for name, value in self.headers.items() if name.lower() == "content-type"), JSON)
        return given.partition(";")[0].strip().lower()

    def filled(self, values: Mapping[str, str]) -> bytes:
        """The body with ``{phone}``, ``{text}`` and ``{id}``, whatever these hold: it stays one JSON value or form."""
        if self.kind == JSON:
            return json.dumps(_filled(json.loads(self.body), values), ensure_ascii=False).encode()
        return _put(self.body, {name: quote_plus(value) for name, value in values.items()}).encode()

    def accepted(self, answer: bytes) -> str:
        """What is wrong with the answer to a 2xx; empty when the message was taken."""
        if self.success is None:
            return ""
        path, wanted = self.success
        try:
            value = json.loads(answer)
            for key in path:
                value = value[int(key)] if isinstance(value, list) else value[key]
        except (ValueError, LookupError, TypeError, RecursionError):
            return f"{'.'.join(path)}: —"
        shown = value if isinstance(value, str) else json.dumps(value)
        return "" if shown == wanted else f"{'.'.join(path)}: {shown[:100]}"


def from_env(values: Mapping[str, str]) -> SmsGateway | None:
    """The gateway of ``BIHUAN_SMS_*``; None without ``BIHUAN_SMS_URL``. Raises SettingsError."""
    url = values.get("BIHUAN_SMS_URL")
    if not url:
        return None
    gateway = SmsGateway(
        _url(url, values.get("BIHUAN_SMS_PLAIN") == "1"),
        _method(values.get("BIHUAN_SMS_METHOD") or "POST"),
        _headers(values.get("BIHUAN_SMS_HEADERS") or "{}"),
        values.get("BIHUAN_SMS_BODY") or DEFAULT_BODY,
        _success(values.get("BIHUAN_SMS_SUCCESS") or ""),
    )
    _check_body(gateway)
    return gateway


def _url(text: str, plain: bool) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or parts.username or parts.fragment or not text.isascii() or any(letter <= " " for letter in text):
        raise SettingsError(
            "BIHUAN_SMS_URL 不是短信网关的网址，请填例如 https://sms.example/send；密钥写在 BIHUAN_SMS_HEADERS 里。",
            en="BIHUAN_SMS_URL is no address; use for example https://sms.example/send, secrets in BIHUAN_SMS_HEADERS.",
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain:
        raise SettingsError(
            "BIHUAN_SMS_URL 是 http://，手机号、短信内容和密钥会明文传输。请改用 https://；"
            "确在专网内、只能用 http 时设置 BIHUAN_SMS_PLAIN=1。",
            en="BIHUAN_SMS_URL is plain http: numbers, texts and secrets would be readable on the way. Use https, or "
            "set BIHUAN_SMS_PLAIN=1 when the gateway is on a closed network.",
        )
    return text


def _method(text: str) -> str:
    if text.upper() in METHODS:
        return text.upper()
    raise SettingsError("BIHUAN_SMS_METHOD 只能是 POST 或 PUT。", en="BIHUAN_SMS_METHOD is POST or PUT.")


def _headers(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if (
        isinstance(found, dict)
        and all(isinstance(value, str) and value.isascii() and NO_HEADER.isdisjoint(value) for value in found.values())
        and all(name.isascii() and name.replace("-", "").isalnum() for name in found)
    ):
        return found
    raise SettingsError(
        'BIHUAN_SMS_HEADERS 应是 JSON，名称和值都是英文字符，例如 {"Authorization": "Bearer 密钥"}。',
        en='BIHUAN_SMS_HEADERS must be a JSON object of ASCII texts, for example {"Authorization": "Bearer …"}.',
    )


def _success(text: str) -> tuple[tuple[str, ...], str] | None:
    if not text:
        return None
    path, equals, wanted = text.partition("=")
    keys = tuple(part.strip() for part in path.split("."))
    if equals and all(keys):
        return keys, wanted.strip()
    raise SettingsError(
        "BIHUAN_SMS_SUCCESS 应写作 字段=值，例如 code=0 或 result.status=ok。",
        en="BIHUAN_SMS_SUCCESS is written field=value, for example code=0 or result.status=ok.",
    )


def _check_body(gateway: SmsGateway) -> None:
    try:
        known = gateway.kind in (JSON, FORM)
        filled = gateway.filled({"phone": "§p§", "text": "§t§", "id": ""}).decode() if known else ""
    except (ValueError, RecursionError):
        filled = ""
    if any(mark not in filled and quote_plus(mark) not in filled for mark in ("§p§", "§t§")):
        raise SettingsError(
            "BIHUAN_SMS_BODY 应是含有 {phone} 和 {text} 的 JSON；网关要表单时，在 BIHUAN_SMS_HEADERS 里写 "
            f"Content-Type 为 {FORM}，例如 mobile={{phone}}&content={{text}}。",
            en="BIHUAN_SMS_BODY must be JSON with {phone} and {text}, or a form when the Content-Type in "
            f"BIHUAN_SMS_HEADERS is {FORM}, for example mobile={{phone}}&content={{text}}.",
        )


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _put(value, values)
    if isinstance(value, list):
        return [_filled(entry, values) for entry in value]
    if isinstance(value, dict):
        return {key: _filled(entry, values) for key, entry in value.items()}
    return value


def _put(template: str, values: Mapping[str, str]) -> str:
    """Each place once: what a text holds is never taken for a place."""
    parts = template.split("{")
    done = [parts[0]]
    for part in parts[1:]:
        name, end, rest = part.partition("}")
        done.append(values[name] + rest if end and name in values else "{" + part)
    return "".join(done)
