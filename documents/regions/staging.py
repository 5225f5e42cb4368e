"""Bringing a version in: its rows batch by batch under the next number, then the number itself."""

from collections.abc import Sequence

from documents.base import Row, collection, insert, session
from documents.regions.records import NAME, OPEN, VERSIONS, RegionVersion
from domain.regions import Place
from domain.regions.versions import Node

_ENDED = {"until": OPEN, "valid_to": None}


async def latest() -> Row | None:
    """The version in force that came last."""
    return await collection(VERSIONS).find_one({}, sort=[("number", -1)], session=session())


async def standing(number: int) -> dict[str, Node]:
    """Every place of a version."""
    question = {"since": {"$lte": number}, "until": {"$gt": number}}
    rows = collection(NAME).find(question, sort=[("code", 1)], session=session())
    return {
        row["code"]: (
            Place(row["code"], row["names"]["kk"], row["names"]["ru"], row["type"]),
            row["parent"],
            row["has_children"],
        )
        async for row in rows
    }


async def closed_codes(codes: Sequence[str], number: int) -> set[str]:
    """Those of the codes that a version has no more but an earlier one had."""
    question = {"code": {"$in": list(codes)}, "until": {"$lte": number}}
    return {row["code"] async for row in collection(NAME).find(question, {"code": 1}, session=session())}


async def discard(number: int, most: int) -> int:
    """Take back, in the transaction under way, what an import that broke off has staged; how many rows.

    Call it again until nothing is left.
    """
    rows = collection(NAME)
    begun = await rows.find({"since": {"$gte": number}}, {"_id": 1}, limit=most, session=session()).to_list()
    if begun:
        await rows.delete_many({"_id": {"$in": [row["_id"] for row in begun]}}, session=session())
        return len(begun)
    staged = {"until": {"$gte": number, "$lt": OPEN}}
    ended = await rows.find(staged, {"_id": 1}, limit=most, session=session()).to_list()
    if ended:
        mine = {"_id": {"$in": [row["_id"] for row in ended]}}
        await rows.update_many(mine, {"$set": _ENDED}, session=session())
    return len(ended)


async def stage(version: RegionVersion, begun: Sequence[Row], ended: Sequence[str]) -> None:
    """Write rows of a version to come, and the end of others, in the transaction under way."""
    rows = collection(NAME)
    if begun:
        await rows.insert_many(list(begun), session=session())
    if ended:
        until = {"until": version.number, "valid_to": version.valid_from}
        question = {"code": {"$in": list(ended)}, "since": {"$lt": version.number}, "until": OPEN}
        await rows.update_many(question, {"$set": until}, session=session())


async def put_in_force(version: RegionVersion) -> None:
    """From the commit on everybody reads this version; DuplicateKeyError when another took its number."""
    await insert(version)
