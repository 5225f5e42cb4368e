"""A supplier of walkers, its tables, and a worker that does their jobs."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from documents import imports as imports_files
from documents import jobs
from documents.base import Row, collection
from domain.imports import ImportPolicy, TableFormat
from resolvers import imports
from resolvers.context import Context
from tests.resolvers.stage import acting
from workers.crew import WORKS
from workers.jobs import JobRunner, Work

WHOLE: dict[str, Any] = {
    "title_kk": "Роллатор арба",
    "title_ru": "Роллатор",
    "description_kk": "x",
    "description_ru": "x",
    "price": 100,
    "regions": ["71"],
    "model_type": "rollator",
    "height_min": 700,
    "height_max": 900,
    "load_limit": 120,
    "weight": 7.5,
    "folding": True,
}
Cells = Mapping[str, Any]
KEYS = iter(f"import-key-{number}" for number in range(10**6))


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """Bytes as they come from outside."""
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def begun(ctx: Context, rows: Sequence[Cells] | bytes, **given: Any) -> Row:
    """The job of an import."""
    content = rows if isinstance(rows, bytes) else json.dumps(list(rows)).encode()
    file = await imports.upload(ctx, pieces(content), None)
    known: dict[str, Any] = {
        "policy": ImportPolicy.reject_failed_rows,
        "dry_run": False,
        "publish": False,
        "key": next(KEYS),
    }
    return await imports.begin_import(ctx, "walkers", file["_id"], **known | given)


def runner(works: Mapping[str, Work] = WORKS) -> JobRunner:
    """A worker."""
    return JobRunner(acting, works, timedelta(milliseconds=10))


async def imported(ctx: Context, rows: Sequence[Cells] | bytes, **given: Any) -> Row:
    """The job of an import that one worker did."""
    job = await begun(ctx, rows, **given)
    await runner().work()
    return await job_of(job)


async def job_of(job: Row) -> Row:
    """A job as it stands."""
    row = await jobs.get(job["_id"])
    assert row is not None
    return row


async def exported(ctx: Context, kind: TableFormat) -> bytes:
    """The table that an export made."""
    job = await imports.begin_export(ctx, "walkers", kind, next(KEYS))
    await runner().work()
    file = (await job_of(job))["result"]["file"]
    _, content = await imports.download(ctx, str(file))
    return b"".join([piece async for piece in content])


async def drafts() -> list[Row]:
    """All working copies, in the order in which they were made."""
    return await collection("listing_drafts").find(sort=[("_id", 1)]).to_list()


async def faults(job: Row) -> list[tuple[int, str, str]]:
    """Row, column and code of each fault."""
    page = await jobs.faults_of(job["_id"], first=100, cursor=None)
    return [(row["position"], str(row["path"][-1]), row["code"]) for row in page.rows]


async def kept_bytes() -> int:
    """Pieces of files in the database."""
    return await collection(f"{imports_files.BYTES}.chunks").count_documents({})
