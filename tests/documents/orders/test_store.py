from datetime import UTC, datetime

import pytest
from pymongo.errors import WriteError

from auth.relations import NOTHING
from documents import nodes
from documents.base import Id, Row, collection, in_transaction, new_id
from documents.orders import Application, Order, Step, queries, store
from documents.orders.records import (
    APPLICATIONS,
    NAME,
    content_of,
    frozen_of,
    reason_of,
    seal_content,
    seal_frozen,
    seal_reason,
)
from domain.categories import Direction
from domain.errors import InvalidInput, Refused
from domain.orders.lifecycle import OrderStatus, Side

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PERSON, SUPPLIER = Id("a" * 24), Id("b" * 24)
FROZEN = {"title": {"ru": "Коляска"}, "characteristics": []}


async def order(
    measure: Id | None = None, status: OrderStatus = OrderStatus.placed, **changes: object
) -> Order:
    """An order of a wheelchair."""
    row = new_id()
    fields = await chosen(NAME, row)
    made: Order = Order.model_validate(
        fields
        | {
            "_id": row,
            "measure": measure or new_id(),
            "application": new_id(),
            "status": status,
            "placed_at": NOW,
            "history": [Step(status=status, at=NOW, by="participant:x")],
        }
        | changes
    )
    return made


async def chosen(place: str, row: Id) -> Row:
    """The fields that application and order share."""
    return {
        "participant": PERSON,
        "representative": None,
        "supplier": SUPPLIER,
        "region": "75",
        "measure": new_id(),
        "listing": new_id(),
        "listing_version": 1,
        "listing_hash": "0" * 64,
        "definition_version": 1,
        "direction": Direction.tsr_sale,
        "category": "wheelchair",
        "frozen": await seal_frozen(place, PERSON, row, FROZEN),
        "quantity": 2,
        "price": 100,
        "guaranteed_sum": 90,
        "guaranteed_basis": "sample",
        "total": 200,
        "reimbursed": 180,
        "co_payment": 20,
    }


async def create(made: Order) -> Row:
    """Store an order in a transaction of its own."""
    return await in_transaction(lambda: store.create(made))


async def test_a_measure_has_one_active_order(database: object) -> None:
    """R-D4: The database itself refuses a second active order for a measure, and takes one after the first ended."""
    first = await create(await order())
    second = await order(first["measure"])
    with pytest.raises(Refused, match="MEASURE_ALREADY_ORDERED"):
        await create(second)
    step = Step(status=OrderStatus.declined, at=NOW, by="supplier:x")
    assert await store.move(first["_id"], OrderStatus.placed, OrderStatus.declined, step)
    assert (await create(second))["active"]


async def test_a_move_is_compare_and_set(database: object) -> None:
    """R-D4: Only from the status that was expected, once, with its entry in the history."""
    made = await create(await order())
    step = Step(status=OrderStatus.accepted, at=NOW, by="supplier:x")
    moved = await store.move(made["_id"], OrderStatus.placed, OrderStatus.accepted, step)
    assert moved is not None
    assert (moved["kind"], moved["version"], moved["active"]) == ("order", 2, True)
    assert await store.move(made["_id"], OrderStatus.placed, OrderStatus.accepted, step) is None
    stands = await nodes.load("order", made["_id"])
    assert stands is not None
    assert [entry["status"] for entry in stands["history"]] == ["placed", "accepted"]


async def test_a_side_signs_once(database: object) -> None:
    """R-D3: A signature is noted in fulfilment only, and once for each side."""
    early = await create(await order())
    made = await create(await order(status=OrderStatus.in_fulfilment))
    assert await store.add_signature(early["_id"], Side.supplier, new_id()) is None
    kept = new_id()
    signed = await store.add_signature(made["_id"], Side.supplier, kept)
    assert signed is not None
    assert signed["acts"] == {"supplier": kept, "participant": None}
    assert await store.add_signature(made["_id"], Side.supplier, new_id()) is None


async def test_an_application_is_used_once(database: object) -> None:
    """R-D2: The first order takes it; its bytes come back as they went in."""
    row = new_id()
    content = await seal_content(PERSON, row, b"{}")
    fields = await chosen(APPLICATIONS, row) | {"_id": row, "content": content, "content_sha256": "0" * 64}
    made = Application.model_validate(fields | {"prepared_at": NOW, "expires_at": NOW})
    await store.create_application(made)
    assert await store.use_application(row, new_id())
    assert not await store.use_application(row, new_id())
    found = await nodes.load("order_application", row)
    assert found is not None
    assert await content_of(found) == b"{}"
    assert await frozen_of(found) == FROZEN


async def test_plain_text_is_refused_by_the_database(database: object) -> None:
    """R-J1: What tells about a person goes into the collection sealed, or not at all."""
    made = await create(await order())
    for field in ("frozen", "history.0.reason"):
        with pytest.raises(WriteError):
            await collection(NAME).update_one({"_id": made["_id"]}, {"$set": {field: "plain"}})


async def test_a_reason_is_sealed(database: object) -> None:
    """R-J1: The reason of a step is read with the key of its person, and absent where none was given."""
    row = new_id()
    sealed = await seal_reason(PERSON, row, "нет на складе")
    assert await reason_of({"_id": row}, {"reason": sealed}) == "нет на складе"
    assert await seal_reason(PERSON, row, None) is None
    assert await reason_of({"_id": row}, {"reason": None}) is None


async def test_units_are_counted_in_their_term(database: object) -> None:
    """R-D1: Active orders of the category since an instant count; others don't."""
    await create(await order())
    await create(await order(active=False))
    await create(await order(category="walker"))
    await create(await order(placed_at=NOW.replace(year=2025)))
    await create(await order(participant=SUPPLIER))
    assert await queries.ordered_units(PERSON, "wheelchair", NOW) == 2
    assert await queries.ordered_units(PERSON, "bath_chair", NOW) == 0


async def test_turns_are_counted(database: object) -> None:
    """R-D1: Each turn of a participant changes one row, where two transactions meet."""
    for _ in range(2):
        await in_transaction(lambda: store.take_turn(PERSON))
    assert await collection("order_turns").find_one({}) == {"_id": PERSON, "turns": 2}


@pytest.mark.parametrize("field", ["participant", "supplier", "region"])
async def test_each_list_has_its_index(database: object, field: str) -> None:
    """K: A page of a list examines no more keys than it shows rows, and one more."""
    for number in range(8):
        await create(await order(placed_at=NOW.replace(minute=number), region="75" if number % 2 else "10"))
    value = {"participant": PERSON, "supplier": SUPPLIER, "region": "75"}[field]
    query = {"find": NAME, "filter": {field: value}, "sort": {"placed_at": -1, "_id": -1}, "limit": 3}
    plan = await collection(NAME).database.command({"explain": query, "verbosity": "executionStats"})
    stats = plan["executionStats"]
    assert stats["totalKeysExamined"] <= 4
    page = await queries.listed({field: {"$eq": value}}, first=2, cursor=None)
    assert [row["placed_at"].minute for row in page.rows] == ([7, 5] if field == "region" else [7, 6])
    assert (await queries.listed(NOTHING, first=2, cursor=None)).rows == []
    with pytest.raises(InvalidInput):
        await queries.listed({field: {"$eq": value}}, first=101, cursor=None)


async def test_how_many_stand_where(database: object) -> None:
    """A person's orders are counted by status, and nobody else's with them."""
    await create(await order())
    assert await queries.count_by_status(PERSON) == {"placed": 1}
    assert await queries.count_by_status(new_id()) == {}
