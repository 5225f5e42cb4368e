"""Files of every type that is taken, made here: pictures with a place in them, and a PDF."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

PLACE = b"Abay avenue 1"
"""What a camera may write into a picture: where it was taken."""


def picture(format_: str = "JPEG", size: tuple[int, int] = (1600, 1200), **options: Any) -> bytes:
    """A picture of a format, with metadata that tell a place."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()  # ImageDescription
    exif[0x8825] = {1: "N", 2: (51.0, 7.0, 0.0)}  # GPS
    written = io.BytesIO()
    image.save(written, format_, exif=exif, **options)
    return written.getvalue()


def pdf(padding: int = 0) -> bytes:
    """A document."""
    return b"%PDF-1.7\n" + b"% " + b"x" * padding + b"\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
