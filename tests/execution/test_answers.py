from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from execution.answers import REMEMBERED, Answer, AnswerCache, Fill


def making(body: str, *tags: str, keep: bool = True) -> Fill:
    """A fill that answers at once."""

    async def fill() -> tuple[Answer, bool]:
        return Answer(body.encode(), "application/json", frozenset(tags)), keep

    return fill


def held(body: str, tags: Collection[str], going: asyncio.Event, calls: list[str]) -> Fill:
    """A fill that waits until it may answer."""

    async def fill() -> tuple[Answer, bool]:
        calls.append(body)
        await going.wait()
        return Answer(body.encode(), "application/json", frozenset(tags)), True

    return fill


@pytest.fixture
def cache() -> AnswerCache:
    """A cache that is told of changes."""
    made = AnswerCache(most=20_000)
    made.opened()
    return made


async def body(cache: AnswerCache, key: str, fill: Fill) -> str:
    """The body of the answer of a key."""
    return (await cache.get(key, fill)).body.decode()


async def test_an_answer_is_made_once(cache: AnswerCache) -> None:
    """Whoever asks again gets what was made for the first."""
    assert await body(cache, "a", making("1", "x:1")) == "1"
    assert await body(cache, "a", making("2", "x:1")) == "1"
    assert (cache.figures.hits, cache.figures.misses) == (1, 1)


async def test_a_change_drops_what_shows_it_and_nothing_else(cache: AnswerCache) -> None:
    """Tags name what an answer was made from."""
    await body(cache, "a", making("1", "x:1", "x"))
    await body(cache, "b", making("1", "y:1"))
    cache.drop(["x:1"])
    assert await body(cache, "a", making("2", "x:1")) == "2"
    assert await body(cache, "b", making("2", "y:1")) == "1"


async def test_those_who_ask_meanwhile_share_one_fill(cache: AnswerCache) -> None:
    """A page that a thousand people open at once is made once."""
    going, calls = asyncio.Event(), list[str]()
    asking = [asyncio.ensure_future(body(cache, "a", held("1", ["x"], going, calls))) for _ in range(20)]
    await asyncio.sleep(0)
    going.set()
    assert await asyncio.gather(*asking) == ["1"] * 20
    assert calls == ["1"]
    assert cache.figures.joined == 19


async def test_a_fill_that_a_change_overtook_is_not_kept_nor_given_to_others(cache: AnswerCache) -> None:
    """Nobody knows on which side of the change it read: who asked later makes its own."""
    going, calls = asyncio.Event(), list[str]()
    first = asyncio.ensure_future(body(cache, "a", held("old", ["x"], going, calls)))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(body(cache, "a", making("new", "x")))
    await asyncio.sleep(0)
    cache.drop(["x"])
    going.set()
    assert (await first, await second) == ("old", "new")
    assert await body(cache, "a", making("newest", "x")) == "new"


@pytest.mark.parametrize("change", ["flush", "lost"])
async def test_a_fill_is_not_kept_over_a_flush(cache: AnswerCache, change: str) -> None:
    """After a flush everything that was read before is in doubt."""
    going = asyncio.Event()
    first = asyncio.ensure_future(body(cache, "a", held("old", ["x"], going, [])))
    await asyncio.sleep(0.01)
    getattr(cache, change)()
    going.set()
    assert await first == "old"
    assert len(cache) == 0


async def test_nothing_is_kept_while_changes_are_not_told() -> None:
    """Before the stream is open, and after it is lost."""
    cache = AnswerCache()
    assert [await body(cache, "a", making(text)) for text in "12"] == ["1", "2"]
    cache.opened()
    await body(cache, "a", making("3"))
    cache.lost()
    assert await body(cache, "a", making("4")) == "4"


async def test_a_change_that_was_forgotten_counts_against_every_older_fill(cache: AnswerCache) -> None:
    """The memory of changes is bounded; what lies beyond it is in doubt."""
    going = asyncio.Event()
    first = asyncio.ensure_future(body(cache, "a", held("old", ["x"], going, [])))
    await asyncio.sleep(0.01)
    cache.drop(["x"])
    cache.drop([f"y:{number}" for number in range(REMEMBERED)])
    going.set()
    await first
    assert len(cache) == 0
    assert cache.figures.dropped["overtaken"] == 1


