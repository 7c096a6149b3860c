"""Notices as log lines, for installations without a mail server and for people without an address."""

import structlog

from engine.bpm.model import Notice
from engine.settings import Settings

log = structlog.get_logger("notice")


def send(settings: Settings, notice: Notice) -> None:
    """Write one line; the recipient and the id are in it."""
    log.info(notice.subject, id=notice.id, to=notice.recipient, body=notice.body)
