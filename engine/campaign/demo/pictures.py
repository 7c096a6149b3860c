"""The picture manual of the sample installation: plain drawings, made here, of what is right and what is wrong."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

from engine.app import App
from engine.campaign import people, pictures
from engine.campaign.demo.sample import read

WIDTH, HEIGHT = 640, 420
WALL, FLOOR, LINE, WOOD, STEEL, DARK = "#e9eef4", "#c9d3de", "#44566b", "#c08a4e", "#93a3b5", "#2b3948"
RED, GREEN, AMBER, BLUE, LIGHT = "#c4332b", "#2e8b57", "#e0a030", "#3f77b8", "#ffffff"
Pen = ImageDraw.ImageDraw


def write_pictures(app: App) -> None:
    """Draw all of the sample file and add them to the manual, through the verb."""
    given = read("pictures")
    viewer = people.viewer(people.show(app, given["by"]))
    for row in given["pictures"]:
        about = {"code": row.get("code", ""), "checklist": row.get("checklist", ""), "no": row.get("item")}
        content = drawn(row["draw"], right=row["shows"] == "right")
        pictures.add(
            app, content, filename=f"{row['draw']}.png", shows=row["shows"], caption=row["caption"], viewer=viewer,
            **about,
        )  # fmt: skip


def drawn(name: str, *, right: bool) -> bytes:
    """One drawing as PNG, with a tick or a cross in its corner."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 300, WIDTH, HEIGHT), fill=FLOOR)
    pen.line((0, 300, WIDTH, 300), fill=LINE, width=2)
    DRAWINGS[name](pen)
    _mark(pen, right)
    out = io.BytesIO()
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _mark(pen: Pen, right: bool) -> None:
    pen.ellipse((556, 18, 622, 84), fill=GREEN if right else RED)
    if right:
        pen.line((573, 52, 585, 65, 606, 38), fill=LIGHT, width=8, joint="curve")
    else:
        pen.line((575, 37, 603, 65), fill=LIGHT, width=8)
        pen.line((603, 37, 575, 65), fill=LIGHT, width=8)


