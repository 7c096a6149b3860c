"""Deploying a diagram that gives work to a group which nobody is in says so, and still deploys."""

from engine.app import App
from engine.bpm import definitions
from engine.campaign import people
from tests.engine.bpm.diagrams import diagram, flows


def test_a_group_without_people_is_a_warning_when_a_diagram_names_it(street: App) -> None:
    people.create(street, "li", password="long-enough", unit="safety_office", roles=["clerk"], by=None)
    tasks = "".join(
        f'<userTask id="t{number}" camunda:candidateGroups="{group}"/>'
        for number, group in enumerate(("safety_office", "clerk", "clerk@safety_office", "clerk@nowhere"))
    )
    body = f'<startEvent id="s"/>{tasks}<endEvent id="e"/>{flows("s>t0", "t0>t1", "t1>t2", "t2>t3", "t3>e")}'
    made = definitions.deploy(street, {"empty.bpmn": diagram(body)}, by="li")
    assert [problem["element"] for problem in made.problems if problem["rule"] == "group"] == ["t3"]
