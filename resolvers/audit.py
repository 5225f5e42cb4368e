"""Reading the sealed audit: entries for the administrator, the signed head for whoever keeps it elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime

from auth.policy import require
from documents import audit
from documents.audit import Wanted
from documents.base import Row
from documents.cursors import Page, page_size
from domain.errors import invalid
from domain.reasons import checked_reason
from resolvers.context import Context

ENTRIES, HEAD = "Query.auditEntries", "Query.auditHead"
READ = "Query.auditEntries.read"


async def entries(ctx: Context, wanted: Wanted, reason: str, first: int, after: str | None) -> Page:
    """One page of the audit, the newest first; itself written down, with its reason, before the answer.

    InvalidInput for the reason, the period, the page or the cursor.
    """
    require(ctx.viewer, ENTRIES)
    said = checked_reason(reason, "reason")
    page_size(first)
    asked = replace(wanted, since=_instant(wanted.since, "since"), until=_instant(wanted.until, "until"))
    about = {"subject": asked.subject, "actor": asked.actor}
    details = {name: str(record) if record else None for name, record in about.items()}
    await audit.intend(READ, by=ctx.viewer.actor, at=ctx.now, reason=said, details=details)
    page = await audit.entries(asked, first=first, cursor=after)
    return page._replace(rows=[_shown(row) for row in page.rows])


def _shown(row: Row) -> Row:
    """An entry without its reason, which may tell about a person; whether there is one."""
    return {**row, "reason": None, "has_reason": row["reason"] is not None}


def _instant(given: datetime | None, name: str) -> datetime | None:
    """An instant with its zone, within the years that can be stored."""
    if given is None:
        return None
    try:
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except OverflowError:
        pass
    raise invalid("INSTANT_INVALID", "filter", name)


async def head(ctx: Context) -> str | None:
    """The signed head of the chain as it stands; None before the first entry."""
    require(ctx.viewer, HEAD)
    return await audit.head()
