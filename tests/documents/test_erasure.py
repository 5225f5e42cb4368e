"""What stands in the way of an erasure; the erasure itself is proven with its resolver."""

from datetime import UTC, datetime

from documents import erasure
from documents.base import collection, in_transaction, new_id
from documents.encryption import seal
from documents.nodes import load
from documents.rate_limits import key_of
from domain.rate_limits import RateRule

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
IIN = "860615300123"


async def test_what_is_open(database: object) -> None:
    """R-J1: orders and measures that are not final are in the way, and messages that still go out."""
    assert database is not None
    person = new_id()
    orders = {status: new_id() for status in ("placed", "submitted", "declined", "reimbursed")}
    for status, row in orders.items():
        fields = {"participant": person, "status": status, "measure": row}
        await collection("orders").insert_one({"_id": row, **fields})
    for state in ("waiting", "dead", "delivered"):
        await collection("outbox").insert_one(
            {"person": person, "state": state, "about": state, "key": state}
        )
    found = await in_transaction(lambda: erasure.obstacles(person))
    assert set(found.orders) == {orders["placed"], orders["submitted"]}
    assert (found.measures, found.messages) == ([], 1)


async def test_somebody_without_anything(database: object) -> None:
    """R-J1: somebody without measure, order or session is erased as well, and dead messages lose their text."""
    assert database is not None
    person, row = new_id(), new_id()
    payload = await seal(person, "outbox.payload", row, "{}")
    await collection("participants").insert_one({"_id": person, "iin_index": b"1"})
    await collection("outbox").insert_one({"_id": row, "person": person, "state": "dead", "payload": payload})
    await collection("rate_limits").insert_one({"_id": key_of(RateRule.sign_in_failures, IIN)})
    done = await in_transaction(lambda: erasure.erase(person, IIN, NOW))
    assert await collection("rate_limits").count_documents({}) == 0
    assert done["participant"] == person
    assert await load("erasure", done["_id"])
    assert ((await collection("outbox").find_one({"_id": row})) or {})["payload"] is None
