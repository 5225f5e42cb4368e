"""Starts mongod, adopts one left behind, starts it again when it dies, and stops it with the server."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from documents.embedded import binary, process, replica
from documents.embedded.errors import EmbeddedMongoError, Failure, port_in_use, start_failed
from documents.embedded.folder import DataFolder, Running, free_port, is_alive, is_free, running_on

_log = logging.getLogger(__name__)
START_SECONDS = 60.0
_WATCH_SECONDS = 0.1
RETRY_SECONDS = 2.0


def beside(folder: Path) -> str | None:
    """Where a command connects beside the server that has the folder now; None when nobody has it."""
    data = DataFolder(folder.resolve())
    try:
        with data.owned():
            return None
    except EmbeddedMongoError as error:
        if error.code is not Failure.ALREADY_RUNNING:
            raise
    return next((replica.url(found.port) for found in running_on(data.database)), None)


class EmbeddedMongo:
    """The mongod of one data folder, for as long as the context is open.

    `folder` is made where it is missing. `port` is one of 127.0.0.1; None keeps the last one where it is
    free, else finds one. `executable` replaces the wheel's mongod, `prefix` are words put
    before its command line. Failures are EmbeddedMongoErrors.
    """

    def __init__(
        self,
        folder: Path | str,
        port: int | None = None,
        *,
        executable: Path | None = None,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self._folder = DataFolder(Path(folder).resolve())
        self._wanted_port = port
        self._prefix = prefix
        self._executable = executable
        self._running: Running | None = None
        self._stack = AsyncExitStack()
        self._restarted = asyncio.Event()

    @property
    def url(self) -> str:
        """What clients connect to; stays the same when mongod is started again."""
        return replica.url(self.port)

    @property
    def port(self) -> int:
        """Where mongod listens on 127.0.0.1."""
        return self._alive.port

    @property
    def pid(self) -> int:
        """The process of mongod now."""
        return self._alive.pid

    async def restarted(self) -> None:
        """Wait until mongod, having ended by itself, serves again (once for each time)."""
        await self._restarted.wait()
        self._restarted.clear()

    @property
    def _alive(self) -> Running:
        if self._running is None:
            raise RuntimeError("start it first: async with EmbeddedMongo(...)")
        return self._running

    async def __aenter__(self) -> Self:
        """Start, or adopt; returns when the database takes writes."""
        async with AsyncExitStack() as stack:
            stack.enter_context(self._folder.owned())
            stack.push_async_callback(self._stop)
            self._running = await self._adopt() or await self._start(self._wanted_port)
            watcher = asyncio.create_task(self._watch(), name="embedded-mongo")
            stack.push_async_callback(_cancel, watcher)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop mongod cleanly and let go of the folder."""
        await self._stack.aclose()

    async def _adopt(self) -> Running | None:
        for found in running_on(self._folder.database):
            fits = self._wanted_port in (None, found.port)
            if fits and await self._serves(found):
                _log.info("adopted the mongod of a server that was killed: process %d", found.pid)
                return found
            await process.stop(found.pid)
        return None

    async def _serves(self, orphan: Running) -> bool:
        if not await replica.answers(orphan.port, self._folder.database):
            return False
        try:
            await self._until_primary(orphan)
        except EmbeddedMongoError:
            return False
        return True

    async def _start(self, port: int | None) -> Running:
        executable = self._executable or binary.find()
        binary.check_processor(binary.processor())
        binary.make_runnable(executable)
        self._folder.check_room()
        if port is not None and not is_free(port):
            raise port_in_use(port)
        chosen = port or self._folder.last_port() or free_port()
        started = await process.spawn(executable, self._folder, chosen, self._prefix)
        try:
            await self._until_primary(started)
        except BaseException:
            await process.stop(started.pid)
            raise
        self._folder.port.write_text(str(chosen))
        return started

    async def _until_primary(self, running: Running) -> None:
        ready = asyncio.create_task(replica.make_primary(running.port))
        ended = asyncio.create_task(_until_ended(running.pid))
        try:
            done, _ = await asyncio.wait(
                (ready, ended), timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            await _cancel(ready)
            await _cancel(ended)
        if ready in done:
            return ready.result()
        if ended in done:
            raise process.explain(self._folder, running)
        raise start_failed(self._folder.log, f"it took no writes within {START_SECONDS:.0f} seconds.")

    async def _watch(self) -> None:
        while True:
            await _until_ended(self.pid)
            await process.reap(self.pid)
            _log.warning("mongod ended by itself; starting it again")
            try:
                self._running = await self._start(self.port)
                self._restarted.set()
            except EmbeddedMongoError as error:
                _log.error("%s", error.message)
                await asyncio.sleep(RETRY_SECONDS)

    async def _stop(self) -> None:
        for found in running_on(self._folder.database):
            await process.stop(found.pid)


async def _until_ended(pid: int) -> None:
    while is_alive(pid):
        await asyncio.sleep(_WATCH_SECONDS)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
