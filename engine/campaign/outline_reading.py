"""What a GeoJSON file of outlines says, and everything that is wrong with it. Pure: no database, no clock."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import Invalid, Problem, TooLarge

MOST_FEATURES = 20_000
MOST_POINTS = 200_000
LARGEST = 8 * 1024 * 1024
AREAS = ("Polygon", "MultiPolygon")
FORMS = {"unit": AREAS, "place": ("Point", *AREAS)}
DECIMALS = 6  # a tenth of a metre


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of one unit or place as it came; ``position`` counts the features from 1."""

    position: int
    noun: str
    key: str
    geometry: dict[str, Any]


def shapes(content: bytes) -> list[Shape]:
    """The outlines in a FeatureCollection whose features name ``unit`` or ``place`` in their properties, WGS 84.

    Raises Invalid with each wrong feature, TooLarge.
    """
    features = _features(content)
    found, wrong, points = list[Shape](), list[Problem](), 0
    for position, feature in enumerate(features, 1):
        try:
            shape = _shape(position, feature)
            points += sum(1 for _ in positions(shape.geometry))
            found.append(shape)
        except _Wrong as error:
            wrong.append(_problem(position, error.message, error.en))
        if points > MOST_POINTS:
            raise TooLarge(
                f"轮廓的点超过 {MOST_POINTS} 个，请简化后再上传。", en=f"More than {MOST_POINTS} points; simplify them."
            )
    twice = {(one.noun, one.key) for one in found}
    if not wrong and len(twice) < len(found):
        seen = set[tuple[str, str]]()
        for one in found:
            if (one.noun, one.key) in seen:
                wrong.append(_problem(one.position, f"“{one.key}”的轮廓出现了两次", f"{one.key} occurs twice"))
            seen.add((one.noun, one.key))
    if wrong:
        raise refused(wrong)
    return found


def refused(wrong: list[Problem]) -> Invalid:
    """Nothing of the file was taken, and why."""
    return Invalid(
        f"轮廓文件有 {len(wrong)} 处不对，什么都没有写入，请改正后重新上传。",
        en=f"The file has {len(wrong)} mistakes; nothing was written.", problems=wrong[:100],
    )  # fmt: skip


def unknown(shape: Shape) -> Problem:
    """The finding about an outline of something that is not there."""
    noun = "单位" if shape.noun == "unit" else "场所"
    return _problem(shape.position, f"没有{noun}“{shape.key}”", f"There is no {shape.noun} {shape.key}")


def positions(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Every [lon, lat] of a checked geometry."""
    stack: list[Any] = [geometry["coordinates"]]
    while stack:
        part = stack.pop()
        if isinstance(part[0], int | float):
            yield part[0], part[1]
        else:
            stack.extend(part)


class _Wrong(Exception):
    """What is wrong with one feature."""

    def __init__(self, message: str, en: str) -> None:
        super().__init__(message)
        self.message, self.en = message, en


def _features(content: bytes) -> list[Any]:
    if len(content) > LARGEST:
        raise TooLarge(f"轮廓文件最大 {LARGEST // 1024 // 1024} MB，请简化后再上传。", en="The file is too large.")
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refused([_problem(0, "不是 UTF-8 的 JSON 文件", "not JSON in UTF-8")]) from error
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or given.get("type") != "FeatureCollection" or not features:
        raise refused([_problem(0, "不是 GeoJSON 的 FeatureCollection，或者里面没有轮廓", "no FeatureCollection")])
    if len(features) > MOST_FEATURES:
        raise TooLarge(f"一次最多 {MOST_FEATURES} 个轮廓，请分几次上传。", en=f"More than {MOST_FEATURES} features.")
    return features


def _shape(position: int, feature: Any) -> Shape:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise _Wrong("不是带属性（properties）的要素", "no feature with properties")
    named = [(noun, feature["properties"][noun]) for noun in FORMS if feature["properties"].get(noun)]
    if len(named) != 1 or not isinstance(named[0][1], str) or len(named[0][1]) > 64:
        raise _Wrong("属性里要写 unit（单位代码）或 place（场所编号），二者取一", "name one unit or one place")
    noun, key = named[0]
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in FORMS[noun]:
        raise _Wrong(f"图形只能是 {'、'.join(FORMS[noun])}", f"the geometry must be {' or '.join(FORMS[noun])}")
    return Shape(position, noun, key, {"type": geometry["type"], "coordinates": _coordinates(geometry)})


def _coordinates(geometry: dict[str, Any]) -> Any:
    given = geometry.get("coordinates")
    if geometry["type"] == "Point":
        return _point(given)
    if geometry["type"] == "Polygon":
        return _polygon(given)
    return [_polygon(part) for part in _list(given, 1)]


def _polygon(given: Any) -> list[list[list[float]]]:
    return [_ring(ring) for ring in _list(given, 1)]


def _ring(given: Any) -> list[list[float]]:
    ring = [_point(point) for point in _list(given, 4)]
    if ring[0] != ring[-1]:
        raise _Wrong("边界没有闭合：最后一点要和第一点相同", "a ring is not closed")
    return ring


def _list(given: Any, least: int) -> list[Any]:
    if not isinstance(given, list) or len(given) < least:
        raise _Wrong("坐标不完整：一条边界至少四个点", "too few coordinates")
    return given


def _point(given: Any) -> list[float]:
    plain = isinstance(given, list) and len(given) >= 2 and all(type(one) in (int, float) for one in given[:2])
    if not plain or not (-180 <= given[0] <= 180 and -90 <= given[1] <= 90):
        raise _Wrong("坐标要写成 [经度, 纬度]，单位是度", "a position is [longitude, latitude] in degrees")
    return [round(float(given[0]), DECIMALS), round(float(given[1]), DECIMALS)]


def _problem(position: int, message: str, en: str) -> Problem:
    where = f"第 {position} 个要素：" if position else ""
    return {"field": "file", "rule": "outline", "message": f"{where}{message}。", "severity": "error",
            "en": f"{f'Feature {position}: ' if position else ''}{en}."}  # fmt: skip
