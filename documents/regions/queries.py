"""Questions to the tree as one version has it.

What a number of a version shows never changes, whatever is staged meanwhile: readings are noted as readings
of the versions, so that one flip drops all answers and the staging of thousands of rows drops none.
"""

import re
from collections.abc import Sequence

from documents.base import Row, collection, session
from documents.cursors import page_size
from documents.regions.records import BY_CODE, BY_PARENT, BY_PREFIX, NAME, PREFIX_MAX, VERSIONS
from domain.errors import invalid
from domain.regions import is_code, rank

_SHOWN = {"code": 1, "level": 1, "parent": 1, "has_children": 1, "names": 1, "since": 1}
CHILDREN_MOST = 100


async def versions() -> list[Row]:
    """The versions in force, the oldest first."""
    return await collection(VERSIONS).find({}, sort=[("number", 1)], session=session()).to_list()


async def at(codes: Sequence[str], number: int) -> list[Row | None]:
    """The places with these codes in a version, in the order asked for."""
    wanted = {"code": {"$in": list(dict.fromkeys(codes))}} | _in(number)
    found = collection(NAME, VERSIONS).find(wanted, _SHOWN, hint=BY_CODE, session=session())
    rows = {row["code"]: row async for row in found}
    return [rows.get(code) for code in codes]


async def known(codes: Sequence[str], number: int) -> set[str]:
    """Those of the codes that a version has."""
    return {row["code"] for row in await at(codes, number) if row is not None}


async def below(parents: Sequence[str], number: int, *, first: int, after: str | None) -> list[list[Row]]:
    """What lies next below each of the places, by code; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`."""
    question = {"parent": {"$in": list(dict.fromkeys(parents))}} | _in(number) | _behind(after)
    size = page_size(first)
    if len({*parents}) == 1:
        rows = collection(NAME, VERSIONS).find(
            question, _SHOWN, sort=[("rank", 1)], limit=size, hint=BY_PARENT, session=session()
        )
        found = {parents[0]: await rows.to_list()}
    else:
        steps: list[Row] = [
            {"$match": question},
            {"$sort": {"parent": 1, "rank": 1}},
            {"$project": _SHOWN},
            {"$group": {"_id": "$parent", "rows": {"$firstN": {"input": "$$ROOT", "n": size}}}},
        ]
        groups = await collection(NAME, VERSIONS).aggregate(steps, hint=BY_PARENT, session=session())
        found = {row["_id"]: row["rows"] async for row in groups}
    return [found.get(parent, []) for parent in parents]


async def found(
    words: Sequence[str], number: int, *, within: str | None, first: int, after: str | None
) -> list[Row]:
    """Places below the regions whose names have words that begin so, the greater ones first.

    Words are folded; with `within` only what lies there. InvalidInput `PAGE_SIZE` or `BAD_CURSOR`.
    """
    size = page_size(first)
    conditions: list[Row] = [{"prefixes": {"$eq": word[:PREFIX_MAX]}} for word in _longest_first(words)]
    conditions += [{"words": {"$regex": f"^{re.escape(word)}"}} for word in words if len(word) > PREFIX_MAX]
    conditions += [{"rank": {"$gte": "2"}}, _behind(after), _in(number)]
    conditions += [{"above": {"$eq": within}}] if within else []
    question = {"$and": conditions}
    rows = collection(NAME, VERSIONS).find(
        question, _SHOWN, sort=[("rank", 1)], limit=size, hint=BY_PREFIX, session=session()
    )
    return await rows.to_list()


def _longest_first(words: Sequence[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _in(number: int) -> Row:
    return {"since": {"$lte": number}, "until": {"$gt": number}}


def _behind(after: str | None) -> Row:
    if after is None:
        return {}
    if not is_code(after):
        raise invalid("BAD_CURSOR", "after")
    return {"rank": {"$gt": rank(after)}}
