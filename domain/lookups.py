"""Why somebody reads the data of another person: asked for beforehand, written down, told to the person."""

from enum import StrEnum
from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import invalid

SHORTEST = 5
LONGEST = 500


class Access(StrEnum):
    """Ways in which others come to read a person's data, as the audit names them."""

    lookup = "Query.participantLookup.read"
    """The contact centre looked for an IIN."""
    person = "Query.participantOf.read"
    """The executive body asked whom a measure, an order or a task is about."""
    representation = "Query.representations.read"
    """Staff looked for who may act for the person."""
    recipient = "Order.recipient.read"
    """A supplier read whom to deliver to."""


def checked_reason(reason: str) -> str:
    """The reason trimmed and in NFC; InvalidInput TOO_SHORT, TOO_LONG or NOT_TEXT at `reason`.

    What tells nothing is too short: only letters and digits count, so that dots or invisible signs are none.
    """
    clean = normalize("NFC", reason).strip()
    if sum(sign.isalnum() for sign in clean) < SHORTEST:
        raise invalid("TOO_SHORT", "reason", minimum=SHORTEST)
    if len(clean) > LONGEST:
        raise invalid("TOO_LONG", "reason", maximum=LONGEST)
    if not is_readable(clean):
        raise invalid("NOT_TEXT", "reason")
    return clean
