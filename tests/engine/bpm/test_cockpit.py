"""What operators look up: health, heat, instances, incidents by cause, timers, audit; the numbers are right."""

from datetime import timedelta

import pytest

from engine.app import App
from engine.bpm import (
    audit,
    batches,
    definition_counts,
    definitions,
    event_range,
    health,
    heat,
    incident_groups,
    incidents,
    instance_search,
    instances,
    queries,
    tasks,
    timer_list,
    timers,
)
from engine.bpm.model import Event
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.errors import Conflict, Invalid, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, diagram, flows, timer

FAILING = diagram(
    f"""<startEvent id="start"/><scriptTask id="count" name="计算"><script>y = wrong + 1</script></scriptTask>
    <userTask id="look" name="查看" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>count", "count>look", "look>end")}""",
    key="failing",
)
CALLING = diagram(
    f"""<startEvent id="begin"/><callActivity id="call" name="调用" calledElement="review"/><endEvent id="over"/>
    {flows("begin>call", "call>over")}""",
    key="calling",
)
LI = Viewer("li", frozenset({"office"}))


def begin(app: App, key: str = "review", number: str = "YQ-1", **values: object) -> View:
    return instances.start(app, key, values, by="li", business_key=number)


def elements(app: App, key: str = "review", **period: timedelta) -> dict[str, View]:
    since = app.clock() - period.get("past", timedelta(days=30))
    return {row["element"]: row for row in heat.heat(app, key, since=since)["elements"]}


def test_heat_counts_what_stands_and_what_was_done_with_mean_and_95th_percentile(
    deployed: App, clock: FakeClock
) -> None:
    cases = [begin(deployed, number=f"YQ-{n}") for n in range(21)]
    for case in cases[:20]:
        clock.advance(minutes=1)
        tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=LI)
    found = elements(deployed)
    assert (found["rectify"]["running"], found["rectify"]["finished"]) == (1, 20)
    assert (found["recheck"]["running"], found["recheck"]["finished"]) == (20, 0)
    assert found["rectify"]["mean_seconds"] == pytest.approx(60 * 10.5, abs=1)
    assert found["rectify"]["p95_seconds"] == pytest.approx(60 * 19, abs=1)  # of 20 sorted values the 19th
    assert found["start"]["finished"] == 21 and found["start"]["mean_seconds"] is None
    assert "late" not in found  # what only listens on a border is no place


def test_heat_keeps_to_its_period_and_version(deployed: App, clock: FakeClock) -> None:
    first = begin(deployed)
    tasks.complete(deployed, first["tasks"][0]["id"], {}, viewer=LI)
    clock.advance(days=2)
    assert elements(deployed, past=timedelta(days=1)).keys() == {"recheck"}
    definitions.deploy(deployed, {"r.bpmn": REVIEW.replace("督办".encode(), "督促".encode())}, by="test")
    begin(deployed, number="YQ-2")
    since = clock() - timedelta(days=9)
    by_version = {
        version: {row["element"]: row["running"] for row in shown["elements"]}
        for version in (1, 2)
        for shown in [heat.heat(deployed, "review", version=version, since=since)]
    }
    assert by_version == {1: {"start": 0, "rectify": 0, "recheck": 1}, 2: {"start": 0, "rectify": 1}}
    whole = heat.heat(deployed, "review", since=since)
    assert (whole["version"], whole["all_versions"]) == (2, True)
    with pytest.raises(NotFound):
        heat.heat(deployed, "review", version=9, since=since)


def test_a_call_shows_how_many_instances_are_inside(deployed: App) -> None:
    definitions.deploy(deployed, {"calling.bpmn": CALLING}, by="test")
    for number in ("YQ-1", "YQ-2"):
        begin(deployed, "calling", number)
    found = elements(deployed, "calling")
    assert (found["call"]["running"], found["rectify"]["running"]) == (2, 2)
    assert (found["call"]["process"], found["rectify"]["process"]) == ("calling", "review")


def test_processes_of_one_deployment_that_use_the_same_ids_are_not_mixed_up(deployed: App) -> None:
    other = f"""<startEvent id="start"/><intermediateCatchEvent id="late">{timer("P9D")}</intermediateCatchEvent>
        <endEvent id="end"/>{flows("start>late", "late>end")}"""
    files = {"a.bpmn": diagram(other, key="aside"), "r.bpmn": REVIEW.replace("督办".encode(), "督促".encode())}
    definitions.deploy(deployed, files, by="test")
    begin(deployed)
    begin(deployed, "aside", "YQ-2")
    assert "late" not in elements(deployed) and elements(deployed)["rectify"]["process"] == "review"
    assert elements(deployed, "aside")["late"]["running"] == 1


