"""What photos look like: copies are found however they were saved, other scenes are not taken for them."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from sqlalchemy import select

from engine.app import App
from engine.campaign import evidence, hazards, photo_facts, photo_looks, rechecks
from engine.campaign.case_model import Evidence
from tests.engine.campaign.closing_case import CLERK, FOUND, INSPECTOR, Person, complete, lacking, shoot
from tests.engine.campaign.scenes import look_of, scene

TAKEN = datetime(2026, 9, 24, 9, tzinfo=UTC)


@settings(deadline=None, max_examples=5)
@given(number=st.integers(0, 10_000), width=st.integers(320, 1000), quality=st.integers(40, 95))
def test_a_resized_or_recompressed_copy_is_found_by_its_parts_and_another_scene_is_not(
    number: int, width: int, quality: int
) -> None:
    first = look_of(scene(number, TAKEN))
    copy = look_of(scene(number, TAKEN, width=width, quality=quality))
    other = look_of(scene(number + 1, TAKEN))
    assert first and copy and other
    assert photo_facts.alike(first, copy) and not photo_facts.alike(first, other)
    assert any(one == two for one, two in zip(photo_facts.looks(first), photo_facts.looks(copy), strict=True))


def test_a_copy_of_an_older_photo_is_named_and_a_person_says_what_it_is(campaign: App, person: Person) -> None:
    inspector = person(campaign, INSPECTOR)
    spot = hazards.register(campaign, FOUND | {"fixable_now": True}, viewer=inspector).number
    shoot(campaign, inspector, spot, "photo_before")
    complete(campaign, person(campaign, CLERK), "classify", valid=True, fixable_now=True)
    campaign.clock.now += timedelta(minutes=10)  # type: ignore[attr-defined]
    taken = campaign.clock().astimezone(campaign.zone)
    other = hazards.register(campaign, FOUND | {"duplicate_reason": "另一处"}, viewer=inspector).number
    shoot(campaign, inspector, other, "photo_after", content=scene(7, taken))
    shoot(campaign, inspector, spot, "photo_after", content=scene(8, taken))
    assert lacking(campaign, spot) == []  # another scene
    shoot(campaign, inspector, spot, "photo_after", content=scene(7, taken, width=400, quality=50))
    assert lacking(campaign, spot) == []  # the better one counts
    with campaign.transaction() as tx:
        [good] = tx.scalars(select(Evidence).where(Evidence.hazard == spot, Evidence.look == look_of(scene(8, taken))))
        good.kind = "attachment"
    [told] = lacking(campaign, spot)
    assert told.startswith("整改后照片（角度 A1）看上去与以前的照片相同") and told.endswith("，须说明原因")
    complete(campaign, inspector, "fix_now", fixed=True)
    checks = rechecks.explain_photos(campaign, spot, reason="现场重拍，角度一致", viewer=inspector)
    assert checks[0].passed and checks[0].notes[0].endswith("说明：现场重拍，角度一致")
    assert "看上去与以前的照片相同" in checks[0].notes[0]


def turned(content: bytes) -> bytes:
    """The same photo as a camera held upright writes it: lying, and saying so."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation] = 6
    with Image.open(io.BytesIO(content)) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@settings(deadline=None, max_examples=150)
@given(where=st.lists(st.integers(0, 400), max_size=4), byte=st.integers(0, 255), kept=st.integers(0, 2000))
def test_a_torn_photo_is_read_or_refused_and_nothing_else(where: list[int], byte: int, kept: int) -> None:
    content = bytearray(turned(scene(1, TAKEN, width=64)))
    for at in where:
        content[at] = byte
    try:
        with Image.open(io.BytesIO(bytes(content[: len(content) - kept]))) as image:
            photo_facts.read(image, ZoneInfo("Asia/Shanghai"))
            photo_facts.look(photo_facts.decoded(image))
    except photo_facts.UNREADABLE as refused:
        assert str(refused)


def test_photos_that_were_stored_turned_are_looked_at_anew_once_a_few_at_a_time(
    campaign: App, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_looks, "CHUNK", 2)
    right, viewer = {}, person(campaign, INSPECTOR)
    for n in range(5):
        photo = scene(n, TAKEN) if n == 4 else turned(scene(n, TAKEN))
        right[evidence.add(campaign, photo, filename="1.jpg", viewer=viewer).id] = look_of(scene(n, TAKEN))
    upright, gone = list(right)[4], list(right)[3]
    with campaign.transaction() as tx:  # as they were stored before
        for row in tx.scalars(select(Evidence)):
            assert photo_facts.alike(row.look, right[row.id])
            row.look, row.look_1, row.look_2, row.look_3, row.look_4 = "f" * 16, *["ffff"] * 4
        campaign.files.path(tx.get_one(Evidence, gone).sha256).unlink()
    assert photo_looks.look_next(campaign)
    found = photo_looks._looks

    def beaten(*given: Any) -> dict[str, str]:
        looks = found(*given)
        monkeypatch.setattr(photo_looks, "_looks", found)
        assert photo_looks.look_next(campaign)  # another scheduler was quicker
        return dict.fromkeys(looks, "0" * 16)

    monkeypatch.setattr(photo_looks, "_looks", beaten)
    assert photo_looks.until_next(campaign) == timedelta() and photo_looks.look_next(campaign)
    while photo_looks.look_next(campaign):
        pass
    assert photo_looks.until_next(campaign) is None and not photo_looks.look_next(campaign)
    with campaign.reading() as tx:
        rows = {row.id: row for row in tx.scalars(select(Evidence))}
    for id, row in rows.items():
        kept = id in (upright, gone)
        assert (row.look == "f" * 16) == kept and (kept or photo_facts.alike(row.look, right[id])), "only the turned"
        assert [row.look_1, row.look_2, row.look_3, row.look_4] == photo_facts.looks(row.look or "")
