"""Live status over graphql-transport-ws: dense positions, resumable, and never silently incomplete."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.feeds import RESYNC
from domain.texts import catalogue, text
from execution.fields import computed, interface, record, resolved, stored
from execution.live import Resync
from resolvers import feeds as acts
from resolvers import nodes as node_acts
from resolvers.context import Context
from schema.nodes import Node
from schema.roots import subscription

Plain = Mapping[str, Any]


@interface(description="Something a feed delivers; give its `seq` back as `after` to miss nothing.")
class FeedItem:
    """Positions of one feed count 1, 2, 3 and so on."""

    seq: int = stored(description="The position in this feed.")


async def node(record: Plain, context: Context) -> Row | None:
    """The record as it stands now, for whoever may see it."""
    if record["subject"] is None:
        return None
    return await node_acts.visible(context, acts.record_kind({"kind": record["event"]}), record["subject"])


def status_text(record: Plain, context: Context) -> str | None:
    """The status in words."""
    key = f"statuses.{record['event'].partition('.')[0]}_{record['status']}"
    return text(key, context.language) if key in catalogue() else None


@record("status_change", description="A status changed, or something else happened to a record.")
class StatusChange(FeedItem):
    """`status` is the one reached by this event; `node` is the record as it stands when you read it."""

    event: str = stored(description="What happened, such as `order.changed`.")
    at: datetime = stored()
    status: str | None = stored()
    status_text: str | None = computed(status_text)
    error: str | None = stored(description="Code of why something that was planned could not be done.")
    node: Node | None = resolved(node)


@record("resync", description="Events are missing: read the state again, then go on after `seq`.")
class FeedResync(FeedItem):
    """`reason`: ahead, expired, gap, or uncertain order after a recovery."""

    reason: str = stored()


def _item(row: Any) -> Row:
    if isinstance(row, Resync):
        return {"kind": "resync", "seq": row.last_seq, "reason": row.reason}
    if row["kind"] == RESYNC:
        return {"kind": "resync", "seq": row["seq"], "reason": "order"}
    return {
        "kind": "status_change",
        "seq": row["seq"],
        "event": row["kind"],
        "at": row["at"],
        "status": row["data"].get("status"),
        "error": row["data"].get("error"),
        "subject": row["subject"],
    }


async def _items(rows: AsyncGenerator[Any, None]) -> AsyncGenerator[Row, None]:
    async with aclosing(rows) as followed:
        async for row in followed:
            yield _item(row)


async def participant_feed(context: Context, *, after: int | None = None) -> AsyncGenerator[Row, None]:
    """The participant's measures, orders and notices; from now on, or after a position."""
    async with aclosing(_items(acts.participant_feed(context, after))) as items:
        async for item in items:
            yield item


async def supplier_feed(context: Context, *, after: int | None = None) -> AsyncGenerator[Row, None]:
    """The supplier's orders and listings; from now on, or after a position."""
    async with aclosing(_items(acts.supplier_feed(context, after))) as items:
        async for item in items:
            yield item


async def region_feed(context: Context, *, after: int | None = None) -> AsyncGenerator[Row, None]:
    """Measures, orders and tasks of the executive body's region; from now on, or after a position."""
    async with aclosing(_items(acts.region_feed(context, after))) as items:
        async for item in items:
            yield item


async def administration_feed(context: Context, *, after: int | None = None) -> AsyncGenerator[Row, None]:
    """What needs an administrator, and how administrators' jobs go; from now on, or after a position."""
    async with aclosing(_items(acts.administration_feed(context, after))) as items:
        async for item in items:
            yield item


@strawberry.type
class FeedSubscriptions:
    """One feed for each kind of dashboard."""

    participant_feed: FeedItem = subscription(participant_feed)
    supplier_feed: FeedItem = subscription(supplier_feed)
    region_feed: FeedItem = subscription(region_feed)
    administration_feed: FeedItem = subscription(administration_feed)
