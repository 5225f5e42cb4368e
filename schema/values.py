"""Small shapes that many types share: localised text, money, pages."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DecimalDefinition

from domain import money
from domain.identity import Role
from domain.texts import text as portal_text
from execution.fields import computed, stored, value
from resolvers.context import Context

Plain = Mapping[str, Any]
_DECIMAL = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|s?nan)", re.IGNORECASE
)
"""With what is no number at all, which the rules refuse with their own words."""


def as_decimal(given: object) -> Any:
    """A number as clients write it: digits of ASCII and nothing between them. Raises for anything else."""
    if not _DECIMAL.fullmatch(str(given)):
        raise StrawberryInputCoercionError(f'Value cannot represent a Decimal: "{given}".')
    return _ANY_DECIMAL(given)


_ANY_DECIMAL: Any = DecimalDefinition.parse_value
DECIMAL = replace(DecimalDefinition, parse_value=as_decimal)
"""Python's own reading takes underscores and the digits of every script, where a person may err."""


def in_language(record: Plain, context: Context) -> str:
    """The text in the reader's language; else Russian, Kazakh, English, whichever is there."""
    for language in (context.language, "ru", "kk", "en"):
        if record.get(language):
            return str(record[language])
    return ""


@value(description="A text in the languages it was written in.")
class LocalisedText:
    """`text` chooses by Accept-Language."""

    kk: str | None = stored()
    ru: str | None = stored()
    en: str | None = stored()
    text: str = computed(in_language, description="In the language asked for, as far as it exists.")


def role_of(record: Plain) -> str:
    """The role out of the stored name of who acted, whose identifiers are nobody else's business."""
    return str(record["by"]).partition(":")[0]


def is_on_behalf(record: Plain) -> bool:
    """Whether a legal representative did the step (requirement A6)."""
    return bool(record.get("on_behalf")) or record.get("representative") is not None


def acted_by(record: Plain, context: Context) -> str:
    """Who did a step of a history, as the reader knows them: never a name.

    The person reads "You" or "Your representative", everybody else the role.
    """
    role, on_behalf = role_of(record), is_on_behalf(record)
    person = context.viewer.role is Role.participant and context.viewer.representative is None
    if person and role == Role.participant:
        return portal_text(f"actors.{'own_representative' if on_behalf else 'oneself'}", context.language)
    return portal_text(f"roles.{'representative' if on_behalf else role}", context.language)


def amount(record: Plain) -> Decimal:
    """Tiyn as tenge, exact."""
    return _tenge(record["tiyn"])


@lru_cache(maxsize=4_096)
def _tenge(tiyn: int) -> Decimal:
    return Decimal(tiyn) / money.TIYN_IN_TENGE


def shown(record: Plain, context: Context) -> str:
    """The sum as a person reads it."""
    return money.shown(record["tiyn"], context.language)


def currency(_record: Plain) -> str:
    """All sums are in tenge."""
    return "KZT"


@value(description="A sum of money, exact to the tiyn.")
class Money:
    """Sums never travel as floating point."""

    amount: Decimal = computed(amount, description="In tenge, with two digits after the point.")
    currency: str = computed(currency, description="ISO 4217.")
    text: str = computed(shown, description="As a person reads it.")


def money_of(field: str) -> Any:
    """A function that reads a stored number of tiyn as Money."""

    def read(record: Plain) -> Plain | None:
        tiyn = record.get(field)
        return None if tiyn is None else {"tiyn": tiyn}

    return read


def status_text(of: str) -> Any:
    """A function that reads the stored status of a listing, measure or order in the reader's words."""

    def read(record: Plain, context: Context) -> str:
        return portal_text(f"statuses.{of}_{record['status']}", context.language)

    return read
