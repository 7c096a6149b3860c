"""Outlines of the map: read strictly, written all or none, by who is responsible for the area."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import board_map, outline_reading, outlines
from engine.errors import Invalid, NotAllowed, TooLarge

Cast = Callable[[App, str], Viewer]
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]]}
POINT = {"type": "Point", "coordinates": [0.05, 0.05]}


def geojson(*features: tuple[dict[str, Any], Any]) -> bytes:
    """A FeatureCollection of these properties and geometries."""
    rows = [{"type": "Feature", "properties": properties, "geometry": shape} for properties, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def test_a_file_replaces_the_outlines_that_it_names(campaign: App, person: Cast) -> None:
    clerk = person(campaign, "clerk-safety-office")
    written = outlines.write(campaign, geojson(({"unit": "GH-01"}, SQUARE), ({"place": "P019"}, POINT)), viewer=clerk)
    assert (written.units, written.places) == (1, 1)
    shown = board_map.draw(campaign, clerk)
    area = next(one for one in shown.areas if one.code == "GH-01")
    assert area.geometry == {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]]}
    assert next(one for one in shown.places if one.id == "P019").geometry == POINT
    assert next(one for one in shown.areas if one.code == "GH-02").geometry != area.geometry


def test_one_wrong_feature_keeps_all_out(campaign: App, person: Cast) -> None:
    clerk = person(campaign, "clerk-safety-office")
    before = board_map.draw(campaign, clerk).areas
    for wrong in (({"unit": "nowhere"}, SQUARE), ({"place": "P999"}, POINT), ({"unit": "police_station"}, SQUARE)):
        with pytest.raises(Invalid) as refused:
            outlines.write(campaign, geojson(({"unit": "GH-01"}, SQUARE), wrong), viewer=clerk)
        assert "第 2 个要素" in refused.value.problems[0]["message"]
    assert board_map.draw(campaign, clerk).areas == before


def test_only_clerks_of_the_street_write_outlines(campaign: App, person: Cast, root: Viewer) -> None:
    content = geojson(({"unit": "GH-01"}, SQUARE))
    for name in ("inspector-gh-01", "leader-street", "officer-fire-rescue"):
        with pytest.raises(NotAllowed):
            outlines.write(campaign, content, viewer=person(campaign, name))
    assert outlines.write(campaign, content, viewer=root).units == 1


@pytest.mark.parametrize(
    "shape",
    [
        None, {}, {"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [200, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], ["1", 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [True, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 0], [1, 1], [0, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"type": ["Polygon"], "coordinates": 1},
    ],
)  # fmt: skip
def test_a_shape_that_is_none_is_named(shape: Any) -> None:
    with pytest.raises(Invalid) as refused:
        outline_reading.shapes(geojson(({"unit": "GH-01"}, shape)))
    assert "第 1 个要素" in refused.value.problems[0]["message"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"type": "FeatureCollection", "features": []}', b"[" * 100_000,
     b'{"type": "FeatureCollection", "features": [1, null, {"properties": 3}]}'],
)  # fmt: skip
def test_what_is_no_geojson_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        outline_reading.shapes(content)


def test_properties_name_exactly_one_thing() -> None:
    for properties in ({}, {"unit": "GH", "place": "P1"}, {"unit": 7}, {"unit": "x" * 65}, {"unit": ["GH"]}):
        with pytest.raises(Invalid):
            outline_reading.shapes(geojson((properties, SQUARE)))
    with pytest.raises(Invalid, match="1 处"):
        outline_reading.shapes(geojson(({"unit": "GH"}, SQUARE), ({"unit": "GH"}, SQUARE)))


def test_more_than_a_map_needs_is_too_large() -> None:
    with pytest.raises(TooLarge):
        outline_reading.shapes(b" " * (outline_reading.LARGEST + 1))
    ring = [[0, 0], *([[0.5, 0.5]] * outline_reading.MOST_POINTS), [0, 0]]
    with pytest.raises(TooLarge):
        outline_reading.shapes(geojson(({"unit": "GH"}, {"type": "Polygon", "coordinates": [ring]})))
