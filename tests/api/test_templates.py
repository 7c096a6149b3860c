"""Word templates over HTTP: down, tried out, used, back; strangers and bad input."""

import io
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient

from engine.forker import FORKER

ADDRESS = "/api/v1/document-types/工作提醒函/templates"


@pytest.fixture(autouse=True)
def _no_forker_stays() -> Iterator[None]:
    yield
    FORKER.close()


def form(content: bytes, name: str = "模板.docx", **fields: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), name), **fields}, "content_type": "multipart/form-data"}


def restyled(content: bytes, text: str) -> bytes:
    made = docx.Document(io.BytesIO(content))
    made.add_paragraph(text)
    made.save(out := io.BytesIO())
    return out.getvalue()


def test_a_template_is_downloaded_restyled_tried_used_and_given_up(owner: FlaskClient) -> None:
    shipped = owner.get(f"{ADDRESS}/0/file")
    assert shipped.status_code == 200 and "wordprocessingml" in shipped.headers["Content-Type"]
    ours = restyled(shipped.data, "联系电话 12350")
    tried = owner.post(f"{ADDRESS}/trial", **form(ours))
    assert "联系电话 12350" in docx.Document(io.BytesIO(tried.data)).paragraphs[-1].text
    assert owner.get(ADDRESS).json["total"] == 1
    made = owner.post(ADDRESS, **form(ours, note="加电话"))
    assert made.status_code == 201 and made.json["version"] == 1, made.json
    assert owner.post(ADDRESS, **form(ours)).json["version"] == 1
    assert owner.get(f"{ADDRESS}/1/preview").status_code == owner.get(f"{ADDRESS}/0/preview").status_code == 200
    assert owner.post(f"{ADDRESS}/0/use", json={}).json["shipped"] is True
    assert [row["version"] for row in owner.get(ADDRESS).json["items"]] == [2, 1, 0]


def test_a_template_is_seen_in_the_browser_before_and_after_it_is_used(owner: FlaskClient) -> None:
    shipped = owner.get(f"{ADDRESS}/0/page").json
    assert shipped["own_look"] is False and "示例" in shipped["html"] and "示例内容" in shipped["hint"]
    ours = restyled(owner.get(f"{ADDRESS}/0/file").data, "联系电话 <b>12350</b>")
    tried = owner.post(f"{ADDRESS}/trial/page", **form(ours)).json
    assert tried["own_look"] is True and "&lt;b&gt;12350" in tried["html"], tried["hint"]
    for sign in ("<script", "href=", "{{"):
        assert sign not in tried["html"] and sign not in shipped["html"]
    made = docx.Document(io.BytesIO(ours))
    made.add_paragraph("第一项", style="List Number")
    made.save(out := io.BytesIO())
    assert owner.get(ADDRESS).json["total"] == 1
    owner.post(ADDRESS, **form(out.getvalue()))
    numbered = owner.get(f"{ADDRESS}/1/page").json
    assert numbered["html"] and (numbered["own_look"] or "网页不能显示" in numbered["hint"])
    assert owner.get(f"{ADDRESS}/7/page").status_code == 404
    broken = owner.post(f"{ADDRESS}/trial/page", **form(restyled(ours, "{{ a }}{{ b }}")))
    assert broken.status_code == 422 and len(broken.json["errors"]) == 2
    assert owner.post(f"{ADDRESS}/trial/page", **form(b"no word file")).status_code == 422


def test_what_is_no_template_is_refused_with_every_reason(owner: FlaskClient) -> None:
    answer = owner.post(ADDRESS, **form(restyled(owner.get(f"{ADDRESS}/0/file").data, "{{ a }}{{ b }}")))
    assert answer.status_code == 422 and len(answer.json["errors"]) == 2, answer.json
    for content in (b"", b"PK", b"\x00" * 50):
        assert owner.post(ADDRESS, **form(content)).status_code == 422
    assert owner.post(ADDRESS, json={}).status_code in (415, 422)
    assert owner.post(ADDRESS.replace("工作提醒函", "没有"), **form(b"x")).status_code == 422
    assert owner.post(f"{ADDRESS}/7/use", json={}).status_code == 404
    assert owner.get(f"{ADDRESS}/7/file").status_code == 404


def test_a_stranger_neither_sees_nor_sets_the_look_of_another_organ(
    owner: FlaskClient, stranger: FlaskClient, root: FlaskClient
) -> None:
    content = owner.get(f"{ADDRESS}/0/file").data
    assert stranger.get(ADDRESS).status_code == 403
    assert stranger.post(ADDRESS, **form(content)).status_code == 403
    assert owner.get(f"{ADDRESS}?organ=police_station").status_code == 403
    assert root.get(ADDRESS).status_code == 422
    assert root.get(f"{ADDRESS}?organ=safety_office").json["items"][0]["organ"] == "street"
