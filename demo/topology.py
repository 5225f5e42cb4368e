"""A portal of one's own for a demonstration: mongod, server and worker as processes of their own."""

import asyncio
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

PYTHON = sys.executable
ROOT = Path(__file__).parents[1]
BOUND = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
"""A demonstration that is killed itself takes its processes along."""
START_SECONDS = 120.0
STOP_SECONDS = 20.0
RESTART_SECONDS = 0.5
_PAUSE = 0.2


@dataclass(slots=True)
class Part:
    """One process that is started again whenever it ends; `deaths` counts the ends that nobody ordered.

    An end counts as ordered until `excused_until`: a keeper whose mongod was killed at its start gives up.
    """

    command: Sequence[str]
    log: Path
    process: asyncio.subprocess.Process | None = None
    ordered: bool = False
    excused_until: float = 0
    deaths: int = 0
    watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and see to it that it runs until `stop`."""
        self.process = await self._spawn()
        self.watch = asyncio.create_task(self._keep())

    def kill(self) -> None:
        """End it this instant, as a power cut would; it is started again."""
        if self.process is not None and self.process.returncode is None:
            self.ordered = True
            self.process.kill()

    async def stop(self) -> None:
        """End it cleanly and leave it."""
        if self.watch is not None:
            self.watch.cancel()
            await asyncio.wait([self.watch])
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self._ended(self.process)

    async def _ended(self, process: asyncio.subprocess.Process) -> None:
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _keep(self) -> None:
        while self.process is not None:
            await self.process.wait()
            if not self.ordered:
                self.deaths += time.monotonic() > self.excused_until
                await asyncio.sleep(RESTART_SECONDS)
            self.ordered = False
            self.process = await self._spawn()

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.command, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


@dataclass(slots=True)
class Topology:
    """Three processes over one data folder; use as `async with Topology() as portal`."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="komek-demo-")))
    parts: dict[str, Part] = field(default_factory=dict)
    url: str = ""
    mongodb: str = ""
    keep: bool = False
    """Whether the data and logs stay in `folder` for whoever looks for a reason."""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        """Start mongod, then the server with its demonstration data, then the worker."""
        port, database = _free_ports(2)
        self.url = f"http://127.0.0.1:{port}"
        self.mongodb = f"mongodb://127.0.0.1:{database}/?replicaSet=komek"
        common = {"DATA_FOLDER": self.folder, "PORT": port, "WORKER": "separate", "OUTBOX_LEASE_SECONDS": 5}
        async with AsyncExitStack() as stack:
            stack.callback(self._clear)
            stack.push_async_callback(self._stop)
            await self._start("mongod", "mongod", common | {"MONGODB_PORT": database})
            await _until_open(database)
            await self._start("server", "serve", common | {"MONGODB_URL": self.mongodb})
            await self.until_ready()
            await self._start("worker", "worker", common | {"MONGODB_URL": self.mongodb})
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything; the data stay only when something went wrong."""
        self.keep |= isinstance(error, Exception)
        await self._stack.aclose()

    async def until_ready(self) -> None:
        """Wait until the server is ready to answer."""
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient() as client:
            while not await _is_ready(client, self.url):
                await asyncio.sleep(_PAUSE)

    def databases(self) -> list[int]:
        """Processes of every mongod on the data folder: never more than one."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if self._runs_here(entry)]

    async def one_database(self) -> int:
        """How many run once the dust has settled: one, or something is wrong."""
        async with asyncio.timeout(START_SECONDS):
            while not (found := self.databases()):
                await asyncio.sleep(_PAUSE)
        return len(found)

    def deaths(self) -> dict[str, int]:
        """How often each part ended without having been killed."""
        return {name: part.deaths for name, part in self.parts.items() if part.deaths}

    def _runs_here(self, process: Path) -> bool:
        try:
            words = (process / "cmdline").read_text(errors="replace").split("\0")
        except OSError:  # ended meanwhile, or not ours to read
            return False
        return words[0].endswith("mongod") and f"{self.folder.resolve()}/mongo/db" in words

    async def _start(self, name: str, command: str, settings: dict[str, object]) -> None:
        words = [f"{key}={value}" for key, value in settings.items()]
        part = Part([*BOUND, "env", *words, PYTHON, "app.py", command], self.folder / f"{name}.log")
        self.parts[name] = part
        await part.start()

    def _clear(self) -> None:
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def _stop(self) -> None:
        for name in ("worker", "server", "mongod"):
            if name in self.parts:
                await self.parts[name].stop()


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


async def _until_open(port: int) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(_PAUSE)
            else:
                writer.close()
                return


async def _is_ready(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return bool((await client.get(f"{url}/health/ready")).is_success)
    except httpx2.TransportError:
        return False
