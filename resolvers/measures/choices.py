"""The choice of a supplier: taken by an order, given back, blocked by the clock, activated again."""

import logging
from functools import partial

from auth.policy import require
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.measures import queries, tasks
from domain.audit import system_actor
from domain.errors import Refused
from domain.measures import (
    MeasureStatus,
    NoticeKind,
    after_order,
    block_reason,
    check_move,
    check_orderable,
)
from integrations.esobes import ReportType
from resolvers.acts import once
from resolvers.context import Context
from resolvers.measures.access import get
from resolvers.measures.changes import choice_of, current, move_measure, report_to_esobes
from resolvers.measures.notices import tell

log = logging.getLogger(__name__)

CLOCK = system_actor("choice_clock")


async def take_for_order(ctx: Context, measure_id: Id, order_id: Id) -> Row:
    """Bind a measure to the order that is being placed, inside the transaction under way.

    Refused `CHOICE_BLOCKED`, `CHOICE_WINDOW_CLOSED`, `MEASURE_ALREADY_ORDERED`, `MEASURE_FULFILLED` or
    `MEASURE_ENDED`; of any number of orders at once exactly one gets it.
    """
    row = await current(measure_id)
    check_orderable(choice_of(row), ctx.now)
    taken = await move_measure(ctx, row, MeasureStatus.ordered, "order_placed", {"order": order_id})
    await tasks.close_open(measure_id, ctx.now)
    return taken


async def reopen_after_order(ctx: Context, measure_id: Id, order_id: Id, reason: str) -> Row:
    """Give the choice back after an order came to nothing (`reason` = its last status); open while it lasts.

    Inside the transaction under way. A measure that another order holds, or none, is left as it is.
    """
    row = await current(measure_id)
    if row["status"] != MeasureStatus.ordered or row["order"] != order_id:
        return row
    target = after_order(choice_of(row), ctx.now)
    changed = await move_measure(ctx, row, target, f"order_{reason}", {"order": None})
    if target is MeasureStatus.choice_blocked:
        await tell(ctx, changed, NoticeKind.choice_blocked)
    return changed


async def mark_fulfilled(ctx: Context, measure_id: Id, order_id: Id) -> Row:
    """Note that the order fulfilled the measure (p. 11), inside the transaction under way; repeatable."""
    row = await current(measure_id)
    if row["order"] == order_id and row["status"] == MeasureStatus.fulfilled:
        return row
    check_move(MeasureStatus(row["status"]), MeasureStatus.fulfilled)
    if row["order"] != order_id:
        raise Refused("MEASURE_ALREADY_ORDERED", ("measure",))
    return await move_measure(ctx, row, MeasureStatus.fulfilled, "fulfilled")


async def activate_choice(ctx: Context, measure_id: Id, key: str) -> Row:
    """«Активация выбора поставщика»: ask Е-Собес to send the measure again (p. 10); the choice stays blocked.

    NotFound for another's measure, Refused `TRANSITION_REFUSED` unless the choice is blocked.
    """

    async def work() -> Row:
        row = await get(ctx, measure_id)
        require(ctx.viewer, "Mutation.measureActivateChoice", row)
        row = await _blocked(ctx, row) or row
        check_move(MeasureStatus(row["status"]), MeasureStatus.activation_requested)
        moved = await move_measure(ctx, row, MeasureStatus.activation_requested, "activation_requested")
        await report_to_esobes(ctx, moved, ReportType.activation_requested)
        return moved

    return await once(ctx, "measureActivateChoice", key, {"measure": str(measure_id)}, work)


async def block_due(ctx: Context, limit: int = 100) -> int:
    """Block open choices that are over by the clock, each in its own transaction; how many were.

    One that can't be blocked, say because its person's data don't open, must not hold up all the others.
    """
    measures = await queries.due(ctx.now, limit)
    return sum([await _was_blocked(ctx, measure) for measure in measures])


async def _was_blocked(ctx: Context, measure: Id) -> bool:
    try:
        return await in_transaction(partial(_block, ctx, measure))
    except (LookupError, ValueError) as error:
        # Never its text: it may carry personal data.
        log.error("the choice of measure %s is not blocked: %s", measure, type(error).__name__)  # noqa: TRY400
        return False


async def _block(ctx: Context, measure: Id) -> bool:
    row = await current(measure)
    blocked = await _blocked(ctx, row)
    if blocked is None:
        return False
    await tell(ctx, blocked, NoticeKind.choice_blocked)
    await intend("Clock.block", by=CLOCK, at=ctx.now, subject=("measure", measure))
    return True


async def _blocked(ctx: Context, row: Row) -> Row | None:
    """The measure after its choice was blocked; None unless it was open and over by the clock."""
    reason = block_reason(choice_of(row), ctx.now)
    if row["status"] != MeasureStatus.choice_open or reason is None:
        return None
    await tasks.close_open(row["_id"], ctx.now)
    return await move_measure(ctx, row, MeasureStatus.choice_blocked, f"{reason}_ended")
