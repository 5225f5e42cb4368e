"""Tables of listings: imports and exports, each a job that is followed over the supplier's feed."""

import strawberry

from domain.imports import ImportPolicy, TableFormat
from execution.fields import as_type
from resolvers import imports as acts
from resolvers.context import Context
from schema.errors import answers
from schema.jobs import Job
from schema.nodes import local_id
from schema.roots import given, mutation, payload

strawberry.enum(
    ImportPolicy, name="ImportPolicy", description="What becomes of an import in which something is wrong."
)
strawberry.enum(TableFormat, name="TableFormat", description="What kind of file a table is.")


@given
class ListingsImportInput:
    """A file that was uploaded to `/imports/files`, and the category whose columns it has."""

    idempotency_key: str
    category: str
    file_id: strawberry.ID
    policy: ImportPolicy
    dry_run: bool = strawberry.field(default=False, description="Only say what would be wrong.")
    publish: bool = strawberry.field(default=False, description="Show the listings, not only draft them.")


@given
class ListingsExportInput:
    """The supplier's own listings of a category, in the columns that an import takes."""

    idempotency_key: str
    category: str
    format: TableFormat


@payload
class ImportBegun:
    """The job that does it; its `faults` name row and cell."""

    job: Job


@payload
class ExportBegun:
    """The job that does it; when it is done, its `filePath` is where the table is fetched."""

    job: Job


async def listings_import(context: Context, *, input: ListingsImportInput) -> ImportBegun:  # noqa: A002
    """Make and change listings by a table: CSV, XLSX or JSON."""
    job = await acts.begin_import(
        context,
        input.category,
        local_id(input.file_id, "import_file", "input", "fileId"),
        policy=input.policy,
        dry_run=input.dry_run,
        publish=input.publish,
        key=input.idempotency_key,
    )
    return ImportBegun(job=as_type(Job, job))


async def listings_export(context: Context, *, input: ListingsExportInput) -> ExportBegun:  # noqa: A002
    """Write one's own listings into a table."""
    job = await acts.begin_export(context, input.category, input.format, input.idempotency_key)
    return ExportBegun(job=as_type(Job, job))


@strawberry.type
class ImportMutations:
    """Listings by the thousand."""

    listings_import: answers("ListingsImportResult", ImportBegun) = mutation(listings_import)  # type: ignore[valid-type]
    listings_export: answers("ListingsExportResult", ExportBegun) = mutation(listings_export)  # type: ignore[valid-type]