def _box(pen: Pen, x: int, y: int, wide: int, high: int, fill: str = WOOD) -> None:
    pen.rectangle((x, y, x + wide, y + high), fill=fill, outline=LINE, width=3)
    pen.line((x, y + high // 3, x + wide, y + high // 3), fill=LINE, width=2)


def _exit(pen: Pen) -> None:
    pen.rectangle((250, 40, 390, 74), fill=GREEN)
    pen.polygon([(350, 46), (350, 68), (374, 57)], fill=LIGHT)
    pen.line((268, 57, 350, 57), fill=LIGHT, width=8)
    pen.rectangle((220, 90, 420, 320), fill=DARK)


def _door_open(pen: Pen) -> None:
    _exit(pen)
    pen.rectangle((236, 104, 404, 320), fill="#f7fafc")
    pen.polygon([(236, 104), (160, 84), (160, 346), (236, 320)], fill=STEEL, outline=LINE)
    pen.ellipse((170, 208, 184, 222), fill=DARK)


def _door_locked(pen: Pen) -> None:
    _exit(pen)
    for x in (236, 322):
        pen.rectangle((x, 104, x + 82, 320), fill=STEEL, outline=LINE, width=3)
    pen.line((296, 206, 344, 206), fill=LINE, width=7)
    pen.arc((304, 196, 336, 236), 180, 360, fill=DARK, width=7)
    pen.rectangle((298, 216, 342, 252), fill=AMBER, outline=DARK, width=3)
    for x, y, wide, high in ((200, 282, 100, 90), (312, 262, 120, 110), (226, 214, 70, 68)):
        _box(pen, x, y, wide, high)


def _steps(pen: Pen) -> None:
    pen.polygon([(80, 400), (560, 400), (560, 150), (520, 150)], fill=STEEL)
    for step in range(6):
        x, y = 130 + step * 72, 360 - step * 42
        pen.rectangle((x, y, 600, y + 42), fill=FLOOR if step % 2 else "#dbe3ec", outline=LINE, width=2)
    pen.line((110, 300, 540, 60), fill=DARK, width=7)


def _stairs_blocked(pen: Pen) -> None:
    _steps(pen)
    for x, y, wide, high in ((214, 232, 92, 84), (330, 172, 84, 62), (430, 60, 90, 90), (60, 320, 96, 80)):
        _box(pen, x, y, wide, high)
    pen.ellipse((60, 236, 140, 316), outline=DARK, width=8)


def _bottle(pen: Pen, x: int, y: int, fill: str = RED) -> None:
    pen.rounded_rectangle((x, y, x + 60, y + 150), 22, fill=fill, outline=DARK, width=3)
    pen.rectangle((x + 22, y - 22, x + 38, y + 4), fill=DARK)
    pen.line((x + 30, y - 16, x + 64, y - 16, x + 76, y + 40), fill=DARK, width=6, joint="curve")
    pen.rectangle((x + 8, y + 54, x + 52, y + 100), fill=LIGHT)


def _extinguisher_hung(pen: Pen) -> None:
    pen.rectangle((220, 60, 380, 108), fill=RED)
    pen.text((246, 68), "119", fill=LIGHT, font_size=30)
    pen.line((232, 142, 360, 142), fill=LINE, width=6)
    for x in (236, 312):
        _bottle(pen, x, 168)


def _extinguisher_hidden(pen: Pen) -> None:
    _bottle(pen, 290, 150)
    for x, y, wide, high in ((150, 230, 130, 140), (288, 214, 150, 156), (446, 262, 110, 108), (186, 150, 96, 80)):
        _box(pen, x, y, wide, high)


def _socket(pen: Pen, x: int, y: int) -> None:
    pen.rounded_rectangle((x, y, x + 66, y + 66), 8, fill=LIGHT, outline=LINE, width=3)
    pen.line((x + 22, y + 22, x + 22, y + 44), fill=DARK, width=5)
    pen.line((x + 44, y + 22, x + 44, y + 44), fill=DARK, width=5)


def _wires_piped(pen: Pen) -> None:
    pen.line((60, 70, 500, 70), fill=STEEL, width=14)
    for x in (120, 280, 440):
        pen.line((x + 33, 70, x + 33, 180), fill=STEEL, width=14)
        _socket(pen, x, 180)


def _wires_chained(pen: Pen) -> None:
    _socket(pen, 80, 150)
    pen.line((112, 190, 96, 290, 180, 350, 220, 330), fill=DARK, width=7, joint="curve")
    for x in (220, 430):
        pen.rounded_rectangle((x, 310, x + 150, 352), 8, fill=LIGHT, outline=LINE, width=3)
        for hole in range(3):
            pen.ellipse((x + 22 + hole * 42, 322, x + 40 + hole * 42, 340), fill=DARK)
    pen.line((370, 330, 400, 384, 420, 334, 434, 330), fill=DARK, width=7, joint="curve")
    pen.line((470, 316, 480, 230, 560, 200, 570, 120), fill=RED, width=7, joint="curve")
    pen.polygon([(380, 236), (410, 180), (404, 222), (434, 222), (398, 290), (406, 236)], fill=AMBER)


def _bike(pen: Pen, x: int, y: int) -> None:
    for wheel in (0, 190):
        pen.ellipse((x + wheel, y, x + wheel + 90, y + 90), outline=DARK, width=9)
    pen.line((x + 45, y + 45, x + 110, y + 45, x + 190, y - 10, x + 235, y + 45), fill=BLUE, width=14, joint="curve")
    pen.line((x + 190, y - 10, x + 172, y - 78, x + 204, y - 92), fill=DARK, width=9, joint="curve")
    pen.rounded_rectangle((x + 40, y - 42, x + 122, y - 18), 10, fill=DARK)


def _bike_shed(pen: Pen) -> None:
    pen.polygon([(60, 110), (540, 80), (540, 104), (60, 134)], fill=BLUE)
    for x in (84, 510):
        pen.line((x, 120, x, 360), fill=LINE, width=10)
    _bike(pen, 150, 268)
    pen.rectangle((452, 190, 500, 262), fill=LIGHT, outline=LINE, width=3)
    pen.line((462, 226, 400, 250), fill=DARK, width=5)


def _bike_hall(pen: Pen) -> None:
    for x in (60, 330):
        pen.rectangle((x, 70, x + 150, 300), fill=WOOD, outline=LINE, width=3)
        pen.ellipse((x + 122, 180, x + 136, 194), fill=DARK)
    _bike(pen, 190, 282)
    pen.line((250, 250, 300, 150, 480, 60, 530, 0), fill=RED, width=6, joint="curve")


def _gas_cabinet(pen: Pen) -> None:
    pen.rectangle((60, 90, 250, 320), fill=STEEL, outline=LINE, width=4)
    for row in range(4):
        pen.line((84, 120 + row * 16, 226, 120 + row * 16), fill=LINE, width=4)
    for x in (82, 166):
        _bottle(pen, x, 202, fill=BLUE)
    pen.rectangle((286, 60, 306, 360), fill=DARK)
    _table(pen, 350)


def _table(pen: Pen, x: int) -> None:
    pen.rectangle((x, 230, x + 210, 250), fill=WOOD, outline=LINE, width=3)
    for leg in (18, 178):
        pen.line((x + leg, 250, x + leg, 372), fill=LINE, width=10)
    pen.arc((x + 60, 180, x + 150, 246), 0, 180, fill=DARK, width=9)


def _gas_table(pen: Pen) -> None:
    _table(pen, 200)
    for x in (120, 440):
        _bottle(pen, x, 222, fill=BLUE)
    pen.line((196, 214, 250, 190, 272, 214), fill=AMBER, width=6, joint="curve")


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "door_open": _door_open, "door_locked": _door_locked, "stairs_clear": _steps, "stairs_blocked": _stairs_blocked,
    "extinguisher_hung": _extinguisher_hung, "extinguisher_hidden": _extinguisher_hidden, "wires_piped": _wires_piped,
    "wires_chained": _wires_chained, "bike_shed": _bike_shed, "bike_hall": _bike_hall, "gas_cabinet": _gas_cabinet,
    "gas_table": _gas_table,
}  # fmt: skip
