"""Plans among requests: at once, cancelled, failing, and never instead of a mutation or an error."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry

from execution.fields import batched, computed, record, root, stored, value
from execution.plans import Plans, planning_executor
from tests.execution.plans import library
from tests.execution.plans.both import PLAIN, cached, errors_of

DOCUMENT = """query Q($seed: Int!, $old: Boolean!) {
  book(seed: $seed) { id author(old: $old) { name books { id } } related { maybeAuthor { name } slow { id } } }
}"""
SLOW = (
    "{ items { some { slow } more { slow } } }",
    "{ a: items { some { slow } } b: items { more { slow } } }",
)


@dataclass
class Gate:
    """A context whose loader waits until the test lets it go on."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0


async def waiting(context: Gate, records: Sequence[Any]) -> list[object]:
    """A loader that waits at the gate."""
    context.calls += 1
    context.reached.set()
    await context.opened.wait()
    return [f"loaded {each['_id']}" for each in records]


async def once_away(context: Gate, records: Sequence[Any]) -> list[object]:
    """A loader that fails the first time."""
    context.calls += 1
    if context.calls == 1:
        raise ConnectionError("away")
    return ["back"] * len(records)


async def but_one(context: Gate, records: Sequence[Any]) -> list[object]:
    """A loader that has no value for one record."""
    context.calls += 1
    return [LookupError("lost") if each["_id"] == "1" else "found" for each in records]


def in_time(record: Any) -> Any:
    """A function that is not pure: it answers a coroutine."""
    return asyncio.sleep(0, record["_id"])


def failing(record: Any) -> Any:
    """A pure function that fails."""
    raise ValueError(record["_id"])


@record("item")
class Item:
    """Something that takes its time."""

    id: strawberry.ID = stored("_id")
    slow: str = batched(waiting)
    again: str = batched(once_away)
    found: str | None = batched(but_one)
    later: str = computed(in_time)
    place: Item | None = computed(in_time)
    places: list[Item] | None = computed(in_time)
    unlucky: str | None = computed(failing)


@value()
class Items:
    """Items of two sorts."""

    some: list[Item] = stored()
    more: list[Item] = stored()


async def items(context: Gate) -> object:
    """Three items."""
    made = [{"kind": "item", "_id": str(number)} for number in range(3)]
    return {"some": made[:2], "more": made[2:]}


@strawberry.type
class Query:
    """Reads."""

    items: Items = root(items, policy="public")


def schema(plans: Plans) -> strawberry.Schema:
    """The items with plans."""
    return strawberry.Schema(Query, execution_context_class=planning_executor(plans))


async def test_requests_at_once_share_plans_and_nothing_else() -> None:
    """R-K: forty requests at once, with variables of their own, get what each gets alone without plans."""
    plans = Plans()
    shared = cached(plans)
    variables = [{"seed": each, "old": bool(each % 2)} for each in range(40)]
    answers = await asyncio.gather(
        *(shared.execute(DOCUMENT, each, context_value=library.Context(1, 0.02)) for each in variables)
    )
    for given, answer in zip(variables, answers, strict=True):
        plain = await PLAIN.execute(DOCUMENT, given, context_value=library.Context(1, 0.02))
        assert repr(answer.data) == repr(plain.data)
        assert errors_of(answer) == errors_of(plain)


def running() -> set[asyncio.Task[Any]]:
    """The tasks of this loop, without those of a database that another test left open: they come and go."""
    return {each for each in asyncio.all_tasks() if "pymongo" not in _file_of(each.get_coro())}


def _file_of(coroutine: Any) -> str:
    """Where a coroutine's code stands."""
    return str(getattr(getattr(coroutine, "cr_code", None), "co_filename", ""))


@pytest.mark.parametrize(
    ("document", "ticks"),
    # One tick into two root fields graphql-core itself forgets their coroutines, with plans and without.
    [(SLOW[0], each) for each in (0, 1, 2, 3, 4, 6, None)]
    + [(SLOW[1], each) for each in (0, 2, 3, 4, 6, None)],
)
async def test_a_cancelled_request_leaves_nothing_behind(document: str, ticks: int | None) -> None:
    """R-K: whenever a request is cancelled, no task runs on and no coroutine stays unawaited."""
    before = running()
    gate, shared = Gate(), schema(Plans())
    request = asyncio.ensure_future(shared.execute(document, context_value=gate))
    if ticks is None:
        await gate.reached.wait()
    for _ in range(ticks or 0):
        await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()  # an unawaited coroutine warns when it is collected, and warnings are errors
    assert running() == before


