"""Who reported is encrypted at rest (安全生产法 73: 保密): whoever copies the database or a backup learns
nothing.

AES-256-GCM, a fresh nonce for each, bound to the number of the report, so that no row can be read as another's.
The keys come from BIHUAN_CONTACT_KEYS, or from BIHUAN_SECRET_KEY while that is not set: the first one encrypts, all of
them decrypt, each text says with which.
"""

import base64
import json
import secrets
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import Unavailable
from engine.settings import Settings

VERSION, PURPOSE, NONCE = "c1", b"bihuan reporter contact", 12


def seal(settings: Settings, report: str, name: str, phone: str) -> str:
    """The text to store for a report's contact. Raises Unavailable without a key."""
    key = _keys(settings)[0]
    nonce = secrets.token_bytes(NONCE)
    hidden = AESGCM(key).encrypt(nonce, json.dumps([name, phone]).encode(), report.encode())
    return f"{VERSION}.{_named(key)}.{base64.urlsafe_b64encode(nonce + hidden).decode()}"


def unseal(settings: Settings, report: str, text: str) -> tuple[str, str]:
    """Name and phone out of a stored text. Raises Unavailable when its key is not there, or it was tampered with."""
    _, named, body = text.split(".")
    raw = base64.urlsafe_b64decode(body)
    for key in _keys(settings):
        if _named(key) == named:
            try:
                name, phone = json.loads(AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], report.encode()))
            except InvalidTag as error:
                raise Unavailable(
                    "举报人信息校验不符，可能被改动过，请联系系统管理员。", en="The contact was tampered with."
                ) from error
            return name, phone
    raise Unavailable(
        "举报人信息的密钥不在本系统的设置里，请系统管理员核对 BIHUAN_CONTACT_KEYS。",
        en="The key of this contact is not among BIHUAN_CONTACT_KEYS.",
    )


def is_current(settings: Settings, text: str) -> bool:
    """Whether a stored text is encrypted with the first key."""
    return text.startswith(f"{VERSION}.{_named(_keys(settings)[0])}.")


def _keys(settings: Settings) -> Sequence[bytes]:
    given = settings.contact_keys or ((settings.secret_key,) if settings.secret_key else ())
    if not given:
        raise Unavailable(
            "没有设置密钥，不能保存或查看举报人信息：请设置 BIHUAN_SECRET_KEY 或 BIHUAN_CONTACT_KEYS。",
            en="No key: set BIHUAN_SECRET_KEY or BIHUAN_CONTACT_KEYS.",
        )
    return [HKDF(SHA256(), 32, None, PURPOSE).derive(text.encode()) for text in given]


def _named(key: bytes) -> str:
    return sha256(PURPOSE + key).hexdigest()[:16]
