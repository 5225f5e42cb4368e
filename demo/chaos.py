"""What may be killed while the story is told: without warning, and started again."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable
from itertools import cycle

from demo.topology import Topology

KINDS = ("server", "mongod", "worker", "all")
_EVERY_THIRD = 3
_LONGEST_ACT_SECONDS = 0.3
_NEARBY_SECONDS = 15.0
"""How long after the end of its mongod a keeper may give up."""


class Chaos:
    """Kills one kind of process after each act of the story, and sometimes during one.

    For "mongod" in turn: mongod itself, which its keeper starts again; its keeper, whose orphan the next
    one adopts; both.
    """

    def __init__(self, topology: Topology, kind: str, only: int | None = None) -> None:
        """`only` is the one act after which it kills; None means after each."""
        self._topology, self._only = topology, only
        turns: dict[str, tuple[Callable[[], None], ...]] = {
            "server": (lambda: self._kill("server"),),
            "worker": (lambda: self._kill("worker"),),
            "mongod": (
                self._kill_database,
                lambda: self._kill("mongod"),
                lambda: self._kill("mongod", database=True),
            ),
            "all": (lambda: self._kill("server", "worker", "mongod", database=True),),
        }
        self._turns = cycle(turns[kind])
        self._acts = self.kills = 0

    def begin(self) -> None:
        """Strike in the middle of every third act as well, while its requests are under way."""
        self._acts += 1
        if self._only is None and self._acts % _EVERY_THIRD == 0:
            delay = random.SystemRandom().uniform(0, _LONGEST_ACT_SECONDS)
            asyncio.get_running_loop().call_later(delay, self._strike)

    def end(self) -> None:
        """Kill what is next in turn, and let the story go on at once: it has to cope."""
        if self._only in (None, self._acts):
            self._strike()

    def _strike(self) -> None:
        next(self._turns)()
        self.kills += 1

    def _kill(self, *names: str, database: bool = False) -> None:
        for name in names:
            self._topology.parts[name].kill()
        if database:
            self._kill_database()

    def _kill_database(self) -> None:
        self._topology.parts["mongod"].excused_until = time.monotonic() + _NEARBY_SECONDS
        for process in self._topology.databases():
            os.kill(process, signal.SIGKILL)
