from typing import Any

import pytest

from documents import suppliers
from documents.base import Row, collection, new_id
from documents.reference import store_reference
from domain.categories import Direction
from domain.errors import DomainError
from domain.measures import MeasureStatus, Programme
from domain.suppliers import SupplierKind
from tests.resolvers.orders.conftest import (
    STRANGER_IIN,
    World,
    everything,
    new_listing,
    new_measure,
    new_supplier,
    reference,
)
from tests.resolvers.stage import stored_supplier


async def refused(world: World, quantity: int = 1, **other: Any) -> str:
    """Try to prepare; the code of the refusal, after a look that nothing was left behind."""
    before = await everything()
    with pytest.raises(DomainError) as found:
        await world.prepare(quantity=quantity, **other)
    assert await everything() == before
    return found.value.code


async def _measure(world: World, **changes: Any) -> Row:
    return await new_measure(world.rows["participant"]["_id"], str(new_id()), **changes)


async def test_each_condition_is_asked_for(world: World) -> None:
    """R-D1: Status, window, quantity, category, region and publication are each refused by their own code."""
    supplier = world.rows["supplier"]["_id"]
    for changes, code in (
        ({"status": MeasureStatus.choice_blocked}, "CHOICE_BLOCKED"),
        ({"status": MeasureStatus.ordered}, "MEASURE_ALREADY_ORDERED"),
        ({"window_ends_at": world.now}, "CHOICE_WINDOW_CLOSED"),
        ({"term_ends_at": world.now}, "CHOICE_WINDOW_CLOSED"),
        ({"category": "walker"}, "LISTING_OF_ANOTHER_CATEGORY"),
        ({"category": None}, "LISTING_OF_ANOTHER_CATEGORY"),
        ({"region": None}, "LISTING_OF_ANOTHER_REGION"),
    ):
        measure = await _measure(world, **changes)
        assert await refused(world, measure=measure["_id"]) == code
    elsewhere = await new_listing(supplier, regions=["10"])
    assert await refused(world, listing=elsewhere["_id"]) == "LISTING_OF_ANOTHER_REGION"
    assert await refused(world, listing=new_id()) == "LISTING_NOT_PUBLISHED"
    assert await refused(world, quantity=3) == "QUANTITY_OVER_MEASURE"
    assert await refused(world, quantity=0) == "QUANTITY_OUT_OF_RANGE"


async def test_the_supplier_must_be_entitled(world: World) -> None:
    """R-D1: A supplier without the direction, or not registered, gets no order."""
    other = await stored_supplier(STRANGER_IIN, SupplierKind.entrepreneur, {}, {"name": {"ru": "ИП"}})
    listing = await new_listing(other["_id"])
    assert await refused(world, listing=listing["_id"]) == "SUPPLIER_NOT_ENTITLED"
    await suppliers.register(other["_id"], world.now, [Direction.sanatorium])
    assert await refused(world, listing=listing["_id"]) == "SUPPLIER_NOT_ENTITLED"


async def test_a_supplier_whose_kind_winds_up(world: World) -> None:
    """R-A7: a supplier of a kind that only winds up gets no new order; the ones it has go on."""
    standing = reference("supplier_standing", "legal_entity", "winding_up")
    await store_reference([standing])
    assert await refused(world) == "SUPPLIER_KIND_WINDING_UP"


async def test_who_may_order_is_reference_data(world: World) -> None:
    """R-D1: The elderly are refused by default and may order once an administrator has switched it on."""
    measure = await _measure(world, programme=Programme.elderly_services)
    assert await refused(world, measure=measure["_id"]) == "PROGRAMME_MAY_NOT_ORDER"
    await store_reference([reference("who_may_order", "elderly_services", True)])
    assert (await world.prepare(measure=measure["_id"]))["measure"] == measure["_id"]
    await collection("reference").delete_many({"type": "who_may_order"})
    assert await refused(world) == "PROGRAMME_MAY_NOT_ORDER"


async def test_an_assistant_needs_the_basis(world: World) -> None:
    """R-D1: An assistant is ordered only for a measure that states group I and difficulty moving."""
    await store_reference([reference("guaranteed_sum", "assistant_hours", 1_000_00)])
    supplier = await new_supplier(STRANGER_IIN, SupplierKind.entrepreneur, [Direction.assistant])
    listing = await new_listing(supplier["_id"], direction="assistant", category="assistant_hours")
    wanted = {"direction": Direction.assistant, "category": "assistant_hours"}
    without = await _measure(world, **wanted)
    ids = {"listing": listing["_id"]}
    assert await refused(world, measure=without["_id"], **ids) == "ASSISTANT_BASIS_MISSING"
    entitled = await _measure(world, assistant_basis=True, **wanted)
    assert await world.prepare(measure=entitled["_id"], **ids)


async def test_quotas_count_what_was_ordered(world: World) -> None:
    """R-D1: Units ordered this year and this period count; the refusal says how many are left."""
    await store_reference(
        [
            reference("annual_quota", "wheelchair", 3),
            reference("period_quota", "wheelchair", {"quantity": 2, "months": 3}),
        ]
    )
    first = await world.place()
    measure = (await _measure(world))["_id"]
    assert await refused(world, quantity=2, measure=measure) == "PERIOD_QUOTA_EXCEEDED"
    world.now = world.now.replace(month=4, hour=8)
    await collection("measures").update_many({}, {"$set": {"window_ends_at": None}})
    assert await world.prepare(quantity=2, measure=measure)
    await store_reference([reference("annual_quota", "wheelchair", 2)])
    assert await refused(world, quantity=2, measure=measure) == "YEAR_QUOTA_EXCEEDED"
    await collection("orders").update_one({"_id": first["_id"]}, {"$set": {"active": False}})
    assert await world.prepare(quantity=2, measure=measure)


async def test_without_a_sum_there_is_nothing_to_reimburse(world: World) -> None:
    """R-D1: A category without a guaranteed sum in force is refused; no sum is made up."""
    await collection("reference").delete_many({"type": "guaranteed_sum"})
    assert await refused(world) == "GUARANTEED_SUM_UNKNOWN"