def test_incidents_are_grouped_by_what_they_say_and_retried_together(deployed: App) -> None:
    definitions.deploy(deployed, {"f.bpmn": FAILING}, by="test")
    cases = [begin(deployed, "failing", f"YQ-{n}") for n in range(3)]
    incidents.skip(deployed, _incident(deployed, cases[2]["id"]), by="root", reason="人工")
    [group] = incident_groups.groups(deployed).items
    assert (group["count"], group["instances"], group["element"], group["definition"]) == (2, 2, "count", "failing")
    assert elements(deployed, "failing")["count"]["incidents"] == 2
    assert elements(deployed, "failing")["count"]["failed"] == 3
    with pytest.raises(Invalid):
        incident_groups.retry(deployed, group["message"], by="root", reason=" ")
    batch = incident_groups.retry(deployed, group["message"], by="root", reason="再试")
    assert (batch["kind"], batch["total"], batch["status"]) == ("retry", 2, "finished")
    with pytest.raises(Conflict):
        incident_groups.retry(deployed, "没有这样的原因", by="root", reason="再试")


def _incident(app: App, instance_id: str) -> str:
    found = [row for row in incident_list(app) if row["instance_id"] == instance_id]
    return str(found[0]["id"])


def incident_list(app: App) -> list[View]:
    return list(queries.incidents(app, Viewer("root", admin=True)).items)


def test_instances_are_found_by_each_condition(deployed: App, clock: FakeClock) -> None:
    definitions.deploy(deployed, {"f.bpmn": FAILING}, by="test")
    old = begin(deployed, number="YQ-1", n=3, text="丙", flag=True)
    clock.advance(hours=1)
    failed = begin(deployed, "failing", "YQ-2", n="3")
    done = begin(deployed, number="YQ-3", n=30)
    instances.cancel(deployed, done["id"], by="root", reason="x")
    instances.suspend(deployed, old["id"], by="root", reason="x")

    def found(**wanted: object) -> list[str]:
        return sorted(str(row["business_key"]) for row in instance_search.instances(deployed, **wanted).items)

    assert found() == ["YQ-1", "YQ-2", "YQ-3"]
    assert found(definition="review", version=1) == ["YQ-1", "YQ-3"]
    assert [found(state=state) for state in instance_search.STATES] == [
        ["YQ-1", "YQ-2"], ["YQ-1"], ["YQ-2"], ["YQ-1"], [], ["YQ-3"],
    ]  # fmt: skip
    assert (found(activity="rectify"), found(activity="count")) == (["YQ-1"], ["YQ-2"])
    assert found(message=incident_list(deployed)[0]["message"]) == ["YQ-2"]
    assert (found(q="q-3"), found(q=old["id"])) == (["YQ-3"], ["YQ-1"])
    assert found(started_since=clock()) == ["YQ-2", "YQ-3"]
    assert found(ended_until=clock()) == ["YQ-3"]
    assert found(variable="n=3") == ["YQ-1", "YQ-2"]
    assert (found(variable="text=丙"), found(variable="flag = true")) == (["YQ-1"], ["YQ-1"])
    assert found(variable="text='丙'") == found(variable="absent=1") == []
    with pytest.raises(Invalid):
        found(variable="nonsense")
    row = instance_search.instances(deployed, q="YQ-2").items[0]
    assert (row["id"], row["incidents"], row["activities"]) == (failed["id"], 1, [])
    assert row["awaits"] == []


def test_an_order_about_all_that_were_found_needs_the_number_that_was_seen(deployed: App) -> None:
    for number in range(3):
        begin(deployed, number=f"YQ-{number}")
    with pytest.raises(Conflict, match="现在是 3 件"):
        instance_search.order(deployed, "suspend", by="root", reason="停", expected=2, definition="review")
    batch = instance_search.order(deployed, "suspend", by="root", reason="停", expected=3, definition="review")
    assert (batch["status"], batch["counts"]) == ("finished", {"done": 3})
    again = instance_search.order(deployed, "suspend", by="root", reason="停", expected=3)
    failed = batches.items(deployed, again["id"], status="failed").items
    assert len(failed) == 3 and all(row["message"] for row in failed)


def test_health_counts_late_and_coming_timers(deployed: App, clock: FakeClock) -> None:
    begin(deployed)
    fresh = health.health(deployed)
    assert (fresh["running"], fresh["late_timers"], sum(row["count"] for row in fresh["coming"])) == (1, 0, 0)
    clock.advance(days=2, hours=22, minutes=30)
    assert [at for at, row in enumerate(health.health(deployed)["coming"]) if row["count"]] == [1]
    clock.advance(hours=1, minutes=35)
    late = health.health(deployed)
    assert (late["late_timers"], [row["count"] for row in late["late"]]) == (1, [0, 1, 0, 0, 0, 0])
    assert late["late_since"] == clock() - timedelta(minutes=5)
    listed = [timer_list.timers(deployed, state="late", since=row["from"], until=row["until"]) for row in late["late"]]
    assert [found.total for found in listed] == [row["count"] for row in late["late"]]
    assert [row["name"] for row in timer_list.timers(deployed, state="late").items] == ["逾期"]
    assert timers.fire_due(deployed)
    assert health.health(deployed)["late_timers"] == 0
    assert late["bytes"] > 0 and late["rows"]["instances"] == 1 and late["rows"]["events"] > 0


