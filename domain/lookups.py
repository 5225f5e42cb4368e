"""Why somebody reads the data of another person: asked for beforehand, written down, told to the person."""

from enum import StrEnum


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
