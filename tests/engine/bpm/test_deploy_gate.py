"""The gate before a deployment: scenarios are played, one that fails refuses it, and what came of them is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app import App
from engine.bounded import STANDARD, Compute, Limits
from engine.bpm import definitions, deploy_gate, drafts, kept_scenarios, trials
from engine.bpm.scenario_verdicts import line_of
from engine.campaign.demo.load import DIAGRAMS, are_shipped, diagrams
from engine.errors import Invalid
from engine.forker import Forker
from tests.engine.bpm.diagrams import REVIEW, STRICT, diagram, flows

PASSES = "auto: true\nexpect: {status: completed}\n"
FAILS = "steps:\n  - advance: P1D\n  - check: {open: [rectify]}\n  - check:\n      open: [recheck]\n"
STOPS = "# 先复查\nsteps:\n  - complete: {task: recheck}\n"
CHANGED = REVIEW.replace(b'name="', b'name="x', 1)
BUSY = diagram(
    '<startEvent id="s"/><scriptTask id="t"><script>n = n + 1</script></scriptTask><exclusiveGateway id="x"/>'
    + flows("s>t", "t>x", "x>t"),
    key="busy",
)


class Counting:
    """The real one, and how often it was asked."""

    def __init__(self, real: Forker) -> None:
        self.real, self.asked = real, 0

    def answer(self, compute: Compute, limits: Limits = STANDARD) -> str:
        self.asked += 1
        return self.real.answer(compute, limits)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting(deploy_gate.PLAYER)
    monkeypatch.setattr(deploy_gate, "PLAYER", made)
    return made


def draft(app: App, **scenarios: str) -> int:
    files = {"review.bpmn": REVIEW.decode(), **{f"{name}.yaml": text for name, text in scenarios.items()}}
    saved = drafts.save(app, "review", revision=0, base_version=None, files=files, by="ann")
    number: int = saved["revision"]
    return number


def deploy(app: App, revision: int = 1, reason: str = "因为", **how: bool) -> dict[str, object]:
    return drafts.deploy(app, "review", revision=revision, newest=None, reason=reason, by="ann", **how)


def test_a_scenario_that_fails_refuses_the_deployment_and_says_where_what_and_what_to_do(app: App) -> None:
    draft(app, fails=FAILS, passes=PASSES, stops=STOPS, broken="steps:\n - [\n")
    with pytest.raises(Invalid) as refused:
        deploy(app)
    told = {problem["file"]: problem["message"] for problem in refused.value.problems}
    assert set(told) == {"fails.yaml", "stops.yaml", "broken.yaml"}
    for part in ("第 5 行", "steps[3].check.open", "recheck", "rectify", "改流程"):
        assert part in told["fails.yaml"]
    assert "第 3 行" in told["stops.yaml"] and "没有打开" in told["stops.yaml"]
    assert "第 3 行" in told["broken.yaml"]
    assert {problem["rule"] for problem in refused.value.problems} == {"scenario"}
    assert drafts.show(app, "review", by="ann")["newest"] is None, "nothing was deployed"


def test_somebody_may_take_it_upon_himself_with_a_reason_which_is_kept(app: App) -> None:
    draft(app, fails=FAILS, passes=PASSES)
    with pytest.raises(Invalid, match="原因"):
        deploy(app, reason=" ", despite=True)
    deploy(app, reason="台风，先上线", despite=True)
    kept = definitions.show(app, "review")
    trial = kept["trial"]
    assert (kept["reason"], kept["deployed_by"], trial["state"], trial["despite"]) == (
        "台风，先上线", "ann", "failed", True,
    )  # fmt: skip
    assert [(row["scenario"], row["verdict"], row["line"]) for row in trial["scenarios"]] == [
        ("fails.yaml", "failed", 5), ("passes.yaml", "passed", None),
    ]  # fmt: skip


def test_what_was_just_tried_on_the_page_is_not_played_again(app: App, counted: Counting) -> None:
    revision = draft(app, passes=PASSES, fails=FAILS)
    for scenario in (PASSES, FAILS):
        trials.play(app, {"review.bpmn": REVIEW.decode()}, scenario, process="review")
    with pytest.raises(Invalid) as refused:
        deploy(app, revision)
    (problem,) = refused.value.problems
    assert problem["file"] == "fails.yaml" and "fails.yaml 第 5 行" in problem["message"]
    drafts.save(app, "review", revision=revision, base_version=None, by="ann",
                files={"review.bpmn": REVIEW.decode(), "passes.yaml": PASSES})  # fmt: skip
    made = deploy(app, revision + 1)
    assert (made["trial"]["state"], counted.asked) == ("passed", 0)  # type: ignore[index]
    definitions.deploy(app, {"review.bpmn": CHANGED}, by="bob")
    assert counted.asked == 1, "other files are another play"


def test_a_process_keeps_its_scenarios_and_is_tried_with_them_whoever_deploys_it(app: App) -> None:
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="bob", sent={"open.yaml": "expect: {open: [rectify]}"})
    renamed = {"review.bpmn": REVIEW.replace(b'"rectify"', b'"mend"').replace(b"rectify_", b"mend_")}
    with pytest.raises(Invalid) as refused:
        definitions.deploy(app, renamed, by="bob")
    assert [problem["file"] for problem in refused.value.problems] == ["open.yaml"]
    made = definitions.deploy(app, renamed, by="bob", sent={"new.yaml": "expect: {open: [mend]}"})
    assert (made.trial["state"], made.definitions[0]["version"]) == ("passed", 2)
    with app.reading() as tx:
        assert list(kept_scenarios.of(tx, "review")) == ["new.yaml"]


def test_a_version_without_scenarios_says_so_and_one_that_lost_some_names_them(app: App) -> None:
    made = definitions.deploy(app, {"review.bpmn": REVIEW}, by="bob")
    assert made.trial["state"] == definitions.show(app, "review")["trial"]["state"] == "none"
    assert "没有场景" in made.trial["words"]
    definitions.deploy(app, {"review.bpmn": CHANGED}, by="bob", sent={"gone.yaml": PASSES, "stays.yaml": PASSES})
    drafts.save(app, "review", revision=0, base_version=2, by="ann",
                files={"review.bpmn": REVIEW.decode(), "stays.yaml": PASSES})  # fmt: skip
    trial = drafts.deploy(app, "review", revision=1, newest=2, reason="改", by="ann")["trial"]
    assert trial["dropped"] == ["gone.yaml"] and "gone.yaml" in trial["words"]


def test_of_several_processes_each_is_tried_with_its_own(app: App) -> None:
    files = {"review.bpmn": REVIEW, "strict.bpmn": STRICT}
    beside = {
        "strict.bpmn": {"late.yaml": "steps: [{advance: PT1H}]\nexpect: {open: [escalated]}", "simulation.yaml": "x"}
    }
    made = definitions.deploy(app, files, by="bob", sent={"a.yaml": "process: review\n" + PASSES}, beside=beside)
    assert made.trial["state"] == "passed"
    tried = {one["key"]: [row["scenario"] for row in one["trial"]["scenarios"]] for one in made.definitions}
    assert tried == {"review": ["a.yaml"], "strict": ["late.yaml"]}


def test_a_scenario_that_never_ends_is_given_up(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy_gate, "LIMITS", Limits(soft=0.3))
    wanted = deploy_gate.wanted_of(
        "busy", {"long.yaml": "variables: {n: 0}", "short.yaml": "expect: {status: running}"}
    )
    row, _ = deploy_gate.rehearse(app, {"busy.bpmn": BUSY}, wanted)
    assert (row["verdict"], "时间用完了" in row["message"]) == ("failed", True)
    monkeypatch.setattr(deploy_gate, "LIMITS", Limits(wall=0.01))
    assert {row["verdict"] for row in deploy_gate.rehearse(app, {"busy.bpmn": BUSY}, wanted)} == {"failed"}


def test_going_back_is_never_refused_for_the_scenarios_of_the_version_that_is_left(app: App) -> None:
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="bob")
    renamed = {"review.bpmn": REVIEW.replace(b'"rectify"', b'"mend"')}
    definitions.deploy(app, renamed, by="bob", sent={"new.yaml": "expect: {open: [mend]}"})
    back = drafts.roll_back(app, "review", 1, reason="改错了", by="ann")
    assert (back["definitions"][0]["version"], back["trial"]["state"]) == (3, "failed")


def test_what_the_release_was_tested_with_is_known_by_its_bytes(app: App) -> None:
    files = diagrams()
    beside = kept_scenarios.beside({name: DIAGRAMS / name for name in files})
    assert are_shipped(files, beside)
    assert not are_shipped(files | {"hazard/hazard.bpmn": files["hazard/hazard.bpmn"] + b" "}, beside)
    assert not are_shipped(files, {**beside, "hazard/hazard.bpmn": {}})
    (row,) = deploy_gate.shipped(deploy_gate.wanted_of("hazard", {"a.yaml": PASSES}))
    assert deploy_gate.trial([row])["state"] == "shipped"


@pytest.mark.parametrize(
    ("where", "line"),
    [("steps[1]", 2), ("steps[2].check.open", 3), ("steps[3].check.open", 5), ("steps[9]", 1), ("expect.status", None),
     ("", None)],
)  # fmt: skip
def test_a_place_in_a_scenario_has_a_line(where: str, line: int | None) -> None:
    assert line_of(FAILS, where) == line


@given(st.text(" -:[]{}&*!#\n\x85\u2028aé步", max_size=40), st.text("steps[]0123.check", max_size=12))
def test_whatever_the_text_and_the_place_there_is_a_line_of_the_text_or_none(text: str, where: str) -> None:
    line = line_of(text, where)
    assert line is None or 1 <= line <= len(text) + 2
