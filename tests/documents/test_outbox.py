"""The outbox: sealed, in order per aggregate, in one sender's hand at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from documents import outbox
from documents.base import Row, collection, in_transaction, new_id, session
from documents.outbox import Claimed, PayloadLost, Settled

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
LEASE = timedelta(minutes=1)
PERSON = new_id()


async def put(key: str, aggregate: str = "measure:1", channel: str = "sms", **payload: Any) -> None:
    """One committed message."""

    async def work() -> None:
        await outbox.enqueue(
            channel=channel, key=key, aggregate=aggregate, person=PERSON, payload=payload, at=NOW
        )

    await in_transaction(work)


async def take(now: datetime = NOW) -> Claimed:
    """A message that must be there."""
    claimed = await outbox.claim("sms", now, LEASE)
    assert claimed is not None
    return claimed


async def rows() -> list[Row]:
    """Everything stored."""
    return await collection("outbox").find({}).sort("order", 1).to_list()


async def test_message_is_sealed_and_opens_once_claimed() -> None:
    """R-J1: nothing of the payload is stored in the clear; the sender reads it."""
    await put("k1", phone="+77010000000", text="Сәлем")
    [row] = await rows()
    assert b"77010000000" not in row["payload"]
    claimed = await take()
    assert (claimed.key, claimed.aggregate, claimed.person, claimed.attempts) == (
        "k1",
        "measure:1",
        PERSON,
        1,
    )
    assert await outbox.opened(claimed) == {"phone": "+77010000000", "text": "Сәлем"}


async def test_message_needs_a_transaction() -> None:
    """R-C6: outside the transaction that makes it true, a message is refused and nothing is written."""
    with pytest.raises(RuntimeError):
        await outbox.enqueue(channel="sms", key="k", aggregate="a", person=PERSON, payload={}, at=NOW)
    assert await rows() == []
    assert await collection("outbox_heads").count_documents({}) == 0


async def test_key_is_unique_per_channel() -> None:
    """R-H: the same key twice in a channel is refused and leaves nothing; another channel has its own keys."""
    await put("k1")
    await put("k1", channel="sobes")
    before = await collection("outbox_heads").find({}).to_list()
    with pytest.raises(DuplicateKeyError):
        await put("k1", aggregate="measure:2")
    assert len(await rows()) == 2
    assert await collection("outbox_heads").find({}).to_list() == before


async def test_only_the_oldest_of_an_aggregate_is_claimed() -> None:
    """R-C6: a message waits until every older one of its aggregate is done with."""
    await put("a1")
    await put("a2")
    await put("b1", aggregate="measure:2")
    first, other = await take(), await take()
    assert {first.key, other.key} == {"a1", "b1"}
    assert await outbox.claim("sms", NOW, LEASE) is None
    for claimed in (first, other):
        assert await outbox.delivered(claimed, "receipt", NOW)
    assert (await take()).key == "a2"


async def test_message_before_its_time_stays() -> None:
    """A message isn't taken before its instant, and not from another channel."""
    await put("k1")
    assert await outbox.claim("sms", NOW - timedelta(seconds=1), LEASE) is None
    assert await outbox.claim("sobes", NOW, LEASE) is None
    assert (await take()).key == "k1"


async def test_many_at_once_get_different_messages() -> None:
    """Twenty senders at once never have the same message."""
    for place in range(10):
        await put(f"k{place}", aggregate=f"measure:{place}")
    taken = await asyncio.gather(*(outbox.claim("sms", NOW, LEASE) for _ in range(20)))
    keys = [claimed.key for claimed in taken if claimed]
    assert sorted(keys) == sorted({f"k{place}" for place in range(10)})


async def test_delivery_keeps_proof_and_drops_the_payload() -> None:
    """R-J1: after delivery the receipt and its instant stay, the personal data don't."""
    await put("k1", phone="+77010000000")
    assert await outbox.delivered(await take(), "sms-7", NOW)
    [row] = await rows()
    assert (row["state"], row["receipt"], row["delivered_at"], row["payload"]) == (
        "delivered",
        "sms-7",
        NOW,
        None,
    )


async def test_lease_that_ran_out_goes_to_another() -> None:
    """R-C6: a message whose sender died is sent again; what the dead one still says changes nothing."""
    await put("k1")
    dead = await take()
    again = await take(NOW + LEASE)
    assert (again.key, again.attempts) == (dead.key, 2)
    assert not await outbox.delivered(dead, "late", NOW)
    assert not await outbox.buried(dead, "late", NOW)
    assert not await outbox.put_back(dead, "late", NOW)
    [row] = await rows()
    assert (row["state"], row["lease"], row["receipt"]) == ("leased", again.lease, None)
    assert await collection("events").count_documents({}) == 0


