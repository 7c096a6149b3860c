"""The doors without login, knocked at by honest people and by others."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from api.app import create_app
from engine.app import App
from engine.bpm import definitions
from engine.campaign import public_doors, public_reports
from engine.campaign.report_model import Reporter
from tests.api.conftest import REVIEW

URL = "/api/v1/public/reports"
BODY = {"text": "<script>alert(1)</script>通道堵塞", "category": "安全出口和疏散通道", "place_text": "桂花路 1 号"}
PROCESS = REVIEW.replace(b'"review"', b'"public_report"')


@pytest.fixture
def door(app: App, nobody: FlaskClient) -> FlaskClient:
    """Nobody, at an installation that takes reports."""
    definitions.deploy(app, {"public_report.bpmn": PROCESS}, by="root")
    return nobody


def picture(side: int = 20) -> dict[str, tuple[io.BytesIO, str]]:
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-OWNER"
    Image.new("RGB", (side, side), "red").save(content, "JPEG", exif=exif)
    content.seek(0)
    return {"file": (content, "照片.jpg")}


def code_of(door: FlaskClient, **more: str) -> str:
    made = door.post(URL, json=BODY | more)
    assert made.status_code == 201, made.json
    found: str = made.json["code"]
    return found


def test_anybody_reports_and_follows_with_the_code(door: FlaskClient, owner: FlaskClient) -> None:
    code = code_of(door, name="示例举报人", phone="13900000000")
    seen = door.get(f"{URL}/{code.lower()}")
    assert (seen.status_code, seen.json["state"]) == (200, "已收到")
    assert not {"text", "name", "phone", "number", "hazard"} & set(seen.json)
    assert "示例举报人" not in seen.text
    [kept] = owner.get("/api/v1/citizen-reports").json["items"]
    assert (kept["text"], kept["anonymous"]) == (BODY["text"], False)  # kept as written; no page runs it
    assert "13900000000" not in owner.get(f"/api/v1/citizen-reports/{kept['number']}").text
    assert owner.get(f"/api/v1/citizen-reports/{kept['number']}/reporter").json["phone"] == "13900000000"


def test_a_copy_of_the_database_does_not_say_who_reported(app: App, door: FlaskClient) -> None:
    code_of(door, name="示例举报人", phone="13900000000")
    with app.reading() as tx:
        stored = [str(row) for row in tx.execute(select(Reporter.__table__)).all()]
    assert len(stored) == 1 and "示例举报人" not in stored[0] and "13900000000" not in stored[0]


def test_a_stranger_and_an_admin_never_learn_who_reported(
    door: FlaskClient, stranger: FlaskClient, root: FlaskClient
) -> None:
    code_of(door, name="示例举报人")
    assert stranger.get("/api/v1/citizen-reports").json["total"] == 0
    assert stranger.get("/api/v1/citizen-reports/JB-2026-0001").status_code == 404
    assert stranger.get("/api/v1/citizen-reports/JB-2026-0001/reporter").status_code == 404
    assert root.get("/api/v1/citizen-reports/JB-2026-0001/reporter").status_code == 403


@pytest.mark.parametrize("wrong", ["AAAAA-AAAAA-AAAAA-AAAAA", "x", "9" * 3000, "%27%20OR%201=1", "../me", "举报"])
def test_unknown_and_malformed_codes_get_the_same_answer(door: FlaskClient, wrong: str) -> None:
    code_of(door)
    answer = door.get(f"{URL}/{wrong}".replace("../", "..%2e"))
    assert answer.status_code == 404
    assert answer.json["detail"] == "没有找到这个查询码对应的举报，请核对后重新输入。"


def test_sending_twice_reports_once_and_anothers_key_opens_nothing(door: FlaskClient, owner: FlaskClient) -> None:
    first, again = (door.post(URL, json=BODY, headers={"Idempotency-Key": "1"}) for _ in range(2))
    other = door.post(URL, json=BODY | {"text": "别的事"}, headers={"Idempotency-Key": "1"})
    assert first.json == again.json
    assert other.json["code"] != first.json["code"]
    assert owner.get("/api/v1/citizen-reports").json["total"] == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": 5}, "text"), ({"text": ""}, "text"), ({"text": "   "}, "text"), ({"text": "长" * 4001}, "text"),
        ({"category": "别的"}, "category"), ({"place_text": ""}, "place_text"), ({"lat": "x"}, "lat"),
        ({"lat": 91}, "lat"), ({"danger_now": "也许"}, "danger_now"), ({"admin": True}, "admin"),
        ({"phone": "1" * 41}, "phone"), ({"channel": "电话"}, "channel"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_by_name(door: FlaskClient, change: dict[str, object], field: str) -> None:
    answer = door.post(URL, json=BODY | change)
    assert (answer.status_code, [found["field"] for found in answer.json["errors"]]) == (422, [field])


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'{"text": "\\u0000"}', b"[" * 100_000])
def test_a_body_that_is_none_is_refused(door: FlaskClient, raw: bytes) -> None:
    assert door.post(URL, data=raw, content_type="application/json").status_code in (400, 413, 422)


def test_a_huge_body_is_refused(door: FlaskClient) -> None:
    huge = b'{"text": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    assert door.post(URL, data=huge, content_type="application/json").status_code == 413


def test_photos_are_few_small_and_tell_nothing_of_the_phone(door: FlaskClient, app: App) -> None:
    code = code_of(door)
    for side in (20, *range(20, 20 + public_reports.MOST_PHOTOS)):  # the first one twice, as phones do
        assert door.post(f"{URL}/{code}/photos", data=picture(side)).status_code == 201
    assert door.get(f"{URL}/{code}").json["photos"] == public_reports.MOST_PHOTOS
    assert door.post(f"{URL}/{code}/photos", data=picture(99)).status_code == 409
    stored = [path.read_bytes() for path in (app.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert len(stored) == public_reports.MOST_PHOTOS
    assert not any(b"SECRET-OWNER" in content for content in stored)


def test_what_is_no_photo_is_refused(door: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_of(door)
    monkeypatch.setattr(public_reports, "LARGEST_PHOTO", 1000)
    for content, status in ((b"<html>", 422), (b"", 422), (b"\xff\xd8\xff" + b"x" * 1000, 413)):
        sent = {"file": (io.BytesIO(content), "a.jpg")}
        assert door.post(f"{URL}/{code}/photos", data=sent).status_code == status
    assert door.post(f"{URL}/AAAAA/photos", data=picture()).status_code == 404


def test_a_disk_that_refuses_leaves_the_report_as_it_was(door: FlaskClient, app: App, tmp_path: Path) -> None:
    code = code_of(door)
    (tmp_path / "full").write_bytes(b"")
    folder, app.files._root = app.files._root, tmp_path / "full"  # a file where the folder should be
    assert door.post(f"{URL}/{code}/photos", data=picture()).status_code == 503
    app.files._root = folder
    assert door.get(f"{URL}/{code}").json["photos"] == 0


def test_one_address_and_all_together_are_limited_by_the_hour_of_real_time(
    door: FlaskClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(public_doors.LIMITS, "report", (2, 3))

    def send(address: str) -> int:
        return door.post(URL, json=BODY, environ_base={"REMOTE_ADDR": address}).status_code

    assert [send("192.0.2.1") for _ in range(4)] == [201, 201, 429, 429]
    assert [send("192.0.2.2") for _ in range(2)] == [201, 429]  # the refused ones used nothing up
    wall = app.wall
    app.wall = lambda: wall() + timedelta(hours=1)
    assert send("192.0.2.1") == 201


def test_a_clerk_writes_down_what_came_by_telephone(
    door: FlaskClient, owner: FlaskClient, stranger: FlaskClient
) -> None:
    body = BODY | {"channel": "电话"}
    made = owner.post("/api/v1/citizen-reports", json=body)
    assert (made.status_code, made.json["channel"], made.json["registered_by"]) == (201, "电话", "owner")
    assert door.get(f"{URL}/{made.json['code']}").status_code == 200
    assert owner.post("/api/v1/citizen-reports", json=BODY).status_code == 422
    assert stranger.post("/api/v1/citizen-reports", json=body).status_code == 403


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 429)])
def test_a_forged_address_does_not_get_around_the_limit(
    app: App, door: FlaskClient, built: Path, proxies: int, status: int
) -> None:
    behind = behind_proxies(app, built, proxies)
    allowed = public_doors.LIMITS["report"][0]
    real = "203.0.113.9"  # what one's own proxy adds on the right
    codes = [
        behind.post(URL, json=BODY, headers={"X-Forwarded-For": f"198.51.100.{n}, {real}"}).status_code
        for n in range(allowed + 1)
    ]
    assert codes == [201] * allowed + [status]
    other = behind.post(URL, json=BODY, headers={"X-Forwarded-For": f"{real}, 203.0.113.10"}).status_code
    assert other == (201 if proxies else 429)  # behind a trusted proxy another person has another address


def test_a_request_past_the_trusted_proxy_counts_by_its_own_address(app: App, door: FlaskClient, built: Path) -> None:
    behind = behind_proxies(app, built, 2)
    allowed = public_doors.LIMITS["report"][0]
    codes = {
        behind.post(URL, json=BODY, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(allowed)
    }
    assert codes == {201}
    assert behind.post(URL, json=BODY).status_code == 429


def behind_proxies(app: App, built: Path, proxies: int) -> FlaskClient:
    """A client of the same installation, set to trust so many proxies."""
    app.settings = replace(app.settings, trusted_proxies=proxies)
    return create_app(app, built=built).test_client(use_cookies=False)
