"""The choice of a supplier: taken once, given back, blocked by the clock, activated again."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.base import Id, Row, collection, in_transaction, new_id
from documents.outbox import claim, delivered, opened
from domain.errors import AccessDenied, DomainError, NotFound, Refused
from domain.identifiers import synthetic_iin
from domain.measures import MeasureStatus
from resolvers.measures import (
    activate_choice,
    block_due,
    mark_fulfilled,
    reopen_after_order,
    report_to_esobes,
    take_for_order,
)
from tests.resolvers.measures.conftest import NOW, World, everything, executive_body, participant, rows

BMG = "+77010000001"
LAST = datetime(2026, 5, 10, 19, 0, tzinfo=UTC)
_S = MeasureStatus


async def _open(world: World, **measure: Any) -> Id:
    """A measure whose person was told by SMS on 10 March."""
    await world.person(bmg=BMG)
    answer = await world.say(world.message(**measure))
    await world.deliver_sms()
    return answer.measure


async def _take(world: World, measure: Id, order: Id) -> Row:
    ctx = world.context()
    return await in_transaction(lambda: take_for_order(ctx, measure, order))


async def _reopen(world: World, measure: Id, order: Id, reason: str = "declined") -> Row:
    return await in_transaction(lambda: reopen_after_order(world.context(), measure, order, reason))


async def _reports(world: World) -> list[Mapping[str, Any]]:
    found = []
    while one := await claim("esobes", world.now, timedelta(minutes=1)):
        found.append(await opened(one))
        await delivered(one, "r", world.now)
    return found


async def _status(measure: Id) -> str:
    (row,) = await rows("measures", _id=measure)
    return str(row["status"])


async def test_twenty_orders_at_once_give_one(world: World) -> None:
    """R-D4: twenty parallel orders for one measure: one takes it, nineteen are refused and leave nothing."""
    measure = await _open(world)
    before = await everything()
    orders = [new_id() for _ in range(20)]
    results = await asyncio.gather(
        *(_take(world, measure, order) for order in orders), return_exceptions=True
    )
    taken = [result for result in results if isinstance(result, dict)]
    refused = [result for result in results if isinstance(result, Refused)]
    after = await everything()
    assert (len(taken), len(refused)) == (1, 19)
    assert {error.code for error in refused} == {"MEASURE_ALREADY_ORDERED"}
    assert taken[0]["order"] in orders
    assert len(after["events"]) == len(before["events"]) + 1
    assert len(after["outbox"]) == len(before["outbox"]) + 1
    assert after["measures"][0]["version"] == before["measures"][0]["version"] + 1


@pytest.mark.parametrize(
    ("moment", "code"), [(LAST - timedelta(milliseconds=1), None), (LAST, "CHOICE_WINDOW_CLOSED")]
)
async def test_the_window_closes_at_the_end_of_the_day(
    world: World, moment: datetime, code: str | None
) -> None:
    """R-C4: the choice lasts to the last instant of the day in Astana, whether or not the clock has looked."""
    measure = await _open(world)
    world.now = moment
    if code is None:
        assert (await _take(world, measure, new_id()))["status"] == _S.ordered
        return
    before = await everything()
    with pytest.raises(Refused, match=code):
        await _take(world, measure, new_id())
    assert await everything() == before


async def test_the_clock_blocks_what_is_over_and_says_so(world: World) -> None:
    """R-C4: at its end the choice is blocked once, however many clocks look, and an SMS says so."""
    measure = await _open(world)
    world.now = LAST - timedelta(seconds=1)
    assert await block_due(world.context()) == 0
    world.now = LAST
    assert sum(await asyncio.gather(*(block_due(world.context()) for _ in range(4)))) == 1
    assert await _status(measure) == _S.choice_blocked
    assert len(await rows("outbox", channel="sms")) == 2
    assert [report["status"] for report in await _reports(world)][-1] == "choice_blocked"
    before = await everything()
    with pytest.raises(Refused, match="CHOICE_BLOCKED"):
        await _take(world, measure, new_id())
    assert await everything() == before


async def test_a_term_blocks_without_any_notice(world: World) -> None:
    """R-C4: a measure's own term ends the choice even of somebody not told; who has no number gets a task."""
    await world.person()
    answer = await world.say(world.message(term="2026-04-01"))
    world.now = datetime(2026, 4, 1, 19, 0, tzinfo=UTC)
    assert await block_due(world.context()) == 1
    assert await _status(answer.measure) == _S.choice_blocked
    states = {task["notice"]: task["open"] for task in await rows("notice_tasks")}
    assert states == {"choice_open": False, "choice_blocked": True}


async def test_without_notice_there_is_no_end(world: World) -> None:
    """R-C4: no notice yet means no end."""
    await world.person()
    answer = await world.say(world.message())
    world.now += timedelta(days=400)
    assert await block_due(world.context()) == 0
    assert (await _take(world, answer.measure, new_id()))["status"] == _S.ordered


async def test_activation_goes_to_esobes_and_comes_back_with_a_new_window(world: World) -> None:
    """R-C5: blocked → activation requested → sent to Е-Собес → sent again → open, with notice and window anew."""
    measure = await _open(world)
    world.now = LAST
    await block_due(world.context())
    (row,) = await rows("measures")
    ctx = world.context(participant({"_id": row["participant"]}))
    asked = await activate_choice(ctx, measure, "key-00001")
    assert asked["status"] == _S.activation_requested
    assert (await activate_choice(ctx, measure, "key-00001"))["version"] == asked["version"]
    before = await everything()
    with pytest.raises(Refused, match="CHOICE_BLOCKED"):
        await _take(world, measure, new_id())
    assert await everything() == before

    await world.say(world.message("measure_reactivated", 2))
    (row,) = await rows("measures")
    assert (row["status"], row["cycle"], row["window_ends_at"]) == (_S.choice_open, 2, None)
    await world.deliver_sms()
    (row,) = await rows("measures")
    assert row["window_ends_at"] == datetime(2026, 7, 11, 19, 0, tzinfo=UTC)
    reports = await _reports(world)
    assert [report["sequence"] for report in reports] == list(range(1, len(reports) + 1))
    assert [one["type"] for one in reports].count("activation_requested") == 1
    assert {one["message_id"] for one in reports} == {
        row["key"] for row in await rows("outbox", channel="esobes")
    }


