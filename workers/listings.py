"""The clock of cards: publishes and withdraws what is due, on however many machines it runs."""

from collections.abc import Callable
from datetime import timedelta

from resolvers.context import Context
from resolvers.listings import carry_out_due
from workers.periodic import Periodic

BATCH = 100


async def carry_out_schedules(ctx: Context) -> int:
    """Do everything that is due at `ctx.now`; how much this process dealt with."""
    dealt = done = await carry_out_due(ctx, BATCH)
    while done:
        done = await carry_out_due(ctx, BATCH)
        dealt += done
    return dealt


class ListingClock(Periodic):
    """Any number of these may run: compare-and-set on the version lets each thing be done once."""

    def __init__(self, context: Callable[[], Context], every: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(lambda: carry_out_schedules(context()), every)
