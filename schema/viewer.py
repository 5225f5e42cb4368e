"""The viewer: whoever asks, and the cabinet that belongs to the capacity acted in."""

from collections.abc import Mapping
from typing import Any

import strawberry

from documents.base import Row
from domain.identity import Role
from domain.measures import MeasureStatus
from execution.fields import resolved, stored, value
from resolvers import jobs as job_acts
from resolvers import listings as listing_acts
from resolvers import measures as measure_acts
from resolvers import orders as order_acts
from resolvers import participants as participant_acts
from resolvers import representatives as representative_acts
from resolvers import suppliers as supplier_acts
from resolvers.context import Context
from schema.connections import connection
from schema.identity import Session, own_sessions
from schema.jobs import JobConnection
from schema.listings import ListingDraftConnection
from schema.measures import MeasureConnection, NoticeTaskConnection
from schema.orders import OrderConnection
from schema.participants import Participant
from schema.representatives import Representation
from schema.roots import query
from schema.suppliers import SupplierCabinet

Plain = Mapping[str, Any]


async def participant(_record: Plain, context: Context) -> Row | None:
    """The participant acted as."""
    return await participant_acts.own(context)


async def supplier(_record: Plain, context: Context) -> Row | None:
    """The supplier acted as."""
    return await supplier_acts.own(context)


async def wards(_record: Plain, context: Context) -> list[Row]:
    """The authorities of whoever acts for themselves."""
    return await representative_acts.wards(context)


async def drafts(_record: Plain, context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """The supplier's own working copies, the newest first."""
    return connection(await listing_acts.drafts(context, first, after), after)


async def jobs(_record: Plain, context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """The long work of the supplier acted as, or of the administrators; the newest first."""
    return connection(await job_acts.listed(context, first, after), after)


async def measures(
    _record: Plain,
    context: Context,
    *,
    first: int = 24,
    after: str | None = None,
    status: MeasureStatus | None = None,
) -> Row:
    """A participant's own measures, or those of the executive body's region; the newest first."""
    return connection(await measure_acts.listed(context, first, after, status), after)


async def orders(_record: Plain, context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """The orders of the participant, supplier or region acted as, the newest first."""
    return connection(await order_acts.orders_of(context, first, after), after)


async def notice_tasks(_record: Plain, context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """Open tasks of notice of the executive body's region, the oldest first."""
    return connection(await measure_acts.notice_tasks(context, first, after), after)


@value(description="Whoever asks, in exactly one capacity.")
class Viewer:
    """Anonymous visitors have no cabinet."""

    role: Role = stored()
    region: str | None = stored(description="The region an executive body answers for.")
    on_behalf: bool = stored(description="Acting as a ward's legal representative.")
    sessions: list[Session] = resolved(
        own_sessions, cost=10, description="One's own sign-ins that go on, the newest first."
    )
    participant: Participant | None = resolved(participant)
    supplier: SupplierCabinet | None = resolved(supplier)
    wards: list[Representation] = resolved(
        wards, cost=10, description="Whom the person may act for; empty while acting for one of them."
    )
    drafts: ListingDraftConnection | None = resolved(
        drafts, cost=10, description="A supplier's own drafts, the newest first; an error for others."
    )
    jobs: JobConnection | None = resolved(
        jobs, cost=10, description="A supplier's or the administrators'; an error for others."
    )
    measures: MeasureConnection | None = resolved(
        measures,
        cost=10,
        description="A person's or a region's, the newest first; an error for others.",
    )
    orders: OrderConnection | None = resolved(
        orders,
        cost=10,
        description="A person's, supplier's or region's, the newest first; an error for others.",
    )
    notice_tasks: NoticeTaskConnection | None = resolved(
        notice_tasks,
        cost=10,
        description="A region's open ones, the oldest first; an error for others.",
    )


async def viewer(context: Context) -> Row:
    """The viewer of this operation."""
    who = context.viewer
    return {"role": who.role, "region": who.region, "on_behalf": who.representative is not None}


@strawberry.type
class ViewerQueries:
    """Who is asking."""

    viewer: Viewer = query(viewer, description="Whoever asks.")