async def test_what_may_not_be_kept_is_made_for_each(cache: AnswerCache) -> None:
    """Answers with errors, and those made from what nobody follows."""
    assert await body(cache, "a", making("1", keep=False)) == "1"
    assert await body(cache, "a", making("2", keep=False)) == "2"


async def test_a_failing_fill_fails_its_own_askers_only(cache: AnswerCache) -> None:
    """What goes wrong is told and not kept."""

    async def broken() -> tuple[Answer, bool]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await cache.get("a", broken)
    assert await body(cache, "a", making("1")) == "1"


async def test_who_leaves_does_not_take_the_answer_along(cache: AnswerCache) -> None:
    """A client that hangs up while its answer is made does not cancel it for the others."""
    going = asyncio.Event()
    leaving = asyncio.ensure_future(body(cache, "a", held("1", ["x"], going, [])))
    await asyncio.sleep(0)
    staying = asyncio.ensure_future(body(cache, "a", making("2")))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    going.set()
    assert await staying == "1"


async def test_memory_is_bounded_and_the_least_used_go_first(cache: AnswerCache) -> None:
    """What is asked for stays."""
    for key in "abc":
        await body(cache, key, making(key * 5_000))
    await body(cache, "a", making("-"))
    await body(cache, "d", making("d" * 5_000))
    assert cache.bytes <= 20_000
    assert await body(cache, "a", making("-")) == "a" * 5_000
    assert await body(cache, "b", making("-")) == "-"
    assert cache.figures.dropped["room"] >= 1


async def test_what_is_larger_than_the_cache_is_answered_and_not_kept(cache: AnswerCache) -> None:
    """One answer does not empty the cache."""
    await body(cache, "a", making("1"))
    assert len(await body(cache, "b", making("b" * 30_000))) == 30_000
    assert await body(cache, "a", making("2")) == "1"


async def test_a_name_leads_to_its_answer_as_long_as_there_is_one(cache: AnswerCache) -> None:
    """The same request in the same bytes needs not even be read."""
    await body(cache, "a", making("1", "x"))
    cache.name(b"{}", "a")
    cache.name(b"[]", "unknown")
    found = cache.named(b"{}")
    assert found is not None
    assert found.body == b"1"
    assert cache.named(b"[]") is None
    cache.drop(["x"])
    assert cache.named(b"{}") is None


async def test_names_of_an_answer_are_bounded(cache: AnswerCache) -> None:
    """Spaces are free to write: they must not fill the memory."""
    await body(cache, "a", making("1"))
    for number in range(100):
        cache.name(b" " * number, "a")
    assert sum(cache.named(b" " * number) is not None for number in range(100)) == 8


async def test_several_who_were_overtaken_make_their_own(cache: AnswerCache) -> None:
    """Of fills that follow each other the one that began last is the one to wait for."""
    going, later = asyncio.Event(), asyncio.Event()
    first = asyncio.ensure_future(body(cache, "a", held("old", ["x"], going, [])))
    await asyncio.sleep(0.01)
    waiting = [asyncio.ensure_future(body(cache, "a", held(text, ["x"], later, []))) for text in "23"]
    await asyncio.sleep(0.01)
    cache.drop(["x"])
    going.set()
    assert await first == "old"
    await asyncio.sleep(0.01)
    later.set()
    assert set(await asyncio.gather(*waiting)) <= {"2", "3"}
    assert await body(cache, "a", making("-")) in {"2", "3"}


async def test_a_fill_that_is_cancelled_is_forgotten(cache: AnswerCache) -> None:
    """A loop that ends takes its tasks along."""
    first = asyncio.ensure_future(body(cache, "a", held("1", ["x"], asyncio.Event(), [])))
    await asyncio.sleep(0.01)
    [filling] = cache._filling.values()
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await body(cache, "a", making("2")) == "2"
