"""Runs beside each other share a loader's call; what happens to one of them is no loss to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from execution.declarations import Batched
from execution.plans import Plans, loading
from execution.plans.leaves import GaveUp
from execution.plans.loading import load_together
from tests.execution.plans import library
from tests.execution.plans.both import PLAIN, compare, planned

RECORDS = [{"_id": each} for each in "abc"]


class Shelf:
    """A context; its loader notes what it was asked, and answers one value too few if told so."""

    def __init__(self, *, short: bool = False, away: bool = False) -> None:
        self.short, self.away = short, away
        self.calls: list[int] = []


async def values_of(context: Shelf, records: Sequence[Any], *, loud: bool = False) -> list[object]:
    """The ids, in capitals if wanted."""
    context.calls.append(len(records))
    await asyncio.sleep(0)
    if context.away:
        raise ConnectionError("away")
    found: list[object] = [each["_id"].upper() if loud else each["_id"] for each in records]
    return found[context.short :]


DECLARED = Batched(function=values_of)


async def test_runs_of_one_tick_share_a_call() -> None:
    """R-K: equal arguments make one call, each run gets the values of its own records."""
    shelf = Shelf()
    found = await asyncio.gather(
        load_together(DECLARED, shelf, RECORDS[:1], {}),
        load_together(DECLARED, shelf, RECORDS[1:], {}),
        load_together(DECLARED, shelf, RECORDS, {"loud": True}),
    )
    assert [list(each) for each in found] == [["a"], ["b", "c"], ["A", "B", "C"]]
    assert shelf.calls == [3, 3]
    assert not loading._open


async def test_contexts_share_nothing() -> None:
    """R-K: two requests never load together, whatever they ask."""
    shelves = [Shelf(), Shelf()]
    await asyncio.gather(*(load_together(DECLARED, each, RECORDS, {}) for each in shelves))
    assert [each.calls for each in shelves] == [[3], [3]]


@pytest.mark.parametrize(
    ("shelf", "error"), [(Shelf(away=True), ConnectionError), (Shelf(short=True), GaveUp)]
)
async def test_a_loader_that_fails_sends_all_its_runs_to_graphql_core(shelf: Shelf, error: type) -> None:
    """R-K: nobody waits for a call that failed or answered too little."""
    runs = [load_together(DECLARED, shelf, RECORDS, {}) for _ in range(2)]
    found = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(each) for each in found] == [error, GaveUp]
    assert not loading._open


@pytest.mark.parametrize("ticks", [1, 2])
async def test_a_run_that_is_cancelled_leaves_the_others_to_graphql_core(ticks: int) -> None:
    """R-K: the run that loads for others may be cancelled before its call or within it."""
    shelf = Shelf()
    runs = [asyncio.ensure_future(load_together(DECLARED, shelf, RECORDS, {})) for _ in range(2)]
    for _ in range(ticks):
        await asyncio.sleep(0)
    runs[0].cancel()
    found = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(each) for each in found] == [asyncio.CancelledError, GaveUp]
    assert not loading._open


async def test_a_run_that_joined_may_be_cancelled() -> None:
    """R-K: whoever loads does not mind that another run is gone."""
    shelf = Shelf()
    runs = [asyncio.ensure_future(load_together(DECLARED, shelf, RECORDS, {})) for _ in range(2)]
    await asyncio.sleep(0)
    runs[1].cancel()
    assert list(await runs[0]) == ["a", "b", "c"]
    with pytest.raises(asyncio.CancelledError):
        await runs[1]


async def test_below_a_field_of_last_resort_loaders_are_called_once() -> None:
    """R-K: items that graphql-core completes one by one load together, as often as without plans."""
    document = "{ page { books { slow { id } author { books { id author { name } } } } } }"
    contexts = [library.Context(5), library.Context(5)]
    await PLAIN.execute(document, context_value=contexts[0])
    plans = Plans()
    await planned(plans).execute(document, context_value=contexts[1])
    assert plans.counts.runs > 1
    assert contexts[1].calls == contexts[0].calls
    await compare(document, seed=5)
