import pytest

from domain.errors import AccessDenied, InvalidInput, NotFound, Refused
from resolvers import orders
from tests.resolvers.orders.conftest import World, everything, key


async def test_a_reimbursed_order_fulfils_the_measure(world: World) -> None:
    """R-D3: The region approves and reimburses; the measure is fulfilled (p. 11)."""
    order = (await world.submitted())["_id"]
    approved = await orders.approve(world.context("body"), order, key())
    assert approved["status"] == "approved"
    done = await orders.reimburse(world.context("body"), order, key())
    assert (done["status"], done["active"]) == ("reimbursed", True)
    assert await world.measure_status() == "fulfilled"
    statuses = [step["status"] for step in done["history"]]
    assert statuses == [
        "placed", "accepted", "in_fulfilment", "handed_over", "submitted", "approved", "reimbursed",
    ]  # fmt: skip
    with pytest.raises(Refused, match="MEASURE_FULFILLED"):
        await world.place()


async def test_a_refused_order_gives_the_measure_back(world: World) -> None:
    """R-D3: A refusal has a reason, and the participant may choose again while the window lasts."""
    order = (await world.submitted())["_id"]
    refused = await orders.refuse(world.context("body"), order, "акт не читается", key())
    assert (refused["status"], refused["active"]) == ("refused", False)
    assert await world.measure_status() == "choice_open"
    last = (await orders.history(world.context("body"), refused))[-1]
    assert last["reason"] == "акт не читается"


async def test_only_the_region_decides(world: World) -> None:
    """R-D3: Another region doesn't see the order, other roles may not decide, and nothing is written."""
    order = (await world.submitted())["_id"]
    before = await everything()
    with pytest.raises(NotFound):
        await orders.approve(world.context("other_body"), order, key())
    for who in ("supplier", "participant", "anonymous"):
        with pytest.raises(AccessDenied):
            await orders.refuse(world.context(who), order, "причина", key())
    with pytest.raises(InvalidInput):
        await orders.refuse(world.context("body"), order, "", key())
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await orders.reimburse(world.context("body"), order, key())
    assert await everything() == before
