"""The steps of each rotation, and one batch of whichever is due."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta

from documents import data_keys, leases
from documents.audit import intend
from documents.base import Id, Row, collection, in_transaction, session
from documents.encryption import vault
from documents.leases import Lease
from documents.rotation.jobs import LARGEST, NAME, Kind, may_go_on, under_way
from documents.rotation.rewriting import Models, Moved, lift, reseal
from domain.audit import system_actor

SETTLING = timedelta(seconds=90)
"""Longer than a process may miss a new generation (1 s) and a transaction may last (60 s)."""
Step = Callable[[Row, Models], Awaitable[Moved]]


async def advance(
    lease: Lease, models: Models, now: datetime, settling: timedelta = SETTLING, largest: int = LARGEST
) -> bool:
    """Do one batch of the job under way, of `largest` rows; False when there is none or it has to wait."""
    vault().forget()  # never by a generation that this process remembers
    await vault().refresh()
    job = await under_way()
    if job is None or not await may_go_on(job):
        return False
    name = STEPS[Kind(job["_id"])][job["step"]]

    sizes = _smaller(min(job["size"], largest))

    async def work() -> None:
        await leases.hold(lease)
        job["size"] = next(sizes)
        moved = await BATCHES[name](job, models)
        if moved.changed:
            details = {"kind": job["_id"], "step": name, "place": moved.place, "changed": moved.changed}
            await intend("Keys.rotate", by=system_actor("rotation"), at=now, details=details)
        await _note(job, moved, now, settling)

    await in_transaction(work)
    return True


def _smaller(size: int) -> Iterator[int]:
    """Each attempt after a conflict takes fewer rows, in the end one: nobody keeps that from us for long."""
    while True:
        yield size
        size = max(1, size // 4)


async def _note(job: Row, moved: Moved, now: datetime, settling: timedelta) -> None:
    """Write down how far the job is, in the transaction of its batch."""
    steps = STEPS[Kind(job["_id"])]
    changes: Row = {"place": moved.place, "after": moved.after, "size": min(LARGEST, job["size"] * 2)}
    if moved.place is None:
        changes["step"] = job["step"] + 1
        stuck = changes["step"] < len(steps) and steps[changes["step"]] == "drop"
        if changes["step"] == len(steps) or (stuck and job["unreadable"] + moved.unreadable):
            changes["finished_at"] = now
        elif steps[job["step"]] == "wait":
            changes["wait_until"] = {"$add": ["$$NOW", int(settling.total_seconds() * 1000)]}
    counted = {field: {"$add": [f"${field}", getattr(moved, field)]} for field in ("changed", "unreadable")}
    written = {name: _literal(value) for name, value in changes.items()} | counted
    await collection(NAME).update_one(
        {"_id": job["_id"], "job": job["job"]}, [{"$set": written}], session=session()
    )


def _literal(value: object) -> object:
    return value if isinstance(value, Mapping) else {"$literal": value}


async def _renew(job: Row, _models: Models) -> Moved:
    return _keys(await data_keys.renew(job["job"], job["after"], job["size"]))


async def _drop(job: Row, _models: Models) -> Moved:
    return _keys(await data_keys.drop_older(job["job"], job["after"], job["size"]))


async def _rewrap(job: Row, _models: Models) -> Moved:
    return _keys(await data_keys.rewrap(job["after"], job["size"]))


def _keys(owners: list[Id]) -> Moved:
    return Moved("data_keys", owners[-1], len(owners)) if owners else Moved()


async def _layer(job: Row, _models: Models) -> Moved:
    await data_keys.add_layer(job["job"])
    return Moved(changed=1)


async def _switch(_job: Row, _models: Models) -> Moved:
    await data_keys.write_new_layer()
    return Moved(changed=1)


async def _retire(_job: Row, _models: Models) -> Moved:
    await data_keys.forget_old_layers()
    return Moved(changed=1)


async def _wait(_job: Row, _models: Models) -> Moved:
    return Moved()


STEPS: Mapping[Kind, tuple[str, ...]] = {
    Kind.master: ("rewrap",),
    Kind.data: ("renew", "reseal", "wait", "reseal", "drop"),
    Kind.indexes: ("layer", "wait", "switch", "wait", "lift", "retire"),
}
BATCHES: Mapping[str, Step] = {
    "rewrap": _rewrap,
    "renew": _renew,
    "reseal": reseal,
    "drop": _drop,
    "layer": _layer,
    "switch": _switch,
    "lift": lift,
    "retire": _retire,
    "wait": _wait,
}
