"""Photos and files: what is accepted, what the photo itself tells, who reads them."""

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine import uploads
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import closure_photos, evidence, hazards
from engine.campaign.demo.photos import photo
from engine.errors import Invalid, NotFound, TooLarge

Person = Callable[[App, str], Viewer]
LI = Viewer("li")


def test_a_photo_keeps_its_size_its_hash_and_the_moment_it_was_taken(app: App) -> None:
    taken = datetime(2026, 9, 24, 8, 30, tzinfo=app.zone)

    shown = evidence.add(app, photo("x", taken), filename="x.jpg", viewer=LI, kind="photo_before", angle="A")

    assert (shown.media_type, shown.width, shown.height, shown.taken_at) == ("image/jpeg", 640, 480, taken)
    assert evidence.read(app, shown.id, viewer=LI)[1] == photo("x", taken)


def test_a_photo_without_exif_has_no_moment(app: App) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 10)).save(out, "PNG")

    shown = evidence.add(app, out.getvalue(), filename="x.png", viewer=LI, kind="photo_after")

    assert (shown.media_type, shown.taken_at) == ("image/png", None)


def test_a_pdf_is_accepted_as_attachment_only(app: App) -> None:
    assert evidence.add(app, b"%PDF-1.7 ...", filename="x.pdf", viewer=LI).media_type == "application/pdf"
    with pytest.raises(Invalid):
        evidence.add(app, b"%PDF-1.7 ...", filename="x.pdf", viewer=LI, kind="photo_after")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"GIF89a", "x.gif", "photo_before"),
        (b"<svg onload=alert(1)>", "x.jpg", "photo_before"),
        (b"", "x.jpg", "photo_before"),
        (b"MZ", "x.pdf", "attachment"),
        (b"x", "x.exe", "attachment"),
        (photo("cut", datetime(2026, 1, 1))[:200], "x.jpg", "photo_before"),  # noqa: DTZ001
        (b"x", "x.jpg", "selfie"),
    ],
)
def test_what_is_no_photo_is_refused(app: App, content: bytes, name: str, kind: str) -> None:
    with pytest.raises(Invalid):
        evidence.add(app, content, filename=name, viewer=LI, kind=kind)


def test_a_file_over_the_limit_is_refused(app: App) -> None:
    with pytest.raises(TooLarge):
        evidence.add(app, bytes(uploads.LARGEST + 1), filename="x.jpg", viewer=LI, kind="photo_before")


def test_a_photo_with_too_many_pixels_is_refused_before_it_is_decoded(app: App) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 8000)).save(out, "PNG")

    with pytest.raises(TooLarge):
        evidence.add(app, out.getvalue(), filename="x.png", viewer=LI, kind="photo_before")


def test_a_waiting_file_is_read_by_its_uploader_only(app: App) -> None:
    shown = evidence.add(app, b"%PDF-", filename="x.pdf", viewer=LI)

    with pytest.raises(NotFound):
        evidence.read(app, shown.id, viewer=Viewer("stranger"))


def test_a_file_for_a_hazard_that_one_may_not_see_is_refused(app: App) -> None:
    with pytest.raises(NotFound):
        evidence.add(app, b"%PDF-", filename="x.pdf", viewer=LI, hazard="YQ-2026-0901")


def test_photos_uploaded_before_belong_to_the_hazard_that_names_them(campaign: App, person: Person) -> None:
    inspector = person(campaign, "inspector-qs-02")
    taken = campaign.clock().astimezone(campaign.zone)
    waiting = evidence.add(campaign, photo("a", taken), filename="a.jpg", viewer=inspector, kind="photo_before")

    values = {"place": "P019", "code": "RF-05", "text": "插线板串接", "photos": [waiting.id]}
    shown = hazards.register(campaign, values, viewer=inspector)

    assert shown.photos == [waiting.id]
    assert evidence.read(campaign, waiting.id, viewer=person(campaign, "leader-street"))[0].hazard == shown.number


def test_nobody_names_another_persons_photo(campaign: App, person: Person) -> None:
    taken = campaign.clock().astimezone(campaign.zone)
    theirs = evidence.add(
        campaign, photo("a", taken), filename="a.jpg", viewer=person(campaign, "inspector-gh-01"), kind="photo_before"
    )
    values = {"place": "P019", "code": "RF-05", "text": "插线板串接", "photos": [theirs.id]}

    with pytest.raises(Invalid):
        hazards.register(campaign, values, viewer=person(campaign, "inspector-qs-02"))


@given(lat=st.floats(-80, 80), lon=st.floats(-179, 179), north=st.floats(0, 0.01))
def test_the_distance_of_points_on_a_meridian_is_known(lat: float, lon: float, north: float) -> None:
    assert closure_photos.distance(lat, lon, lat + north, lon) == pytest.approx(north * 111_194.9, rel=1e-3, abs=0.01)
