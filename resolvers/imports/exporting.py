"""The supplier's own listings as a table: read page by page, and the file that is made of them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from documents import imports, listings
from documents.base import Id, Row
from domain.categories import Category
from domain.errors import NotFound, Refused
from domain.imports import Column, TableFormat, Values, card_values
from domain.texts import Language
from resolvers.context import Context
from resolvers.imports.files import RESULT, announce
from resolvers.imports.standing import standing

PAGE = 500


@dataclass(frozen=True, slots=True)
class Export:
    """What a job was asked for."""

    definition: Category
    columns: Sequence[Column]
    format: TableFormat
    language: Language


async def exported_page(ctx: Context, asked: Export, after: Id | None) -> tuple[list[Values], Id | None]:
    """The next listings as values by column, and the last of them; None after the end."""
    supplier = _supplier(ctx)
    rows = await listings.drafts_of_category(supplier, asked.definition.code, after, PAGE)
    rows = await standing(asked.definition, rows)
    return [_values(asked.columns, row) for row in rows], rows[-1]["_id"] if rows else None


def _values(columns: Sequence[Column], draft: Row) -> Values:
    naming = {"key": draft.get("external_key"), "id": str(draft["_id"]), "version": draft["version"]}
    return naming | card_values(columns, draft)


def _supplier(ctx: Context) -> Id:
    if ctx.viewer.subject is None:
        raise NotFound(("viewer",))
    return ctx.viewer.subject


async def file_made(ctx: Context, kind: TableFormat, pieces: AsyncIterator[bytes], largest: int) -> Row:
    """Keep a table that was made for the supplier; Refused when it is larger than tables may be."""
    row = await announce(ctx, _supplier(ctx), RESULT, kind)
    written = await imports.write(row["_id"], pieces, largest)
    if written is None:
        raise Refused("IMPORT_UNPACKS_TOO_LARGE")
    return row | {"size": written[0], "digest": written[1]}
