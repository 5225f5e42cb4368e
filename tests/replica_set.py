"""A replica set of several real members on this machine, for tests of failover."""

import asyncio
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo.errors import PyMongoError

from documents.embedded import binary, process, replica
from documents.embedded.folder import DataFolder, Running, free_port, send
from tests.conftest import BOUND

_PAUSE_SECONDS = 0.05
_ELECTION_MILLISECONDS = 1000


class ReplicaSet:
    """Members of one set while the context is open: the topology of production as local processes."""

    def __init__(self, folder: Path, members: int = 3) -> None:
        self._folders = [DataFolder(folder / f"member{number}") for number in range(members)]
        self.members: list[Running] = []

    @property
    def url(self) -> str:
        """Names every member, as production does."""
        return replica.url(*(member.port for member in self.members))

    @property
    def _addresses(self) -> list[str]:
        return [replica.address(member.port) for member in self.members]

    async def __aenter__(self) -> Self:
        """Start and join the members; returns when there is a primary and every other member follows it."""
        for folder in self._folders:
            folder.database.mkdir(parents=True)
            self.members.append(await self._spawn(folder, free_port()))
        await self._until_answering()
        config = {
            "_id": replica.SET_NAME,
            "members": [{"_id": number, "host": host} for number, host in enumerate(self._addresses)],
            "settings": {"electionTimeoutMillis": _ELECTION_MILLISECONDS, "heartbeatIntervalMillis": 200},
        }
        async with replica.direct(self.members[0].port) as client:
            await client.admin.command("replSetInitiate", config)
        while sorted(await self.states()) != ["PRIMARY"] + ["SECONDARY"] * (len(self.members) - 1):
            await asyncio.sleep(_PAUSE_SECONDS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill every member: nothing of them is needed any more."""
        for number in range(len(self.members)):
            await self.kill(number)

    async def states(self) -> list[str]:
        """What each member is, as it says itself: PRIMARY, SECONDARY, … or DOWN."""
        return list(await asyncio.gather(*(self._state(member) for member in self.members)))

    async def primary(self) -> int:
        """The number of the member that takes writes; waits for an election."""
        while "PRIMARY" not in (states := await self.states()):
            await asyncio.sleep(_PAUSE_SECONDS)
        return states.index("PRIMARY")

    async def kill(self, number: int) -> None:
        """End a member at once, as a power cut does."""
        send(self.members[number].pid, signal.SIGKILL)
        await process.ended(self.members[number].pid)

    async def start(self, number: int) -> None:
        """Start a killed member again, on its data and its port."""
        port = self.members[number].port
        self.members[number] = await self._spawn(self._folders[number], port)

    async def _spawn(self, folder: DataFolder, port: int) -> Running:
        executable = binary.find()
        binary.make_runnable(executable)
        return await process.spawn(executable, folder, port, BOUND)

    async def _until_answering(self) -> None:
        for member, folder in zip(self.members, self._folders, strict=True):
            while not await replica.answers(member.port, folder.database):
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _state(self, member: Running) -> str:
        async with replica.direct(member.port) as client:
            try:
                status = await client.admin.command("replSetGetStatus")
            except PyMongoError:
                return "DOWN"
        names = {1: "PRIMARY", 2: "SECONDARY"}
        return names.get(status["myState"], "OTHER")
