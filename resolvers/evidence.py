"""Evidence of signatures: how long it is kept, and whether it still holds (requirement D2)."""

from datetime import datetime
from functools import partial

from auth.policy import require_visible
from documents import evidence, nodes
from documents.base import Id, Row, in_transaction
from documents.evidence import LastCheck
from documents.reference import reference_value
from domain.errors import Erased, NotFound
from domain.evidence import CONTENT_CHANGED, CONTENT_ERASED, EvidencePurpose, Recheck
from domain.measures import add_months, end_of_day
from domain.orders.rules import local_day
from domain.signatures import Purpose, SignatureRefused
from resolvers.context import Context

RETENTION = "evidence_retention"
_READ = {"order": "Order.read"}
"""Who may see the record may check its evidence."""


async def verify(ctx: Context, evidence_id: Id) -> Recheck:
    """Check a signature again, offline, as of the instant it was first verified at.

    NotFound unless the viewer may see the record it belongs to. A change of any stored byte gives a Recheck
    that does not hold; after the end of its term it has the code CONTENT_ERASED and proves the rest.
    """
    row = await visible(ctx, evidence_id)
    last = (row["last_check"]["at"], row["last_check"]["code"])
    position = await evidence.chain_position(row["_id"])
    return Recheck(await _checked(ctx, row), row["verified_at"], row["content_sha256"], last, position)


async def _checked(ctx: Context, row: Row) -> str | None:
    """What is wrong with a piece of evidence, as a code; None when it holds."""
    as_of: datetime = row["verified_at"]
    try:
        opened = await evidence.open_evidence(row)
        await ctx.services.signatures.recheck(
            opened.cms, opened.content, Purpose.document, opened.material, as_of
        )
    except SignatureRefused as refused:
        return refused.code
    except Erased:
        return CONTENT_ERASED
    except ValueError:
        return CONTENT_CHANGED
    return None


async def end_terms(ctx: Context, limit: int = 100) -> int:
    """Check evidence whose term is over one last time, and destroy its key; how many pieces."""
    rows = await evidence.due(ctx.now, limit)
    for row in rows:
        last = LastCheck(at=ctx.now, code=await _checked(ctx, row))
        await in_transaction(partial(evidence.end, row["_id"], last))
    return len(rows)


async def visible(ctx: Context, evidence_id: Id) -> Row:
    """The evidence record, if the viewer may see what it belongs to; NotFound otherwise."""
    row = await evidence.get(evidence_id)
    act = _READ.get(row["subject_kind"]) if row else None
    if row is None or act is None:
        raise NotFound(("id",))
    require_visible(ctx.viewer, act, await nodes.load(row["subject_kind"], row["subject"]), "id")
    return row


async def retention_until(purpose: EvidencePurpose, now: datetime) -> datetime | None:
    """When evidence may be destroyed: reference data, months from today; None = no term is set."""
    rule = await reference_value(RETENTION, purpose.value, local_day(now))
    if rule is None:
        return None
    return end_of_day(add_months(local_day(now), int(rule["value"])))
