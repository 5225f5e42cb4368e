"""A few people, read in every way: the schema of the tests of whole queries."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
from bson.tz_util import utc
from strawberry.types.graphql import OperationType

from execution.fields import batched, computed, record, root, stored, value
from execution.requests import Asked
from execution.schema import Schema
from execution.wanted import Wanted
from execution.wire import plain


@dataclass
class Context:
    """Who was called, and what they were told that is wanted."""

    calls: list[str] = field(default_factory=list)
    wanted: dict[str, Any] = field(default_factory=dict)


def shouted(record: Any) -> str:
    """A function that says what it looks at."""
    return str(record["name"]).upper()


def anything(record: Any) -> str:
    """A function that does not."""
    return str(record["name"])


async def friends_of(context: Context, records: Sequence[Any], wanted: Wanted) -> list[Any]:
    """A loader that wants to know what is looked at."""
    context.calls.append("friends")
    context.wanted["friends"] = wanted.of("person")
    return [[person("2"), person("3")] for _ in records]


def first_mark(record: Any) -> Any:
    """One of several."""
    return record["marks"][0]


async def failing(context: Context, records: Sequence[Any]) -> list[Any]:
    """A loader that has nothing."""
    raise ConnectionError("away")


def at_once(context: Context, records: Sequence[Any]) -> list[str]:
    """A loader that awaits nothing."""
    return [f"{record['_id']}!" for record in records]


def badges(context: Context, records: Sequence[Any]) -> list[Any]:
    """A loader that has the same for all."""
    return [MARK] * len(records)


def later(context: Context, records: Sequence[Any]) -> Any:
    """A loader that answers with a future."""
    future = asyncio.get_running_loop().create_future()
    future.set_result(["later"] * len(records))
    return future


def lasting(context: Context, records: Sequence[Any]) -> list[Any]:
    """A loader that gives the same marks to everybody, and an empty one that is nobody else's."""
    context.calls.append("lasting")
    return [[MARK, OTHER, {"name": "own"}] for _ in records]


def looked_at(record: Any) -> str:
    """A function that is called once for each mark that lasts."""
    LOOKED_AT.append(record)
    return str(record["name"])


LOOKED_AT: list[Any] = []


@value()
class Mark:
    """A value that many share."""

    name: str = stored()
    seen: str | None = computed(looked_at)


@record("person")
class Person:
    """Somebody."""

    id: strawberry.ID = stored("_id")
    name: str = stored()
    loud: str = computed(shouted, reads=("name",))
    any: str = computed(anything)
    friends: list[Person] = batched(friends_of, reads=("_id",))
    broken: str | None = batched(failing)
    quick: str = batched(at_once)
    late: str = batched(later)
    marks: list[Mark] = stored()
    badge: Mark = batched(badges)
    lasting: list[Mark] = batched(lasting, lasting=True)
    first: Mark = computed(first_mark, reads=("marks",))
    home: Mark = stored()
    born: datetime = stored()


def at_once_no(context: Context, records: Sequence[Any]) -> list[Any]:
    """A loader that fails at once."""
    raise LookupError("no")


@record("thing")
class Thing:
    """What is loaded in three ways."""

    slow: str | None = batched(failing)
    late: str | None = batched(later)
    fails: str | None = batched(at_once_no)


async def thing(context: Context) -> Any:
    """One of them."""
    return {"kind": "thing"}


MARK: dict[str, Any] = {"name": "m"}
OTHER: dict[str, Any] = {"name": "o"}


def person(number: str) -> dict[str, Any]:
    """A record."""
    return {
        "kind": "person",
        "_id": number,
        "name": f"n{number}",
        "marks": [MARK, MARK, {"name": "other"}],
        "home": {"name": "h"},
        "born": datetime(2026, 1, 2, 3, 4, 5, tzinfo=utc),
    }


FIRST = strawberry.ID("1")


async def someone(context: Context, wanted: Wanted, *, id: strawberry.ID = FIRST) -> Any:  # noqa: A002
    """Somebody by number; 0 fails."""
    context.calls.append(f"someone {id}")
    context.wanted["someone"] = wanted.of("person")
    if id == "0":
        raise LookupError("nobody")
    return person(id)


async def how_many(context: Context) -> int:
    """How many there are."""
    return 7


class Upper(strawberry.extensions.FieldExtension):
    """An extension of a field, which sees its result."""

    async def resolve_async(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        """Change what the field gives."""
        found = await next_(source, info, **kwargs)
        return int(await found if asyncio.iscoroutine(found) else found) + 1


@strawberry.type
class Query:
    """Reads."""

    someone: Person | None = root(someone, policy="public", shared=True)
    count: int = root(how_many, policy="public")
    more: int = root(how_many, policy="public", extensions=[Upper()])


async def answered(
    schema: Schema, document: str, variables: dict[str, Any], context: Any, *, wire: bool = True
) -> Any:
    """The result as a door gets it, its data as the client reads them."""
    if not wire:
        return await schema.execute(document, variables, context)
    result = await schema.answer(Asked(document, variables, context, wire=True), {OperationType.QUERY})
    result.data = plain(result.data)
    return result


async def third(schema: Schema, document: str, **variables: Any) -> tuple[Any, Context]:
    """The result when the document has been seen twice, and that execution's context."""
    for _ in range(2):
        await schema.execute(document, variables, Context())
    context = Context()
    return await schema.execute(document, variables, context), context