async def test_activation_needs_a_blocked_measure_of_ones_own(world: World) -> None:
    """R-C5: an open choice, another person and another role are refused without a trace."""
    measure = await _open(world)
    (row,) = await rows("measures")
    before = await everything()
    cases: list[tuple[Any, type[DomainError]]] = [
        (participant({"_id": row["participant"]}), Refused),
        (participant({"_id": new_id()}), NotFound),
        (executive_body("71"), AccessDenied),
        (executive_body("75"), NotFound),
    ]
    for viewer, error in cases:
        with pytest.raises(error):
            await activate_choice(world.context(viewer), measure, "key-00001")
    assert await everything() == before


async def test_activation_does_not_wait_for_the_clock(world: World) -> None:
    """R-C5: a choice that is over can be activated although no clock has blocked it yet."""
    measure = await _open(world)
    (row,) = await rows("measures")
    world.now = LAST
    ctx = world.context(participant({"_id": row["participant"]}))
    asked = await activate_choice(ctx, measure, "key-00001")
    assert [step["status"] for step in asked["history"]][-2:] == ["choice_blocked", "activation_requested"]


async def test_an_order_that_came_to_nothing_gives_the_choice_back(world: World) -> None:
    """R-D3: a declined order reopens the choice while the window lasts; only the order that holds it can."""
    measure, order = await _open(world), new_id()
    await _take(world, measure, order)
    assert (await _reopen(world, measure, new_id()))["status"] == _S.ordered
    with pytest.raises(Refused, match="MEASURE_ALREADY_ORDERED"):
        await in_transaction(lambda: mark_fulfilled(world.context(), measure, new_id()))
    opened_again = await _reopen(world, measure, order)
    assert (opened_again["status"], opened_again["order"]) == (_S.choice_open, None)
    assert opened_again["window_ends_at"] == LAST

    second = new_id()
    await _take(world, measure, second)
    world.now = LAST
    assert await block_due(world.context()) == 0
    assert (await _reopen(world, measure, second, "cancelled"))["status"] == _S.choice_blocked
    assert len(await rows("outbox", channel="sms")) == 2


async def test_a_measure_withdrawn_under_an_order_ends_with_it(world: World) -> None:
    """R-C2: a signed order stands although the measure is withdrawn; if it fails, the measure ends."""
    measure, order = await _open(world), new_id()
    await _take(world, measure, order)
    await world.say(world.message("measure_withdrawn", 2))
    assert await _status(measure) == _S.ordered
    assert (await _reopen(world, measure, order))["status"] == _S.ended
    with pytest.raises(Refused, match="MEASURE_ENDED"):
        await _take(world, measure, new_id())


async def test_fulfilment_is_noted_once_and_reported(world: World) -> None:
    """R-C6: the order that holds the measure fulfils it, once; Е-Собес is told with every order status."""
    measure, order = await _open(world), new_id()
    await _take(world, measure, order)

    async def tell() -> None:
        ctx = world.context()
        (row,) = await rows("measures")
        await report_to_esobes(ctx, row, "order_status", {"id": str(order), "status": "accepted"})
        await mark_fulfilled(ctx, measure, order)

    await in_transaction(tell)
    before = await everything()
    await in_transaction(lambda: mark_fulfilled(world.context(), measure, order))
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await in_transaction(lambda: mark_fulfilled(world.context(), measure, new_id()))
    with pytest.raises(LookupError):
        await in_transaction(lambda: mark_fulfilled(world.context(), new_id(), order))
    with pytest.raises(Refused, match="MEASURE_FULFILLED"):
        await _take(world, measure, new_id())
    assert await everything() == before
    reports = await _reports(world)
    assert [one["status"] for one in reports][-3:] == ["ordered", "ordered", "fulfilled"]
    assert reports[-2]["order"]["status"] == "accepted"


async def test_nothing_written_outlives_a_failed_order(world: World) -> None:
    """R-D4: an order whose transaction fails after taking the measure leaves it as it was."""
    measure = await _open(world)
    before = await everything()

    async def failing() -> None:
        await take_for_order(world.context(), measure, new_id())
        raise Refused("SUPPLIER_NOT_ENTITLED")

    with pytest.raises(Refused, match="SUPPLIER_NOT_ENTITLED"):
        await in_transaction(failing)
    assert await everything() == before


async def test_a_choice_that_does_not_open_holds_up_no_other(world: World) -> None:
    """R-C4: data that can't be opened leave one choice open and let the clock go on with the others."""
    person = await world.person(bmg=BMG)
    broken = await world.say(world.message(term="2026-04-01"))
    other = synthetic_iin(NOW.date(), male=True, serial=7)
    sound = await world.say(world.message(id="ES-2", iin=other, term="2026-04-01"))
    moved = person["iin"][:1] + person["_id"].binary + bytes(60)
    await collection("participants").update_one({"_id": person["_id"]}, {"$set": {"bmg_phone": moved}})
    world.now = datetime(2026, 4, 1, 19, 0, tzinfo=UTC)
    assert await block_due(world.context()) == 1
    assert [await _status(one.measure) for one in (broken, sound)] == [_S.choice_open, _S.choice_blocked]