async def test_put_back_waits() -> None:
    """A message put back is taken again at its instant and not before."""
    await put("k1")
    later = NOW + timedelta(seconds=8)
    assert await outbox.put_back(await take(), "HTTP_503", later)
    assert await outbox.claim("sms", NOW + timedelta(seconds=7), LEASE) is None
    assert (await take(later)).attempts == 2


async def test_refused_message_is_reported_and_lets_the_next_go() -> None:
    """A message refused for good keeps its payload, is told to administrators, and blocks nobody."""
    await put("a1", phone="+77010000000")
    await put("a2")
    assert await outbox.buried(await take(), "HTTP_422", NOW)
    first = (await rows())[0]
    assert (first["state"], first["failure"]) == ("dead", "HTTP_422")
    assert first["payload"] is not None
    [event] = await collection("events").find({}).to_list()
    assert (event["kind"], event["subject"], event["topics"]) == (
        "outbox.dead",
        first["_id"],
        ["administration"],
    )
    assert event["data"] == {"channel": "sms", "failure": "HTTP_422", "attempts": 1}
    assert (await take()).key == "a2"


async def test_settlement_and_what_follows_are_one() -> None:
    """R-C3: what becomes true with a delivery is written with it; when that fails, nothing is settled."""
    await put("k1")
    told: list[Settled] = []

    async def note(settled: Settled) -> None:
        told.append(settled)
        await collection("feed_topics").insert_one({"_id": "noted", "seq": 1}, session=session())
        if len(told) == 1:
            raise KeyError

    claimed = await take()
    with pytest.raises(KeyError):
        await outbox.delivered(claimed, "r", NOW, note)
    assert (await rows())[0]["state"] == "leased"
    assert await collection("feed_topics").count_documents({}) == 0
    assert await outbox.delivered(claimed, "r", NOW, note)
    assert await collection("feed_topics").count_documents({}) == 1
    assert (told[1].key, told[1].receipt, told[1].failure, told[1].at) == ("k1", "r", None, NOW)


async def test_moved_payload_does_not_open() -> None:
    """R-J1: a payload copied from another row is found out."""
    await put("k1", phone="1")
    await put("k2", aggregate="measure:2", phone="2")
    first, second = await rows()
    await collection("outbox").update_one({"_id": first["_id"]}, {"$set": {"payload": second["payload"]}})
    claims = {claimed.key: claimed for claimed in (await take(), await take())}
    with pytest.raises(PayloadLost):
        await outbox.opened(claims["k1"])
    assert await outbox.opened(claims["k2"]) == {"phone": "2"}


async def test_order_is_the_order_of_commits() -> None:
    """R-C6: forty writers of one aggregate at once: the messages go out in the order of their commits."""

    async def write(place: int) -> None:
        async def work() -> None:
            await outbox.enqueue(
                channel="sms", key=f"k{place}", aggregate="m", person=PERSON, payload={}, at=NOW
            )
            await collection("feed_topics").update_one(
                {"_id": "m"}, {"$push": {"keys": f"k{place}"}}, upsert=True, session=session()
            )

        await in_transaction(work)

    await asyncio.gather(*(write(place) for place in range(40)))
    witness: Any = await collection("feed_topics").find_one({"_id": "m"})
    assert [row["key"] for row in await rows()] == witness["keys"]
    assert [row["order"] for row in await rows()] == list(range(1, 41))


async def test_queue_is_read_through_its_partial_index() -> None:
    """However many messages were delivered, claiming looks only at those still to be sent."""
    await collection("outbox").insert_many(
        {
            "channel": "sms",
            "key": f"d{place}",
            "about": "x",
            "order": place,
            "state": "delivered",
            "next_at": NOW,
        }
        for place in range(200)
    )
    await put("k1")
    asked = {"channel": {"$eq": "sms"}, "state": {"$in": ["pending", "leased"]}, "next_at": {"$lte": NOW}}
    plan = await collection("outbox").find(asked).sort("next_at", 1).limit(1).explain()
    assert plan["executionStats"]["totalKeysExamined"] <= 2
    assert plan["queryPlanner"]["winningPlan"]["inputStage"]["inputStage"]["indexName"] == "queue"
