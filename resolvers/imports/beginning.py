"""Imports and exports begun: each is a job of the supplier's own."""

from auth.policy import require, require_visible
from documents import categories, imports
from documents.base import Id, Row
from domain.categories import Category
from domain.errors import NotFound, Refused, invalid
from domain.imports import ImportPolicy, TableFormat
from resolvers import jobs
from resolvers.acts import once
from resolvers.context import Context
from resolvers.imports.files import SOURCE
from resolvers.listings.drafting import entitled

IMPORT, EXPORT = "listings_import", "listings_export"


async def begin_import(
    ctx: Context,
    category: str,
    file: Id,
    *,
    policy: ImportPolicy,
    dry_run: bool,
    publish: bool,
    key: str,
) -> Row:
    """The job that reads a file of the supplier's own into a category whose direction is open to it.

    NotFound for any other file; Refused `IMPORT_FILE_GONE`, `JOBS_TOO_MANY`; InvalidInput `UNKNOWN_CATEGORY`.
    """
    require(ctx.viewer, "Mutation.listingsImport")
    request = {
        "category": category,
        "file": file,
        "policy": str(policy),
        "dry_run": dry_run,
        "publish": publish,
    }

    async def work() -> Row:
        await _require_whole(ctx, file)
        definition = await _current(category)
        await entitled(ctx, definition)
        return await jobs.begin(ctx, IMPORT, {**request, "definition": definition.version})

    return await once(ctx, "listingsImport", key, request, work)


async def _require_whole(ctx: Context, file: Id) -> None:
    """The viewer's own upload, complete and not expired; NotFound or Refused `IMPORT_FILE_GONE`."""
    row = require_visible(ctx.viewer, "ImportFile.read", await imports.get(file), "input", "fileId")
    if row["purpose"] != SOURCE or row["size"] is None:
        raise NotFound(("input", "fileId"))
    if row["expires_at"] <= ctx.now:
        raise Refused("IMPORT_FILE_GONE", ("input", "fileId"))


async def begin_export(ctx: Context, category: str, kind: TableFormat, key: str) -> Row:
    """The job that writes the supplier's own listings of a category into a file."""
    require(ctx.viewer, "Mutation.listingsExport")
    definition = await _current(category)
    asked = {"category": definition.code, "format": str(kind), "language": str(ctx.language)}

    async def work() -> Row:
        return await jobs.begin(ctx, EXPORT, {**asked, "definition": definition.version})

    return await once(ctx, "listingsExport", key, asked, work)


async def _current(category: str) -> Category:
    found = await categories.current(category)
    if found is None:
        raise invalid("UNKNOWN_CATEGORY", "input", "category")
    return categories.definition(found)
