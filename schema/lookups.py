"""Who a person is, for those whose task needs it; and who has read one's own data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.identity import Role
from domain.masking import Shown
from domain.texts import text
from execution.fields import computed, stored, value
from resolvers import lookups as acts
from resolvers.context import Context
from schema.nodes import parsed
from schema.roots import query

Plain = Mapping[str, Any]
strawberry.enum(Shown, name="Shown", description="How much of a value the reader's task takes.")


@value(description="A personal value as far as the reader's task takes it.")
class PersonalValue:
    """`text` is null where the value is hidden, and where there is none."""

    text: str | None = stored(description="Covered signs are written as •.")
    shown: Shown = stored()


@value(description="A participant as far as the reader's task takes it.")
class PersonInBrief:
    """What is not needed is hidden; whoever reads this is written down, and the person can see that."""

    name: PersonalValue = stored()
    iin: PersonalValue = stored()
    phone: PersonalValue = stored(description="Where notices go.")
    address: PersonalValue = stored()
    region: str | None = stored()
    registered: bool = stored(description="Whether the person has a cabinet.")


def status_text(record: Plain, context: Context) -> str:
    """The status in words."""
    return text(f"statuses.{record['of']}_{record['status']}", context.language)


@value(description="How many stand where.")
class StatusCount:
    """Of a person's measures or orders."""

    status: str = stored()
    status_text: str = computed(status_text)
    count: int = stored()


def itself(record: Plain) -> Plain:
    """The person who was found."""
    return record


@value(description="What the contact centre needs to answer a call.")
class ParticipantFound:
    """By the whole IIN only."""

    person: PersonInBrief = computed(itself)
    measures: list[StatusCount] = stored()
    orders: list[StatusCount] = stored()


def purpose_text(record: Plain, context: Context) -> str:
    """What it was for, in words."""
    return text(f"access_purposes.{record['purpose']}", context.language)


@value(description="A reading of one's data by somebody else.")
class PersonalDataAccess:
    """Out of the sealed audit; the person who read is not named, the role is."""

    role: Role = stored()
    at: datetime = stored()
    purpose: str = computed(purpose_text)


async def recipients(context: Context, records: Sequence[Plain]) -> list[Row | None]:
    """To whom orders go, for their suppliers and for the person."""
    return await acts.recipients(context, [dict(row) for row in records])


async def accesses(record: Plain, _context: Context, *, first: int = 24) -> list[Row]:
    """Who else read the person's data."""
    return await acts.accesses(dict(record), first)


async def participant_lookup(context: Context, *, iin: str, reason: str) -> Row | None:
    """A participant by IIN, for the contact centre; the reason is kept, a search that finds nobody too."""
    return await acts.participant_lookup(context, iin, reason)


async def participant_of(context: Context, *, id: strawberry.ID, reason: str) -> Row:  # noqa: A002
    """Whom a measure, an order or a notice task of the region is about; the reason is kept."""
    return await acts.participant_of(context, *parsed(id, "id"), reason)


@strawberry.type
class LookupQueries:
    """Reading other people's data."""

    participant_lookup: ParticipantFound | None = query(participant_lookup, cost=20)
    participant_of: PersonInBrief = query(participant_of, cost=20)
