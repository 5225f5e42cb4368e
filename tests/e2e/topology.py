"""The topology of docker-compose.yml as processes of this machine: members, servers, a worker, a proxy."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from pymongo import AsyncMongoClient

from documents.embedded.folder import free_port
from tests.api.portal import Portal
from tests.api.server import Server
from tests.conftest import BOUND
from tests.e2e.proxy import proxied
from tests.replica_set import ReplicaSet

ROOT = Path(__file__).parents[2]
NAME = "komek"
PAUSE = 0.05
OUTBOX_LEASE_SECONDS = 2


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Look again and again; the test's own time limit ends what never comes true."""
    while not await condition():
        await asyncio.sleep(PAUSE)


class Topology:
    """Processes by name: server0, server1, worker; every one can be killed and started again."""

    def __init__(self, folder: Path, members: ReplicaSet) -> None:
        self.members = members
        self.folder = folder / "data"
        self.folder.mkdir(parents=True)
        self.logs = folder
        self.ports = [free_port(), free_port()]
        self.front = free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """Where clients reach the portal."""
        return f"http://127.0.0.1:{self.front}"

    def address_of(self, number: int) -> str:
        """One server past the proxy."""
        return f"http://127.0.0.1:{self.ports[number]}"

    async def start(self, name: str) -> None:
        """Start a process and, where it is a server, wait until it is ready."""
        number = int(name[-1]) if name.startswith("server") else None
        own = {
            "PORT": str(self.front if number is None else self.ports[number]),
            "AUDIENCE": self.address,
            "WORKER": "separate",
            "MONGODB_URL": self.members.url,
            "DATABASE": NAME,
            "DATA_FOLDER": str(self.folder),
            "DEMO_DATA": "false",
            "OUTBOX_LEASE_SECONDS": str(OUTBOX_LEASE_SECONDS),
        }
        command = [*BOUND, sys.executable, "app.py", "worker" if number is None else "serve"]
        with (self.logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: ASYNC220 - starting it blocks for a moment only
                command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log
            )
        if number is not None:
            await self._ready(name, number)

    async def kill(self, name: str) -> None:
        """End a process at once, as a power cut does."""
        self._processes[name].kill()
        await asyncio.to_thread(self._processes[name].wait)

    def pause(self, name: str) -> None:
        """Let a process stand still: it keeps all it has in hand."""
        self._processes[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        """Let a paused process go on."""
        self._processes[name].send_signal(signal.SIGCONT)

    async def kill_all(self) -> None:
        """Nothing of it is needed any more."""
        for name in self._processes:
            await self.kill(name)

    async def _ready(self, name: str, number: int) -> None:
        async with httpx2.AsyncClient(base_url=self.address_of(number)) as http:

            async def answers() -> bool:
                log = self.logs / f"{name}.log"
                assert self._processes[name].poll() is None, log.read_text()
                try:
                    return (await http.get("/health/ready")).is_success
                except httpx2.TransportError:
                    return False

            await until(answers)

    def world(self, http: httpx2.AsyncClient, client: AsyncMongoClient[dict[str, Any]]) -> Portal:
        """The helpers of the API's tests, whose server here is the proxy."""
        first = self._processes["server0"]
        log = self.logs / "server0.log"
        return Portal(Server(self.address, self.folder, client[NAME], first, log), http)


@asynccontextmanager
async def topology(folder: Path) -> AsyncIterator[Topology]:
    """Three members, two servers, one worker and the proxy, running."""
    async with AsyncExitStack() as stack:
        members = await stack.enter_async_context(ReplicaSet(folder / "members"))
        made = Topology(folder / "portal", members)
        stack.push_async_callback(made.kill_all)
        await asyncio.gather(*(made.start(name) for name in ("server0", "server1", "worker")))
        await stack.enter_async_context(proxied(made.front, made.ports))
        yield made
