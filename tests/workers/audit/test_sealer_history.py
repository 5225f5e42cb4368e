"""Where the sealer begins, and what it says when it can no longer know what was written."""

from collections.abc import Awaitable, Callable

import pytest
from bson import encode
from pymongo.asynchronous.database import AsyncDatabase

from documents import audit
from documents.base import Row, collection, database
from documents.changes import follow
from domain.canonical import Canonical, canonical_bytes
from tests.workers.audit.sealing import (
    KEYS,
    Beside,
    act,
    caught_up,
    count_is,
    faults,
    reasons,
    sealing,
    subjects,
    told,
    until,
)

pytestmark = pytest.mark.usefixtures("database")


async def test_dropped_database_is_not_passed_over(throwaway: AsyncDatabase[Row]) -> None:
    """R-J2: after the whole database was dropped the chain begins anew, and says why."""
    async with sealing():
        await act()
        await caught_up()
        await throwaway.client.drop_database(throwaway.name)
        await until(lambda: count_is("history_lost", 1))
        await act()
        assert len(await subjects()) == 1
    assert await reasons() == [("history_lost", "database_dropped")]


async def test_first_start_on_a_database_with_data(beside: Beside) -> None:
    """R-J2: acts from before the first start are sealed; what was written past the portal then is not known."""
    early = [str(await act()) for _ in range(3)]
    await beside["orders"].insert_one({})
    async with sealing():
        late = str(await act())
        assert await subjects() == [*early, late]
        assert await told() == []
    assert await reasons() == [("started", None)]


async def lost_position() -> Row:
    """A position that the server doesn't find in its history."""
    async with follow("feed_topics") as changes:
        await collection("feed_topics").insert_one({"_id": "nobody's", "seq": 0})
        await changes.next()
        token = changes.position["_data"]
    return {"_data": token[:10] + "00000001" + token[18:]}


def signed(position: str, name: str) -> Row:
    """A position as a sealer leaves it."""
    content: dict[str, Canonical] = {
        "type": "audit-position",
        "database": name,
        "position": position,
        "leftover": False,
    }
    return {"state.signed": KEYS.sign(canonical_bytes(content))}


async def rolled_over() -> Row:
    """The position is no longer in the history."""
    return {"$set": signed(encode(await lost_position()).hex(), database().name)}


async def moved_by_hand() -> Row:
    """Somebody without the key moved the position over what they wrote."""
    return {"$set": {"state.signed": "a.b.c"}}


async def of_another_database() -> Row:
    """The rows were restored from a copy."""
    return {"$set": signed("00", "other")}


async def no_position() -> Row:
    """Somebody signed something else with the audit's key."""
    return {"$set": {"state.signed": KEYS.sign(b"{}")}}


async def removed() -> Row:
    """Somebody took the position away."""
    return {"$unset": {"state": 1}}


LOSSES: list[tuple[Callable[[], Awaitable[Row]], str]] = [
    (rolled_over, "rolled_over"),
    (moved_by_hand, "position_untrusted"),
    (no_position, "position_untrusted"),
    (of_another_database, "restored_elsewhere"),
    (removed, "position_missing"),
]


@pytest.mark.parametrize(("lose", "reason"), LOSSES, ids=[lose.__name__ for lose, _ in LOSSES])
async def test_lost_history_is_told(lose: Callable[[], Awaitable[Row]], reason: str, beside: Beside) -> None:
    """R-J2: where the place in the history is lost an entry says so, and no intent is lost with it."""
    async with sealing():
        first = str(await act())
        await caught_up()
    await collection("leases").update_one({"_id": "sealer"}, await lose())
    meanwhile = [str(await act()) for _ in range(2)]
    await beside["orders"].insert_one({})
    async with sealing():
        await until(lambda: count_is("history_lost", 1))
        later = str(await act())
        assert await subjects() == [first, *meanwhile, later]
        await beside["orders"].delete_many({})
        assert [each[0] for each in await told()] == ["delete"]
    assert await reasons() == [("started", None), ("history_lost", reason)]


async def test_intents_found_twice_are_sealed_once() -> None:
    """R-J2: intents found by search and then told by the stream have one entry."""
    async with sealing():
        pass
    found = [str(await act()) for _ in range(3)]
    row = await collection("leases").find_one({"_id": "sealer"})
    assert row is not None
    stands = KEYS.opened(row["state"]["signed"]).replace(b'"leftover":false', b'"leftover":true')
    left = {"$set": {"state.signed": KEYS.sign(stands)}}
    await collection("leases").update_one({"_id": "sealer"}, left)
    async with sealing():
        await until(lambda: count_is("act", 3))
        assert await subjects() == found
    assert await reasons() == [("started", None)]


async def test_heads_are_kept_beside_the_chain() -> None:
    """R-J2: the first head is kept apart at once, later ones when enough was sealed, and one can be exported."""
    async with sealing():
        for _ in range(3):
            await act()
            await caught_up()
        kept, head = await audit.kept_heads(), await audit.head()
    assert len(kept) == 1
    assert head is not None
    await collection("audit").delete_many({"seq": {"$gt": 1}})
    assert await faults() == []
    assert await faults(head) == ["entry 7: truncated"]
