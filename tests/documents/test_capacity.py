"""Days that are taken and given back on a real database: by one, by two hundred, by whoever is cut off."""

import asyncio
from datetime import date

import pytest
from pymongo.errors import DuplicateKeyError

from documents import capacity
from documents.base import collection, in_transaction, insert, new_id
from documents.capacity import CapacityDay
from documents.reference import midnight
from domain.capacity import Day, Hold
from tests.documents.capacity_data import (
    FIRST,
    LATER,
    LISTING,
    NOW,
    PERSON,
    Cut,
    days,
    offered,
    on,
    take,
    taking,
)


async def test_200_at_once_for_the_last_5_places(database: object) -> None:
    """R-B4: of two hundred parallel orders for the last five places five get one on every night, and no more."""
    nights = [on(number) for number in range(14)]
    await offered(dict.fromkeys(nights, 5))
    orders = [taking(dict.fromkeys(nights, 1)) for _ in range(200)]
    done = await asyncio.gather(*(take(order) for order in orders))
    assert sum(done) == 5
    assert await days() == dict.fromkeys(nights, Day(5, 5))
    assert await collection(capacity.TAKINGS).count_documents({}) == 5


async def test_overlapping_stays_at_once(database: object) -> None:
    """R-B4: stays that overlap in all ways fill no night twice, and what was refused took no other night."""
    await offered({on(number): 3 for number in range(10)})
    orders = [taking({on(start + night): 1 for night in range(4)}) for start in range(7) for _ in range(6)]
    done = await asyncio.gather(*(take(order) for order in orders))
    taken = [order for order, got in zip(orders, done, strict=True) if got]
    wanted = {
        day: sum(share.amount for one in taken for share in one.days if share.day == midnight(day))
        for day in await days()
    }
    assert {day: found.taken for day, found in (await days()).items()} == wanted
    assert max(wanted.values()) <= 3
    assert len(taken) >= 3


async def test_an_order_takes_once_and_gives_back_once(database: object) -> None:
    """R-D4: taking twice for an order is once; release gives exactly that back, once; then nothing is taken."""
    await offered({on(0): 5, on(1): 5})
    order = taking({on(0): 2, on(1): 1})
    await take(taking({on(0): 1}))
    assert [await take(order), await take(order)] == [True, True]
    assert await days() == {on(0): Day(5, 3), on(1): Day(5, 1)}
    released = [await in_transaction(lambda: capacity.release(order.id, NOW)) for _ in range(2)]
    assert released == [True, False]
    assert await days() == {on(0): Day(5, 1), on(1): Day(5)}
    assert not await take(order)
    assert await days() == {on(0): Day(5, 1), on(1): Day(5)}


async def test_twenty_releases_at_once(database: object) -> None:
    """R-D4: an order that ends in two ways at once gives its days back once."""
    await offered({on(0): 5})
    order = taking({on(0): 2})
    await take(order)
    done = await asyncio.gather(*(in_transaction(lambda: capacity.release(order.id, NOW)) for _ in range(20)))
    assert sum(done) == 1
    assert await days() == {on(0): Day(5)}


async def test_a_transaction_that_is_cut_leaves_nothing_taken(database: object) -> None:
    """R-B4: who is cut off after taking has taken nothing, and the places are there for the next."""
    await offered({on(0): 1, on(1): 1})
    order = taking({on(0): 1, on(1): 1})

    async def work() -> None:
        assert await capacity.take(order)
        raise Cut

    with pytest.raises(Cut):
        await in_transaction(work)
    assert await days() == {on(0): Day(1), on(1): Day(1)}
    assert await capacity.taking_of(order.id) is None
    assert await take(taking({on(0): 1, on(1): 1}))


async def test_a_day_that_is_not_there_can_not_be_taken(database: object) -> None:
    """R-B4: a day without a row, one of another listing, and one that is too small take nothing at all."""
    await offered({on(0): 1})
    for wanted in ({on(0): 1, on(1): 1}, {on(0): 2}):
        assert not await take(taking(wanted))
    assert not await take(taking({on(0): 1}, listing=new_id()))
    assert await days() == {on(0): Day(1)}


async def test_less_than_is_taken_can_not_be_offered(database: object) -> None:
    """R-B4: lowering below what is taken sets nothing and says which days and how much; to it is possible."""
    await offered({on(0): 5, on(1): 5})
    await take(taking({on(0): 3}))
    assert await offered({on(0): 2, on(1): 1, on(2): 1}) == {on(0): 3}
    assert await days() == {on(0): Day(5, 3), on(1): Day(5)}
    assert await offered({on(0): 3, on(1): 0, on(2): 7}) == {}
    assert await days() == {on(0): Day(3, 3), on(1): Day(0), on(2): Day(7)}


