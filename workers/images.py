"""Makes of a picture the one that is shown and smaller ones, in a process of its own.

Started by `workers.files` as a script, never imported by the portal: decoders of pictures are large and were
broken before, so this process sees no key, no environment and no database, has bounded memory and time, and
reads the one format that the file was found to have.

    python -I images.py PNG 320 1024 < picture > answer

The answer is a line of JSON, a list of {"name", "width", "height", "size"}, and the bytes of all of them in
that order. The first is the picture itself. Each is encoded anew from its pixels alone, so that nothing else
of what was uploaded is left: no place where it was taken, no name, no second file behind it. Exit code 3
says that the picture can't be read.
"""

import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

UNREADABLE: Final = 3
MEMORY: Final = 2 * 2**30
SECONDS: Final = 60
PIXELS: Final = 40_000_000
LARGEST: Final = 64 * 2**20
"""Bytes of an answer."""
_BAD: Final = (
    UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning,
    OSError, ValueError, SyntaxError, MemoryError,
)  # fmt: skip
"""What decoders raise over bytes that are no picture, or too large a one."""
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 88},
}


def main(arguments: Sequence[str], source: BinaryIO, answer: BinaryIO) -> int:
    """Answer for one picture; what the process exits with."""
    try:
        made = list(pictures(source.read(), arguments[0], [int(width) for width in arguments[1:]]))
    except _BAD:
        return UNREADABLE
    if sum(len(data) for _, data in made) > LARGEST:
        return UNREADABLE
    answer.write(json.dumps([told for told, _ in made]).encode() + b"\n")
    answer.writelines(data for _, data in made)
    return 0


def pictures(data: bytes, format_: str, widths: Sequence[int]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The picture from its pixels alone, upright, and then smaller ones of those widths that are smaller."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(data), formats=[format_]) as opened:
        opened.load()
        whole = plain(ImageOps.exif_transpose(opened), format_)
    yield encoded("whole", whole, format_)
    for width in widths:
        if width < whole.width:
            sides = (width, max(1, round(whole.height * width / whole.width)))
            yield encoded(str(width), whole.resize(sides, Image.Resampling.LANCZOS), format_)


def plain(image: Image.Image, format_: str) -> Image.Image:
    """The pixels in a mode that every reader knows, and nothing beside them."""
    see_through = format_ != "JPEG" and image.has_transparency_data
    made = image.convert("RGBA" if see_through else "L" if image.mode in {"1", "L"} else "RGB")
    made.info.clear()
    return made


def encoded(name: str, image: Image.Image, format_: str) -> tuple[dict[str, Any], bytes]:
    """A picture as bytes, and what is told of it."""
    written = io.BytesIO()
    image.save(written, format_, **_OPTIONS[format_])
    data = written.getvalue()
    return {"name": name, "width": image.width, "height": image.height, "size": len(data)}, data


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
