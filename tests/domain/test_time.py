"""The time of Astana."""

from datetime import UTC, datetime, timedelta

from domain.time import ASTANA, system_clock


def test_the_offset_changed_once() -> None:
    """R-G3: Astana is five hours ahead of UTC since 2024-03-01, six before."""
    offsets = [datetime(2024, 2, 29, day, tzinfo=UTC).astimezone(ASTANA).utcoffset() for day in (12, 20)]
    assert offsets == [timedelta(hours=6), timedelta(hours=5)]


def test_the_machine_s_clock_is_in_utc() -> None:
    """Production's only clock gives aware instants in UTC."""
    assert system_clock().utcoffset() == timedelta(0)
