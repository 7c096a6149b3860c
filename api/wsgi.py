"""The web application for worker processes: each opens the installation anew from the environment."""

from flask import Flask

from api.app import create_app
from api.compose import compose
from api.installation import read_settings, with_secret


def application() -> Flask:
    """What a WSGI server loads: ``api.wsgi:application``, called once in each worker."""
    return create_app(compose(with_secret(read_settings())))
