"""Participants: gateway records, registration with consent, and the contacts they correct (A3, A4, A5)."""

from resolvers.participants.contacts import change_contact, code_expiry, confirm_contact
from resolvers.participants.reading import own
from resolvers.participants.receiving import Received, receive_gateway_record
from resolvers.participants.registering import lacking, register

__all__ = [
    "Received",
    "change_contact",
    "code_expiry",
    "confirm_contact",
    "lacking",
    "own",
    "receive_gateway_record",
    "register",
]
