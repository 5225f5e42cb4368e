"""Publishing and withdrawing later: planned by the supplier, carried out by the clock as the supplier.

A schedule names the version that it was made for. Other content drops the planned publication, so that
nothing is shown that was not meant; the withdrawal stays. What is due is done with all checks of that moment,
and where cards are moderated it sends the card to a moderator. What can't be done is dropped, and told.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from auth.viewer import Viewer
from documents import listings
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.events import emit
from domain.audit import system_actor
from domain.errors import DomainError
from domain.feeds import supplier_topic
from domain.identity import Role
from domain.listings import (
    ListingAct,
    ListingAction,
    ListingStatus,
    Schedule,
    advance,
    check_schedule,
    schedule_of,
)
from resolvers.acts import once
from resolvers.context import Context
from resolvers.listings.drafting import own_draft, standing, store
from resolvers.listings.publishing import publish_standing, withdraw_standing

log = logging.getLogger(__name__)
CLOCK = system_actor("listing_clock")
_ACTS: dict[ListingAction, Callable[[Context, Row], Awaitable[Row]]] = {
    ListingAction.publish: publish_standing,
    ListingAction.withdraw: withdraw_standing,
}


async def schedule(
    ctx: Context,
    listing: Id,
    expected: int,
    publish_at: datetime | None,
    withdraw_at: datetime | None,
    key: str,
) -> Row:
    """Plan a publication, a withdrawal or both instead of what was planned; nothing without any instant.

    InvalidInput for impossible instants; Refused TRANSITION_REFUSED for withdrawing what will not be shown.
    """
    await own_draft(ctx, "Mutation.listingSchedule", listing)

    async def work() -> Row:
        # Here, because a repeated request is answered even when its instants have passed.
        planned = check_schedule(expected + 1, ctx.now, publish_at, withdraw_at)
        draft = await standing(listing, expected)
        if withdraw_at and not publish_at:
            advance(ListingStatus(draft["status"]), ListingAction.withdraw)
        return await _plan(ctx, draft, planned)

    instants = {"publishAt": str(publish_at), "withdrawAt": str(withdraw_at)}
    request = {"listing": str(listing), "expectedVersion": expected, **instants}
    return await once(ctx, "listingSchedule", key, request, work)


async def carry_out_due(ctx: Context, limit: int = 100) -> int:
    """Do what schedules ask for by now, each in its own transaction; how many this process dealt with.

    One that can't be dealt with at all, say because its data don't open, must not hold up the others.
    """
    rows = await listings.due_drafts(ctx.now, limit)
    return sum([await _dealt_with(ctx, row) for row in rows])


async def _dealt_with(ctx: Context, seen: Row) -> bool:
    acting = replace(ctx, viewer=Viewer(Role.supplier, seen["supplier"]))
    try:
        return await in_transaction(partial(_carry_out, acting, seen))
    except DomainError as error:
        return await in_transaction(partial(_give_up, acting, seen, error.code))
    except (ArithmeticError, LookupError, ValueError) as error:
        # Never its text: it may carry personal data.
        log.error("the schedule of %s is not carried out: %s", seen["_id"], type(error).__name__)  # noqa: TRY400
        return False


async def _carry_out(ctx: Context, seen: Row) -> bool:
    found = await _due(ctx, seen)
    if found is None:
        return False
    draft, action, _ = found
    await _ACTS[action](ctx, draft)
    await intend(f"Clock.{action}", by=CLOCK, at=ctx.now, subject=("listing_draft", draft["_id"]))
    return True


async def _give_up(ctx: Context, seen: Row, code: str) -> bool:
    """Drop what could not be done, and tell the supplier why."""
    found = await _due(ctx, seen)
    if found is None:
        return False
    draft, action, planned = found
    await _plan(ctx, draft, planned.without(action))
    await emit(
        kind="listing.not_done",
        subject=draft["_id"],
        topics=[supplier_topic(draft["supplier"])],
        at=ctx.now,
        data={"action": action.value, "status": draft["status"], "error": code},
        actor=str(Role.system),
    )
    await intend("Clock.give_up", by=CLOCK, at=ctx.now, subject=("listing_draft", draft["_id"]))
    return True


async def _due(ctx: Context, seen: Row) -> tuple[Row, ListingAction, Schedule] | None:
    """The draft, what is due and what is planned, if it still stands as it was found."""
    draft = await listings.get_draft(seen["_id"])
    if draft is None or draft["version"] != seen["version"]:
        return None
    planned = schedule_of(draft["schedule"])
    action = planned.due(ctx.now) if planned else None
    return (draft, action, planned) if planned and action else None


async def _plan(ctx: Context, draft: Row, planned: Schedule | None) -> Row:
    act = ListingAct.scheduled if planned else ListingAct.unscheduled
    return await store(ctx, draft["_id"], draft["version"], listings.planned(planned), act)
