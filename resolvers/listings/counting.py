"""Facets of a question to the catalogue, under the rights of whoever asks."""

from collections.abc import Awaitable, Collection, Iterator, Mapping
from typing import Any

from auth.visibility import visible
from documents import listings
from documents.base import Row
from documents.listings import Counted
from domain.categories import Characteristic, CharacteristicType, Direction
from domain.search import CATEGORY, DIRECTION, FIXED, CatalogueFilter, Facets, facet_questions, facets_of
from domain.texts import Language, text
from resolvers import regions
from resolvers.context import Context
from resolvers.listings.reading import PUBLISHED, definition_now

Names = Mapping[Any, str]


async def facets(ctx: Context, wanted: CatalogueFilter, codes: Collection[str] | None) -> list[Row]:
    """How many listings that the viewer may see each narrower question would find; `codes` chooses facets.

    InvalidInput `UNKNOWN_FACET` or `TOO_MANY_FACETS`.
    """
    definition = None if wanted.category is None else await definition_now(ctx, wanted.category)
    asked = facets_of(definition, codes)
    questions = facet_questions(wanted, asked)
    counted = await _counted(ctx, questions)
    found: dict[str, Counted] = {}
    for question, facets in questions.items():
        codes_of = (*facets.fixed, *facets.options, *facets.numbers)
        found |= dict.fromkeys(codes_of, counted[question])
    fixed = [await _fixed(ctx, code, found[code], wanted) for code in FIXED if code in found]
    items = [item for item in definition.characteristics if item.code in found] if definition else []
    return fixed + [_characteristic(ctx, item, found[item.code], wanted) for item in items]


async def _counted(
    ctx: Context, questions: Mapping[CatalogueFilter, Facets]
) -> dict[CatalogueFilter, Counted]:
    """What is counted now, and of questions that are too wide for that what is kept, for who may see all."""
    shown = visible(ctx.viewer, PUBLISHED)
    found = await listings.counted(questions, shown)
    wide = [one for one in questions if not (found[one].complete or questions[one].place)]
    return found if shown else found | await listings.kept_counts(wide)


async def _fixed(ctx: Context, code: str, counted: Counted, wanted: CatalogueFilter) -> Row:
    """A facet that every question has: the most frequent options first."""
    rows = counted.options.get(code, {})
    chosen = {CATEGORY: wanted.category, DIRECTION: wanted.direction}.get(code, wanted.region)
    values = sorted({*rows, *([chosen] if chosen else [])}, key=lambda value: (-rows.get(value, 0), value))
    names = await _names(ctx, code, values)
    return {
        "code": code,
        "name": text(f"facets.{code}", ctx.language),
        "options": [_option(value, names.get(value, value), rows) for value in values],
        **_told(counted),
    }


async def _names(ctx: Context, code: str, values: Collection[str]) -> Names:
    if code == DIRECTION:
        return {each.value: text(f"directions.{each}", ctx.language) for each in Direction}
    if code == CATEGORY:
        known = ctx.loaders.categories(list(values))
        rows = await known if isinstance(known, Awaitable) else known
        return {row["code"]: row["definition"]["names"][ctx.language] for row in rows if row}
    found = await regions.names(ctx, values)
    return {place: names.get(ctx.language) or names["ru"] for place, names in found.items()}


def _characteristic(ctx: Context, item: Characteristic, counted: Counted, wanted: CatalogueFilter) -> Row:
    """The facet of a characteristic: options in the order of its definition, or the span of its numbers."""
    rows, chosen = counted.options.get(item.code, {}), wanted.options.get(item.code, ())
    offered = [one for one in _offered(item, ctx.language) if one[0] in rows or one[0] in chosen]
    return {
        "code": item.code,
        "name": getattr(item.names, ctx.language),
        "type": item.type,
        "unit": item.unit,
        "options": [_option(*one, rows) for one in offered],
        "range": counted.numbers.get(item.code),
        **_told(counted),
    }


def _offered(item: Characteristic, language: Language) -> Iterator[tuple[str | bool, str]]:
    if item.type is CharacteristicType.boolean:
        yield True, text("labels.yes", language)
        yield False, text("labels.no", language)
    yield from ((choice.code, getattr(choice.names, language)) for choice in item.choices)


def _option(value: object, name: str, rows: Mapping[Any, int]) -> Row:
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return {"value": shown, "name": name, "count": rows.get(value, 0)}


def _told(counted: Counted) -> Row:
    return {"exact": counted.complete, "counted_at": counted.at}
