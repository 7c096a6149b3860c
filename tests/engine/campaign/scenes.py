"""Drawn photos with something to see in them: each number another scene, in any size and quality."""

import io
import random
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw, ImageFilter

from engine.campaign import photo_facts


def scene(number: int, taken: datetime, *, width: int = 800, quality: int = 90) -> bytes:
    """A JPEG of a scene in the open sea at this moment (local time)."""
    chance = random.Random(number)
    image = Image.new("RGB", (800, 600))
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = chance.randrange(-100, 800), chance.randrange(-100, 600)
        wide, high = chance.choices(range(60, 300), k=2)
        pen.rectangle((x, y, x + wide, y + high), fill=tuple(chance.choices(range(256), k=3)))
    image = image.filter(ImageFilter.GaussianBlur(2)).resize((width, width * 3 // 4))
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = gps[ExifTags.GPS.GPSLongitude] = (0.5, 0.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def look_of(content: bytes) -> str | None:
    """What a stored photo looks like: read as uploads are."""
    with Image.open(io.BytesIO(content)) as image:
        return photo_facts.look(photo_facts.decoded(image))
