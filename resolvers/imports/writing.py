"""Rows of a table done: judged against what stands, and written, in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from documents import listings
from documents.base import Id, Row
from domain.errors import Issue
from domain.imports import Meant, Part, columns_of, read_row
from domain.imports import Row as TableRow
from domain.jobs import Found
from domain.listings import ListingAct
from resolvers.context import Context
from resolvers.imports.judging import Import, Outcome, World, outcome
from resolvers.imports.standing import standing
from resolvers.listings.attachments import documents_of
from resolvers.listings.content import CardInput, known_to
from resolvers.listings.drafting import entitled, mark
from resolvers.listings.publishing import snapshot
from resolvers.reference import knowing_one
from resolvers.reviewing import is_awaited, moderated, require_no_review, send, take_back


@dataclass(frozen=True, slots=True)
class Done:
    """What rows came to: how many were made, changed, left as they are and refused; and what was wrong."""

    made: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    found: Sequence[Found] = field(default=())


async def did_rows(ctx: Context, asked: Import, rows: Sequence[TableRow], *, write: bool) -> Done:
    """Judge rows, and write them with `write`, in the transaction under way.

    As the supplier whose context it is: what they may not do by hand is Refused here as well. Everything is
    judged against what stands in this transaction, so that a row that was done before finds its own work.
    """
    supplier = await entitled(ctx, asked.definition)
    asked = await _knowing(ctx, asked)
    columns = {column.name: column for column in asked.columns}
    meant = await asyncio.to_thread(lambda: [read_row(columns, row) for row in rows])
    world = await _world(ctx, asked, supplier, meant)
    # rules take the processor for long: the other tasks of this process must not wait for them
    outcomes = await asyncio.to_thread(lambda: _distinct([outcome(asked, world, one) for one in meant]))
    if write:
        await _write(ctx, asked, outcomes)
    return _counted(outcomes)


async def _knowing(ctx: Context, asked: Import) -> Import:
    """The same with what reference data knows today: its codes are taken, and their names read."""
    definition = await knowing_one(ctx, asked.definition)
    if definition is asked.definition:
        return asked
    return replace(asked, definition=definition, columns=columns_of(definition))


async def _world(ctx: Context, asked: Import, supplier: Row, meant: Sequence[Meant]) -> World:
    ids = [Id(str(one.naming["id"])) for one in meant if one.naming.get("id")]
    keys = [str(one.naming["key"]) for one in meant if one.naming.get("key")]
    stands = await standing(asked.definition, await listings.drafts_named(supplier["_id"], ids, keys))
    return World(
        supplier["_id"],
        await known_to(ctx, [*map(_named_by, meant), *map(_named_in, stands)]),
        ctx.now,
        await moderated(ctx, asked.definition.direction),
        by_id={str(row["_id"]): row for row in stands},
        by_key={row["external_key"]: row for row in stands if row.get("external_key")},
    )


def _named_by(meant: Meant) -> CardInput:
    """What a row's card may name."""
    codes = meant.values.get(Part.regions)
    return CardInput({}, {}, regions=codes if isinstance(codes, list) else [])


def _named_in(draft: Row) -> CardInput:
    """What a standing card names."""
    return CardInput({}, {}, regions=draft["regions"], documents=documents_of(draft))


def _distinct(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Refuse rows that write what an earlier one writes, though they name it otherwise."""
    seen: dict[object, int] = {}
    found = []
    for one in outcomes:
        names = [one.draft["_id"], one.draft["external_key"]] if one.draft else []
        first = next((seen[name] for name in names if name is not None and name in seen), None)
        seen |= dict.fromkeys(names, one.number) if first is None else {}
        twice = Issue("IMPORT_ROW_TWICE", ("rows", one.number, "key"), {"row": first or 0})
        found.append(one if first is None else Outcome(one.number, one.named, refused=True, faults=[twice]))
    return found


async def _write(ctx: Context, asked: Import, outcomes: Sequence[Outcome]) -> None:
    written = [(await _reviewed(ctx, one, one.draft), one.draft) for one in outcomes if one.draft is not None]
    made = [draft for one, draft in written if one.before is None]
    edited = [(one.before, draft) for one, draft in written if one.before is not None]
    marks = {draft["_id"]: mark(ctx, _act(one)) for one, draft in written}
    await listings.write_drafts(made, edited, marks)
    shown = [{**draft, "kind": "listing_draft"} for one, draft in written if one.shown]
    await listings.publish_many([await snapshot(ctx, asked.definition, draft) for draft in shown])


async def _reviewed(ctx: Context, one: Outcome, draft: Row) -> Outcome:
    """Take a card that changes back from its moderator, and put one that is sent into the queue.

    One that waits there with the same content is only edited.
    """
    if draft["review"] is not None:
        await take_back(ctx, draft, ListingAct.published if one.shown else ListingAct.edited)
    if one.sent and await is_awaited(draft):
        return replace(one, sent=False)
    if one.sent:
        await require_no_review(ctx, draft)
        draft["review"] = await send(ctx, draft)
    return one


def _act(one: Outcome) -> ListingAct:
    if one.shown:
        return ListingAct.published
    if one.sent:
        return ListingAct.submitted
    return ListingAct.created if one.before is None else ListingAct.edited


def _counted(outcomes: Sequence[Outcome]) -> Done:
    drafts = [one for one in outcomes if one.draft is not None]
    refused = sum(one.refused for one in outcomes)
    made = sum(one.before is None for one in drafts)
    return Done(
        made=made,
        changed=len(drafts) - made,
        same=len(outcomes) - len(drafts) - refused,
        refused=refused,
        found=[Found(one.number, fault, one.named) for one in outcomes for fault in one.faults],
    )
