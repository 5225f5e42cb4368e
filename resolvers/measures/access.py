"""Reading measures and tasks of notice, each by who may know of it (requirements C1, C3)."""

from collections.abc import Sequence

from auth.policy import allows, require, require_visible
from documents.base import Id, Row
from documents.cursors import Page
from documents.measures import queries, store, tasks
from documents.measures.records import names_of
from domain.errors import AccessDenied
from domain.identity import Role
from domain.measures import MeasureStatus
from resolvers.context import Context


async def get(ctx: Context, measure: Id) -> Row:
    """A measure that the viewer may see; NotFound otherwise."""
    return dict(require_visible(ctx.viewer, "Measure.read", await store.get(measure), "id"))


async def visible(ctx: Context, measures: Sequence[Id]) -> list[Row | None]:
    """Many measures in the order asked for; None where the viewer may not know of one."""
    found = await queries.by_ids(measures)
    return [row if row and allows(ctx.viewer, "Measure.read", row) else None for row in found]


async def name(ctx: Context, measure: Row) -> dict[str, str]:
    """The measure's name by language, in clear; NotFound for whoever may not see the measure."""
    require_visible(ctx.viewer, "Measure.read", measure)
    return await names_of(measure)


async def measures_of(
    ctx: Context, first: int, after: str | None, status: MeasureStatus | None = None
) -> Page:
    """The measures of the participant acted as, the newest first, of one status or all."""
    require(ctx.viewer, "Measure.read")
    if ctx.viewer.role is not Role.participant or ctx.viewer.subject is None:
        raise AccessDenied
    return await queries.of_participant(ctx.viewer.subject, status, first=first, cursor=after)


async def measures_in_region(
    ctx: Context, first: int, after: str | None, status: MeasureStatus | None = None
) -> Page:
    """The measures of the executive body's region, the newest first, of one status or all."""
    return await queries.of_region(_region(ctx, "Measure.read"), status, first=first, cursor=after)


async def notice_tasks(ctx: Context, first: int, after: str | None) -> Page:
    """The open tasks of the executive body's region, the oldest first."""
    return await tasks.of_region(_region(ctx, "NoticeTask.read"), first=first, cursor=after)


async def notice_task(ctx: Context, task: Id) -> Row:
    """A task that the viewer may see; NotFound otherwise."""
    return dict(require_visible(ctx.viewer, "NoticeTask.read", await tasks.get(task), "id"))


async def task_for(ctx: Context, task: Id) -> Row:
    """A task that the viewer may complete; NotFound when it can't be seen, else AccessDenied."""
    row = await notice_task(ctx, task)
    require(ctx.viewer, "Mutation.noticeTaskComplete", row)
    return row


def _region(ctx: Context, act: str) -> str:
    require(ctx.viewer, act)
    if ctx.viewer.role is not Role.executive_body or ctx.viewer.region is None:
        raise AccessDenied
    return ctx.viewer.region
