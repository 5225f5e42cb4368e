"""Dropping what has expired, every minute."""

from datetime import timedelta

from documents.housekeeping import drop_expired
from domain.time import Clock
from workers.periodic import Periodic


class Housekeeper(Periodic):
    """Drops rows once they have expired by the portal's clock."""

    def __init__(self, now: Clock, every: timedelta = timedelta(minutes=1)) -> None:
        super().__init__(lambda: drop_expired(now()), every)
