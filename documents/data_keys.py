"""Changing data keys: new generations, other wrappings, destruction; always where other processes notice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from pymongo import IndexModel, ReturnDocument, UpdateOne

from documents.base import Id, Record, Row, collection, session
from documents.encryption import vault
from documents.encryption.keyring import EPOCH, INDEX, KEYS, lasting_owner

_NO_DATA = [INDEX, EPOCH]


class DataKey(Record):
    """The keys of a person, a supplier, an evidence or the portal itself; a tombstone once destroyed.

    `keys` holds generation, identifier of the master key and wrapped key of each; `current` seals. `epoch` is
    the change it was last part of, `job` the rotation that last renewed it. A `lasting` key keeps every
    generation: what it sealed can't be sealed anew.
    """

    current: int
    oldest: int
    keys: list[dict[str, Any]]
    lasting: bool
    destroyed_at: datetime | None
    epoch: int
    job: Id | None

    class Settings(Record.Settings):
        """Found by owner; by change for those who remember keys."""

        name = KEYS
        audited: ClassVar = False  # a key is made by whatever is sealed first; its end is audited by the act
        indexes: ClassVar = [IndexModel([("epoch", 1)])]


async def next_epoch() -> int:
    """The number of the change of keys under way, inside its transaction: others see both at once."""
    row = await collection(KEYS).find_one_and_update(
        {"_id": EPOCH},
        {"$inc": {"epoch": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return int((row or {"epoch": 1})["epoch"])


async def destroy(owners: Sequence[Id], at: datetime) -> None:
    """Destroy keys for good, inside the transaction under way; a tombstone keeps new ones from being made.

    The keys of what lasts go along. Processes that have one open drop it within a second.
    """
    epoch = await next_epoch()
    gone = {"$set": {"keys": [], "destroyed_at": at, "epoch": epoch}}
    fresh = {"$setOnInsert": {"current": 1, "oldest": 1, "lasting": False, "job": None}}
    everyone = [*owners, *map(lasting_owner, owners)]
    writes = [UpdateOne({"_id": owner}, gone | fresh, upsert=True) for owner in everyone]
    await collection(KEYS).bulk_write(writes, ordered=False, session=session())


async def renew(job: Id, after: Id | None, limit: int) -> list[Id]:
    """Give the next keys a new generation, once a job; the owners looked at, in their order."""
    query: Row = {"_id": {"$nin": _NO_DATA, **({"$gt": after} if after else {})}}
    found = collection(KEYS).find(query, sort=[("_id", 1)], limit=limit, session=session())
    rows = await found.to_list()
    due = [row for row in rows if row["job"] != job and row["keys"]]
    if due:
        epoch = await next_epoch()
        await _write([await _renewed(row, job, epoch) for row in due])
    return [row["_id"] for row in rows]


async def _renewed(row: Row, job: Id, epoch: int) -> UpdateOne:
    following = row["current"] + 1
    fresh = await vault().ring.fresh(row["_id"], following)
    changes = {"current": following, "job": job, "epoch": epoch}
    return UpdateOne(
        {"_id": row["_id"], "current": row["current"], "keys": row["keys"]},
        {"$push": {"keys": fresh}, "$set": changes},
    )


async def drop_older(job: Id, after: Id | None, limit: int) -> list[Id]:
    """Destroy the generations that a job replaced, but for lasting keys; the owners looked at."""
    query: Row = {"job": job, **({"_id": {"$gt": after}} if after else {})}
    found = collection(KEYS).find(query, {"_id": 1}, sort=[("_id", 1)], limit=limit, session=session())
    owners = [row["_id"] for row in await found.to_list()]
    if owners:
        kept = {"$filter": {"input": "$keys", "cond": {"$gte": ["$$this.generation", "$current"]}}}
        await collection(KEYS).update_many(
            {"_id": {"$in": owners}, "lasting": False},
            [{"$set": {"keys": kept, "oldest": "$current", "epoch": {"$literal": await next_epoch()}}}],
            session=session(),
        )
    return owners


async def rewrap(after: Id | None, limit: int) -> list[Id]:
    """Wrap the next keys with the current master key; the owners looked at. The keys stay what they are."""
    kid = vault().ring.keys.kid
    query: Row = {"keys": {"$elemMatch": {"kid": {"$ne": kid}}}, **({"_id": {"$gt": after}} if after else {})}
    rows = await collection(KEYS).find(query, sort=[("_id", 1)], limit=limit, session=session()).to_list()
    await _write([await _rewrapped(row) for row in rows])
    return [row["_id"] for row in rows]


async def _rewrapped(row: Row) -> UpdateOne:
    ring, owner = vault().ring, row["_id"]
    anew = [
        await ring.wrapped(owner, stored["generation"], await ring.unwrapped(owner, stored))
        for stored in row["keys"]
    ]
    return UpdateOne({"_id": owner, "keys": row["keys"]}, {"$set": {"keys": anew}})


async def add_layer(job: Id) -> None:
    """Begin to look for blind indexes under a new key as well; nothing when the job did so already."""
    row = await vault().ring.row_of(INDEX)
    if row["job"] == job:
        return
    fresh = await vault().ring.fresh(INDEX, len(row["keys"]) + 1)
    await _change_index({"$push": {"keys": fresh}, "$set": {"job": job}})


async def write_new_layer() -> None:
    """Write blind indexes under the newest key from now on."""
    await _change_index({"$set": {"current": len((await vault().ring.row_of(INDEX))["keys"])}})


async def forget_old_layers() -> None:
    """Look for blind indexes under the key that is written only."""
    await _change_index({"$set": {"oldest": (await vault().ring.row_of(INDEX))["current"]}})


async def _change_index(update: Row) -> None:
    changes = {**update.get("$set", {}), "epoch": await next_epoch()}
    await collection(KEYS).update_one({"_id": INDEX}, {**update, "$set": changes}, session=session())


async def _write(writes: Sequence[UpdateOne]) -> None:
    if writes:
        await collection(KEYS).bulk_write(list(writes), ordered=False, session=session())
