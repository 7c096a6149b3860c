"""An installation of its own for the browser tests of the cockpit, and what they do on it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from api.compose import compose
from engine.app import App
from engine.bpm import definitions, instances
from engine.campaign import people, units
from engine.db import Base
from engine.testing import FakeClock, fresh_settings
from tests.engine.bpm.diagrams import REVIEW, diagram, flows
from tests.web.conftest import ADMIN, PASSWORD, Site, serving

SCORE = diagram(
    f"""<startEvent id="start"/><scriptTask id="count" name="计算分值"><script>score = n * weight</script></scriptTask>
    <userTask id="look" name="查看" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>count", "count>look", "look>end")}""",
    key="score",
    name="打分",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with two small processes, an admin and a clerk, served as in production; its clocks stand."""
    folder = tmp_path_factory.mktemp("cockpit")
    app = compose(fresh_settings(f"sqlite:///{folder / 'site.sqlite3'}", folder))
    app.clock = FakeClock(app.wall())
    Base.metadata.create_all(app.engine)
    with app.transaction() as tx:
        hashed = people.hasher.hash(PASSWORD)
        units.add(tx, code="street", name="青云街道", kind="street")
        for name, unit, role in ((ADMIN, None, "admin"), ("clerk", "street", "clerk")):
            people.add(tx, app, name, password_hash=hashed, unit=unit, roles=[role], by="system")
    definitions.deploy(app, {"review.bpmn": REVIEW}, by=ADMIN)
    definitions.deploy(app, {"score.bpmn": SCORE}, by=ADMIN)
    with serving(app) as served:
        yield served


@pytest.fixture(scope="module")
def cookies() -> dict[str, Any]:
    """The cookies of this installation's people."""
    return {}


def begin(app: App, key: str, number: str, **values: object) -> str:
    return str(instances.start(app, key, values, by=ADMIN, business_key=number)["id"])


def give_reason(page: Page, reason: str, send: str) -> None:
    """Fill in the reason of the open dialog and send it."""
    page.get_by_role("dialog").get_by_label("原因").fill(reason)
    page.get_by_test_id(send).click()
