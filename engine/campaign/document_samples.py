"""Made-up content with which a template is tried: short for the eye, and as much as a body may hold."""

import io
from typing import Any

from PIL import Image, ImageDraw

from engine.campaign.document_bodies import MOST_LINES
from engine.campaign.document_rendering import Sheet, Signed
from engine.campaign.document_types import MOST_PHOTOS, PHOTOS, DocumentType, Field

SHOT = "示例照片"


def sample(type: DocumentType, organ_name: str, address: str) -> Sheet:
    """A document of this type as it could look: two or three rows in each list."""
    return _sheet(type, organ_name, address, lines=3, rows=2)


def fullest(type: DocumentType, organ_name: str, address: str) -> Sheet:
    """The same with as many rows as a body may have: what takes too long or breaks there must not be accepted."""
    return _sheet(type, organ_name, address, lines=MOST_LINES, rows=MOST_LINES)


def _sheet(type: DocumentType, organ_name: str, address: str, *, lines: int, rows: int) -> Sheet:
    body = {field.name: _value(field, lines, rows) for field in type.fields}
    signatures = [Signed("承办人", f"示例人员{n}", "2026-01-02 09:00", _strokes()) for n in (1, 2)]
    return Sheet(
        organ_name, f"示例〔2026〕{type.code}1号", "2026年1月2日", "示例核验码", body, signatures, type.note,
        verify_url=address, photos={SHOT: _shot()} if any(field.kind == PHOTOS for field in type.fields) else {},
    )  # fmt: skip


def _value(field: Field, lines: int, rows: int) -> Any:
    if field.kind == "lines":
        return [f"{field.label}示例第 {n} 行" for n in range(1, lines + 1)]
    if field.kind == PHOTOS:
        return [{"photo": SHOT, "text": f"示例场所，照片 {n}"} for n in range(1, min(rows, MOST_PHOTOS) + 1)]
    if field.kind == "items":
        columns = field.columns or {}
        return [{key: f"{label}示例 {n}" for key, label in columns.items()} for n in range(1, rows + 1)]
    return field.default or (field.choices[0] if field.choices else f"{field.label}示例 <甲&乙>")


def _shot() -> bytes:
    image = Image.new("RGB", (400, 300), "#8ba3bd")
    ImageDraw.Draw(image).polygon([(40, 260), (150, 90), (220, 190), (270, 130), (360, 260)], fill="#e8eef5")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def _strokes() -> bytes:
    image = Image.new("RGB", (120, 40), "white")
    ImageDraw.Draw(image).line([(5, 30), (30, 8), (55, 32), (80, 10), (115, 28)], fill="black", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
