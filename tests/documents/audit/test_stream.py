"""What the sealer sees: transactions put together again, and nothing of a row but its key."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Timestamp

from documents.audit.stream import Grouping, steps, watched
from documents.base import Row, collection, in_transaction, session
from documents.changes import follow_database
from documents.orders import Order
from documents.registry import DOCUMENTS

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def event(number: int, transaction: int | None = None) -> Row:
    """An event as the stream gives it."""
    identity: dict[str, Any] = {"lsid": {"id": b"s"}, "txnNumber": transaction} if transaction else {}
    return identity | {
        "_id": {"_data": str(number)},
        "operationType": "insert",
        "ns": {"db": "d", "coll": "orders"},
        "documentKey": {"_id": number},
        "clusterTime": Timestamp(1, transaction or number),
        "wallTime": NOW,
    }


def keys(grouping: Grouping, *events: Row) -> list[list[int]]:
    """The rows of each group that is complete after these events."""
    return [[each.document for each in group.changes] for group in grouping.take(events)]


def test_transactions_are_put_together() -> None:
    """R-J2: a transaction is complete with the next one, or when a question brings nothing more."""
    grouping = Grouping()
    assert keys(grouping, event(1), event(2, 7), event(3, 7)) == [[1]]
    assert [grouping.holds, keys(grouping, event(4, 7))] == [True, []]
    assert keys(grouping, event(5, 8)) == [[2, 3, 4]]
    assert [keys(grouping), grouping.holds] == [[[5]], False]
    assert keys(grouping, event(6, 9), event(7), event(8)) == [[6], [7], [8]]
    assert keys(grouping) == []


def test_watched_collections_come_from_the_document_classes() -> None:
    """Whatever class doesn't say otherwise is watched, with the names of its fields."""
    of = watched(DOCUMENTS)
    assert {"orders", "measures", "participants", "sessions"} <= of.keys()
    assert not {"audit", "audit_heads", "audit_intents", "events", "leases", "outbox"} & of.keys()
    assert {"_id", "status", "history"} <= watched([Order])["orders"]


@pytest.mark.usefixtures("database")
async def test_server_hands_out_no_values() -> None:
    """R-J2: of a row the stream shows the key and names of changed fields, of an intent everything."""
    async with follow_database(steps(watched(DOCUMENTS))) as changes:
        await collection("orders").insert_one({"_id": 1, "status": "secret", "old": "secret"})

        async def work() -> None:
            change = {"$set": {"status": "secret again", "a.b": "secret"}, "$unset": {"old": 1}}
            await collection("orders").update_one({"_id": 1}, change, session=session())
            await collection("audit_intents").insert_one({"_id": 2, "act": "x"}, session=session())
            await collection("events").insert_one({"_id": 3}, session=session())

        await in_transaction(work)
        seen: list[Row] = []
        while len(seen) < 3:
            seen += await changes.next()
    assert [(row["ns"]["coll"], row["operationType"]) for row in seen] == [
        ("orders", "insert"),
        ("orders", "update"),
        ("audit_intents", "insert"),
    ]
    assert "secret" not in str(seen)
    assert sorted(seen[1]["fields"]) == ["a", "old", "status"]
    assert seen[2]["fullDocument"] == {"_id": 2, "act": "x"}
    assert "txnNumber" not in seen[0]
    assert seen[1]["txnNumber"] == seen[2]["txnNumber"]
    assert seen[1]["clusterTime"] == seen[2]["clusterTime"]
