"""Small schemas made by chance: records of nested shapes, read in every way there is, some of them broken."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any

import strawberry
from bson.tz_util import utc

from execution.documents import Rules
from execution.fields import batched, computed, interface, record, resolved, root, stored
from execution.limits import Limits
from execution.schema import Schema

Plain = Mapping[str, Any]
Make = Callable[[random.Random, float], Any]
WIDE = Rules(
    Limits(10**6, 10**6, depth=1000, aliases=10**4, directives=10**4, root_fields=10**4, cost=10**100)
)
BROKEN: tuple[Any, ...] = (
    None,
    "x",
    7,
    1.5,
    True,
    [],
    {},
    [None],
    {"kind": "ghost"},
    ValueError("stored"),
    2**40,
)
ZONES = (UTC, utc, timezone(timedelta(hours=5)), None)
"""As drivers have them: UTC of Python, UTC of their own, others, and none."""
LASTING: dict[str, object] = {}
"""What some loaders give again and again."""
SCALARS: tuple[tuple[Any, Make], ...] = (
    (str, lambda chance, _: f"w{chance.randrange(9)}"),
    (int, lambda chance, _: chance.randrange(9)),
    (float, lambda chance, _: chance.random()),
    (bool, lambda chance, _: chance.random() < 0.5),
    (datetime, lambda chance, _: datetime(2026, 1, chance.randint(1, 9), 7, tzinfo=chance.choice(ZONES))),
    (Decimal, lambda chance, _: Decimal(chance.randrange(9)) / 4),
)


@dataclass(frozen=True)
class Shape:
    """A type as annotations name it, and how to make a value of it."""

    type_: Any
    make: Make


class Context:
    """One operation: its records come from the seed."""

    def __init__(self, seed: int, broken: float) -> None:
        self.seed, self.broken = seed, broken


def made_schema(seed: int, *, compiled: bool) -> Schema:
    """The schema of a seed, the same each time."""
    chance = random.Random(seed)
    named: type = interface()(_class("Named", {"id": (str, stored("_id")), "name": (str | None, stored())}))
    shapes = [Shape(type_, make) for type_, make in SCALARS]
    for number in range(chance.randint(2, 5)):
        shapes.append(_object(chance, number, shapes, named))
    objects = shapes[len(SCALARS) :]
    if len(objects) > 2:
        objects.append(_union(objects[:2]))
    objects.append(
        Shape(named, lambda chance, broken: chance.choice(shapes[len(SCALARS) :]).make(chance, broken))
    )
    fields = {f"r{number}": _root(chance, number, each) for number, each in enumerate(objects)}
    return Schema(
        strawberry.type(_class("Query", fields)),
        rules=WIDE,
        compiled=compiled,
        presenter=lambda error, _: {"code": "X", "message": f"{type(error).__name__}: {error}"},
    )


def _class(name: str, fields: Mapping[str, tuple[Any, Any]], *bases: type) -> type:
    body = {each: declared for each, (_, declared) in fields.items()}
    hints = {each: type_ for each, (type_, _) in fields.items()}
    return type(name, bases, {**body, "__annotations__": hints, "__module__": __name__, "__doc__": "Made."})


def _object(chance: random.Random, number: int, known: Sequence[Shape], named: type) -> Shape:
    """A record whose fields show what was made before."""
    kind, parts = f"kind{number}", {}
    fields: dict[str, tuple[Any, Any]] = {}
    for place in range(chance.randint(2, 5)):
        key = f"f{place}"
        parts[key] = part = _wrapped(chance, chance.choice(known))
        fields[key] = (part.type_, _reading(chance, key))
    cls: type = record(kind)(_class(f"Made{number}", fields, named))

    def make(chance: random.Random, broken: float) -> Any:
        row = {"kind": kind, "_id": f"i{chance.randrange(99)}", "name": chance.choice(["n", None])}
        row |= {key: part.make(chance, broken) for key, part in parts.items()}
        return _maybe(chance, broken, {key: _maybe(chance, broken, each) for key, each in row.items()})

    return Shape(cls, make)


def _maybe(chance: random.Random, broken: float, given: Any) -> Any:
    return chance.choice(BROKEN) if chance.random() < broken else given


def _union(some: Sequence[Shape]) -> Shape:
    members = reduce(or_, (each.type_ for each in some))
    return Shape(
        Annotated[members, strawberry.union("Either")],
        lambda chance, broken: chance.choice(some).make(chance, broken),
    )


def _wrapped(chance: random.Random, inner: Shape) -> Shape:
    """Perhaps null, perhaps a list of it, perhaps a list of lists."""
    if chance.random() < 0.4:
        made, inside = inner.make, inner.type_
        inner = Shape(
            inside | None, lambda chance, broken: made(chance, broken) if chance.random() < 0.7 else None
        )
    if chance.random() < 0.35:
        item = inner
        listed = Shape(
            list[item.type_],  # type: ignore[name-defined]
            lambda chance, broken: [item.make(chance, broken) for _ in range(chance.randrange(3))],
        )
        return _wrapped(chance, listed)
    return inner


def _reading(chance: random.Random, key: str) -> Any:
    """One of the ways of reading a key, with an argument or without."""

    def pure(record: Plain, *, times: int = 1) -> object:
        return _read(record, key, times)

    def contextual(record: Plain, context: Context) -> object:
        return _read(record, key, context.seed)

    async def loader(context: Context, records: Sequence[Plain], *, old: bool = False) -> list[object]:
        return [ValueError("old") if old and each["_id"] == "i7" else each.get(key) for each in records]

    def at_hand(context: Context, records: Sequence[Plain]) -> list[object]:
        return [each.get(key) for each in records]

    def lasting(context: Context, records: Sequence[Plain]) -> list[object]:
        return [LASTING.setdefault(repr(each.get(key)), each.get(key)) for each in records]

    async def slow(record: Plain, context: Context) -> object:
        return _read(record, key, 1)

    ways = (
        stored(),
        stored(key),
        computed(pure),
        computed(contextual),
        batched(loader),
        batched(at_hand),
        batched(lasting, lasting=True),
    )
    return resolved(slow) if chance.random() < 0.05 else chance.choice(ways)


def _read(record: Plain, key: str, times: int) -> object:
    if record.get("_id") == "i3" and times > 1:
        raise LookupError(key)
    return record.get(key)


def _root(chance: random.Random, number: int, shape: Shape) -> tuple[Any, Any]:
    wrapped = _wrapped(chance, shape)

    async def read(context: Context, *, turn: int = 0) -> object:
        return wrapped.make(random.Random(f"{context.seed}/{number}/{turn}"), context.broken)

    return wrapped.type_, root(read, policy="public")
