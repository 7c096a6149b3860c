"""Powers by table D9 and the two tracks of visits: what is refused quotes the clause, what is done keeps it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    caps,
    checklist_answers,
    claims,
    document_numbers,
    draws,
    history,
    inspections,
    people,
    places,
    powers,
    units,
    uscc,
    visits,
)
from engine.campaign.model import Visit
from engine.campaign.registers_model import Draw, Inspection
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
MARK = "示例规则，需法制审核"
OFFICERS = ["officer-emergency-bureau", "officer-emergency-bureau-2"]
FILED = {"result": "未发现问题", "findings": [{"item": "台账", "ok": True}], "rights_told": True, "signer": "负责人"}
CLAIMED = datetime(2026, 10, 11, 2, tzinfo=UTC)  # what a phone says that was in a cellar


def asked(campaign: App, **change: Any) -> dict[str, Any]:
    today = campaign.clock().astimezone(campaign.zone).date()
    return {
        "place": "P001", "kind": "行政检查（日常）", "officers": OFFICERS, "starts_on": today,
        "ends_on": today + timedelta(days=5), "subject": "年度计划检查", **change,
    }  # fmt: skip


@pytest.mark.parametrize("body", ["street", "safety_office", "street_enforcement", "GH-01", "safety_committee_office"])
def test_no_body_of_the_street_seals(campaign: App, body: str) -> None:
    with campaign.reading() as tx, pytest.raises(NotAllowed, match="行政强制法第十七条"):
        powers.entitled(tx, "seal", units.require(tx, body), day=date(2026, 9, 1))


def test_what_no_row_allows_is_denied(campaign: App) -> None:
    with campaign.reading() as tx:
        for code in ("power_company", "emergency_bureau"):
            with pytest.raises(NotAllowed):
                powers.entitled(tx, "talk", units.require(tx, code), day=date(2026, 9, 1))


def test_only_rows_whose_articles_were_read_come_without_the_label(campaign: App, root: Viewer) -> None:
    noted = {(row.act, row.body): row.note for row in powers.explain(campaign, root)}
    assert noted["seal", "department"] == noted["seal", "street"] == noted["cut_power", "department"] == ""
    assert noted["judge_major", "department"] == noted["talk", "street"] == noted["close", "street"] == MARK


def test_the_province_decides_whether_the_street_may_order(campaign: App, root: Viewer) -> None:
    def allowed() -> bool:
        return powers.explain(campaign, root, act="order_remove", unit="safety_office")[0].allowed

    assert not allowed()
    powers.choose_province(campaign, "shandong", viewer=root)
    assert allowed()


@pytest.mark.parametrize(("hour", "day", "barred"), [(14, 9, True), (21, 9, True), (2, 9, False), (2, 1, True)])
def test_execution_is_barred_at_night_and_on_statutory_holidays(app: App, hour: int, day: int, barred: bool) -> None:
    now = datetime(2026, 10, day, hour, 30, tzinfo=UTC)  # eight hours later in Shanghai
    powers.check_moment(app, "execute", place=None, emergency="有人被困", now=now)
    if barred:
        with pytest.raises(Invalid, match="第四十三条"):
            powers.check_moment(app, "execute", place=None, emergency="", now=now)
    else:
        powers.check_moment(app, "execute", place=None, emergency="", now=now)


def test_an_inspection_goes_from_approval_to_record_and_never_above_the_cap(campaign: App, person: Person) -> None:
    officer, head = person(campaign, OFFICERS[0]), person(campaign, "head-emergency-bureau")

    def steps(id: int) -> list[Callable[[], Any]]:
        code = inspections_code(campaign, person)
        return [
            lambda: inspections.approve(campaign, id, viewer=head),
            lambda: inspections.notify(campaign, id, viewer=officer),
            lambda: inspections.check_in(
                campaign, id, code=code, lat=34.0, lon=113.0, viewer=officer, claimed_at=CLAIMED
            ),
            lambda: inspections.record(campaign, id, {**FILED, "claimed_at": CLAIMED}, viewer=officer),
        ]

    made = inspections.request(campaign, asked(campaign), viewer=officer, key="k")
    assert inspections.request(campaign, asked(campaign), viewer=officer, key="k").id == made.id
    approve, *later = steps(made.id)
    for step in (approve, *later):  # outside the plan, and nothing before the approval
        with pytest.raises(Conflict):
            step()
    plan = {"year": made.starts_on.year, "document": "2026 年检查计划"}  # type: ignore[union-attr]
    assert len({caps.publish(campaign, plan, viewer=head, key="sent twice") for _ in range(2)}) == 1
    for step in (approve, *later):
        shown = step()
    assert shown.record_no and shown.plan == "2026 年检查计划" and "安全生产法" in shown.clause
    assert len(shown.certificates) == 2
    assert shown.checkin_claimed_at == shown.record_claimed_at == CLAIMED, "kept beside the moment of the server"
    assert shown.checked_in_at == shown.recorded_at == shown.at != CLAIMED
    assert (shown.approval_no, shown.record_no) == ("（青）应急检批〔2026〕1号", "（青）应急检记〔2026〕1号")
    [entry] = document_numbers.list_entries(campaign, "（青）应急检批", 2026, viewer=head)
    assert (entry.number, entry.title, entry.at) == (shown.approval_no, "检查审批", shown.approved_at)

    second = inspections.request(campaign, asked(campaign), viewer=officer)
    inspections.approve(campaign, second.id, viewer=head)
    third = inspections.request(campaign, asked(campaign), viewer=officer)
    with pytest.raises(Conflict, match="上限 2 次"):
        inspections.approve(campaign, third.id, viewer=head)
    file = places.show(campaign, "P001", viewer=officer)
    assert (file.admin_inspections_this_year, file.cap_this_year) == (2, 2)
    assert (file.last_visit, file.last_admin_inspection) == (shown.at, shown.checked_in_at)
    case = asked(campaign, kind="行政检查（个案）", cause="举报")
    assert inspections.approve(
        campaign, inspections.request(campaign, case, viewer=officer).id, viewer=head
    ).approval_no


def test_a_list_asks_where_a_visit_stands_and_each_row_says_it(campaign: App, person: Person) -> None:
    officer, head = person(campaign, OFFICERS[0]), person(campaign, "head-emergency-bureau")
    made = [inspections.request(campaign, asked(campaign, **change), viewer=officer) for change in (
        {}, {"kind": "行政检查（个案）", "cause": "举报"}, {"kind": "行政检查（个案）", "cause": "事故"})]  # fmt: skip
    for one in made[1:]:
        inspections.approve(campaign, one.id, viewer=head)
    code = inspections_code(campaign, person)
    inspections.check_in(campaign, made[2].id, code=code, lat=34.0, lon=113.0, viewer=officer)
    given = {"place": "P002", "kind": "网格巡查", "result": "未发现问题"}
    walked = visits.create(campaign, given, viewer=person(campaign, "inspector-sm-01"))
    for stage, id in (("待批准", made[0].id), ("待入企", made[1].id), ("待记录", made[2].id), ("已归档", walked.id)):
        found = visits.list_visits(campaign, officer, stage=stage).items
        assert [(row.id, row.stage) for row in found] == [(id, stage)]
    assert visits.list_visits(campaign, officer, stage="待通知").total == 0
    for wanted, total in (
        ({"q": "P002"}, 1), ({"q": "%"}, 0), ({"unit": "SM"}, 4), ({"unit": "emergency_bureau"}, 3),
        ({"result": "未发现问题"}, 1), ({"since": campaign.clock()}, 4), ({"until": campaign.clock()}, 0),
        ({"mine": True}, 3), ({"mine": True, "unfinished": True}, 3), ({"track": "A", "unfinished": True}, 0),
    ):  # fmt: skip
        assert visits.list_visits(campaign, officer, **wanted).total == total, wanted  # type: ignore[arg-type]
    checklist_answers.open_sheet(campaign, walked.id, "JX", viewer=person(campaign, "inspector-sm-01"))
    walker = visits.list_visits(campaign, person(campaign, "inspector-sm-01"), mine=True, unfinished=True)
    assert [row.id for row in walker.items] == [walked.id]
    with campaign.transaction() as tx:  # a login name that is stored as it is written, not escaped
        people.add(tx, campaign, "王五", password_hash="-", unit="SM", roles=["inspector"], by="system")
    own = visits.create(campaign, given, viewer=person(campaign, "王五"))
    assert [row.id for row in visits.list_visits(campaign, person(campaign, "王五"), mine=True).items] == [own.id]


def inspections_code(campaign: App, person: Person) -> str:
    """The entry code of P001, as the clerk prints it."""
    return places.entry_code(campaign, "P001", viewer=person(campaign, "clerk-safety-office"))


@pytest.mark.parametrize(
    "change", [{"officers": OFFICERS[:1]}, {"cause": "举报"}, {"kind": "联合检查"}, {"subject": " "}]
)
def test_a_wrong_request_is_refused(campaign: App, person: Person, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        inspections.request(campaign, asked(campaign, **change), viewer=person(campaign, OFFICERS[0]))


def test_the_street_does_not_inspect_without_a_published_list(campaign: App, person: Person, root: Viewer) -> None:
    with pytest.raises(NotAllowed, match="国办发〔2024〕54号"):
        inspections.request(campaign, asked(campaign), viewer=person(campaign, "clerk-safety-office"))


def test_a_patrol_gives_no_orders_and_inspections_are_not_written_as_visits(campaign: App, person: Person) -> None:
    inspector = person(campaign, "inspector-sm-01")
    given = {"place": "P001", "kind": "网格巡查", "result": "发现隐患"}
    for change in ({"note": "责令停业"}, {"advice": "罚款两千元"}, {"kind": "行政检查（日常）"}):
        with pytest.raises(Invalid):
            visits.create(campaign, {**given, **change}, viewer=inspector)
    shown = visits.create(campaign, {**given, "advice": "建议三日内清理"}, viewer=inspector)
    assert (shown.track, shown.unit) == ("A", "SM-01") and shown.clause


def test_a_list_of_visits_takes_as_many_statements_however_long_it_is(campaign: App, person: Person) -> None:
    officer, now = person(campaign, OFFICERS[0]), campaign.clock()
    with campaign.transaction() as tx:
        for n in range(30):
            row = Visit(
                kind="复查", place=f"P{n % 9 + 1:03}", at=now, people=OFFICERS, result="未发现问题", track="B",
                unit="emergency_bureau", filed_at=now, created_at=now, created_by=officer.name,
            )  # fmt: skip
            tx.add(row)
            tx.flush()
            tx.add(Inspection(
                visit=row.id, unit="emergency_bureau", units=[], officers=OFFICERS, cause="", subject="检查",
                counts=False, starts_on=now.date(), ends_on=now.date(), checked_in_at=now, recorded_at=now,
            ))  # fmt: skip
            claims.note(tx, row.id, "record", CLAIMED, viewer=officer, now=now)
    said: list[str] = []
    event.listen(campaign.engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    def sent(size: int) -> int:
        said.clear()
        shown = visits.list_visits(campaign, officer, size=size).items
        assert [(one.unit, one.record_claimed_at) for one in shown] == [("emergency_bureau", CLAIMED)] * size
        return len(said)

    assert 0 < sent(3) == sent(30)


def test_a_covert_inspection_is_hidden_from_the_place_until_it_is_filed(campaign: App, person: Person) -> None:
    officer, owner = person(campaign, OFFICERS[0]), person(campaign, "owner-e-p001")
    head = person(campaign, "head-emergency-bureau")
    caps.publish(campaign, {"year": 2026, "document": "计划"}, viewer=head)
    made = inspections.request(campaign, asked(campaign, covert=True), viewer=officer)
    inspections.approve(campaign, made.id, viewer=head)
    assert visits.list_visits(campaign, officer, place="P001").total == 1
    assert visits.list_visits(campaign, owner, place="P001").total == 0
    told = [places.show(campaign, "P001", viewer=who).admin_inspections_this_year for who in (officer, owner)]
    assert told == [1, 0], "nor does the file of the place give it away"


def test_the_same_pools_and_seed_draw_the_same_and_conflicts_are_left_out() -> None:
    pools = ([f"P{n:03d}" for n in range(30)], ["a", "b", "c"])
    first = draws.draw("s", *pools, set(), 5, 2)
    assert first == draws.draw("s", pools[0][::-1], pools[1][::-1], set(), 5, 2) != draws.draw("t", *pools, set(), 5, 2)
    barred = {("a", row["place"]) for row in first}
    assert all("a" not in row["officers"] for row in draws.draw("s", *pools, barred, 5, 2))
    with pytest.raises(Invalid):
        draws.draw("s", *pools, barred | {("b", row["place"]) for row in first}, 5, 2)


def test_a_draw_is_drawn_again_with_what_was_kept_and_a_changed_result_shows(campaign: App, person: Person) -> None:
    officer, stranger = person(campaign, OFFICERS[0]), person(campaign, "officer-fire-rescue")
    given = {"title": "双随机", "seed": "一", "n": 2, "places": ["P001", "P002", "P003"], "officers": OFFICERS}
    made = draws.create(campaign, given, viewer=officer)
    assert (made.names["P001"], draws.repeat(campaign, made.number, viewer=officer).same) == ("示例机械加工厂A", True)
    with pytest.raises(NotFound):
        draws.repeat(campaign, made.number, viewer=stranger)
    with campaign.transaction() as tx:
        row = tx.get_one(Draw, made.number)
        row.result = row.result[::-1]
    again = draws.repeat(campaign, made.number, viewer=officer)
    assert (again.same, again.result) == (False, made.result)


def test_a_place_is_edited_by_who_read_its_last_revision_and_the_change_is_kept(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    shown = places.update(campaign, "P001", {"status": "停产", "grid": "SM-02"}, revision=0, viewer=clerk)
    assert (shown.revision, shown.status, shown.grid) == (1, "停产", "SM-02")
    refused: list[tuple[dict[str, Any], int, type[EngineError]]] = [
        ({"head": "x"}, 0, Conflict), ({"uscc": "91350100M000100Y44"}, 1, Invalid), ({"status": "飞走"}, 1, Invalid),
    ]  # fmt: skip
    for values, revision, error in refused:
        with pytest.raises(error):
            places.update(campaign, "P001", values, revision=revision, viewer=clerk)
    kept: list[history.ChangeView] = places.changes(campaign, "P001", viewer=clerk)
    assert kept[0].before == {"status": "正常", "grid": "SM-01"}


def test_the_check_digit_of_the_standard() -> None:
    assert uscc.is_valid("91350100M000100Y43") and not uscc.is_valid("91350100M000100Y34")
