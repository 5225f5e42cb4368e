"""One call of a loader for plans that run beside each other.

Below a list that graphql-core completes, each item's fields have a run of their own. Runs that ask for the
same field in one tick share a call, as they would on graphql-core (`execution.batching`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from inspect import isawaitable
from typing import Any

from execution.declarations import Batched, Record
from execution.plans.leaves import GaveUp
from execution.wanted import EVERYTHING

_open: dict[tuple[int, int], list[_Group]] = {}
"""Groups by context and declaration: an entry lives for one tick, held by the run that opened it."""


class _Group:
    """Records of several runs, and who waits for the values of which of them."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = arguments
        self.records: list[Record] = []
        self.waiting: list[tuple[asyncio.Future[Sequence[object]], slice]] = []

    def join(self, records: Sequence[Record]) -> asyncio.Future[Sequence[object]]:
        """Add records of one run; a future of their values."""
        future: asyncio.Future[Sequence[object]] = asyncio.get_running_loop().create_future()
        first = len(self.records)
        self.records += records
        self.waiting.append((future, slice(first, len(self.records))))
        return future

    def answer(self, values: Sequence[object]) -> None:
        """Give everybody who waits their own values."""
        for future, part in self.waiting:
            if not future.done():
                future.set_result(values[part])

    def give_up(self) -> None:
        """Send everybody who waits to graphql-core; a future that nobody awaits any more stays silent."""
        for future, _ in self.waiting:
            if not future.done():
                future.set_exception(GaveUp())
                future.exception()


async def load_together(
    declared: Batched, context: object, records: Sequence[Record], arguments: Mapping[str, Any]
) -> Sequence[object]:
    """Values of the records, in their order. Raises what the loader raises, GaveUp in runs that joined."""
    place = (id(context), id(declared))
    groups = _open.setdefault(place, [])
    group = next((each for each in groups if each.arguments == arguments), None)
    if group is not None:
        return await group.join(records)
    group = _Group(arguments)
    groups.append(group)
    own = group.join(records)
    try:
        try:
            await asyncio.sleep(0)  # whoever else is ready in this tick joins
        finally:
            _close(place, group)
        found = declared.function(context, group.records, *declared.given(EVERYTHING), **arguments)
        values = await found if isawaitable(found) else found
        if len(values) != len(group.records):
            raise GaveUp
        group.answer(values)
    finally:
        group.give_up()
    return await own


def _close(place: tuple[int, int], group: _Group) -> None:
    groups = _open[place]
    groups.remove(group)
    if not groups:
        del _open[place]
