"""What may be killed while the story is told: without warning, and started again."""

import os
import signal
import time
from collections.abc import Callable
from itertools import cycle

from demo.topology import Topology

KINDS = ("server", "mongod", "worker", "all")
_NEARBY_SECONDS = 15.0
"""How long after the end of its mongod a keeper may give up."""


class Chaos:
    """Kills one kind of process after each act of the story.

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

    async def strike(self) -> None:
        """Kill what is next in turn, and go on at once: the rest of the story has to cope."""
        self._acts += 1
        if self._only in (None, self._acts):
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
