"""Batched fields on graphql-core: parents asked for in one tick go to the loader in one call."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

from aiodataloader import DataLoader

from execution.declarations import Batched, Record
from execution.wanted import EVERYTHING

# Open batches by (context, declaration). An entry lives from the first parent to the dispatch of the
# batch and holds its context, so an id cannot be reused while it stands here.
_open: dict[tuple[int, int], list[_Batch]] = {}


def load(
    declaration: Batched, context: object, record: Record, arguments: Mapping[str, Any]
) -> Future[object]:
    """Return a future of one record's value; every record of this tick shares the loader's call.

    A request that was cancelled before it awaited its future leaves a failure that nobody asks for: silently.
    """
    batches = _open.setdefault((id(context), id(declaration)), [])
    batch = next((each for each in batches if each.arguments == arguments), None)
    if batch is None:
        batch = _Batch(declaration, context, arguments)
        batches.append(batch)
    future: Future[object] = batch.load(record)
    future.add_done_callback(_heard)
    return future


def _heard(future: Future[object]) -> BaseException | None:
    """What it failed with: asyncio complains of failures that nobody asked for."""
    return None if future.cancelled() else future.exception()


class _Batch(DataLoader[Record, object]):
    cache = False

    def __init__(self, declaration: Batched, context: object, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self.declaration, self.context, self.arguments = declaration, context, arguments

    async def batch_load_fn(self, records: list[Record]) -> list[object]:
        """Close this batch, then load it: what is asked for while the loader runs is the next batch."""
        self._close()
        declared = self.declaration
        given = declared.given(EVERYTHING)
        found = declared.function(self.context, records, *given, **self.arguments)
        values = list(await found if isawaitable(found) else found)
        if len(values) != len(records):
            message = f"{self.declaration.where}: the loader answered {len(values)} of {len(records)}"
            raise RuntimeError(message)
        return values

    def _close(self) -> None:
        """Take no more parents; those that came while this call was being scheduled make a second one."""
        place = (id(self.context), id(self.declaration))
        batches = _open.get(place, [])
        if self in batches:
            batches.remove(self)
        if not batches:
            _open.pop(place, None)
