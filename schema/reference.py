"""The portal itself: its time, its telephone, and any record by identifier."""

from datetime import datetime

import strawberry

from documents.base import Row
from execution.fields import stored, value
from execution.wanted import Wanted
from resolvers import nodes as node_acts
from resolvers import reference as acts
from resolvers.context import Context
from schema.nodes import UNSHOWN, Node, parsed
from schema.roots import query


@value(description="How the portal is.")
class ServiceStatus:
    """Deadlines are judged by this clock."""

    now: datetime = stored(description="The portal's time, in Astana.")
    contact_centre_phone: str | None = stored()


async def service_status(context: Context) -> Row:
    """How the portal is."""
    return await acts.service_status(context)


async def node(context: Context, wanted: Wanted, *, id: strawberry.ID) -> Row | None:  # noqa: A002 - Relay's name
    """Any record by its global identifier; null when there is none that the viewer may see."""
    kind, record = parsed(id, "id")
    return None if kind in UNSHOWN else await node_acts.visible(context, kind, record, wanted.of(kind))


@strawberry.type
class ReferenceQueries:
    """Root fields that clients may rely on from the first version."""

    service_status: ServiceStatus = query(service_status)
    node: Node | None = query(node, shared=True)
