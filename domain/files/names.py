"""Names of files: cleaned when they come, and written so that no header can be broken by them."""

from unicodedata import category, normalize
from urllib.parse import quote

from domain.files.types import EXTENSIONS, ContentType

NAME_MAX = 100
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ()")
_FORBIDDEN = frozenset('"*:<>?|')
"""What some system can't have in a name."""


def clean_name(given: str, type_: ContentType) -> str:
    """The last part of a path on one line, with the extension of what the file is."""
    last = normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    visible = "".join(one if _is_visible(one) else " " for one in last)
    stem, dot, _ = visible.rpartition(".")
    stem = " ".join((stem if dot else visible).split()).strip(". ")[:NAME_MAX].rstrip(". ")
    return f"{stem or 'file'}{EXTENSIONS[type_]}"


def _is_visible(one: str) -> bool:
    """No controls, no marks that turn the direction of writing, nothing unassigned."""
    return one not in _FORBIDDEN and category(one)[0] != "C" and category(one) not in {"Zl", "Zp"}


def disposition(name: str, *, inline: bool) -> str:
    """A Content-Disposition for any name: plain for old readers, and as it is (RFC 6266, RFC 8187)."""
    plain = "".join(one if one in _PLAIN else "_" for one in name)
    whole = quote(name, safe="", encoding="utf-8", errors="replace")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"
