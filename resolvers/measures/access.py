"""Reading measures and tasks of notice, each by who may know of it (requirements C1, C3)."""

from collections.abc import Sequence

from auth.policy import require, require_visible
from auth.visibility import sees, visible
from documents.base import Id, Row
from documents.cursors import Page
from documents.measures import queries, store, tasks
from documents.measures.records import names_of
from domain.measures import MeasureStatus
from resolvers.context import Context

READ = "Measure.read"
READ_TASK = "NoticeTask.read"


async def get(ctx: Context, measure: Id) -> Row:
    """A measure that a mutation names and the viewer may see; NotFound otherwise."""
    return dict(require_visible(ctx.viewer, READ, await store.get(measure), "input", "measureId"))


async def visible_measures(ctx: Context, measures: Sequence[Id]) -> list[Row | None]:
    """Many measures in the order asked for; None where the viewer may not know of one."""
    found = await queries.by_ids(measures)
    return [row if sees(ctx.viewer, READ, row) else None for row in found]


async def name(ctx: Context, measure: Row) -> dict[str, str]:
    """The measure's name by language, in clear; NotFound for whoever may not see the measure."""
    require_visible(ctx.viewer, READ, measure)
    return await names_of(measure)


async def listed(ctx: Context, first: int, after: str | None, status: MeasureStatus | None = None) -> Page:
    """The measures that the viewer may see, the newest first, of one status or all.

    AccessDenied for roles that see none at all.
    """
    require(ctx.viewer, READ)
    return await queries.listed(visible(ctx.viewer, READ), status, first=first, cursor=after)


async def notice_tasks(ctx: Context, first: int, after: str | None) -> Page:
    """The open tasks that the viewer may see, the oldest first; AccessDenied for roles that see none."""
    require(ctx.viewer, READ_TASK)
    return await tasks.open_ones(visible(ctx.viewer, READ_TASK), first=first, cursor=after)


async def notice_task(ctx: Context, task: Id) -> Row:
    """A task that a mutation names and the viewer may see; NotFound otherwise."""
    return dict(require_visible(ctx.viewer, READ_TASK, await tasks.get(task), "input", "taskId"))


async def task_for(ctx: Context, task: Id) -> Row:
    """A task that the viewer may complete; NotFound when it can't be seen, else AccessDenied."""
    row = await notice_task(ctx, task)
    require(ctx.viewer, "Mutation.noticeTaskComplete", row)
    return row
