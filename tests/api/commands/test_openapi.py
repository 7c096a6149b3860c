"""The document of the HTTP interface, printed without a server."""

import json
from collections.abc import Callable

from click.testing import Result
from flask.testing import FlaskClient


def test_the_printed_document_is_the_served_one(run: Callable[..., Result], nobody: FlaskClient) -> None:
    printed = run("openapi")
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == nobody.get("/api/v1/openapi.json").json
