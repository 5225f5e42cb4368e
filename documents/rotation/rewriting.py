"""Rewriting rows by compare-and-set: values sealed anew, blind indexes lifted to the newest key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pymongo import UpdateOne

from documents.base import Id, Record, Row, collection, collection_name, session
from documents.encryption import Sealed, open_many, reveal_bytes, seal, vault
from documents.encryption.fields import Found, blind_fields, found_in, sealed_paths
from documents.encryption.values import generation_of, owner_of
from domain.errors import Erased

CHAINED = frozenset({"audit", "audit_intents"})
"""Collections whose rows never change, for a chain of hashes covers them; their keys are lasting ones."""

Models = Sequence[type[Record]]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a batch came to: where to go on (None = the step is done), and what it changed."""

    place: str | None = None
    after: Id | None = None
    changed: int = 0
    unreadable: int = 0


async def reseal(job: Row, models: Models) -> Moved:
    """Seal the next rows anew wherever another generation than the present one sealed a value."""
    places = [model for model in models if sealed_paths(model) and collection_name(model) not in CHAINED]
    return await _walked(job, places, _resealed)


async def lift(job: Row, models: Models) -> Moved:
    """Write the blind indexes of the next rows under the newest key."""
    return await _walked(job, [model for model in models if blind_fields(model)], _lifted)


Rewrite = Callable[[type[Record], Row], Awaitable[tuple[Row, Row, int]]]


async def _walked(job: Row, models: Models, rewrite: Rewrite) -> Moved:
    """Rewrite the next rows by compare-and-set on what was read, passing over collections without any."""
    names = [collection_name(model) for model in models]
    first = names.index(job["place"]) if job["place"] else 0
    for model in models[first:]:
        name, after = collection_name(model), job["after"] if model is models[first] else None
        query: Row = {"_id": {"$gt": after}} if after else {}
        found = collection(name).find(query, sort=[("_id", 1)], limit=job["size"], session=session())
        rows = await found.to_list()
        if rows:
            return await _rewritten(model, rows, rewrite)
    return Moved()


async def _rewritten(model: type[Record], rows: list[Row], rewrite: Rewrite) -> Moved:
    name, paths = collection_name(model), sealed_paths(model)
    await open_many(found.value for row in rows for found in found_in(name, paths, row))
    rewritten = [(row["_id"], *await rewrite(model, row)) for row in rows]
    writes = [UpdateOne({"_id": row, **old}, {"$set": new}) for row, old, new, _ in rewritten if new]
    if writes:
        await collection(name).bulk_write(writes, ordered=False, session=session())
    return Moved(name, rows[-1]["_id"], len(writes), sum(unreadable for *_, unreadable in rewritten))


async def _resealed(model: type[Record], row: Row) -> tuple[Row, Row, int]:
    old: Row = {}
    new: Row = {}
    unreadable = 0
    for found in found_in(collection_name(model), sealed_paths(model), row):
        try:
            fresh = await _sealed_anew(row["_id"], found)
        except Erased:
            continue
        except ValueError:
            unreadable += 1
            continue
        if fresh is not None:
            old[found.path], new[found.path] = found.value, fresh
    return old, new, unreadable


async def _sealed_anew(row: Id, found: Found) -> Sealed | None:
    """The value under the present generation of its owner's key; None when it is sealed so already."""
    owner = owner_of(found.value)
    if (await vault().sealing(owner))[0] == generation_of(found.value):
        return None
    return await seal(owner, found.place, row, await reveal_bytes(found.place, row, found.value))


async def _lifted(model: type[Record], row: Row) -> tuple[Row, Row, int]:
    layers = vault().layers
    old = {field: row[field] for field in blind_fields(model) if layers.is_older(row.get(field))}
    return old, {field: layers.lifted(mark) for field, mark in old.items()}, 0
