import pytest

from documents.base import collection
from documents.measures import store as measures
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused
from resolvers import orders
from tests.resolvers.orders.conftest import World, everything, key


async def test_a_supplier_accepts_and_starts(world: World) -> None:
    """R-D3: From placed over accepted into fulfilment, each step in the history with its author."""
    order = await world.started()
    assert order["status"] == "in_fulfilment"
    steps = await orders.history(world.context("participant"), order)
    assert [step["status"] for step in steps] == ["placed", "accepted", "in_fulfilment"]
    assert [step["by"].partition(":")[0] for step in steps] == ["participant", "supplier", "supplier"]
    reports = await collection("outbox").count_documents(
        {"channel": "esobes", "key": {"$regex": "order_status$"}}
    )
    assert reports == 3


async def test_a_declined_order_reopens_the_choice(world: World) -> None:
    """R-D3: A supplier declines with a reason, and the participant can order from another at once."""
    order = await world.place()
    declined = await orders.decline(world.context("supplier"), order["_id"], "  нет на складе ", key())
    assert (declined["status"], declined["active"]) == ("declined", False)
    (_, step) = await orders.history(world.context("participant"), declined)
    assert step["reason"] == "нет на складе"
    assert "складе" not in repr(await everything())
    assert await world.measure_status() == "choice_open"
    again = await world.place()
    assert again["_id"] != order["_id"]


async def test_a_participant_cancels(world: World) -> None:
    """R-D3: An order is cancelled before fulfilment and reopens the choice; afterwards it can't be."""
    order = await world.place()
    await orders.accept(world.context("supplier"), order["_id"], key())
    cancelled = await orders.cancel(world.context("participant"), order["_id"], key())
    assert cancelled["status"] == "cancelled"
    assert await world.measure_status() == "choice_open"
    started = await world.started()
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await orders.cancel(world.context("participant"), started["_id"], key())


async def test_a_choice_that_is_over_stays_blocked(world: World) -> None:
    """R-D3: A declined order reopens the choice only while the window lasts."""
    order = await world.place()
    measure = await measures.get(order["measure"])
    assert measure is not None
    world.now = measure["window_ends_at"]
    await orders.decline(world.context("supplier"), order["_id"], "нет на складе", key())
    assert await world.measure_status() == "choice_blocked"


async def test_a_repeated_step_is_one_step(world: World) -> None:
    """R-D4: The same key repeats the answer; another key finds the status changed and says which it is."""
    order, one = await world.place(), key()
    await orders.accept(world.context("supplier"), order["_id"], one)
    before = await everything()
    assert (await orders.accept(world.context("supplier"), order["_id"], one))["status"] == "accepted"
    with pytest.raises(Refused) as refused:
        await orders.accept(world.context("supplier"), order["_id"], key())
    assert (refused.value.code, refused.value.params["status"]) == ("TRANSITION_REFUSED", "accepted")
    assert await everything() == before


async def test_nobody_moves_anothers_order(world: World) -> None:
    """R-D3: Another supplier doesn't see the order, other roles may not, and nothing is written."""
    order = (await world.place())["_id"]
    before = await everything()
    with pytest.raises(NotFound):
        await orders.accept(world.context("other_supplier"), order, key())
    with pytest.raises(NotFound):
        await orders.cancel(world.context("other_participant"), order, key())
    for who in ("participant", "body", "anonymous"):
        with pytest.raises(AccessDenied):
            await orders.decline(world.context(who), order, "причина", key())
    with pytest.raises(InvalidInput):
        await orders.decline(world.context("supplier"), order, " ", key())
    assert await everything() == before
