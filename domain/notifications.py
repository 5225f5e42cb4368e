"""Notices to people: what can be said, and how long a text message of it is (requirement H)."""

from datetime import date
from enum import StrEnum

from domain.texts import Language, text

CHANNEL = "sms"
"""Name of the outbox channel for text messages."""
MOST_SEGMENTS = 2


class Notice(StrEnum):
    """Every notice, by the code of its text; in brackets what it needs."""

    choice_open = "choice_open"
    """months: the term of the choice."""
    choice_reopened = "choice_reopened"
    """months: the term of the choice."""
    choice_ending = "choice_ending"
    """until: the last day of the choice."""
    choice_blocked = "choice_blocked"
    order_accepted = "order_accepted"
    order_declined = "order_declined"
    order_handed_over = "order_handed_over"
    order_approved = "order_approved"
    order_refused = "order_refused"
    order_reimbursed = "order_reimbursed"
    order_cancelled = "order_cancelled"
    contact_code = "contact_code"
    """code: the code that confirms a phone or an e-mail."""


def render(notice: Notice, language: Language, **params: str | int | date) -> str:
    """The text of a notice in the person's language, days written as dd.mm.yyyy; KeyError without its values.

    There is no place in any text for a name, a diagnosis or a measure: a phone may lie on a table.
    """
    written = {
        key: f"{value:%d.%m.%Y}" if isinstance(value, date) else value for key, value in params.items()
    }
    return text(f"notifications.{notice.value}", language, **written)


_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(message: str) -> int:
    """How many parts a text message takes (3GPP TS 23.038 and 23.040).

    160 signs in one part or 153 in each of several when all are of the basic alphabet (an extended sign
    counts twice); as soon as one is not, 70 or 67 UTF-16 units.
    """
    if set(message) <= _BASIC | _EXTENDED:
        length = len(message) + sum(sign in _EXTENDED for sign in message)
        single, each = 160, 153
    else:
        length = len(message.encode("utf-16-be")) // 2
        single, each = 70, 67
    return 1 if length <= single else -(-length // each)
