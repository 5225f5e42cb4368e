"""An import of КАТО: nothing is seen of it until all of it is there, and a second one goes over a first."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

from documents import leases, regions
from documents.audit import intend
from documents.base import Row, in_transaction
from documents.leases import Lease
from documents.reference import midnight
from documents.regions import RegionVersion
from domain.audit import system_actor
from domain.errors import Refused
from domain.regions import Differences, Place, compare, placed
from domain.regions.versions import Node
from domain.time import Clock

BATCH = 1_000
"""Rows written in one transaction."""
LEASE = "regions"
LASTS = timedelta(seconds=30)
"""So long the next import has to wait for one that was killed."""
IMPORTING = system_actor("regions")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator calls the version, and the first day that it counts for."""

    name: str
    since: date
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the version changes, and its number; the former number where there was nothing to bring in."""

    differences: Differences
    number: int
    places: int
    new: bool


async def bring_in(places: Mapping[str, Place], asked: Asked, clock: Clock) -> Outcome:
    """Make these places the version in force from a day on.

    What is in force already is not brought in again. Refused `KATO_VERSION_OLDER`, or `KATO_BUSY` while
    another import is under way. Whatever one that broke off has left is taken back first.
    """
    lease = await leases.acquire(LEASE, uuid4().hex, LASTS)
    if lease is None:
        raise Refused("KATO_BUSY")
    try:
        return await _compared(places, asked, clock, lease)
    finally:
        await leases.release(lease)


async def _compared(places: Mapping[str, Place], asked: Asked, clock: Clock, lease: Lease) -> Outcome:
    before = await regions.latest()
    number = before["number"] if before else 0
    if before and asked.since < before["valid_from"].date():
        since = before["valid_from"].date().isoformat()
        raise Refused("KATO_VERSION_OLDER", name=before["name"], since=since)
    await _take_back(number + 1, clock, lease, dry_run=asked.dry_run)
    nodes, standing = placed(places), await regions.standing(number)
    closed = await regions.closed_codes(sorted(nodes.keys() - standing.keys()), number)
    found = compare(standing, nodes, closed)
    same = before is not None and before["name"] == asked.name and not (found.written or found.ended)
    if asked.dry_run or same:
        return Outcome(found, number, len(places), new=False)
    version = RegionVersion(
        number=number + 1,
        name=asked.name,
        valid_from=midnight(asked.since),
        places=len(places),
        imported_at=clock(),
    )
    await _written(version, nodes, found, lease)
    return Outcome(found, version.number, len(places), new=True)


async def _take_back(number: int, clock: Clock, lease: Lease, *, dry_run: bool) -> None:
    async def some() -> int:
        await leases.hold(lease)
        gone = await regions.discard(number, BATCH)
        if gone:
            await intend("Regions.discard", by=IMPORTING, at=clock(), details={"rows": gone})
        return gone

    if dry_run:
        return
    while await in_transaction(some) > 0:
        continue


async def _written(
    version: RegionVersion, nodes: Mapping[str, Node], found: Differences, lease: Lease
) -> None:
    for ended in _batches(found.ended):
        await _done(version, lease, "Regions.stage", partial(regions.stage, version, [], ended))
    for codes in _batches(found.written):
        begun: list[Row] = [regions.row_of(nodes[code], version) for code in codes]
        await _done(version, lease, "Regions.stage", partial(regions.stage, version, begun, []))
    await _done(version, lease, "Regions.import", partial(regions.put_in_force, version))


async def _done(version: RegionVersion, lease: Lease, act: str, write: Callable[[], Awaitable[None]]) -> None:
    """One batch, unless somebody else has taken over."""

    async def work() -> None:
        await leases.hold(lease)
        await write()
        details: dict[str, str | int | bool | None] = {"version": version.number, "name": version.name}
        await intend(act, by=IMPORTING, at=version.imported_at, details=details)

    await in_transaction(work)


def _batches(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (codes[at : at + BATCH] for at in range(0, len(codes), BATCH))
