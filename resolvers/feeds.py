"""Live status: the feeds a viewer may follow, each from any position on (requirements E1, E2)."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from domain.errors import AccessDenied, NotFound, invalid
from domain.feeds import participant_topic, region_topic, supplier_topic
from domain.identity import Role
from resolvers.context import Context

LARGEST = 2**53


def participant_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens to the participant acted as."""
    return _followed(ctx, participant_topic(_subject(ctx, Role.participant)), after)


def supplier_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens to the supplier's listings and orders."""
    return _followed(ctx, supplier_topic(_subject(ctx, Role.supplier)), after)


def region_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens in the executive body's region."""
    if ctx.viewer.role is not Role.executive_body or ctx.viewer.region is None:
        raise AccessDenied
    return _followed(ctx, region_topic(ctx.viewer.region), after)


def record_kind(row: Mapping[str, Any]) -> str:
    """The kind of record that an event is about: `order.changed` is about an order."""
    kind: str = row["kind"].partition(".")[0]
    return {"listing": "listing_draft"}.get(kind, kind)


def _subject(ctx: Context, role: Role) -> object:
    if ctx.viewer.role is not role or ctx.viewer.subject is None:
        raise NotFound(("viewer",))
    return ctx.viewer.subject


def _followed(ctx: Context, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
    if after is not None and not 0 <= after <= LARGEST:
        raise invalid("BAD_POSITION", "after")
    return ctx.services.live.subscribe(topic, after)
