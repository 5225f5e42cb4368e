"""Many working copies at a time: read by what their supplier calls them, written by versions, shown."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from pymongo import ReplaceOne

from documents.base import Id, Row, collection, session, with_kind
from documents.listings.records import BY_KEY, Listing
from documents.listings.stored import stored
from documents.listings.versions import Mark, before, keep

_DRAFTS, _KIND = "listing_drafts", "listing_draft"
Edit = tuple[int, Row]
"""The version that was read, and the row that takes its place."""


class Overtaken(Exception):
    """A working copy is no longer the one that was read."""


async def drafts_named(supplier: Id, ids: Collection[Id], keys: Collection[str]) -> list[Row]:
    """A supplier's working copies by identifier or by its own code: two questions, each of its index."""
    found: dict[Id, Row] = {}
    for question in questions(supplier, ids, keys):
        rows = collection(_DRAFTS).find(question["filter"], hint=question["hint"], session=session())
        found |= {row["_id"]: {**row, "kind": _KIND} async for row in rows}
    return list(found.values())


def questions(supplier: Id, ids: Collection[Id], keys: Collection[str]) -> list[Row]:
    """What `drafts_named` asks. The type of the code has to be named, or its index would be walked whole."""
    own: Row = {"supplier": {"$eq": supplier}}
    by_id = {"filter": {**own, "_id": {"$in": list(ids)}}, "hint": "_id_"}
    by_key = {"filter": {**own, "external_key": {"$in": list(keys), "$type": "string"}}, "hint": BY_KEY}
    return [one for one, given in ((by_id, ids), (by_key, keys)) if given]


async def drafts_of_category(supplier: Id, category: str, after: Id | None, first: int) -> list[Row]:
    """A supplier's working copies in a category, in the order in which they were made, after one of them."""
    query: Row = {"supplier": {"$eq": supplier}, "category": {"$eq": category}}
    if after is not None:
        query["_id"] = {"$gt": after}
    rows = await collection(_DRAFTS).find(query, sort=[("_id", 1)], limit=first).to_list()
    return [with_kind(_KIND, row) or row for row in rows]


async def write_drafts(made: Sequence[Row], edited: Sequence[Edit], marks: Mapping[Id, Mark]) -> None:
    """Insert and replace working copies, in the transaction under way; Overtaken unless all stand as read.

    Every version is kept, as by `save_draft`; `marks` say of each draft who does what.
    """
    unkept = await _never_kept([row["_id"] for _, row in edited])
    firsts = {row["_id"]: {"kept_from": row["version"]} for row in [*made, *unkept]}
    rows = [row | firsts.get(row["_id"], {}) for row in [*made, *(row for _, row in edited)]]
    if made:
        await collection(_DRAFTS).insert_many(rows[: len(made)], ordered=False, session=session())
    await _replace([(version, row) for (version, _), row in zip(edited, rows[len(made) :], strict=True)])
    kept = [*(one for row in unkept for one in before(row)), *((row, marks[row["_id"]]) for row in rows)]
    if kept:
        await keep(kept)


async def _never_kept(drafts: Sequence[Id]) -> list[Row]:
    """Those of drafts that were stored without a history, as they stand."""
    if not drafts:
        return []
    query = {"_id": {"$in": list(drafts)}, "kept_from": None}
    return await collection(_DRAFTS).find(query, session=session()).to_list()


async def _replace(edited: Sequence[Edit]) -> None:
    if not edited:
        return
    writes = [ReplaceOne({"_id": row["_id"], "version": version}, row) for version, row in edited]
    done = await collection(_DRAFTS).bulk_write(writes, ordered=False, session=session())
    if done.matched_count != len(edited):
        raise Overtaken


async def publish_many(snapshots: Sequence[Listing]) -> None:
    """Show these snapshots instead of older ones, in the transaction under way."""
    if not snapshots:
        return
    rows = await asyncio.to_thread(lambda: [stored(one.prepared()) for one in snapshots])
    writes = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows]
    await collection("listings").bulk_write(writes, ordered=False, session=session())
