"""Keeping plans: one a place and combination of conditions, bounded both ways."""

from __future__ import annotations

import pytest

from execution.plans import Plans
from execution.plans.cache import MOST_VARIANTS
from tests.execution.plans import library
from tests.execution.plans.both import cached, compare

CONDITIONAL = """query Q($yes: Boolean!, $no: Boolean! = false) {
  book(seed: 3) { ...Names @include(if: $yes) one: id related @skip(if: $no) { ...Inner ...Inner } }
}
fragment Names on Book { name @skip(if: $no) title ...Inner }
fragment Inner on Book { id ... on Thing @include(if: $yes) { other: name } }"""


async def test_a_plan_follows_the_variables_of_each_request() -> None:
    """R-K: a document with fragments, aliases and conditions answers each combination of values rightly."""
    answers = [
        (await compare(CONDITIONAL, {"yes": yes, "no": no}, seed=1)).data
        for yes in (True, False)
        for no in (True, False)
    ]
    assert len({str(each) for each in answers}) == 4
    assert answers[0]["book"].keys() == {"title", "id", "one", "other"}
    assert answers[3]["book"].keys() == {"one", "related"}


async def test_each_combination_has_a_plan_of_its_own() -> None:
    """A combination is written once; what a directive does not look at makes no difference."""
    plans = Plans()
    schema = cached(plans)
    for _ in range(3):
        for yes in (True, False):
            await schema.execute(CONDITIONAL, {"yes": yes}, context_value=library.Context(1))
    assert (len(plans), plans.counts.written, plans.counts.runs) == (1, 2, 6)


async def test_a_place_has_a_bounded_number_of_plans() -> None:
    """R-K: more combinations than the bound begin anew, so that variables can't fill the memory."""
    names = "abcd"
    document = "query Q({}) {{ page {{ count {} }} }}".format(
        " ".join(f"${each}: Boolean!" for each in names),
        " ".join(f"{each}: count @include(if: ${each})" for each in names),
    )
    plans = Plans()
    schema = cached(plans)
    for number in range(2 ** len(names)):
        chosen = {each: bool(number >> at & 1) for at, each in enumerate(names)}
        answer = await schema.execute(document, chosen, context_value=library.Context(1))
        assert answer.data is not None
        assert set(answer.data["page"]) == {"count", *(each for each in names if chosen[each])}
        (position,) = plans._positions.values()
        assert len(position.plans) <= MOST_VARIANTS
    assert plans.counts.written == 2 ** len(names)


@pytest.mark.parametrize("capacity", [1, 3])
async def test_the_least_recently_used_place_is_dropped(capacity: int) -> None:
    """R-K: documents beyond the capacity push out those that nobody asked for longest."""
    plans = Plans(capacity)
    schema = cached(plans)
    for number in range(10):
        await schema.execute(f"{{ page {{ c{number}: count }} }}", context_value=library.Context(1))
        assert len(plans) <= capacity
        await schema.execute("{ page { count } }", context_value=library.Context(1))
    assert len(plans) == capacity
    assert plans.counts.written == (20 if capacity == 1 else 11)


async def test_conditions_of_fragments_are_found_once_each() -> None:
    """A directive that is neither @skip nor @include makes no combinations."""
    document = "query Q($on: Boolean!) { page { ...F books { ...G } } } fragment F on Page { count } "
    document += "fragment G on Book { id @include(if: $on) ... { name } }"
    assert (await compare(document, {"on": True}, seed=5)).errors is None
