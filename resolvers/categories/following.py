"""Working copies as newer definitions of their category read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents import categories
from documents.base import Row
from domain.categories import Category
from domain.categories.carrying import Step, Way, settled
from domain.categories.changes import changed, read_changes
from domain.listings import fingerprint
from resolvers.context import Context
from resolvers.reference import knowing_one


async def up_to_date(ctx: Context, draft: Row) -> Row:
    """The draft as the newest definition of its category reads it, complete or not; InvalidInput else."""
    row = await categories.current(draft["category"])
    if row is None or row["version"] <= draft["definition_version"]:
        return draft
    way = await way_to(draft["category"], row["version"])
    carried = way.carried(draft["definition_version"], draft["characteristics"])
    answers = settled(await knowing_one(ctx, way.to), carried, complete=False)
    return draft | hashed(draft, {"definition_version": row["version"], "characteristics": answers})


async def as_read(definition: Category, drafts: Sequence[Row]) -> list[Row]:
    """Drafts with their answers as a definition of their category reads them; these are not checked."""
    if not any(_is_behind(definition, draft) for draft in drafts):
        return list(drafts)
    way = await way_to(definition.code, definition.version)
    return [
        draft | {"characteristics": way.carried(draft["definition_version"], draft["characteristics"])}
        if _is_behind(definition, draft)
        else draft
        for draft in drafts
    ]


def _is_behind(definition: Category, draft: Row) -> bool:
    return bool(draft["category"] == definition.code and draft["definition_version"] < definition.version)


async def way_to(category: str, upto: int, more: Sequence[Row] = ()) -> Way:
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


def hashed(record: Row, changes: Mapping[str, Any]) -> Row:
    """The changes with another fingerprint where they change what the card says."""
    if changes.get("characteristics", record["characteristics"]) == record["characteristics"]:
        return dict(changes)
    return {**changes, "content_hash": fingerprint({**record, **changes})}
