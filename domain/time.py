"""Time of the portal: stored in UTC, judged by the clock of Astana."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ASTANA = ZoneInfo("Asia/Almaty")
"""Law knows "the time of Astana"; since 2024-03-01 it is UTC+5, before UTC+6. Never a fixed offset."""

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC; one reading serves one operation."""


def system_clock() -> datetime:
    """The machine's clock: the one clock of production."""
    return datetime.now(UTC)
