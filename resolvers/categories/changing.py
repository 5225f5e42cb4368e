"""An administrator's change of a definition: the next version, and the job that takes listings along."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.policy import require
from documents import categories, listings
from documents.audit import intend
from documents.base import Row
from domain.categories import Category
from domain.categories.changes import Change, changed, read_changes
from domain.errors import InvalidInput, Issue, VersionConflict, invalid
from domain.reasons import checked_reason
from resolvers import jobs
from resolvers.acts import once
from resolvers.categories.carrying import CHANGE, WORK
from resolvers.context import Context
from resolvers.reference import knowing_one

_PATH = ("input", "changes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which category, in the version that the administrator saw, what about it, and why."""

    category: str
    expected: int
    changes: Sequence[Mapping[str, Any]]
    reason: str
    dry_run: bool = False


async def change(ctx: Context, wanted: Wanted, key: str) -> Row:
    """Make the next version current at once; the job that comes back takes the listings along.

    A dry run leaves everything as it is: its job only names the listings that can't be taken along.
    InvalidInput for what can't be changed so, VersionConflict when somebody was faster.
    """
    require(ctx.viewer, CHANGE)
    reason = checked_reason(wanted.reason, "input", "reason")
    changes = read_changes(wanted.changes, _PATH)
    written = [each.model_dump(mode="json") for each in changes]

    async def work() -> Row:
        definition = await _next(ctx, wanted, changes)
        if not wanted.dry_run:
            await _replace(ctx, definition, written, reason)
        asked = {
            "category": definition.code,
            "version": definition.version,
            "changes": written,
            "dry_run": wanted.dry_run,
        }
        return await jobs.begin(ctx, WORK, asked, await listings.count_of_category(definition.code))

    request = {
        "category": wanted.category,
        "expectedVersion": wanted.expected,
        "changes": written,
        "reason": reason,
        "dryRun": wanted.dry_run,
    }
    return await once(ctx, "categoryChange", key, request, work)


async def made_by(job: Row) -> Row | None:
    """The version of the category that a job's change made; None after a dry run."""
    asked = job["asked"]
    return None if asked["dry_run"] else await categories.version(asked["category"], asked["version"])


async def _next(ctx: Context, wanted: Wanted, changes: Sequence[Change]) -> Category:
    row = await categories.current(wanted.category)
    if row is None:
        raise invalid("UNKNOWN_CATEGORY", "input", "category")
    if row["version"] != wanted.expected:
        raise VersionConflict(wanted.expected, row["version"], ("input", "expectedVersion"))
    before = categories.definition(row)
    after = changed(before, changes, _PATH)
    await _require_references(ctx, after, after.references - before.references)
    return after


async def _require_references(ctx: Context, definition: Category, types: Collection[str]) -> None:
    """InvalidInput `UNKNOWN_REFERENCE` for a type of reference data that has no named code in force."""
    known = await knowing_one(ctx, definition)
    unknown = {
        item.code: item.reference or ""
        for item in known.characteristics
        if item.reference in types and all(choice.retired for choice in item.choices)
    }
    if unknown:
        raise InvalidInput(
            [
                Issue("UNKNOWN_REFERENCE", _PATH, {"characteristic": code, "reference": type_})
                for code, type_ in unknown.items()
            ]
        )


async def _replace(ctx: Context, definition: Category, changes: Sequence[Row], reason: str) -> None:
    row = await categories.replace(definition, changes, ctx.now)
    if row is None:
        expected = definition.version - 1
        raise VersionConflict(expected, definition.version, ("input", "expectedVersion"))
    await intend(
        "Category.change",
        by=ctx.viewer.actor,
        at=ctx.now,
        subject=("category", row["_id"]),
        reason=reason,
        details={"category": definition.code, "version": definition.version, "changes": len(changes)},
    )
