import asyncio

from domain.errors import Refused
from domain.orders.lifecycle import OrderAct
from resolvers import orders
from resolvers.orders.moving import operation_of
from tests.resolvers.orders.conftest import World, key


async def test_of_two_acts_at_once_one_happens(world: World) -> None:
    """R-D4: Accepting and declining, approving and refusing at the same instant: one wins, one is told."""
    order = (await world.place())["_id"]
    supplier = world.context("supplier")
    done = await asyncio.gather(
        orders.accept(supplier, order, key()),
        orders.decline(supplier, order, "нет на складе", key()),
        return_exceptions=True,
    )
    (lost,) = [one for one in done if isinstance(one, Refused)]
    (won,) = [one for one in done if isinstance(one, dict)]
    assert (lost.code, lost.params["status"]) == ("TRANSITION_REFUSED", won["status"])
    stands = await world.order(won)
    assert len(stands["history"]) == 2
    assert await world.measure_status() == ("ordered" if won["status"] == "accepted" else "choice_open")


async def test_ten_times_at_once_is_once(world: World) -> None:
    """R-D4: Ten requests with ten keys make one step of the history."""
    order = (await world.place())["_id"]
    done = await asyncio.gather(
        *(orders.accept(world.context("supplier"), order, key()) for _ in range(10)), return_exceptions=True
    )
    assert [one.code for one in done if isinstance(one, Refused)] == ["TRANSITION_REFUSED"] * 9
    assert [step["status"] for step in (await world.order({"_id": order}))["history"]] == [
        "placed",
        "accepted",
    ]


def test_every_act_has_its_mutation() -> None:
    """Each act is a mutation named after it."""
    assert operation_of(OrderAct.accept) == "orderAccept"
    assert operation_of(OrderAct.sign_act) == "orderSignAct"
