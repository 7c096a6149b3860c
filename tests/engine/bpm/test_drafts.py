"""Drafts: a set of files per person and process, two windows, two people, deployed as one set, rolled back."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app import App
from engine.bpm import definitions, drafts, file_sets, kept_scenarios, trials
from engine.bpm.bundles import own_files
from engine.campaign.demo.load import DIAGRAMS, diagrams
from engine.errors import Conflict, EngineError, Invalid, NotFound, Stale, TooLarge
from tests.engine.bpm.diagrams import REVIEW

SCENARIO = "auto: true\nexpect: {status: completed}\n"


@pytest.fixture
def deployed(app: App) -> App:
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="root")
    return app


def files_of(app: App) -> dict[str, str]:
    opened = drafts.show(app, "review", by="ann")
    files: dict[str, str] = opened["files"]
    return files


def changed(app: App, name: str) -> dict[str, str]:
    files = files_of(app)
    return files | {"review.bpmn": files["review.bpmn"].replace('name="复查"', f'name="{name}"')}


def save(app: App, files: dict[str, str], revision: int = 0, by: str = "ann") -> int:
    saved = drafts.save(app, "review", revision=revision, base_version=1, files=files, by=by)
    number: int = saved["revision"]
    return number


def test_a_process_opens_with_the_files_of_its_newest_version_and_keeps_what_is_saved(deployed: App) -> None:
    opened = drafts.show(deployed, "review", by="ann")
    assert (opened["revision"], opened["base_version"], list(opened["files"])) == (0, 1, ["review.bpmn"])
    save(deployed, opened["files"] | {"late.yaml": SCENARIO})
    again = drafts.show(deployed, "review", by="ann")
    assert again["revision"] == 1 and again["files"]["late.yaml"] == SCENARIO
    assert drafts.show(deployed, "review", by="bob")["revision"] == 0, "a draft is its author's"


def test_two_windows_of_one_person_do_not_overwrite_each_other(deployed: App) -> None:
    files = files_of(deployed)
    assert save(deployed, files) == 1
    with pytest.raises(Stale):
        save(deployed, files | {"other.yaml": SCENARIO})
    assert save(deployed, files | {"mine.yaml": SCENARIO}, 1) == 2
    assert save(deployed, files | {"mine.yaml": SCENARIO}, 1) == 2, "the same sent again is no conflict"
    with pytest.raises(Stale):
        save(deployed, files, 1)


def test_who_else_has_a_draft_is_named(deployed: App) -> None:
    save(deployed, files_of(deployed), by="bob")
    (other,) = drafts.show(deployed, "review", by="ann")["others"]
    assert (other["person"], other["base_version"]) == ("bob", 1)


def test_who_has_the_process_open_learns_who_begins_to_change_it_and_what_went_live(deployed: App) -> None:
    def seen(by: str) -> tuple[int, list[str], int]:
        found = drafts.around(deployed, "review", by=by)
        assert "files" not in found
        return found["revision"], [other["person"] for other in found["others"]], found["newest"]["version"]

    assert seen("ann") == (0, [], 1)
    save(deployed, files_of(deployed), by="bob")
    assert (seen("ann"), seen("bob")) == ((0, ["bob"], 1), (1, [], 1))
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace(b'name="', b'name="x', 1)}, by="bob")
    drafts.discard(deployed, "review", by="bob")
    assert seen("ann") == (0, [], 2)
    assert drafts.around(deployed, "unknown", by="ann")["newest"] is None


def test_a_draft_is_deployed_as_one_set_and_its_scenarios_stay_with_the_process(deployed: App) -> None:
    revision = save(deployed, changed(deployed, "再次复核") | {"late.yaml": SCENARIO})
    made = drafts.deploy(deployed, "review", revision=revision, newest=1, reason="改名", by="ann")
    assert [(one["key"], one["version"], one["reason"]) for one in made["definitions"]] == [("review", 2, "改名")]
    fresh = drafts.show(deployed, "review", by="bob")
    assert (fresh["base_version"], fresh["files"]["late.yaml"]) == (2, SCENARIO)
    with pytest.raises(NotFound):
        drafts.of(deployed, "review", by="ann")


def test_a_deployment_is_refused_for_what_was_not_seen_or_is_wrong(deployed: App) -> None:
    revision = save(deployed, changed(deployed, "甲"))

    def deploy(**other: object) -> object:
        given: dict[str, object] = {"revision": revision, "newest": 1, "reason": "改名", "by": "ann"}
        return drafts.deploy(deployed, "review", **{**given, **other})  # type: ignore[arg-type]

    with pytest.raises(Invalid):
        deploy(reason=" ")
    with pytest.raises(Stale):
        deploy(revision=revision + 1)
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace(b'name="', b'name="x', 1)}, by="bob")
    with pytest.raises(Conflict, match="bob"):
        deploy()
    broken = {"review.bpmn": files_of(deployed)["review.bpmn"].replace('id="review"', 'id="other"')}
    revision = save(deployed, broken, revision)
    with pytest.raises(Invalid, match="review"):
        deploy(newest=2)


def test_an_older_version_becomes_the_newest_again(deployed: App) -> None:
    revision = save(deployed, changed(deployed, "改错了"))
    drafts.deploy(deployed, "review", revision=revision, newest=1, reason="改", by="ann")
    back = drafts.roll_back(deployed, "review", 1, reason="改错了", by="bob")
    assert back["definitions"][0]["version"] == 3
    assert drafts.version_files(deployed, "review", 3) == drafts.version_files(deployed, "review", 1)
    with pytest.raises(Conflict):
        drafts.roll_back(deployed, "review", 3, reason="再来", by="bob")


def test_of_many_processes_deployed_together_each_has_its_own_files(app: App) -> None:
    files = diagrams()
    made = definitions.deploy(app, files, by="root").definitions
    kept_scenarios.keep_beside(app, [one["key"] for one in made], {name: DIAGRAMS / name for name in files})
    opened = drafts.show(app, "hazard", by="ann")["files"]
    folder = {path.name for path in (DIAGRAMS / "hazard").iterdir() if path.suffix in file_sets.PROCESS}
    scenarios = {path.name for path in (DIAGRAMS / "hazard/scenarios").iterdir()}
    folder.add("competent_body.dmn")  # a table of the chain that the loop asks, too
    assert set(opened) == folder | scenarios | {"simulation.yaml"}
    renamed = opened | {"hazard.bpmn": opened["hazard.bpmn"].replace('name="核实分级"', 'name="核实并分级"')}
    saved = drafts.save(app, "hazard", revision=0, base_version=1, files=renamed, by="ann")
    deployed = drafts.deploy(app, "hazard", revision=saved["revision"], newest=1, reason="改名", by="ann")
    assert [(one["key"], one["version"]) for one in deployed["definitions"]] == [("hazard", 2)]
    differences = trials.compare(app, "hazard", before=1, after=2)["differences"]
    assert [row["name"] for row in differences] == ["核实并分级"]
    with app.reading() as tx:
        again = own_files(tx, definitions.find(tx, "hazard"))
    assert set(again) == folder, "what is called is pinned, and not the author's"


def test_a_set_is_tried_with_the_processes_it_calls(app: App) -> None:
    files = diagrams()
    definitions.deploy(app, files, by="root")
    own = drafts.version_files(app, "hazard", None)
    scenario = (DIAGRAMS / "hazard/scenarios/overdue_0902.yaml").read_text(encoding="utf-8")
    answer = trials.play(app, own, scenario)
    assert (answer["error"], answer["differences"]) == (None, [])
    assert trials.play(app, own, "steps: 3")["error"]
    assert trials.play(app, own, "a: [")["error"]
    simulated = trials.simulate(app, own | {"a.yaml": scenario})
    assert (simulated["error"], simulated["cases"]["started"]) == (None, trials.CASES)
    assert trials.forecast(app, "hazard", own) == {"running": 0, "looked_at": 0, "possible": 0, "blocked": []}


def test_a_forecast_says_which_cases_could_not_move(deployed: App) -> None:
    from engine.bpm import instances

    instances.start(deployed, "review", {}, by="root", business_key="YQ-1")
    own = drafts.version_files(deployed, "review", 1)
    assert trials.forecast(deployed, "review", own)["possible"] == 1
    moved = {"review.bpmn": own["review.bpmn"].replace('"rectify"', '"renamed"')}
    seen = trials.forecast(deployed, "review", moved)
    assert (seen["running"], seen["possible"], seen["blocked"][0]["example"]) == (1, 0, "YQ-1")


def test_files_that_cannot_be_read_are_not_compared(deployed: App) -> None:
    with pytest.raises(Invalid):
        trials.compare(deployed, "review", before=1, files={"review.bpmn": "<no"})


def test_a_set_comes_back_from_its_zip(deployed: App) -> None:
    files = files_of(deployed) | {"late.yaml": SCENARIO}
    assert file_sets.unpacked(file_sets.packed(files)) == files


def zipped(*members: tuple[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return sink.getvalue()


def test_a_hostile_zip_is_refused(tmp_path: Path) -> None:
    assert file_sets.unpacked(zipped(("../../etc/a.bpmn", b"<a/>"), ("notes.txt", b"x"))) == {"a.bpmn": "<a/>"}
    with pytest.raises(TooLarge):
        file_sets.unpacked(zipped(("a.bpmn", b"\0" * (file_sets.MOST_TEXT + 1))))
    with pytest.raises(TooLarge):
        file_sets.unpacked(zipped(*((f"{number}.form", b"{}") for number in range(file_sets.MOST_FILES + 1))))
    for bad in (b"", b"PK", zipped(), zipped(("a/x.form", b"{}"), ("b/x.form", b"{}"))):
        with pytest.raises(Invalid):
            file_sets.unpacked(bad)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_damaged_zip_is_a_set_or_refused(noise: bytes, place: int) -> None:
    good = zipped(("a.bpmn", b"<a/>" * 20))
    try:
        assert file_sets.unpacked(good[:place] + noise + good[place:])
    except EngineError as refused:
        assert refused.message


@pytest.mark.parametrize("name", ["", "a/b.bpmn", "..\\a.bpmn", "a.exe", "a\n.bpmn", " a.bpmn", "x" * 120 + ".bpmn"])
def test_a_set_has_plain_names_of_known_kinds(name: str) -> None:
    with pytest.raises(Invalid):
        file_sets.checked({name: ""})
