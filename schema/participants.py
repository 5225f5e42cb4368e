"""The recipient's cabinet: what the gateway certified about a person, each field with its source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from auth.policy import require
from documents import participants
from documents.encryption import reveal
from execution.fields import computed, record, stored, value
from resolvers.context import Context
from schema import guards
from schema.nodes import Node

Plain = Mapping[str, Any]


def revealed(field: str) -> Any:
    """A loader that opens one personal field of many participants, for whoever may read them."""

    async def load(context: Context, records: Sequence[Plain]) -> list[Any]:
        for row in records:
            require(context.viewer, "Participant.read", row)
        return [await participants.revealed(dict(row), field) for row in records]

    return load


async def iins(context: Context, records: Sequence[Plain]) -> list[str]:
    """The IIN of many participants, for whoever may read them."""
    for row in records:
        require(context.viewer, "Participant.read", row)
    return [await reveal("participants.iin", row["_id"], row["iin"]) for row in records]


@value(description="A name as documents write it.")
class PersonName:
    """Surname first."""

    surname: str = stored()
    given: str = stored()
    patronymic: str | None = stored()


@value(description="Where a person is registered, permanently or for a time.")
class Address:
    """`region` is the top level of КАТО."""

    region: str = stored()
    text: str = stored()
    kind: str = stored()


@value(description="The document that proves who somebody is.")
class IdentityDocument:
    """Dates are ISO 8601."""

    number: str = stored()
    issuer: str = stored()
    issued: str = stored()
    expires: str | None = stored()


@value(description="Where a field came from.")
class FieldSource:
    """The signed record it was read from, and that record's time."""

    field: str = stored()
    record: str = stored()
    at: datetime = stored()


def sources(record: Plain) -> list[Plain]:
    """The source of every field that has one."""
    return [{"field": field, **source} for field, source in sorted(record["sources"].items())]


@record("participant", description="A participant of the portal (Order 73, p. 2(10)); shown to itself.")
class Participant(Node):
    """Order 73, p. 6."""

    iin: str = guards.batched(iins, policy="Participant.read")
    name: PersonName | None = guards.batched(revealed("name"), policy="Participant.read")
    birth_date: str | None = guards.batched(revealed("birth_date"), policy="Participant.read")
    sex: str | None = guards.batched(revealed("sex"), policy="Participant.read")
    address: Address | None = guards.batched(revealed("address"), policy="Participant.read")
    document: IdentityDocument | None = guards.batched(revealed("document"), policy="Participant.read")
    bmg_phone: str | None = guards.batched(
        revealed("bmg_phone"),
        policy="Participant.read",
        description="The number in the base of mobile citizens.",
    )
    region: str | None = stored()
    registered_at: datetime | None = stored()
    sources: list[FieldSource] = computed(sources)
