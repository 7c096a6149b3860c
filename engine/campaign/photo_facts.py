"""What a photo says of itself: when and where it was taken (EXIF), and what it looks like in 64 bits. Pure."""

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps

FLAT = 16  # grey levels between the darkest and the lightest spot: below it, a picture looks like nothing
CLEAR = 256  # pixels a side that are decoded at least: fewer, and a small copy looks different
NEAR_BITS = 6  # pictures that differ in at most so many bits look the same [design]
UNREADABLE = (  # what Pillow raises over a broken picture
    ArithmeticError, EOFError, Image.DecompressionBombError, LookupError, OSError, SyntaxError, TypeError, ValueError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """``taken_at`` is local time of the installation; all are None when the photo does not say."""

    taken_at: datetime | None
    lat: float | None
    lon: float | None


NOTHING = PhotoFacts(None, None, None)


def read(image: Image.Image, zone: ZoneInfo) -> PhotoFacts:
    """The facts of an opened photo; whatever is missing or nonsense counts as not said."""
    exif = image.getexif()
    taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    lat, lon = _point(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return PhotoFacts(_moment(taken, zone), lat, lon)


def decoded(image: Image.Image) -> Image.Image:
    """An opened picture decoded small, enough to see that it is whole and what it looks like, and upright."""
    image.draft(None, (max(image.width // 8, CLEAR), max(image.height // 8, CLEAR)))
    image.load()
    return upright(image)


def turned(image: Image.Image) -> bool:
    """Whether the camera says of an opened picture that it was held otherwise than the picture lies."""
    return image.getexif().get(ExifTags.Base.Orientation) in range(2, 9)


def upright(image: Image.Image) -> Image.Image:
    """An opened picture as it was held. What the camera wrote is not written anew: some of it no library can write."""
    image.getexif()  # read, and kept beside the bytes
    for name in ("exif", "Raw profile type exif"):
        image.info.pop(name, None)
    return ImageOps.exif_transpose(image)


def look(image: Image.Image) -> str | None:
    """The difference hash of a decoded picture, 16 hexadecimal digits; None for one that shows nothing."""
    small = list(image.convert("L").resize((9, 8), Image.Resampling.BILINEAR).tobytes())
    if max(small) - min(small) < FLAT:
        return None
    bits = [small[row * 9 + column] > small[row * 9 + column + 1] for row in range(8) for column in range(8)]
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def looks(look: str) -> list[str]:
    """Its four quarters: two looks that differ in at most three bits have one of them in common."""
    return [look[at : at + 4] for at in range(0, 16, 4)]


def alike(one: str | None, other: str | None) -> bool:
    """Whether two pictures look the same."""
    return bool(one and other) and (int(one or "0", 16) ^ int(other or "0", 16)).bit_count() <= NEAR_BITS


def _moment(text: object, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None


def _point(gps: Any) -> tuple[float | None, float | None]:
    tags = ExifTags.GPS
    try:
        lat = _degrees(gps[tags.GPSLatitude], gps[tags.GPSLatitudeRef], "S")
        lon = _degrees(gps[tags.GPSLongitude], gps[tags.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None, None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None, None  # also: a camera without fix writes zeros
    return lat, lon


def _degrees(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    found = degrees + minutes / 60 + seconds / 3600
    return -found if str(side).strip("\0 ").upper() == negative else found
