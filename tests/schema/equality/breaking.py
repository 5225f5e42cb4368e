"""Records that no validator would let pass, and loaders that fail: what only graphql-core has words for."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import WriteError

from documents.base import Id, Row
from loaders import Loaders
from tests.schema.equality.world import COLLECTIONS, World

WRONG: tuple[Any, ...] = (
    None, "слово", 7, -3, 3.5, float("nan"), True, [], {}, [None, "x"], {"ru": None}, {"kind": "ghost"}, 2**40,
)  # fmt: skip
BESIDES = ("audit", "reference")
KEPT = {"_id", "kind"}
KNOWN = {
    "supplier": Id("f" * 24),
    "category": "ghost",
    "price": "-12.50",
    "status": "ghost",
    "direction": "ghost",
    "definition_version": 99,
    "title": {"en": "Half"},
}
"""What is wrong in a way of its own: a stranger, an unknown name, a negative price, a missing version."""


async def broken(world: World, chance: random.Random, share: float) -> World:
    """A copy of the world in which that share of the rows is broken in a field or two, past the validators."""
    made = replace(world, name=f"{world.name}_broken")
    async with AsyncMongoClient[Row](world.url, tz_aware=True) as client:
        source, target = client[world.name], client[made.name]
        for each in await source.list_collection_names():
            rows = [row async for row in source[each].find({})]
            if rows:
                await target[each].insert_many(rows)
        await made.connect()  # makes validators and indexes, while all is well
        for each in (*COLLECTIONS.values(), *BESIDES):
            for row in [row async for row in target[each].find({}) if chance.random() < share]:
                with suppress(WriteError):
                    wrong = _broken(dict(row), chance)
                    await target[each].replace_one(
                        {"_id": row["_id"]}, wrong, bypass_document_validation=True
                    )
    return made


def _broken(row: Row, chance: random.Random) -> Row:
    for key in chance.sample(sorted(row.keys() - KEPT), min(2, len(row) - 1)):
        luck = chance.random()
        if luck < 0.3:
            del row[key]
        elif luck < 0.5 and key in KNOWN:
            row[key] = KNOWN[key]
        elif luck < 0.7 and isinstance(row[key], dict) and row[key]:
            row[key] = _broken(dict(row[key]), chance)
        elif luck < 0.8 and isinstance(row[key], list) and row[key]:
            row[key] = [*row[key], chance.choice(WRONG)]
        else:
            row[key] = chance.choice(WRONG)
    return row


class Failing(Loaders):
    """Finds some suppliers and categories, and not others."""

    async def _read(self, keys: Any, read: Any, named: Any) -> list[Any]:
        found = await super()._read(keys, read, named)
        return [self._failed(one) or row for one, row in zip(keys, found, strict=True)]

    def _failed(self, one: Id | str) -> Exception | None:
        if isinstance(one, str):
            return LookupError(one) if len(one) % 2 else None
        return ConnectionError(one) if hash(one) % 3 == 0 else None


class Away(Loaders):
    """Finds nothing at all."""

    async def _read(self, keys: Any, read: Any, named: Any) -> list[Any]:  # noqa: ARG002 - as above
        raise ConnectionError(keys)
