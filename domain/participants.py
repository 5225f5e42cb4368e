"""What the portal knows of people: where each field comes from, and how they correct two of them (p. 6)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel

from domain.errors import invalid
from domain.identifiers import parse_phone


class FieldSource(BaseModel):
    """Where a field came from: the record kept as signed, whose it is (BIN), and its two instants.

    `at` is the instant the state body issued it, `received_at` the one the portal got it; `body` is None for
    what the person stated.
    """

    record: str
    body: str | None
    at: datetime
    received_at: datetime


class Contact(StrEnum):
    """What a participant corrects and adds (Order 73, p. 6)."""

    phone = "phone"
    email = "email"


@dataclass(frozen=True, slots=True)
class ContactRule:
    """How a kind of contact is reached and kept: the outbox channel, and the field of the participant."""

    channel: str
    field: str


CONTACTS = {
    Contact.phone: ContactRule("sms", "confirmed_phone"),
    Contact.email: ContactRule("email", "email"),
}
CODE_LASTS = timedelta(minutes=10)
CODE_DIGITS = 6
CODE_TRIES = 5

_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")
_LONGEST_EMAIL = 254
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
"""The addresses that mail servers really take: no quotes, no comments, no bare host (RFC 5321, 4.1.2)."""
_LONGEST_LOCAL = 64


def parse_email(value: str, *path: str | int) -> str:
    """An address with its domain in small letters; InvalidInput INVALID_EMAIL (RFC 5321, 4.5.3.1)."""
    written = value.strip() if len(value) <= _LONGEST_EMAIL else ""
    local, _, host = written.rpartition("@")
    if _EMAIL.fullmatch(written) is None or len(local) > _LONGEST_LOCAL:
        raise invalid("INVALID_EMAIL", *path)
    return f"{local}@{host.lower()}"


def parse_contact(kind: Contact, value: str, *path: str | int) -> str:
    """A telephone in E.164 or an e-mail address; InvalidInput INVALID_PHONE or INVALID_EMAIL."""
    return parse_phone(value, path=path) if kind is Contact.phone else parse_email(value, *path)


def parse_code(value: str, *path: str | int) -> str:
    """A confirmation code as it was sent: six digits, blanks around them don't matter; InvalidInput."""
    written = value.strip()[: CODE_DIGITS + 1]
    if _CODE.fullmatch(written) is None:
        raise invalid("INVALID_CODE", *path)
    return written
