"""The clock of choices: blocks what is over, on however many machines it runs (requirement C4)."""

from collections.abc import Callable
from datetime import timedelta

from resolvers.context import Context
from resolvers.measures import block_due
from workers.periodic import Periodic

BATCH = 100


async def block_ended_choices(ctx: Context) -> int:
    """Block every open choice that is over at `ctx.now`; how many this process blocked."""
    blocked = done = await block_due(ctx, BATCH)
    while done:
        done = await block_due(ctx, BATCH)
        blocked += done
    return blocked


class ChoiceClock(Periodic):
    """Any number of these may run: compare-and-set lets each choice be blocked once."""

    def __init__(self, context: Callable[[], Context], every: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(lambda: block_ended_choices(context()), every)
