"""The cast of the engine's tests: people of the office, its leader, and a stranger."""

import pytest

from engine.app import App
from engine.bpm import definitions
from engine.bpm.viewer import Viewer
from tests.engine.bpm.diagrams import REVIEW, STRICT


@pytest.fixture
def owner() -> Viewer:
    """Works in the office."""
    return Viewer("li", frozenset({"office"}))


@pytest.fixture
def colleague() -> Viewer:
    """Works in the office too."""
    return Viewer("wang", frozenset({"office"}))


@pytest.fixture
def leader() -> Viewer:
    """Leads the subdistrict."""
    return Viewer("zhao", frozenset({"leader"}))


@pytest.fixture
def stranger() -> Viewer:
    """Must see nothing."""
    return Viewer("qian", frozenset({"elsewhere"}))


@pytest.fixture
def deployed(app: App) -> App:
    """An installation with the two small diagrams."""
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="test")
    definitions.deploy(app, {"strict.bpmn": STRICT}, by="test")
    return app
