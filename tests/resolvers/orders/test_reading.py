import pytest

from documents.base import Row, database, new_id
from documents.encryption import open_vault
from documents.orders.records import seal_frozen
from domain.errors import AccessDenied, NotFound
from domain.orders.lifecycle import OrderAct
from integrations.keys import MasterKey
from resolvers import orders
from tests.documents.encryption.commands import Commands
from tests.resolvers.orders.conftest import REGION, World, new_measure


async def test_everybody_concerned_reads_the_order(world: World) -> None:
    """R-D3: Its participant, their guardian, its supplier and its region read an order; nobody else does."""
    order = await world.place()
    for who in ("participant", "guardian", "supplier", "body"):
        ctx = world.context(who)
        assert (await orders.get(ctx, order["_id"]))["_id"] == order["_id"]
        assert [row["_id"] for row in (await orders.orders_of(ctx, 10, None)).rows] == [order["_id"]]
        assert (await orders.contents(ctx, [order]))[0]["characteristics"][0]["code"] == "width"
    for who in ("other_participant", "other_supplier", "other_body", "anonymous", "administrator"):
        with pytest.raises(NotFound):
            await orders.get(world.context(who), order["_id"])
        with pytest.raises(NotFound):
            await orders.contents(world.context(who), [order])
        with pytest.raises(NotFound):
            await orders.history(world.context(who), order)
        with pytest.raises(NotFound):
            orders.transitions(world.context(who), order)
    for who in ("anonymous", "administrator"):
        with pytest.raises(AccessDenied):
            await orders.orders_of(world.context(who), 10, None)
    assert (await orders.orders_of(world.context("other_supplier"), 10, None)).rows == []


async def test_lists_are_paged(world: World) -> None:
    """K: Pages of one order each follow one another, the newest first, and end."""
    placed = [(await world.place())["_id"]]
    for name in ("2", "3"):
        measure = await new_measure(world.rows["participant"]["_id"], name)
        placed.append((await world.place(measure=measure["_id"]))["_id"])
    ctx, seen, cursor = world.context("supplier"), [], None
    for rest in (2, 1, 0):
        page = await orders.orders_of(ctx, 1, cursor)
        assert page.has_next == (rest > 0)
        seen += [row["_id"] for row in page.rows]
        cursor = page.cursors[-1]
    assert seen == sorted(placed, reverse=True)


async def test_a_client_can_ask_what_is_possible(world: World) -> None:
    """R-D3: Each role learns what it can do with the order now, and why not."""
    order = await world.place()
    answers = {answer.act: answer for answer in orders.transitions(world.context("supplier"), order)}
    assert answers[OrderAct.accept].allowed
    assert answers[OrderAct.start].reason == "TRANSITION_REFUSED"
    assert {answer.act for answer in orders.transitions(world.context("body"), order)} == {
        OrderAct.approve, OrderAct.refuse, OrderAct.reimburse,
    }  # fmt: skip


async def test_a_page_opens_with_one_reading_of_keys(mongod: str, world: World) -> None:
    """R-J1: the contents of fifty people's orders cost one query for keys, besides that for changes of keys."""
    rows: list[Row] = []
    for _ in range(50):
        row, person = new_id(), new_id()
        frozen = await seal_frozen("orders", person, row, {"title": {}, "characteristics": []})
        rows.append({"_id": row, "kind": "order", "region": REGION, "frozen": frozen})
    async with Commands(mongod, database().name) as commands:
        await open_vault(commands.database["data_keys"], MasterKey(b"k" * 32))
        commands.names.clear()
        assert len(await orders.contents(world.context("body"), rows)) == 50
        assert commands.names == ["find"]
    await open_vault(database()["data_keys"], MasterKey(b"k" * 32))
