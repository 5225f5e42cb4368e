"""The sealed audit: who did or read what, and what was written past the portal."""

from datetime import datetime

import strawberry

from documents.audit import Wanted
from documents.base import Row
from domain.audit import EntryKind
from execution.fields import computed, stored, value
from resolvers import audit as acts
from resolvers.context import Context
from schema.connections import PageInfo, connection, cursor, edges, page_info
from schema.nodes import parsed
from schema.roots import query

strawberry.enum(EntryKind, name="AuditEntryKind", description="What an entry tells of.")


@strawberry.input(description="Every condition given must hold.")
class AuditFilter:
    """`since` is in the period, `until` is not; both with their offset from UTC."""

    kind: EntryKind | None = None
    act: str | None = strawberry.field(default=None, description="A name such as Mutation.orderPlace.")
    subject: strawberry.ID | None = strawberry.field(default=None, description="What the act was about.")
    actor: strawberry.ID | None = strawberry.field(default=None, description="Who acted.")
    since: datetime | None = None
    until: datetime | None = None

    def wanted(self) -> Wanted:
        """The filter as the audit takes it."""
        return Wanted(
            kind=self.kind,
            act=self.act,
            subject=parsed(self.subject, "filter", "subject")[1] if self.subject else None,
            actor=parsed(self.actor, "filter", "actor")[1] if self.actor else None,
            since=self.since,
            until=self.until,
        )


@value(description="A write that did not come through the portal, or a change of a collection's structure.")
class AuditedWrite:
    """Names and keys, never values."""

    collection: str = stored()
    operation: str = stored()
    document: str | None = stored(description="The row's key; a digest of it when it is not of our making.")
    fields: list[str] = stored(description="What was changed; `?` stands for names of others' making.")
    count: int = stored(description="More than 1 where a huge transaction is told in sum.")


@value(description="One link of the chain.")
class AuditEntry:
    """Identifiers only: nothing here tells about a person to whoever has no access to the records."""

    seq: int = stored(description="1, 2, 3 and so on, without gaps.")
    kind: EntryKind = stored()
    act: str = stored()
    role: str = stored()
    actor: str | None = stored(description="Who acted: a record's identifier, or the name of a worker.")
    on_behalf_of: str | None = stored(description="The ward, where a representative acted.")
    session: str | None = stored(description="The sign-in behind it.")
    subject_kind: str | None = stored()
    subject: str | None = stored()
    at: datetime = stored()
    has_reason: bool = stored(description="Whether a reason was given; it is sealed.")
    write: AuditedWrite | None = stored()
    sealed_at: datetime = stored()
    hash: str = stored(description="SHA-256 over the entry and the hash before it.")


@value()
class AuditEntryEdge:
    """Relay's edge."""

    cursor: str = computed(cursor)
    node: AuditEntry = stored()


@value()
class AuditEntryConnection:
    """A page of the audit, the newest first."""

    edges: list[AuditEntryEdge] = computed(edges)
    nodes: list[AuditEntry] = stored()
    page_info: PageInfo = computed(page_info)


async def audit_entries(
    context: Context,
    *,
    reason: str,
    filter: AuditFilter | None = None,  # noqa: A002 - the name clients know from `listings`
    first: int = 20,
    after: str | None = None,
) -> Row:
    """The sealed audit, for the administrator; the reason is kept, and the reading is an entry itself."""
    wanted = (filter or AuditFilter()).wanted()
    page = await acts.entries(context, wanted, reason, first, after)
    return connection(page, after)


async def audit_head(context: Context) -> str | None:
    """The chain's last entry as a signed JWS: kept elsewhere, it shows whether anything up to it vanished."""
    return await acts.head(context)


@strawberry.type
class AuditQueries:
    """The audit and its head."""

    audit_entries: AuditEntryConnection = query(audit_entries, cost=20)
    audit_head: str | None = query(audit_head)
