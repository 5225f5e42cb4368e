"""A whole performance: the portal is started, the story told so many times, and the end result read."""

import asyncio
from pathlib import Path

from demo.chaos import Chaos
from demo.company import Company, company
from demo.reader import read
from demo.story import Mishaps, Peace, tell
from demo.topology import Topology

PATIENCE = 60.0
PATIENCE_AMONG_KILLS = 180.0


async def perform(kill: str | None = None, times: int = 1, *, only: int | None = None) -> int:
    """Tell the story on a portal of its own; 0 when afterwards nothing is lost and nothing there twice.

    `kill` names what is killed after each act, or after one only, counted from 1.
    """
    async with Topology() as topology:
        print(f"The portal runs at {topology.url}, its data in {topology.folder}.", flush=True)
        chaos = Chaos(topology, kill, only) if kill else None
        async with company(topology.url, PATIENCE_AMONG_KILLS if kill else PATIENCE) as players:
            await _told(players, times, chaos or Peace())
        file = topology.folder / "ledger.json"
        players.ledger.write(file)
        return await _read(topology, file, chaos)


async def perform_at(url: str, times: int = 1) -> int:
    """Tell the story to a server that runs already; its partners' pages and feeds are not read afterwards."""
    async with company(url, PATIENCE) as players:
        await _told(players, times, Peace())
    return 0


async def _told(players: Company, times: int, mishaps: Mishaps) -> None:
    for turn in range(1, times + 1):
        if times > 1:
            print(f"Performance {turn} of {times}", flush=True)
        await tell(players, mishaps)


async def _read(topology: Topology, file: Path, chaos: Chaos | None) -> int:
    """What the independent reader finds, and whether one mongod runs on the data folder."""
    findings = await asyncio.to_thread(read, file, topology.mongodb, topology.url)
    databases = await topology.one_database()
    if databases != 1:
        findings.append(f"{databases} mongods run on one data folder")
    for name, deaths in topology.deaths().items():
        findings.append(f"{name} ended {deaths} times by itself: see {topology.parts[name].log}")
    topology.keep = bool(findings)
    verdict = f"{len(findings)} faults" if findings else "nothing lost, nothing twice."
    killed = f", {chaos.kills} kills" if chaos else ""
    print(f"Read independently{killed}: {verdict}", flush=True)
    for finding in findings:
        print(f"     {finding}", flush=True)
    return 1 if findings else 0
