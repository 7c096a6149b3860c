"""Whether this process lives and can work, for the machine that runs it; needs no login and tells no secret."""

from flask import Blueprint, Response, jsonify

from api import auth
from engine import schema

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blp.get("/readyz")
def readyz() -> Response:
    """The database answers and has the schema of this code; otherwise 503."""
    schema.check(auth.app())
    return jsonify(status="ready")
