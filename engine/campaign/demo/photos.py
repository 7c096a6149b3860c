"""Placeholder pictures for sample cases, drawn so that no real place is shown; each looks different and carries its
moment.
"""

import io
import random
import zlib
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw

NOWHERE = (0.5, 0.5)  # degrees, in the open sea: no real place is meant


def photo(label: str, taken_at: datetime, *, at: tuple[float, float] = NOWHERE) -> bytes:
    """A small JPEG with spots of its own, its label, and in its EXIF data the moment (local time) and the point."""
    seed = zlib.crc32(label.encode())
    spots = Image.frombytes("RGB", (9, 8), bytes(tone // 2 for tone in random.Random(seed).randbytes(9 * 8 * 3)))
    image = spots.resize((640, 480), Image.Resampling.BILINEAR)
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, 600, 440), outline="white", width=4)
    pen.text((60, 220), f"{label}  {taken_at:%Y-%m-%d %H:%M}  SAMPLE", fill="white", font_size=20)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = ((degrees, 0.0, 0.0) for degrees in at)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70, exif=exif)
    return out.getvalue()
