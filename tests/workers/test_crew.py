"""The crew: starts together, ends together."""

import asyncio

import pytest

from workers.crew import working


class Steady:
    """Works until it is stopped."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.done = False

    async def run(self) -> None:
        """Wait for the end."""
        await self.ended.wait()
        self.done = True

    def stop(self) -> None:
        """End."""
        self.ended.set()


class Broken(Steady):
    """Fails at once."""

    async def run(self) -> None:
        """Break."""
        raise LookupError("broken")


async def test_all_end_with_the_context() -> None:
    """R-L: workers finish what is in hand when the server ends."""
    crew = [Steady(), Steady()]
    async with working(crew):
        await asyncio.sleep(0)
    assert [one.done for one in crew] == [True, True]


async def test_a_broken_worker_is_told() -> None:
    """R-L: a worker that breaks ends the whole process instead of being missed in silence."""
    crew = [Steady(), Broken()]
    with pytest.raises(BaseExceptionGroup) as told:
        async with working(crew):
            await asyncio.Event().wait()
    assert told.group_contains(LookupError)
