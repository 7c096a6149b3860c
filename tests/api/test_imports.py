"""A ledger goes in and out over HTTP: checked first, imported in the background, told back in its own sheet."""

import io
from datetime import date
from typing import Any

import openpyxl
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import ledger_import

HEAD = ["检查日期", "被检查单位", "隐患类别", "存在问题", "整改期限", "是否整改", "整改完成时间"]


def sheet(*rows: list[Any]) -> tuple[io.BytesIO, str]:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in (HEAD, *rows):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out, "台账.xlsx"


def upload(client: FlaskClient, *rows: list[Any], **form: str) -> Any:
    data = {"file": sheet(*rows), **form}
    return client.post("/api/v1/imports", data=data, content_type="multipart/form-data")


def test_a_ledger_is_checked_imported_and_exported(app: App, owner: FlaskClient, place: str) -> None:
    good = ["2026.6.1", place, "RF-01", "出口锁闭", "2026-06-08", "是", "2026-06-05"]
    made = upload(owner, good)
    assert (made.status_code, made.json["counts"], made.json["status"]) == (201, {"ready": 1}, "draft"), made.json
    address = f"/api/v1/imports/{made.json['id']}"
    assert owner.post(f"{address}/start", json={}).status_code == 200
    while ledger_import.work_next(app):
        pass
    shown = owner.get(address).json
    assert (shown["status"], shown["done"], shown["total"]) == ("finished", 1, 1)
    [row] = owner.get("/api/v1/reports/ledger?format=json").json["items"]
    assert "出口锁闭" in str(row)
    for kind in ("xlsx", "csv"):
        answer = owner.get(f"/api/v1/reports/ledger?format={kind}")
        assert answer.status_code == 200 and answer.data


def test_an_import_with_errors_does_not_start_and_says_where(owner: FlaskClient, place: str) -> None:
    made = upload(owner, ["2026-02-30", place, "RF-01", "出口锁闭", "2026-06-08", "否", None])
    address = f"/api/v1/imports/{made.json['id']}"
    [row] = owner.get(f"{address}/rows").json["items"]
    assert row["status"] == "error" and "2026-02-30" in str(row)
    assert owner.post(f"{address}/start", json={}).status_code == 409
    told = openpyxl.load_workbook(io.BytesIO(owner.get(f"{address}/file").data))
    assert "导入结果" in [cell.value for cell in told.worksheets[0][1]]


def test_an_import_is_nobody_elses_and_no_sheet_is_refused(
    owner: FlaskClient, stranger: FlaskClient, place: str
) -> None:  # fmt: skip
    made = upload(owner, ["2026-06-01", place, "RF-01", "出口锁闭", "2026-06-08", "否", None]).json["id"]
    for path in ("", "/rows", "/file"):
        assert stranger.get(f"/api/v1/imports/{made}{path}").status_code == 404
    assert stranger.post(f"/api/v1/imports/{made}/start", json={}).status_code in (403, 404)
    pdf = {"file": (io.BytesIO(b"%PDF-1.7"), "a.xlsx")}
    bad = owner.post("/api/v1/imports", data=pdf, content_type="multipart/form-data")
    assert bad.status_code == 422 and bad.json["detail"]


def test_places_come_in_over_http_and_say_which_they_are(app: App, owner: FlaskClient, place: str) -> None:
    text = "单位名称,场所类型,网格\n示例新面馆,餐饮,GH-01\n,,\n示例坏行,什么店,GH-01\n".encode()
    form = {"file": (io.BytesIO(text), "底册.csv"), "kind": "places", "existing": "update"}
    made = owner.post("/api/v1/imports", data=form, content_type="multipart/form-data").json
    assert (made["kind"], made["existing"], made["counts"]) == ("places", "update", {"ready": 1, "error": 1}), made
    address = f"/api/v1/imports/{made['id']}"
    assert owner.post(f"{address}/start", json={}).status_code == 409
    assert owner.post(f"{address}/start", json={"all_or_nothing": False}).status_code == 200
    while ledger_import.work_next(app):
        pass
    [row] = owner.get(f"{address}/rows?status=done").json["items"]
    assert owner.get(f"/api/v1/places/{row['place']}").json["name"] == "示例新面馆"


def test_an_unknown_kind_of_sheet_is_refused(owner: FlaskClient) -> None:
    for wrong in ({"kind": "people"}, {"kind": "places", "existing": "delete"}):
        form = {"file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv"), **wrong}
        assert owner.post("/api/v1/imports", data=form, content_type="multipart/form-data").status_code == 422


def test_another_sheet_of_the_workbook_and_defaults_for_what_it_lacks(
    owner: FlaskClient, stranger: FlaskClient, place: str
) -> None:
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = "说明"
    for row in (["检查日期", "被检查单位", "存在问题"], [date(2026, 9, 1), "不存在的店", "说明"]):
        first.append(row)
    second: Any = book.create_sheet("九月")
    for row in (["检查日期", "被检查单位", "存在问题"], [date(2026, 9, 1), place, "堆物"]):
        second.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    made = owner.post("/api/v1/imports", data={"file": (out, "台账.xlsx"), "sheet": "说明"}).json
    assert (made["sheet"], made["sheets"], made["counts"]) == ("说明", ["说明", "九月"], {"error": 1})
    address = f"/api/v1/imports/{made['id']}"
    for body, status in (({"sheet": "没有"}, 422), ({}, 422), ({"sheet": "九月", "header_row": 99}, 422)):
        assert owner.post(f"{address}/sheet", json=body).status_code == status
    assert stranger.post(f"{address}/sheet", json={"sheet": "九月"}).status_code == 404
    for _ in range(2):  # again is the same
        chosen = owner.post(f"{address}/sheet", json={"sheet": "九月"}).json
        assert (chosen["sheet"], chosen["counts"], chosen["defaults"]) == ("九月", {"error": 1}, {})
    lacking = {field["key"] for field in chosen["fields"] if field["required"]} - set(chosen["columns"])
    assert lacking == {"code"}
    ready = owner.post(f"{address}/columns", json={"defaults": {"code": "RF-01"}}).json
    assert (ready["counts"], ready["defaults"]) == ({"ready": 1}, {"code": "RF-01"})
    assert owner.post(f"{address}/start", json={}).status_code == 200
    assert owner.post(f"{address}/sheet", json={"sheet": "说明"}).status_code == 409
