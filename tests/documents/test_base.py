"""The connection: what a process does to the database when it starts."""

import asyncio
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from documents import base
from documents.registry import DOCUMENTS


async def test_starting_again_waits_for_no_transaction(database: AsyncDatabase[dict[str, Any]]) -> None:
    """A transaction that a killed process left open holds up no start, though validators are looked after."""
    async with database.client.start_session() as left_behind:
        await left_behind.start_transaction()
        await database["outbox_heads"].insert_one({"_id": base.new_id()}, session=left_behind)
        await asyncio.wait_for(base._prepare_collections(database, DOCUMENTS), 5)
        await left_behind.abort_transaction()


async def test_a_changed_validator_is_put_in_place(database: AsyncDatabase[dict[str, Any]]) -> None:
    """A validator that differs from the documents' own is replaced at the start."""
    await database.command("collMod", "orders", validator={})
    await base._prepare_collections(database, DOCUMENTS)
    found = await (await database.list_collections(filter={"name": "orders"})).to_list()
    assert "$jsonSchema" in found[0]["options"]["validator"]
