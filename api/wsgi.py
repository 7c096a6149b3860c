"""The web application for worker processes: each opens the installation anew from the environment."""

import multiprocessing
import os
import signal
import threading
import time

from flask import Flask

from api.app import create_app
from api.compose import compose
from api.installation import read_settings, with_secret

LOOK, GRACE = 1, 10  # seconds


def application() -> Flask:
    """What a WSGI server loads: ``api.wsgi:application``, called once in each worker."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return create_app(compose(with_secret(read_settings())))


def _end_with_parent() -> None:
    """A worker whose server was killed would hold the port, and answer there with yesterday's program, for ever."""
    parent = multiprocessing.parent_process()
    while parent is not None and os.getppid() == parent.pid:
        time.sleep(LOOK)
    if parent is not None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)  # for the requests in hand
        os._exit(1)
