"""Listings side by side, and what the state would pay of each."""

from collections.abc import Sequence
from typing import NamedTuple

from documents import categories
from documents.base import Id, Row
from domain.categories import Category
from domain.errors import NotFound, invalid
from domain.money import split
from domain.search.comparison import LEAST, MOST, Compared, compared
from domain.time import ASTANA
from resolvers.categories import without_hidden
from resolvers.context import Context
from resolvers.listings.reading import published
from resolvers.reference import knowing


class Comparison(NamedTuple):
    """The listings, the definition each was written for, and what they answer."""

    listings: list[Row]
    definitions: list[Category]
    rows: list[Compared]


async def comparison(ctx: Context, wanted: Sequence[Id]) -> Comparison:
    """Published listings that the viewer may see, in the order asked for.

    InvalidInput `COMPARED_NUMBER`, `COMPARED_TWICE` or `NOTHING_IN_COMMON`; NotFound with the first place
    where there is none.
    """
    if not LEAST <= len(wanted) <= MOST:
        raise invalid("COMPARED_NUMBER", "ids", minimum=LEAST, maximum=MOST)
    if len(set(wanted)) < len(wanted):
        raise invalid("COMPARED_TWICE", "ids")
    found: list[Row] = []
    for place, row in enumerate(await published(ctx, wanted)):
        if row is None:
            raise NotFound(("ids", place))
        found.append(await without_hidden(ctx, row))
    keys = [(row["category"], row["definition_version"]) for row in found]
    known = categories.remembered(keys) or await categories.by_versions(keys)
    definitions = await knowing(ctx, [known[key] for key in keys])
    answers = [{one["code"]: one["value"] for one in row["characteristics"]} for row in found]
    return Comparison(found, definitions, compared(list(zip(definitions, answers, strict=True))))


async def guaranteed(ctx: Context, rows: Sequence[Row]) -> list[int | None]:
    """The guaranteed sum of one unit of each listing today, in tiyn; None where none is in force."""
    sums = await ctx.loaders.guaranteed_sums(ctx.now.astimezone(ASTANA).date())
    return [sums.get(row["category"]) for row in rows]


async def co_payments(ctx: Context, rows: Sequence[Row]) -> list[int | None]:
    """What a person would pay for one unit beyond it; None where no guaranteed sum is in force."""
    return [
        None if covered is None else split(row["price"], covered, 1).copayment
        for row, covered in zip(rows, await guaranteed(ctx, rows), strict=True)
    ]
