"""A clock that can be set: for development and tests only, shared by the processes of one data folder."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class DevelopmentClock:
    """The machine's clock plus an offset kept in a file; every process that knows the file agrees."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = -1
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        """The present instant of the portal, in UTC."""
        return datetime.now(UTC) + self.offset

    @property
    def offset(self) -> timedelta:
        """How far the clock is ahead of the machine's; read again when the file has changed."""
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta(0)
        if changed != self._seen:
            self._seen, self._offset = changed, timedelta(seconds=float(self._file.read_text()))
        return self._offset

    def set(self, instant: datetime) -> None:
        """Make it that instant now, for every process."""
        offset = (instant - datetime.now(UTC)).total_seconds()
        beside = self._file.with_suffix(f".{os.getpid()}")
        beside.write_text(str(offset))
        beside.replace(self._file)
