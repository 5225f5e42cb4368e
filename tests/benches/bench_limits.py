"""What limits, trust and presented errors add to a usual query before it is executed.

Both ways run on the portal's schema with the catalogue's queries, in turn, so that whatever else the machine
does meets both. "Without" is Strawberry as it is: parse and validate, nothing else.
"""

import gc
import time
from collections.abc import Callable
from itertools import count
from statistics import median
from typing import Any

from graphql import parse
from strawberry.types.graphql import OperationType

from execution.limits import Limits, measure
from schema.portal import portal_schema
from tests.benches.questions import PAGE
from tests.benches.tables import milliseconds, percentile, show

ROUNDS = 1500
ALLOWED = {OperationType.QUERY}


async def main() -> None:
    """Print the table."""
    ours, bare = portal_schema(), portal_schema()
    bare.extensions = ()
    number = count()
    rows = [
        await _compared("a document seen before", ours, bare, lambda: PAGE),
        await _compared("a document never seen", ours, bare, lambda: f"{PAGE}\n#{next(number)}"),
        _measured(ours),
    ]
    show(("until execution begins", "without, p50", "with, p50", "added, p50", "with, p99"), rows)


async def _compared(name: str, ours: Any, bare: Any, text: Callable[[], str]) -> list[str]:
    """Both ways in turn; what is added is the difference of the medians."""
    for _ in range(50):
        await _prepared(ours, text())
        await _prepared(bare, text())
    taken: dict[Any, list[float]] = {ours: [], bare: []}
    gc.disable()
    for _ in range(ROUNDS):
        for schema in (ours, bare):
            taken[schema].append(await _prepared(schema, text()))
    gc.enable()
    without, added = median(taken[bare]), median(taken[ours]) - median(taken[bare])
    return [
        name,
        milliseconds(without),
        milliseconds(median(taken[ours])),
        f"{added * 1000:+.2f}",
        milliseconds(percentile(taken[ours], 0.99)),
    ]


async def _prepared(schema: Any, text: str) -> float:
    """Seconds from the text to an operation that may be executed."""
    began = time.perf_counter()
    operation = schema._create_execution_context(query=text, allowed_operation_types=ALLOWED)
    extensions = schema.get_extensions()
    for each in extensions:
        each.execution_context = operation
    runner = schema.create_extensions_runner(operation, extensions)
    async with runner.operation():
        refused = await schema._prepare_operation_async(operation, runner)
    assert refused is None, refused.errors
    return time.perf_counter() - began


def _measured(schema: Any) -> list[str]:
    """The walk that measures, alone."""
    document, limits = parse(PAGE), Limits()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        measure(schema.graphql, document, {}, limits)
        taken.append(time.perf_counter() - began)
    alone = milliseconds(median(taken))
    return ["the measure alone", "0", alone, f"+{alone}", milliseconds(percentile(taken, 0.99))]
