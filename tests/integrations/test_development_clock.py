"""The development clock: set for all processes of a data folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from integrations.development_clock import DevelopmentClock


def test_a_clock_that_was_never_set(tmp_path: Path) -> None:
    """Without a file the portal's time is the machine's."""
    clock = DevelopmentClock(tmp_path / "clock")
    before = datetime.now(UTC)
    assert before <= clock() <= datetime.now(UTC)
    assert clock.offset == timedelta(0)


def test_a_clock_that_is_set_for_all(tmp_path: Path) -> None:
    """Whoever knows the file agrees on the time, and notices when it is set again."""
    one, other = DevelopmentClock(tmp_path / "clock"), DevelopmentClock(tmp_path / "clock")
    for day in (datetime(2023, 8, 31, 12, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)):
        one.set(day)
        assert one.offset == other.offset
        assert timedelta(0) <= other() - day < timedelta(minutes=1)
