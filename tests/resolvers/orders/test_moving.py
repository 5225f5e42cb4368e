import asyncio

import pytest

from documents.base import collection, in_transaction, new_id
from domain.errors import NotFound, Refused
from domain.orders.lifecycle import OrderAct
from resolvers import orders
from resolvers.orders.moving import announce, moved, operation_of, standing
from tests.resolvers.orders.conftest import World, everything, key, new_measure


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


async def test_a_stale_order_is_not_moved(world: World) -> None:
    """R-D4: What was read before somebody else moved it is refused with the status that stands."""
    stale = await world.place()
    await orders.accept(world.context("supplier"), stale["_id"], key())
    before = await everything()
    with pytest.raises(Refused) as refused:
        await in_transaction(lambda: moved(world.context("supplier"), stale, OrderAct.decline))
    assert refused.value.params["status"] == "accepted"
    (application,) = await collection("applications").find({}).to_list()
    cms = await world.signed(application)
    with pytest.raises(Refused, match="APPLICATION_ALREADY_USED"):
        await orders.place(world.context("participant"), application["_id"], cms, key())
    assert await everything() == before


async def test_what_is_gone_is_not_found(world: World) -> None:
    """Records that were removed behind the portal's back give a typed answer, never a crash."""
    order = await world.started()
    await collection("evidence").delete_many({})
    with pytest.raises(NotFound):
        await orders.hand_over_act(world.context("supplier"), order["_id"])
    with pytest.raises(NotFound):
        await standing(new_id())
    await collection("measures").delete_many({})
    with pytest.raises(NotFound):
        await in_transaction(lambda: announce(world.context("supplier"), order))
    measure = await new_measure(world.rows["participant"]["_id"], "2")
    await collection("suppliers").delete_many({})
    with pytest.raises(NotFound):
        await world.prepare(measure=measure["_id"])
