"""Listings taken along when their category's definition changes: a job, batch by batch (requirement B3)."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from auth.policy import require
from documents import listings
from documents.base import Row
from documents.events import emit
from domain.categories.carrying import Way
from domain.feeds import supplier_topic
from domain.jobs import Found, Progress
from domain.listings import ListingAct
from resolvers.categories.following import hashed, way_to
from resolvers.categories.outcomes import Outcome, outcome
from resolvers.context import Context
from resolvers.reference import knowing_one
from resolvers.reviewing import take_back

CHANGE = "Mutation.categoryChange"
WORK = "category_change"
BATCH = 50
"""Listings in one transaction."""


async def carry(ctx: Context, job: Row) -> AsyncGenerator[Callable[[], Awaitable[Progress]], None]:
    """Take every listing of the category along that can be; a dry run only says which can't.

    A listing that can't stays as it is, readable and shown under the version it was written for: it is named
    in the job's faults, and its supplier is told.
    """
    require(ctx.viewer, CHANGE)
    asked = job["asked"]
    way = await way_to(asked["category"], asked["version"] - 1, asked["changes"])
    way.to = await knowing_one(ctx, way.to)
    place = job["place"] or {"after": None, "position": 0, "ended": False}
    while not place["ended"]:
        done: list[Progress] = []

        async def batch(start: Row = place, done: list[Progress] = done) -> Progress:
            done.append(await _batch(ctx, way, start, dry_run=asked["dry_run"]))
            return done[-1]

        yield batch
        place = done[-1].place


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
        mark = listings.Mark(ListingAct.migrated, ctx.viewer.key, now)
        saved = await listings.rewrite_draft(draft, {**hashed(draft, done.draft), **touched}, mark)
        if saved and saved.get("review"):
            await take_back(ctx, saved, ListingAct.migrated)
    if snapshot is not None and _differs(snapshot, done.snapshot):
        await listings.rewrite_snapshot(snapshot, hashed(snapshot, done.snapshot))
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
