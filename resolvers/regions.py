"""Regions by КАТО as they stand today: the top ones out of the reference data, what lies in them as imported.

The portal's own regions, two digits each, are those of the reference data whatever a workbook says: staff and
measures belong to them. Before a workbook was brought in there is nothing below them.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from documents import reference, regions
from documents.base import Row
from documents.cursors import page_size
from domain.categories import is_readable
from domain.errors import invalid
from domain.regions import TOP, Level, is_code, lineage, rank
from domain.search import QUERY_LENGTH_MAX, folded_words
from domain.time import ASTANA
from resolvers.context import Context

NONE = 0
"""The number of no version: nothing was brought in yet."""
WORDS_MAX = 4


async def listed(
    ctx: Context, parent: str | None, text: str | None, *, first: int, after: str | None
) -> list[Row]:
    """The top regions, what lies next below a place, or what a text finds: below a place, or anywhere.

    InvalidInput `PAGE_SIZE`, `BAD_CURSOR`, `NOT_TEXT` or `TOO_LONG`.
    """
    size = page_size(first)
    if after is not None and not is_code(after):
        raise invalid("BAD_CURSOR", "after")
    if text is not None:
        return await _found(ctx, parent, _words(text), first=size, after=after)
    if parent is not None:
        return (await children(ctx, [parent], first=size, after=after))[0]
    return _behind(await _tops(ctx), after)[:size]


async def children(ctx: Context, parents: Sequence[str], *, first: int, after: str | None) -> list[list[Row]]:
    """What lies next below each of the places, by code. InvalidInput `PAGE_SIZE` or `BAD_CURSOR`."""
    size = page_size(first)
    if after is not None and not is_code(after):
        raise invalid("BAD_CURSOR", "after")
    number = await number_today(ctx)
    wanted = [each if is_code(each) else "" for each in parents]
    rows = await regions.below(wanted, number, first=size, after=after) if number else [[] for _ in parents]
    return [[_record(row) for row in each] for each in rows]


async def at(ctx: Context, codes: Sequence[str | None]) -> list[Row | None]:
    """The places with these codes; None for those that there are not."""
    tops = {row["code"]: row for row in await _tops(ctx)}
    lower = sorted({code for code in codes if code is not None and code not in tops and len(code) > TOP})
    number = await number_today(ctx)
    rows = await ctx.loaders.places(lower, number) if number and lower else []
    found = tops | {row["code"]: _record(row) for row in rows if row is not None}
    return [found.get(code) if code else None for code in codes]


async def paths(ctx: Context, codes: Sequence[str]) -> list[list[Row]]:
    """The places that each code lies in, from its region on, and its own."""
    lines = [lineage(code) for code in codes]
    wanted = list(dict.fromkeys(code for line in lines for code in line))
    found = {code: row for code, row in zip(wanted, await at(ctx, wanted), strict=True) if row is not None}
    return [[found[code] for code in line if code in found] for line in lines]


async def known(ctx: Context, codes: Collection[str]) -> frozenset[str]:
    """Those of the codes that there are today, and all regions."""
    lower = sorted({code for code in codes if len(code) > TOP and is_code(code)})
    tops = {row["code"] for row in await ctx.loaders.regions(ctx.now.astimezone(ASTANA).date())}
    number = await number_today(ctx)
    if not lower or not number:
        return frozenset(tops)
    return frozenset(tops | await regions.known(lower, number))


async def names(ctx: Context, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """What places are called today, by language; without those that there are not."""
    tops = {row["code"]: row["names"] for row in await ctx.loaders.regions(ctx.now.astimezone(ASTANA).date())}
    lower = [code for code in codes if code not in tops and len(code) > TOP]
    number = await number_today(ctx) if lower else NONE
    rows = await ctx.loaders.places(lower, number) if number else []
    known = tops | {row["code"]: row["names"] for row in rows if row is not None}
    return {code: known[code] for code in codes if code in known}


async def names_on(instant: datetime, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """What places were called on the day of an instant; without those that there were not."""
    day = instant.astimezone(ASTANA).date()
    names = {row["code"]: row["names"] or {} for row in await reference.reference_rows("region", day)}
    number = _counting(await regions.versions(), day)
    lower = sorted({code for code in codes if is_code(code)} - names.keys())
    rows = await regions.at(lower, number) if number and lower else []
    return names | {row["code"]: row["names"] for row in rows if row is not None}


async def number_today(ctx: Context) -> int:
    """The number of the version that counts today; `NONE` before the first one."""
    return _counting(await ctx.loaders.region_versions(), ctx.now.astimezone(ASTANA).date())


def _counting(versions: Sequence[Row], day: date) -> int:
    """The number of the version that counts on a day."""
    counting = [row["number"] for row in versions if row["valid_from"].date() <= day]
    return counting[-1] if counting else NONE


async def _tops(ctx: Context) -> list[Row]:
    """Regions in force today, each as a record that knows whether anything was brought in below it."""
    rows = await ctx.loaders.regions(ctx.now.astimezone(ASTANA).date())
    number = await number_today(ctx)
    codes = [row["code"] for row in rows]
    places = await ctx.loaders.places(codes, number) if number else [None] * len(rows)
    return [
        {
            "kind": "region",
            "code": row["code"],
            "names": row["names"],
            "level": Level.region,
            "parent": None,
            "has_children": place is not None and place["has_children"],
        }
        for row, place in zip(rows, places, strict=True)
    ]


async def _found(
    ctx: Context, parent: str | None, words: Sequence[str], *, first: int, after: str | None
) -> list[Row]:
    if not words or (parent is not None and not is_code(parent)):
        return []
    tops = [row for row in await _tops(ctx) if parent is None and _named(row, words)]
    rows = _behind(tops, after)[:first]
    number = await number_today(ctx)
    if number and len(rows) < first:
        lower = await regions.found(words, number, within=parent, first=first - len(rows), after=after)
        rows += [_record(row) for row in lower]
    return rows


def _named(row: Row, words: Sequence[str]) -> bool:
    names = folded_words(" ".join(row["names"].values()))
    return all(any(name.startswith(word) for name in names) for word in words)


def _words(text: str) -> list[str]:
    if not is_readable(text):
        raise invalid("NOT_TEXT", "text")
    if len(text) > QUERY_LENGTH_MAX:
        raise invalid("TOO_LONG", "text", maximum=QUERY_LENGTH_MAX)
    return folded_words(text)[:WORDS_MAX]


def _behind(rows: Sequence[Row], after: str | None) -> list[Row]:
    return [row for row in rows if after is None or rank(row["code"]) > rank(after)]


def _record(row: Row) -> Row:
    return {**row, "kind": "region"}
