"""Reasons that people give for what they do to others: free text, bounded, and telling something."""

from dataclasses import dataclass
from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import invalid


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many letters and digits there are at least, and how many characters at most."""

    shortest: int
    longest: int


STAFF = Bounds(5, 500)
"""Why staff read or end what is another's (requirement J2)."""

REFUSAL = Bounds(3, 1000)
"""Why an order is declined or refused (requirement D3)."""


def checked_reason(reason: str, *path: str | int, bounds: Bounds = STAFF) -> str:
    """The reason trimmed and in NFC; InvalidInput TOO_SHORT, TOO_LONG or NOT_TEXT at `path`.

    What tells nothing is too short: only letters and digits count, so that dots or invisible signs are none.
    """
    clean = normalize("NFC", reason).strip()
    if sum(sign.isalnum() for sign in clean) < bounds.shortest:
        raise invalid("TOO_SHORT", *path, minimum=bounds.shortest)
    if len(clean) > bounds.longest:
        raise invalid("TOO_LONG", *path, maximum=bounds.longest)
    if not is_readable(clean):
        raise invalid("NOT_TEXT", *path)
    return clean