def test_timers_are_listed_by_state_period_and_text(deployed: App, clock: FakeClock) -> None:
    case = begin(deployed, number="YQ-7")
    begin(deployed, "strict", "YQ-8")

    def found(**wanted: object) -> list[str]:
        return [str(row["business_key"]) for row in timer_list.timers(deployed, **wanted).items]  # type: ignore[arg-type]

    assert (found(), found(sort="-due_at")) == (["YQ-8", "YQ-7"], ["YQ-7", "YQ-8"])
    assert (found(q="逾期"), found(definition="strict"), found(q="yq-8")) == (["YQ-7"], ["YQ-8"], ["YQ-8"])
    assert found(until=clock() + timedelta(hours=2)) == ["YQ-8"]
    assert found(since=clock() + timedelta(hours=2)) == ["YQ-7"]
    due = timer_list.timers(deployed, q="yq-8").items[0]["due_at"]
    assert (found(since=due), found(until=due)) == (["YQ-7"], ["YQ-8"])
    instances.suspend(deployed, case["id"], by="root", reason="x")
    assert (found(state="stopped"), found(state="next")) == (["YQ-7"], ["YQ-8"])
    assert found(state="blocked") == found(state="provisional") == found(state="late") == []


def test_definitions_and_versions_are_counted_by_state(deployed: App) -> None:
    begin(deployed)
    definitions.deploy(deployed, {"r.bpmn": REVIEW.replace("督办".encode(), "督促".encode())}, by="test")
    case = begin(deployed, number="YQ-2")
    instances.suspend(deployed, case["id"], by="root", reason="x")
    row = next(row for row in definition_counts.definitions(deployed).items if row["key"] == "review")
    assert (row["version"], row["counts"]["running"], row["counts"]["suspended"]) == (2, 2, 1)
    counts = {row["version"]: row["counts"] for row in definition_counts.versions(deployed, "review").items}
    assert [(counts[v]["running"], counts[v]["suspended"]) for v in (1, 2)] == [(1, 0), (1, 1)]
    with pytest.raises(NotFound):
        definition_counts.versions(deployed, "nothing")


def test_the_audit_goes_back_page_by_page_and_finds_who_did_what(deployed: App, clock: FakeClock) -> None:
    case = begin(deployed)
    clock.advance(hours=1)
    tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=LI)
    instances.suspend(deployed, case["id"], by="root", reason="停一停，等鉴定")
    seen, before = [], None
    while True:
        page = audit.search(deployed, before=before, size=2)
        seen += [row["id"] for row in page["items"]]
        before = page["next"]
        if before is None:
            break
    assert len(seen) >= 6 and seen == sorted(set(seen), reverse=True)

    def found(**wanted: object) -> list[tuple[str, str | None]]:
        return [(row["event"], row["element"]) for row in audit.search(deployed, **wanted)["items"]]  # type: ignore[arg-type]

    assert found(actor="root") == found(q="等鉴定") == found(event="suspended") == [("suspended", None)]
    assert found(people=True) == [("suspended", None), ("completed", "rectify"), ("started", None)]
    instances.cancel(deployed, case["id"], by="root", reason="重复")
    assert found(people=True, event="cancelled") == [("cancelled", None), ("cancelled", "recheck")]
    assert found(instance="YQ-1", element="rectify", since=clock()) == [("completed", "rectify")]
    assert found(instance=case["id"], until=clock() - timedelta(minutes=1))[-1] == ("started", None)
    assert found(definition="strict") == found(instance="YQ-9") == []
    with pytest.raises(Invalid):
        found(since=clock(), until=clock() - timedelta(days=1))


def test_an_export_is_csv_in_which_no_cell_is_a_formula(deployed: App) -> None:
    case = begin(deployed, number="=1+1")
    instances.suspend(deployed, case["id"], by="root", reason='有"引号"，有逗号')
    text = b"".join(audit.lines(deployed, people=True)).decode()
    assert text.startswith("\ufeff序号,") and "'=1+1" in text and ",=1+1" not in text
    assert '有""引号""' in text and len(text.splitlines()) == 3


def test_a_stretch_of_the_log_is_bounded_and_says_where_to_go_on(
    deployed: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(deployed)
    monkeypatch.setattr(audit, "STRETCH", 2)
    page = audit.search(deployed, event="started")
    assert page["items"] == [] and page["next"] is not None and page["looked_back_to"] is not None
    assert len(audit.search(deployed, event="started", instance="YQ-1")["items"]) == 1


def test_the_first_event_since_a_moment_is_found_by_order(deployed: App, clock: FakeClock) -> None:
    deployed.wall = wall = FakeClock()
    begin(deployed)
    for _ in range(5):
        wall.advance(hours=5)
        clock.advance(hours=5)
        begin(deployed)
    with deployed.reading() as tx:
        events = [(row.id, row.at) for row in tx.query(Event).order_by(Event.id)]
        for hours in range(0, 30, 3):
            since = clock() - timedelta(hours=hours)
            first = event_range.first_since(tx, deployed, since)
            assert all(id >= first for id, at in events if at >= since)
        assert event_range.first_since(tx, deployed, clock()) > events[len(events) // 2][0]
