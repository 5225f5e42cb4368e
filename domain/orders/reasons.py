"""The reason that goes with a refusal: free text, bounded."""

from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import invalid

SHORTEST = 3
LONGEST = 1000


def checked_reason(reason: str) -> str:
    """The reason trimmed and in NFC; InvalidInput TOO_SHORT, TOO_LONG or NOT_TEXT."""
    clean = normalize("NFC", reason).strip()
    if len(clean) < SHORTEST:
        raise invalid("TOO_SHORT", "input", "reason", minimum=SHORTEST)
    if len(clean) > LONGEST:
        raise invalid("TOO_LONG", "input", "reason", maximum=LONGEST)
    if not is_readable(clean):
        raise invalid("NOT_TEXT", "input", "reason")
    return clean
