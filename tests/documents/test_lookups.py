"""Who read a person's data, out of the sealed audit."""

from datetime import UTC, datetime

import pytest

from documents.audit.records import NAME
from documents.base import collection, new_id
from documents.lookups import accesses
from domain.audit import CHAIN
from domain.errors import InvalidInput

ACTS = {"Query.participantLookup.read", "Order.recipient.read"}


async def test_readings_of_one_person(database: object) -> None:
    """R-J2: a person's readings come newest first, without other acts, other people's or other chains'."""
    person, now = new_id(), datetime(2026, 3, 10, tzinfo=UTC)
    rows = [
        {"chain": CHAIN, "kind": "act", "act": act, "subject": str(whose), "role": "supplier", "at": now}
        for act, whose in [
            ("Query.participantLookup.read", person),
            ("Order.recipient.read", person),
            ("Mutation.orderPlace", person),
            ("Order.recipient.read", new_id()),
        ]
    ]
    other = rows[0] | {"chain": "another"}
    await collection(NAME).insert_many([row | {"seq": seq} for seq, row in enumerate([*rows, other])])
    found = await accesses(person, ACTS, first=10)
    assert [row["act"] for row in found] == ["Order.recipient.read", "Query.participantLookup.read"]
    assert [row["act"] for row in await accesses(person, ACTS, first=1)] == ["Order.recipient.read"]
    with pytest.raises(InvalidInput):
        await accesses(person, ACTS, first=101)
