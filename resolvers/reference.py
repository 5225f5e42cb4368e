"""What everybody should know of the portal itself."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from documents.base import Row
from documents.reference import midnight, reference_known, reference_rows, reference_value
from domain.categories import Category, Choice, Names
from domain.time import ASTANA
from resolvers.context import Context


async def service_status(ctx: Context) -> Row:
    """The portal's time and where to call; operational notices join when content is published."""
    here = ctx.now.astimezone(ASTANA)
    phone = await reference_value("contact_centre", "phone", here.date())
    return {"now": here, "contact_centre_phone": phone["value"] if phone else None}


RULED = ("goods_kind", "replacement_term", "annual_quota", "period_quota", "day_limit")
"""Types of reference data that say something of a category."""


async def terms_of(ctx: Context, codes: Sequence[str]) -> list[list[Row]]:
    """The rows in force today about each category, in the order of `RULED`."""
    today = ctx.now.astimezone(ASTANA).date()
    found: dict[str, list[Row]] = {code: [] for code in codes}
    for rule in RULED:
        for row in await reference_rows(rule, today):
            if row["code"] in found:
                found[row["code"]].append(row)
    return [found[code] for code in codes]


Known = Mapping[str, Sequence[Choice]]
"""By type of reference data its codes, as characteristics take them; those out of force are retired."""
_known: OrderedDict[tuple[int, object], tuple[Category, Category]] = OrderedDict()
_MOST_KNOWN = 200


async def knowing(ctx: Context, definitions: Iterable[Category]) -> list[Category]:
    """Definitions with the codes of reference data as they stand today; those without any as they are."""
    return await _knowing(list(definitions), ctx.now, ctx.loaders.reference_known)


async def knowing_one(ctx: Context, definition: Category) -> Category:
    """A definition with the codes of reference data as they stand today."""
    return (await knowing(ctx, [definition]))[0]


async def knowing_on(instant: datetime, definitions: Iterable[Category]) -> list[Category]:
    """Definitions with the codes of reference data as they stood on the day of an instant."""
    return await _knowing(list(definitions), instant, reference_known)


async def codes_of(ctx: Context, types: Collection[str]) -> dict[str, list[Row]]:
    """By type of reference data its codes as they stand today, as a definition has its choices."""
    day = ctx.now.astimezone(ASTANA).date()
    known = {type_: _choices(await ctx.loaders.reference_known(type_, day), day) for type_ in types}
    return {type_: [choice.model_dump() for choice in choices] for type_, choices in known.items()}


async def _knowing(
    definitions: list[Category], instant: datetime, read: Callable[[str, date], Awaitable[list[Row]]]
) -> list[Category]:
    day = instant.astimezone(ASTANA).date()
    types = {each for definition in definitions for each in definition.references}
    known = {type_: _choices(await read(type_, day), day) for type_ in sorted(types)}
    return [_joined(definition, known) for definition in definitions]


def _choices(rows: Iterable[Row], day: date) -> tuple[Choice, ...]:
    """Codes of reference data are what they are there: the form of a choice's own code does not bind them."""
    return tuple(
        Choice.model_construct(
            code=row["code"],
            names=Names.model_construct(**row["names"]),
            retired=bool(row.get("valid_to") and row["valid_to"] <= midnight(day)),
        )
        for row in rows
        if row.get("names")
    )


def _joined(definition: Category, known: Known) -> Category:
    """The same object for the same codes: what is made of a definition is remembered by it."""
    if not definition.references:
        return definition
    key = id(definition), tuple((type_, known[type_]) for type_ in sorted(definition.references))
    if key not in _known:
        _known[key] = definition, definition.knowing(known)
        if len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return _known[key][1]
