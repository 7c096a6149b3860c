"""The QR code at the door of a place as a picture that can be printed."""

import segno


def drawn(code: str) -> str:
    """The code as the text of an SVG data address."""
    return str(segno.make(code, error="m").svg_data_uri(scale=8, border=2))
