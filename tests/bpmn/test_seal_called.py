"""Another process calls `seal` with four variables and goes on with its result, as often as it likes."""

import yaml

from engine.bpm.play import play
from engine.campaign import clock_rules
from tests.bpmn.shipped import BPMN, files, registry
from tests.engine.bpm.diagrams import diagram, flows

INPUTS = "".join(
    f'<camunda:in source="{name}" target="{name}"/>' for name in ("hazard", "place_name", "lead", "seal_reason")
)
CALLER = diagram(
    '<startEvent id="s"/><callActivity id="seal" calledElement="seal"><extensionElements>'
    f'{INPUTS}<camunda:out source="result" target="seal_result"/></extensionElements></callActivity>'
    f'<endEvent id="e"/>{flows("s>seal", "seal>e")}'
)


def test_a_caller_gives_four_variables_and_gets_the_result() -> None:
    scenario = yaml.safe_load((BPMN / "seal/scenarios/extended.yaml").read_text(encoding="utf-8"))
    told = {
        **scenario,
        "process": None,
        "expect": {"status": "completed", "variables": {"seal_result": "查封已解除：不再需要"}},
    }
    told.pop("process")

    answer = play({"caller.bpmn": CALLER, **files()}, told, functions=clock_rules.FUNCTIONS, operators=registry())

    assert (answer["error"], answer["differences"], answer["incidents"]) == (None, [], [])
    assert not {name for name in answer["variables"] if name.endswith("_due_at")}
