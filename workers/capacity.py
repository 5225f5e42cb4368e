"""The clock of holds: days that no supplier confirmed in time go back to everybody."""

from collections.abc import Callable
from datetime import timedelta

from resolvers.capacity import expire_holds
from resolvers.context import Context
from workers.periodic import Periodic

BATCH = 100


async def expire_due_holds(ctx: Context) -> int:
    """Give back every hold that is over at `ctx.now`; how many this process gave back."""
    expired = 0
    while done := await expire_holds(ctx, BATCH):
        expired += done
    return expired


class CapacityClock(Periodic):
    """Any number of these may run: compare-and-set lets each hold expire once."""

    def __init__(self, context: Callable[[], Context], every: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(lambda: expire_due_holds(context()), every)
