"""Listings taken along when their category's definition changes: a job, batch by batch (requirement B3)."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from auth.policy import require
from documents import categories, listings
from documents.base import Row
from documents.events import emit
from domain.categories import Category
from domain.categories.carrying import Step, Way, settled
from domain.categories.changes import changed, read_changes
from domain.feeds import supplier_topic
from domain.jobs import Found, Progress
from domain.listings import content_hash
from resolvers.categories.outcomes import Outcome, outcome
from resolvers.context import Context

CHANGE = "Mutation.categoryChange"
WORK = "category_change"
BATCH = 50
"""Listings in one transaction."""
_CONTENT = ("title", "description", "price", "regions", "characteristics")


async def carry(ctx: Context, job: Row) -> AsyncGenerator[Callable[[], Awaitable[Progress]], None]:
    """Take every listing of the category along that can be; a dry run only says which can't.

    A listing that can't stays as it is, readable and shown under the version it was written for: it is named
    in the job's faults, and its supplier is told.
    """
    require(ctx.viewer, CHANGE)
    asked = job["asked"]
    way = await _way(asked["category"], asked["version"] - 1, asked["changes"])
    place = job["place"] or {"after": None, "position": 0, "ended": False}
    while not place["ended"]:
        done: list[Progress] = []

        async def batch(start: Row = place, done: list[Progress] = done) -> Progress:
            done.append(await _batch(ctx, way, start, dry_run=asked["dry_run"]))
            return done[-1]

        yield batch
        place = done[-1].place


async def up_to_date(draft: Row) -> Row:
    """The draft as the newest definition of its category reads it, complete or not; InvalidInput else."""
    row = await categories.current(draft["category"])
    if row is None or row["version"] <= draft["definition_version"]:
        return draft
    way = await _way(draft["category"], row["version"])
    carried = way.carried(draft["definition_version"], draft["characteristics"])
    answers = settled(way.to, carried, complete=False)
    return draft | _hashed(draft, {"definition_version": row["version"], "characteristics": answers})


async def as_read(definition: Category, drafts: Sequence[Row]) -> list[Row]:
    """Drafts with their answers as a definition of their category reads them; these are not checked."""
    if not any(_is_behind(definition, draft) for draft in drafts):
        return list(drafts)
    way = await _way(definition.code, definition.version)
    return [
        draft | {"characteristics": way.carried(draft["definition_version"], draft["characteristics"])}
        if _is_behind(definition, draft)
        else draft
        for draft in drafts
    ]


def _is_behind(definition: Category, draft: Row) -> bool:
    return bool(draft["category"] == definition.code and draft["definition_version"] < definition.version)


async def _way(category: str, upto: int, more: Sequence[Row] = ()) -> Way:
    """From every version to the last of them, or to what more changes make of it."""
    rows = await categories.history(category, upto)
    versions = [categories.definition(row) for row in rows]
    steps = [
        Step(before, read_changes(row["changes"]) if row.get("changes") else [])
        for before, row in zip(versions, rows[1:], strict=False)
    ]
    if not more:
        return Way(steps, versions[-1])
    last = Step(versions[-1], read_changes(more))
    return Way([*steps, last], changed(last.before, last.changes))


async def _batch(ctx: Context, way: Way, place: Row, *, dry_run: bool) -> Progress:
    drafts = await listings.category_drafts(way.to.code, place["after"], BATCH)
    shown = await listings.whole_snapshots([draft["_id"] for draft in drafts])
    found: list[Found] = []
    refused = 0
    for position, draft in enumerate(drafts, place["position"] + 1):
        snapshot = shown.get(draft["_id"])
        done = outcome(way, draft, snapshot, position)
        found.extend(done.found)
        refused += bool(done.found)
        if not dry_run:
            await _write(ctx, draft, snapshot, done)
    following = {
        "after": drafts[-1]["_id"] if drafts else place["after"],
        "position": place["position"] + len(drafts),
        "ended": len(drafts) < BATCH,
    }
    return Progress(following, done=len(drafts) - refused, refused=refused, found=found)


async def _write(ctx: Context, draft: Row, snapshot: Row | None, done: Outcome) -> None:
    now = ctx.services.clock()
    if done.draft:
        touched = {"updated_at": now} if "version" in done.draft else {}
        await listings.rewrite_draft(draft, {**_hashed(draft, done.draft), **touched})
    if snapshot is not None and _differs(snapshot, done.snapshot):
        await listings.rewrite_snapshot(snapshot, _hashed(snapshot, done.snapshot))
    if done.found:
        await emit(
            kind="listing.needs_attention",
            subject=draft["_id"],
            topics=[supplier_topic(draft["supplier"])],
            at=now,
            data={},
            actor=ctx.viewer.key,
        )


def _differs(record: Row, changes: Mapping[str, Any]) -> bool:
    return any(record[name] != value for name, value in changes.items())


def _hashed(record: Row, changes: Mapping[str, Any]) -> Row:
    """The changes with another fingerprint where they change what the card says."""
    if changes.get("characteristics", record["characteristics"]) == record["characteristics"]:
        return dict(changes)
    content = {name: {**record, **changes}[name] for name in _CONTENT}
    return {**changes, "content_hash": content_hash(content)}