async def test_a_request_goes_on_when_another_is_cancelled() -> None:
    """R-K: what one client gives up is no loss to another with the same document."""
    shared, document = schema(Plans()), "{ items { some { slow } more { slow } } }"
    gates = [Gate(), Gate()]
    requests = [asyncio.ensure_future(shared.execute(document, context_value=each)) for each in gates]
    await asyncio.gather(*(each.reached.wait() for each in gates))
    requests[0].cancel()
    gates[1].opened.set()
    answer = await requests[1]
    assert answer.data == {
        "items": {"some": [{"slow": "loaded 0"}, {"slow": "loaded 1"}], "more": [{"slow": "loaded 2"}]}
    }
    await asyncio.wait(requests)


async def test_a_loader_that_fails_is_asked_again_by_graphql_core() -> None:
    """A loader that comes back in time answers after all; the failed plan is counted."""
    plans, gate = Plans(), Gate()
    answer = await schema(plans).execute("{ items { some { again } } }", context_value=gate)
    assert answer.errors is None
    assert answer.data == {"items": {"some": [{"again": "back"}] * 2}}
    assert gate.calls == 2
    assert plans.counts.gave_up == {"Query.items": 1}


async def test_a_coroutine_in_a_records_place_is_graphql_cores() -> None:
    """A function that answers a coroutine is awaited by graphql-core, the plan's one is closed."""
    plans = Plans()
    answer = await schema(plans).execute("{ items { more { later } } }", context_value=Gate())
    assert answer.data == {"items": {"more": [{"later": "2"}]}}
    for name in ("place { id }", "places { id }"):
        answer = await schema(plans).execute(f"{{ items {{ more {{ {name} }} }} }}", context_value=Gate())
        assert answer.errors
    gc.collect()
    assert plans.counts.gave_up == {"Query.items": 3}


async def test_errors_have_graphql_cores_paths() -> None:
    """R-K: a failing function nulls its own field, with its path and its place in the document."""
    plans = Plans()
    answer = await schema(plans).execute("{ items { more { id unlucky } } }", context_value=Gate())
    assert answer.data == {"items": {"more": [{"id": "2", "unlucky": None}]}}
    assert errors_of(answer) == [("['items', 'more', 0, 'unlucky']", "2", ((1, 21),))]
    assert plans.counts.gave_up == {"Query.items": 1}


async def test_no_loader_is_left_behind_when_another_fails() -> None:
    """R-K: loaders of one level run at once and are all waited for, then graphql-core asks again."""
    plans, gate = Plans(), Gate()
    gate.opened.set()
    before = running()
    answer = await schema(plans).execute("{ items { more { again slow } } }", context_value=gate)
    assert answer.data == {"items": {"more": [{"again": "back", "slow": "loaded 2"}]}}
    assert plans.counts.gave_up == {"Query.items": 1}
    assert running() == before


async def test_a_failed_plan_ends_planning_for_its_operation() -> None:
    """R-K: a culprit deep in an answer costs one run in vain, not one at every level above it."""
    plans = Plans()
    document = "{ items { some { id unlucky } more { unlucky } } }"
    answer = await schema(plans).execute(document, context_value=Gate())
    assert len(answer.errors or ()) == 3
    assert (plans.counts.runs, plans.counts.gave_up) == (0, {"Query.items": 1})
    assert not (await schema(plans).execute("{ items { some { id } } }", context_value=Gate())).errors
    assert plans.counts.runs == 1


async def test_a_loader_may_fail_for_one_record() -> None:
    """R-K: an exception among a loader's values is an error of that record's field only."""
    plans = Plans()
    answer = await schema(plans).execute("{ items { some { found } } }", context_value=Gate())
    assert answer.data == {"items": {"some": [{"found": "found"}, {"found": None}]}}
    assert errors_of(answer) == [("['items', 'some', 1, 'found']", "lost", ((1, 18),))]
    assert plans.counts.gave_up == {"Query.items": 1}
