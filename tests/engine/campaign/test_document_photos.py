"""The photos of a case on its documents: in the Word file, on the page to print, fixed once it was issued."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import (
    document_photos,
    document_printing,
    document_rendering,
    document_serving,
    document_types,
    documents,
    evidence,
    hazards,
    told,
)
from engine.campaign.case_model import Evidence
from engine.campaign.demo.photos import photo
from engine.errors import Invalid, NotFound
from engine.files import Files
from tests.engine.campaign.test_documents import strokes
from tests.engine.campaign.test_inspection_papers import RECORD, entered
from tests.engine.campaign.test_inspection_papers import head as head
from tests.engine.campaign.test_inspection_papers import officer as officer

Person = Callable[[App, str], Viewer]
NOTICE = "安全风险提示单"


def shot(app: App, number: str | None, label: str, viewer: Viewer) -> str:
    app.clock.now += timedelta(seconds=1)  # type: ignore[attr-defined]
    taken = app.clock().astimezone(app.zone)
    added = evidence.add(
        app, photo(label, taken), filename="现场.jpg", viewer=viewer, hazard=number, kind="photo_before"
    )
    return added.id


def media(word: bytes) -> list[bytes]:
    """The photos inside a Word file; signatures and the code are PNG."""
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return [archive.read(name) for name in archive.namelist() if name.startswith("word/media/") and "jp" in name]


def test_a_notice_shows_the_photos_and_keeps_those_it_was_issued_with(campaign: App, person: Person) -> None:
    clerk, leader = person(campaign, "clerk-safety-office"), person(campaign, "leader-street")
    number = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "串接"}, viewer=clerk).number
    ids = [shot(campaign, number, f"view {n}", clerk) for n in range(3)]
    sent = shot(campaign, number, "reporter", clerk)
    with campaign.transaction() as tx:
        tx.get_one(Evidence, sent).uploaded_by = told.PUBLIC
    draft = documents.draft(campaign, {"type": NOTICE, "hazard": number, "body": {"risk": "可能起火"}}, viewer=clerk)
    assert [row["photo"] for row in draft.body["photos"]] == ids
    assert draft.body["hazards"][0]["photo"] == "4 张，附 3 张"
    assert draft.body["photos"][0]["text"].endswith("2026年9月24日09:00拍摄"), draft.body["photos"]

    other = hazards.register(campaign, {"place": "P057", "code": "RF-05", "text": "另一处"}, viewer=clerk).number
    for wrong in (shot(campaign, other, "elsewhere", clerk), sent, "nothing"):
        with pytest.raises(Invalid, match="只能选用本隐患"):
            documents.edit(
                campaign, draft.id, revision=1, body={"photos": [{"photo": wrong, "text": ""}]}, viewer=clerk
            )
    with pytest.raises(Invalid, match="最多 6 行"):
        documents.edit(campaign, draft.id, revision=1, body={"photos": draft.body["photos"] * 3}, viewer=clerk)
    two = [{"photo": ids[2], "text": "东侧 <b>"}, {"photo": ids[0], "text": ""}]
    documents.edit(campaign, draft.id, revision=1, body={"photos": two}, viewer=clerk)

    life.submit(campaign, draft.id, viewer=clerk)
    life.approve(campaign, draft.id, viewer=leader)
    life.sign(campaign, draft.id, strokes(), viewer=clerk)
    life.issue(campaign, draft.id, viewer=leader)
    word, page = (
        life.word(campaign, draft.id, viewer=clerk)[1],
        document_printing.printed(campaign, draft.id, viewer=clerk),
    )
    assert len(media(word)) == 2 and page.count('class="photo"') == 2 and "东侧 &lt;b&gt;" in page
    table = docx.Document(io.BytesIO(word)).tables[1]
    assert [cell.text for cell in table.rows[0].cells] == ["序号", "照片", "拍摄地点和时间"] and len(table.rows) == 3

    shot(campaign, number, "later", clerk)
    assert life.word(campaign, draft.id, viewer=clerk)[1] == word
    assert document_printing.printed(campaign, draft.id, viewer=clerk) == page
    code = documents.show(campaign, draft.id, viewer=clerk).verify_code
    assert not any(id in repr(document_serving.verify(campaign, code, address="1")) for id in ids)


def test_a_paper_of_an_inspection_without_a_hazard_shows_the_photos_that_were_taken_there(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    ids = [shot(campaign, None, f"hall {n}", officer) for n in range(2)]
    with campaign.transaction() as tx:
        evidence.attach_to_visit(tx, ids, id, officer)
        tx.get_one(Evidence, ids[1]).uploaded_by = told.PUBLIC
    other = shot(campaign, None, "elsewhere", officer)
    draft = documents.draft(campaign, {"type": RECORD, "visit": id}, viewer=officer)
    assert draft.hazard is None and [row["photo"] for row in draft.body["photos"]] == ids[:1]
    assert draft.body["photos"][0]["text"].endswith("拍摄")

    def offered(viewer: Viewer) -> list[str]:
        return [one.id for one in document_photos.list_photos(campaign, draft.id, viewer=viewer)]

    found = {"place": "P001", "code": "RF-05", "text": "串接", "visit": id}
    number = hazards.register(campaign, found, viewer=officer).number
    beside = shot(campaign, number, "close", officer)
    assert offered(officer) == [ids[0], beside] == offered(head)
    with pytest.raises(Invalid, match="举报人的照片不能用"):
        documents.edit(campaign, draft.id, revision=1, body={"photos": [{"photo": other, "text": ""}]}, viewer=officer)
    with pytest.raises(NotFound):
        offered(person(campaign, "owner-e-p001"))
    printed = document_printing.printed(campaign, draft.id, viewer=officer)
    assert printed.count('class="photo"') == 1


def test_a_photo_is_printed_upright_and_small_and_says_nothing_of_the_phone(tmp_path: Path) -> None:
    files = Files(tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    exif[0x010F] = "Phone of somebody"
    turned, clear = io.BytesIO(), io.BytesIO()
    Image.effect_noise((2400, 1200), 80).convert("RGB").save(turned, "JPEG", quality=95, exif=exif)
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(clear, "PNG")
    made = document_photos.small(files, files.save(turned.getvalue()))
    with Image.open(io.BytesIO(made)) as image:
        assert (image.size, image.format, dict(image.getexif())) == ((500, 1000), "JPEG", {})
    assert b"Phone" not in made and len(made) < 400_000
    with Image.open(io.BytesIO(document_photos.small(files, files.save(clear.getvalue())))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_what_has_no_photos_says_nothing_of_them() -> None:
    for type in document_types.all_types():
        fields = [field for field in type.fields if field.kind == document_types.PHOTOS]
        blocks = [block["photos"] for block in type.layout if "photos" in block]
        assert sorted(blocks) == sorted(field.name for field in fields), type.type
    type = document_types.on_day(NOTICE, date(2026, 9, 24))
    sheet = document_rendering.Sheet("青云街道", "1号", "2026年", "abc", document_rendering.filled(type, {}), [], "")
    assert "现场照片" not in document_rendering.page(type, sheet)
    word = docx.Document(io.BytesIO(document_rendering.word(type, sheet)))
    assert len(word.tables) == 2 and not any("现场照片" in one.text for one in word.paragraphs)
