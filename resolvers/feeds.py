"""Live status: the feeds a viewer may follow, each from any position on (requirements E1, E2)."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from auth.policy import require
from domain.errors import invalid
from domain.feeds import ADMINISTRATION, participant_topic, region_topic, supplier_topic
from resolvers.context import Context

LARGEST = 2**53


def participant_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens to the participant acted as."""
    require(ctx.viewer, "Subscription.participantFeed")
    return _followed(ctx, participant_topic(ctx.viewer.subject), after)


def supplier_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens to the supplier's listings and orders."""
    require(ctx.viewer, "Subscription.supplierFeed")
    return _followed(ctx, supplier_topic(ctx.viewer.subject), after)


def region_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """Everything that happens in the executive body's region."""
    require(ctx.viewer, "Subscription.regionFeed")
    return _followed(ctx, region_topic(str(ctx.viewer.region)), after)


def administration_feed(ctx: Context, after: int | None) -> AsyncGenerator[Any, None]:
    """What needs an administrator, and how their jobs go."""
    require(ctx.viewer, "Subscription.administrationFeed")
    return _followed(ctx, ADMINISTRATION, after)


def record_kind(row: Mapping[str, Any]) -> str:
    """The kind of record that an event is about: `order.changed` is about an order."""
    kind: str = row["kind"].partition(".")[0]
    return {"listing": "listing_draft"}.get(kind, kind)


def _followed(ctx: Context, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
    if after is not None and not 0 <= after <= LARGEST:
        raise invalid("BAD_POSITION", "after")
    return ctx.services.live.subscribe(topic, after)
