"""Before requests, once in a while: read the holiday tables that other processes saved."""

import contextlib

from flask import Flask

from api import auth
from engine.campaign import calendars
from engine.errors import Unavailable


def keep_fresh() -> None:
    """Count with the newest tables; a database that is away is told of by whoever needs it next."""
    with contextlib.suppress(Unavailable):
        calendars.keep_fresh(auth.app())


def install(web: Flask) -> None:
    """Look before each request."""
    web.before_request(keep_fresh)
