"""The import of a table: checked, written, or both, a few hundred rows at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from documents import categories, imports
from documents.base import Row
from domain.errors import NotFound, Refused
from domain.imports import ImportPolicy, TableFormat, columns_of
from domain.jobs import Found, Progress
from resolvers.context import Context
from resolvers.imports import Done, Import, did_rows
from workers.imports.spool import Table, opened
from workers.jobs import Batch

ROWS = 200
"""Rows of one transaction."""
SHOWN_ROWS = 20
"""The same where listings are shown at once: each has a thousand keys in the catalogue's indexes."""
FAULTS_MAX = 50_000
"""So many faults of one import are written down; the rows are counted all the same."""
CHECK, WRITE = "check", "write"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an import is: how many rows of which phase are behind it, and what came of them."""

    phase: str
    rows: int = 0
    refused: int = 0
    faults: int = 0
    made: int = 0
    changed: int = 0
    same: int = 0

    def after(self, count: int, done: Done, found: int) -> Place:
        """The place after so many more rows."""
        return replace(
            self,
            rows=self.rows + count,
            refused=self.refused + done.refused,
            faults=self.faults + found,
            made=self.made + done.made,
            changed=self.changed + done.changed,
            same=self.same + done.same,
        )

    @property
    def figures(self) -> Mapping[str, int]:
        """What the job tells at its end."""
        return {"made": self.made, "changed": self.changed, "same": self.same}


@dataclass
class _Walk:
    """The place after the batch that was done last; a batch may be tried several times."""

    place: Place
    tried: Place


async def listings_import(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
    """The batches of an import from its place on; Refused for a table that is none, or that is rejected."""
    asked = await _asked(job["asked"])
    phases = _phases(job["asked"])
    place = Place(**job["place"]) if job["place"] else Place(phases[0])
    file = await imports.get(job["asked"]["file"])
    if file is None:
        raise Refused("IMPORT_FILE_GONE")
    async with opened(file["_id"], TableFormat(file["format"]), asked.columns) as table:
        if table.issues:
            yield _headed(place, table)
            raise Refused("IMPORT_HEADER")
        for phase in phases[phases.index(place.phase) :]:
            if phase != place.phase:
                place = Place(phase, faults=place.faults)
            walk = _Walk(place, place)
            for batch in _batches(ctx, asked, table, walk, write=phase == WRITE):
                yield batch
                walk.place = walk.tried
            place = walk.place
            if place.phase == CHECK and len(phases) > 1 and place.refused:
                raise Refused("IMPORT_REJECTED", (), refused=place.refused)


async def _asked(asked: Row) -> Import:
    row = await categories.version(asked["category"], asked["definition"])
    if row is None:
        raise NotFound(("input", "category"))
    definition = categories.definition(row)
    policy = ImportPolicy(asked["policy"])
    return Import(definition, columns_of(definition), policy, publish=asked["publish"])


def _phases(asked: Row) -> list[str]:
    if asked["dry_run"]:
        return [CHECK]
    return [CHECK, WRITE] if asked["policy"] == ImportPolicy.reject_all else [WRITE]


def _headed(place: Place, table: Table) -> Batch:
    """Notes what is wrong with the headings, once."""
    found = [Found(1, issue) for issue in table.issues] if not place.faults else []

    async def batch() -> Progress:
        return Progress(asdict(replace(place, faults=len(table.issues))), total=0, found=found)

    return batch


def _batches(ctx: Context, asked: Import, table: Table, walk: _Walk, *, write: bool) -> Iterator[Batch]:
    table.skip(walk.place.rows)
    counts = write or asked.policy is not ImportPolicy.reject_all
    size = SHOWN_ROWS if write and asked.publish else ROWS
    while rows := table.next(size):

        async def batch(rows: list[Any] = rows) -> Progress:
            done = await did_rows(ctx, asked, rows, write=write)
            found = done.found[: max(0, FAULTS_MAX - walk.place.faults)]
            walk.tried = walk.place.after(len(rows), done, len(found))
            return Progress(
                asdict(walk.tried),
                done=len(rows) - done.refused if counts else 0,
                refused=done.refused,
                total=table.total,
                found=found,
                result=walk.tried.figures,
            )

        yield batch
