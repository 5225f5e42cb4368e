"""The library's schema twice, with plans and without, and what must be equal of their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from execution.documents import DocumentCache, Documents, Rules
from execution.limits import Limits
from execution.plans import Plans, planning_executor
from execution.schema import Schema
from tests.execution.plans import library
from tests.execution.plans.forgetting import Forgetting

CONFIG = StrawberryConfig(scalar_map=library.SCALARS)
PLAIN = strawberry.Schema(library.Query, config=CONFIG)


def planned(plans: Plans, **options: Any) -> strawberry.Schema:
    """The library with plans."""
    executor = planning_executor(plans)
    return strawberry.Schema(library.Query, config=CONFIG, execution_context_class=executor, **options)


def cached(plans: Plans) -> strawberry.Schema:
    """The library with plans, each document parsed once: so that its places are found again."""
    documents = DocumentCache()
    return planned(plans, extensions=[lambda: Documents(Rules(), documents)])


PLANS = Plans()
PLANNED = planned(PLANS)
_UNBOUND = Limits(10**6, 10**6, depth=1000, aliases=10**4, directives=10**4, root_fields=10**4, cost=10**100)
WHOLE = Schema(
    library.Query,
    config=CONFIG,
    rules=Rules(_UNBOUND),
    presenter=lambda error, _: {"code": "X", "message": str(error)},
)
"""Answers whole queries by plans from their second time on; its errors are presented."""
UNHEARD = Forgetting()
COUNTS: Counter[str] = Counter()
"""Whole queries compared, and how many of them raced."""


def errors_of(result: Any) -> list[Any]:
    """Path, message and locations of each error, sorted: their order depends on loaders' timing."""
    return sorted((str(each.path), each.message, _locations(each)) for each in result.errors or ())


def place_of(data: Any, path: tuple[object, ...]) -> tuple[object, ...]:
    """How far a path leads until there is nothing: of several errors below it the first one counts."""
    for depth, step in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[step]
    return path


def settled(result: Any, told: Callable[[GraphQLError], object] = attrgetter("message")) -> list[Any]:
    """Errors as far as they are determined: below a parent that they null, any one or more of them.

    `told` is what is compared of an error that stands in its own place.
    """
    found = set()
    for each in result.errors or ():
        path = tuple(each.path or ())
        place = place_of(result.data, path)
        found.add((place, told(each) if place == path else None))
    return sorted(found, key=repr)


def keys(data: Any) -> Iterator[str]:
    """Every key, in the order of the answer."""
    if isinstance(data, dict):
        for key, inner in data.items():
            yield key
            yield from keys(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from keys(inner)


async def compare(
    document: str,
    variables: dict[str, Any] | None = None,
    seed: int = 0,
    broken: float = 0.0,
    forgetting: Forgetting = UNHEARD,
) -> Any:
    """Execute both ways and return the planned result. AssertionError names what differs.

    Equal must be: the data with their types and the order of keys; of every error the message, the path and
    the locations. Errors are compared sorted. Below one nulled parent graphql-core reports the first error only,
    and since it completes the value itself whenever there is one, it is the same; but where root fields that
    plans answer fail together, whether their neighbour has failed by then is a matter of time: `COUNTS` tells.
    """
    contexts = [library.Context(seed, broken) for _ in range(2)]
    case = (document, variables, seed, broken)
    plain = await forgetting.core(PLAIN.execute(document, variables, context_value=contexts[0]))
    result = await forgetting.plans(PLANNED.execute(document, variables, context_value=contexts[1]), case)
    assert repr(result.data) == repr(plain.data), (
        case
    )  # tells 1 from 1.0 and True, and NaN is equal to itself
    assert list(keys(result.data)) == list(keys(plain.data)), case
    assert errors_of(result) == errors_of(plain), case
    first, whole = [
        await forgetting.plans(
            WHOLE.execute(document, variables, context_value=library.Context(seed, broken)), case
        )
        for _ in range(2)
    ]
    _compare_whole(first, whole, plain, case)
    return result


def _compare_whole(first: Any, whole: Any, plain: Any, case: object) -> None:
    """The same for queries that are answered by plans from their root fields on: known documents."""
    assert repr(first.data) == repr(whole.data)
    assert repr(whole.data) == repr(plain.data), case
    assert list(keys(whole.data)) == list(keys(plain.data)), case
    if places_of(whole) != places_of(plain):
        assert settled(whole, _locations) == settled(plain, _locations), case
        COUNTS["raced"] += 1
    COUNTS["whole"] += 1


def _locations(error: GraphQLError) -> object:
    return tuple((at.line, at.column) for at in error.locations or ())


def places_of(result: Any) -> list[Any]:
    """Path and locations of each error, sorted: messages are presented."""
    return [(path, locations) for path, _, locations in errors_of(result)]