async def test_lowering_and_taking_at_once(database: object) -> None:
    """R-B4: a supplier who lowers the places while they are taken never has fewer than are taken."""
    await offered({on(0): 10})
    orders = [take(taking({on(0): 1})) for _ in range(10)]
    await asyncio.gather(*orders[:5], *(offered({on(0): places}) for places in (6, 3, 1)), *orders[5:])
    found = (await days())[on(0)]
    assert found.taken <= found.places
    assert found.taken == await collection(capacity.TAKINGS).count_documents({})


async def test_a_day_has_one_row(database: object) -> None:
    """R-B4: the database itself refuses a second row of a day."""
    row = CapacityDay(listing=LISTING, day=midnight(FIRST), places=1)
    await insert(row)
    with pytest.raises(DuplicateKeyError):
        await insert(row.model_copy(update={"id": new_id()}))


async def test_a_hold_that_nobody_confirmed_expires_once(database: object) -> None:
    """R-B4: held days are given back when their time is over, not before, by one of many workers."""
    await offered({on(0): 2})
    order, kept = taking({on(0): 1}, expires_at=LATER), taking({on(0): 1}, expires_at=LATER)
    await take(order)
    await take(kept)
    assert await in_transaction(lambda: capacity.confirm(kept.id))
    assert await capacity.overdue(NOW, 10) == []
    assert not await in_transaction(lambda: capacity.expire(order.id, NOW))
    assert await capacity.overdue(LATER, 10) == [order.id]
    done = await asyncio.gather(
        *(in_transaction(lambda: capacity.expire(order.id, LATER)) for _ in range(5)),
        in_transaction(lambda: capacity.expire(kept.id, LATER)),
        in_transaction(lambda: capacity.expire(new_id(), LATER)),
    )
    assert sum(done) == 1
    assert await days() == {on(0): Day(2, 1)}
    assert await capacity.overdue(LATER, 10) == []


async def test_what_expired_is_taken_again_if_it_is_there(database: object) -> None:
    """R-B4: a late confirmation takes the days again, or fails when somebody else has them."""
    await offered({on(0): 1})
    order = taking({on(0): 1}, expires_at=LATER)
    await take(order)
    await in_transaction(lambda: capacity.expire(order.id, LATER))
    other = taking({on(0): 1})
    assert await take(other)
    assert not await in_transaction(lambda: capacity.confirm(order.id))
    await in_transaction(lambda: capacity.release(other.id, NOW))
    assert [await in_transaction(lambda: capacity.confirm(order.id)) for _ in range(2)] == [True, True]
    assert await days() == {on(0): Day(1, 1)}
    assert await in_transaction(lambda: capacity.confirm(new_id()))


async def test_what_a_person_has_of_a_day(database: object) -> None:
    """R-B4: hours of one person are counted over all orders that still have them, by category and day."""
    await offered({on(0): 24, on(1): 24})
    hours = {"category": "individual_assistant"}
    first = taking({on(0): 4, on(1): 2}, **hours)
    for one in (first, taking({on(0): 3}, **hours), taking({on(0): 5}, person=new_id(), **hours)):
        await take(one)
    await take(taking({on(0): 1}))

    async def had() -> dict[date, int]:
        return await capacity.taken_by(PERSON, "individual_assistant", on(0), on(5))

    assert await had() == {on(0): 7, on(1): 2}
    await in_transaction(lambda: capacity.release(first.id, NOW))
    assert await had() == {on(0): 3}
    assert await capacity.taken_by(PERSON, "individual_assistant", on(1), on(5)) == {}


async def test_changes_of_a_listings_days_are_counted(database: object) -> None:
    """R-B5: each change is one version more, also when many come at once."""
    assert await capacity.versions([LISTING]) == {}
    numbers = await asyncio.gather(
        *(in_transaction(lambda: capacity.next_version(LISTING)) for _ in range(8))
    )
    assert sorted(numbers) == list(range(1, 9))
    assert await capacity.versions([LISTING, new_id()]) == {LISTING: 8}


async def test_days_gone_from_under_an_order_are_noticed(database: object) -> None:
    """R-B4: days that were deleted by hand can't be given back, and nobody is told that they were."""
    await offered({on(0): 1})
    order = taking({on(0): 1})
    await take(order)
    await collection(capacity.DAYS).delete_many({})
    with pytest.raises(LookupError):
        await in_transaction(lambda: capacity.release(order.id, NOW))
    assert (await capacity.taking_of(order.id) or {})["state"] == Hold.held
