"""What a job found wrong: as many as there are, read page by page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, session
from documents.cursors import Order, Page, after, page, page_size
from domain.errors import Issue
from domain.jobs import Found

NAME = "job_faults"
_BY_PLACE = "place"
_ORDER = Order("job_faults", "position", 1, int, _BY_PLACE)


class JobFault(Record):
    """One fault of a job: a row of a file or a record, and the issue with all that its message needs."""

    job: Id
    position: int
    subject: str | None = None
    code: str
    path: list[str | int]
    params: dict[str, Any]

    class Settings(Record.Settings):
        """A job's own, in the order of their places."""

        name = NAME
        audited: ClassVar = False  # told by the batch that found it
        indexes: ClassVar = [IndexModel([("job", 1), ("position", 1), ("_id", 1)], name=_BY_PLACE)]


async def note_faults(job: Id, found: Sequence[Found]) -> None:
    """Write down what a batch found, in its transaction."""
    rows: list[Row] = [
        JobFault(
            job=job,
            position=one.position,
            subject=one.subject,
            code=one.issue.code,
            path=list(one.issue.path),
            params=dict(one.issue.params),
        ).model_dump(by_alias=True)
        for one in found
    ]
    if rows:
        await collection(NAME).insert_many(rows, session=session())


async def faults_of(job: Id, *, first: int, cursor: str | None) -> Page:
    """A page of a job's faults, by place; each row has its `issue`."""
    question = {"$and": [{"job": {"$eq": job}}, *after(_ORDER, cursor)]}
    found = collection(NAME).find(question, sort=_ORDER.sort, limit=page_size(first) + 1, session=session())
    rows = await found.to_list()
    for row in rows:
        row["issue"] = Issue(row["code"], tuple(row["path"]), row["params"])
    return page(_ORDER, rows, first)
